/** Has a notice delivered again. */
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { Database, type Principal } from '../kernel/index.js';
import { noticeView } from './notice.view.js';
import { NoticeStore } from './notice-store.js';
import type { NoticeView } from './notices.dto.js';
import { NoticeDelivered, NoticeNotFound } from './notices.errors.js';

export class RedeliverNotice extends Command<NoticeView> {
  constructor(
    readonly caller: Principal,
    readonly id: string,
    readonly deliveryId: string | undefined,
  ) {
    super();
  }
}

@CommandHandler(RedeliverNotice)
export class RedeliverNoticeHandler implements ICommandHandler<RedeliverNotice> {
  constructor(
    private readonly database: Database,
    private readonly store: NoticeStore,
  ) {}

  /** Those that have not arrived, or the one that is named. Raises NoticeNotFound and NoticeDelivered. */
  execute({ caller, id, deliveryId }: RedeliverNotice): Promise<NoticeView> {
    const filter = { id, tenantId: caller.tenantId, isOperator: caller.kind === 'admin' };
    return this.database.transaction(async () => {
      const [known] = await this.store.page(filter, 1);
      if (!known) throw new NoticeNotFound();
      if ((await this.store.redeliver(id, deliveryId, filter.isOperator)) === 0) throw new NoticeDelivered();
      const [notice = known] = await this.store.page(filter, 1);
      return noticeView(notice);
    });
  }
}
