/** Writes a tenant's sums of a month anew from its facts. */
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { Audit, type Principal } from '../../kernel/index.js';
import { firstAfter } from '../month.js';
import type { RebuiltView } from './usage.dto.js';
import { UsageRecount } from './usage-recount.js';

export class RebuildUsage extends Command<RebuiltView> {
  /** `month` as `2026-11`. */
  constructor(
    readonly caller: Principal,
    readonly tenantId: string,
    readonly month: string,
  ) {
    super();
  }
}

@CommandHandler(RebuildUsage)
export class RebuildUsageHandler implements ICommandHandler<RebuildUsage> {
  constructor(
    private readonly recount: UsageRecount,
    private readonly audit: Audit,
  ) {}

  /** Answers how many sums were wrong before: none, unless somebody changed tables by hand. */
  async execute({ caller, tenantId, month }: RebuildUsage): Promise<RebuiltView> {
    const days = { tenantId, from: `${month}-01`, to: firstAfter(month) };
    const corrected = await this.recount.differences(days);
    if (corrected.usage + corrected.amounts + corrected.budgets > 0) await this.recount.rebuild(days);
    await this.audit.record(caller, 'usage.rebuild', { month, ...corrected }, { tenantId });
    return { month, corrected };
  }
}
