/** Says who is told when marketing from a tenant's senders is paused. */
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { Audit, Database, type Principal } from '../kernel/index.js';
import { TargetChecks, type NoticeTargetsBody } from '../notices/index.js';
import { SenderWatches } from './sender-watches.js';

export class NotifyOfSenders extends Command<void> {
  constructor(
    readonly caller: Principal,
    readonly tenantId: string,
    readonly body: NoticeTargetsBody,
  ) {
    super();
  }
}

@CommandHandler(NotifyOfSenders)
export class NotifyOfSendersHandler implements ICommandHandler<NotifyOfSenders> {
  constructor(
    private readonly database: Database,
    private readonly audit: Audit,
    private readonly targets: TargetChecks,
    private readonly watches: SenderWatches,
  ) {}

  /** Raises what `TargetChecks` raises. */
  async execute({ caller, tenantId, body }: NotifyOfSenders): Promise<void> {
    const targets = await this.targets.checked(tenantId, body, '');
    const told = { emails: targets.emails.length, url: targets.url !== null };
    await this.database.transaction(async () => {
      await this.watches.put(tenantId, targets);
      await this.audit.record(caller, 'sender_health.notify', { told }, { tenantId });
    });
  }
}
