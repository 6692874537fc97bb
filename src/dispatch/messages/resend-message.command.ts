/** Re-sends a message that reached nobody, as a new message: same content, same recipient, current consent and sender. */
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { Database } from '../../kernel/index.js';
import { AlreadyFollowed, CannotResend, ContentErased, MessageNotFound } from './messages.errors.js';
import { Ledger, RESENDABLE } from '../../ledger/index.js';
import { acceptedMessage } from './message.view.js';
import { Resends } from './resends.js';
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
    private readonly resends: Resends,
    private readonly ledger: Ledger,
  ) {}

  /**
   * Raises MessageNotFound, NoSender, CannotResend for one that is pending, in doubt or has arrived, ContentErased, or AlreadyFollowed. The
   * message's remaining fallback moves to the new one.
   */
  execute({ tenantId, id }: ResendMessage): Promise<AcceptedMessage> {
    return this.database.transaction(async () => {
      const original = await this.ledger.lock(id, tenantId);
      if (!original) throw new MessageNotFound();
      if (!RESENDABLE.includes(original.status)) throw new CannotResend(original.status);
      if (original.data === null && original.content === null) throw new ContentErased();
      if (original.followed_by !== null) throw new AlreadyFollowed(original.followed_by);
      return acceptedMessage(await this.resends.send(original));
    });
  }
}
