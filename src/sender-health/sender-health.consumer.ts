/** Counts what each sender sends, in the transaction of the cursor: exactly once. */
import { Injectable } from '@nestjs/common';
import { EventConsumer, type EventBatch } from '../ledger/index.js';
import { SenderVolumes } from './sender-volumes.js';

@Injectable()
export class SenderHealthConsumer extends EventConsumer {
  readonly name = 'sender-health';
  override readonly gatherMs = 5_000;

  constructor(private readonly volumes: SenderVolumes) {
    super();
  }

  consume(batch: EventBatch): Promise<void> {
    return this.volumes.add(batch);
  }
}
