/** Logs senders that are made, silenced or released: ids, never the address. */
import { Logger } from '@nestjs/common';
import { EventsHandler } from '@nestjs/cqrs';
import { DomainEventHandler } from '../../kernel/index.js';
import { SenderChanged } from './sender-changed.event.js';

@EventsHandler(SenderChanged)
export class SenderLog extends DomainEventHandler<SenderChanged> {
  private readonly logger = new Logger('Senders');

  protected on({ tenantId, venueId, senderId, channel, status }: SenderChanged): void {
    this.logger.log({ msg: `sender ${status}`, senderId, tenantId, venueId, channel });
  }
}
