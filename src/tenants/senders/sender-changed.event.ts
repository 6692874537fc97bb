import type { Channel } from '../channels.js';
import type { SenderStatus } from './sender.entity.js';

/** A sender was created or changed, and that is committed. */
export class SenderChanged {
  constructor(
    readonly tenantId: string,
    readonly senderId: string,
    readonly venueId: string,
    readonly channel: Channel,
    readonly status: SenderStatus,
  ) {}
}
