/** Re-sends a message that reached nobody, as a new message: same content, same recipient, current consent and sender. */
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { v7 as uuidv7 } from 'uuid';
import { Database } from '../../kernel/index.js';
import { SenderDirectory } from '../../tenants/index.js';
import { AlreadyFollowed, CannotResend, MessageNotFound } from './messages.errors.js';
import { LaneQueue } from '../lanes/lane.queue.js';
import { Lanes } from '../lanes/lanes.js';
import { Ledger, type MessageDraft, RESENDABLE } from '../../ledger/index.js';
import { acceptedMessage } from './message.view.js';
import type { AcceptedMessage } from './messages.dto.js';

export class ResendMessage extends Command<AcceptedMessage> {
  constructor(
    readonly tenantId: string,
    readonly id: string,
  ) {
    super();
  }
}

@CommandHandler(ResendMessage)
export class ResendMessageHandler implements ICommandHandler<ResendMessage> {
  constructor(
    private readonly database: Database,
    private readonly senders: SenderDirectory,
    private readonly lanes: Lanes,
    private readonly ledger: Ledger,
    private readonly queue: LaneQueue,
  ) {}

  /**
   * Raises MessageNotFound, NoSender, CannotResend for one that is pending, in doubt or has arrived, or AlreadyFollowed. The
   * message's remaining fallback moves to the new one.
   */
  execute({ tenantId, id }: ResendMessage): Promise<AcceptedMessage> {
    return this.database.transaction(async () => {
      const original = await this.ledger.lock(id, tenantId);
      if (!original) throw new MessageNotFound();
      if (!RESENDABLE.includes(original.status)) throw new CannotResend(original.status);
      if (original.followed_by !== null) throw new AlreadyFollowed(original.followed_by);
      const { venue_id: venueId, channel, category, sender_address: from } = original;
      const route = await this.senders.routeFrom(tenantId, venueId, { channel, category }, from);
      const again: MessageDraft = {
        ...original,
        lane_id: await this.lanes.laneFor(route, channel),
        provider: route.provider,
        sender_address: route.address,
        sender_name: route.displayName,
        // A campaign counts each recipient once.
        id: uuidv7(),
        campaign_id: null,
        resend_of: id,
        fallback_of: null,
        status: 'queued',
        ready_at: new Date(),
        send_at: null,
        expires_at: null,
      };
      await this.ledger.insert([again]);
      await this.ledger.follow(id, again.id);
      await this.queue.wakeAfterCommit([again.lane_id]);
      return acceptedMessage(again);
    });
  }
}
