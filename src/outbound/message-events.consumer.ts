/** Takes the ledger's events for the endpoints of their tenants. */
import { Injectable } from '@nestjs/common';
import { EventConsumer, type EventBatch } from '../ledger/index.js';
import { FanOut } from './fan-out.js';

/** `DeliverEvents` makes the calls. */
@Injectable()
export class MessageEventsConsumer extends EventConsumer {
  readonly name = 'webhook-endpoints';

  constructor(private readonly fanOut: FanOut) {
    super();
  }

  async consume({ events }: EventBatch): Promise<void> {
    if (await this.fanOut.hasEndpoints()) await this.fanOut.messages(events);
  }
}
