/** Puts a tenant's daily cap for a channel and a category. */
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { AdminKeyRequired, Audit, Database, type Principal } from '../../kernel/index.js';
import { TargetChecks, type NoticeTargets } from '../../notices/index.js';
import { DailyCapStore } from './daily-cap-store.js';
import { DailyCaps } from './daily-caps.js';
import type { PutDailyCapBody } from './daily-caps.dto.js';

export class PutDailyCap extends Command<void> {
  constructor(
    readonly caller: Principal,
    readonly tenantId: string,
    readonly body: PutDailyCapBody,
  ) {
    super();
  }
}

const NOBODY: NoticeTargets = { emails: [], url: null, language: 'en' };

@CommandHandler(PutDailyCap)
export class PutDailyCapHandler implements ICommandHandler<PutDailyCap> {
  constructor(
    private readonly database: Database,
    private readonly audit: Audit,
    private readonly targets: TargetChecks,
    private readonly store: DailyCapStore,
    private readonly caps: DailyCaps,
  ) {}

  /**
   * What waits for the cap is tried again where that has room. Raises AdminKeyRequired for a cap that the admin key has put, and what
   * `TargetChecks` raises.
   */
  async execute({ caller, tenantId, body }: PutDailyCap): Promise<void> {
    const { channel, category, limit } = body;
    const notify = body.notify ? await this.targets.checked(tenantId, body.notify, 'notify') : NOBODY;
    const byAdmin = caller.kind !== 'tenant';
    await this.database.transaction(async () => {
      const caps = await this.store.lock([tenantId]);
      const known = caps.find((cap) => cap.channel === channel && cap.category === category);
      if (known?.by_admin && !byAdmin) throw new AdminKeyRequired();
      await this.store.put(tenantId, { channel, category, messages: limit, byAdmin, notify });
      const told = { emails: notify.emails.length, url: notify.url !== null };
      await this.audit.record(caller, 'daily_cap.put', { channel, category, limit, told }, { tenantId });
      await this.database.afterCommit(() => this.caps.forget());
    });
  }
}
