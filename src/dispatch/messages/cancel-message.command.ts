/** Removes a message from the pending queue before any drain has claimed it. */
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { Database } from '../../kernel/index.js';
import { Ledger, PendingQueue, Transitions, WAITING, type MessageStatus } from '../../ledger/index.js';
import { CannotCancel, MessageNotFound } from './messages.errors.js';
import type { MessageStatusView } from './messages.dto.js';

export class CancelMessage extends Command<MessageStatusView> {
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
    private readonly ledger: Ledger,
    private readonly pending: PendingQueue,
    private readonly transitions: Transitions,
  ) {}

  /** Raises MessageNotFound, or CannotCancel once it is claimed or final. */
  execute({ tenantId, id }: CancelMessage): Promise<MessageStatusView> {
    return this.database.transaction(async () => {
      const before = await this.ledger.statusOf(tenantId, id);
      if (before === undefined) throw new MessageNotFound();
      if (!(await this.pending.takeOut(id))) throw new CannotCancel(await this.statusNow(tenantId, id, before));
      await this.transitions.apply([{ messageId: id, status: 'cancelled', reason: 'cancelled_by_caller' }], 'api');
      return { id, status: 'cancelled' };
    });
  }

  /** A drain may have claimed it while we waited for the row, and is about to send what still reads as waiting. */
  private async statusNow(tenantId: string, id: string, before: MessageStatus): Promise<MessageStatus> {
    const status = (await this.ledger.statusOf(tenantId, id)) ?? before;
    return WAITING.includes(status) ? 'sending' : status;
  }
}
