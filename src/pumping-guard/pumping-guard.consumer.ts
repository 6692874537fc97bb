/** Counts where texts and calls go, in the transaction of the cursor: exactly once. */
import { Injectable } from '@nestjs/common';
import { EventConsumer, type EventBatch } from '../ledger/index.js';
import { PUMPING_CONSUMER, RangeVolumes } from './range-volumes.js';

@Injectable()
export class PumpingGuardConsumer extends EventConsumer {
  readonly name = PUMPING_CONSUMER;

  constructor(private readonly volumes: RangeVolumes) {
    super();
  }

  consume(batch: EventBatch): Promise<void> {
    return this.volumes.add(batch);
  }
}
