/** Takes a message out of the line before any drain has claimed it. */
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { Database } from '../../kernel/index.js';
import { CannotCancel, MessageNotFound } from './messages.errors.js';
import { type MessageStatus, Transitions, WAITING } from '../../ledger/index.js';
import type { AcceptedMessage } from './messages.dto.js';

export class CancelMessage extends Command<AcceptedMessage> {
  constructor(
    readonly tenantId: string,
    readonly id: string,
  ) {
    super();
  }
}

@CommandHandler(CancelMessage)
export class CancelMessageHandler implements ICommandHandler<CancelMessage> {
  constructor(
    private readonly database: Database,
    private readonly transitions: Transitions,
  ) {}

  /** Raises MessageNotFound, or CannotCancel once it is in a drain's hands or at its end. */
  execute({ tenantId, id }: CancelMessage): Promise<AcceptedMessage> {
    return this.database.transaction(async () => {
      const [message] = await this.database.query<{ status: MessageStatus }>(
        `select status from message where id = $1 and tenant_id = $2`,
        [id, tenantId],
      );
      if (!message) throw new MessageNotFound();
      const taken = await this.database.query(
        `delete from pending where message_id = $1 and claim is null returning message_id`,
        [id],
      );
      if (taken.length === 0) throw new CannotCancel(await this.statusOf(id, message.status));
      await this.transitions.apply([{ messageId: id, status: 'cancelled', reason: 'cancelled_by_caller' }], 'api');
      return { id, status: 'cancelled' };
    });
  }

  /** Its status now: a drain may have moved it while we waited for the row, and is about to send what still reads as waiting. */
  private async statusOf(id: string, before: MessageStatus): Promise<MessageStatus> {
    const [row] = await this.database.query<{ status: MessageStatus }>(`select status from message where id = $1`, [
      id,
    ]);
    const status = row?.status ?? before;
    return WAITING.includes(status) ? 'sending' : status;
  }
}
