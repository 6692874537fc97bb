/** Writes a tenant's sums of failures and latencies of a month anew from its facts. */
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { firstAfter } from '../billing/index.js';
import { Audit, type Principal } from '../kernel/index.js';
import { ReportRecount } from './report-recount.js';
import type { RebuiltReportsView } from './reports.dto.js';

export class RebuildReports extends Command<RebuiltReportsView> {
  /** `month` as `2026-11`. */
  constructor(
    readonly caller: Principal,
    readonly tenantId: string,
    readonly month: string,
  ) {
    super();
  }
}

@CommandHandler(RebuildReports)
export class RebuildReportsHandler implements ICommandHandler<RebuildReports> {
  constructor(
    private readonly recount: ReportRecount,
    private readonly audit: Audit,
  ) {}

  /** Answers how many sums were wrong before: none, unless somebody changed tables by hand. */
  async execute({ caller, tenantId, month }: RebuildReports): Promise<RebuiltReportsView> {
    const days = { tenantId, from: `${month}-01`, to: firstAfter(month) };
    const corrected = await this.recount.differences(days);
    if (corrected.failures + corrected.latencies > 0) await this.recount.rebuild(days);
    await this.audit.record(caller, 'reports.rebuild', { month, ...corrected }, { tenantId });
    return { month, corrected };
  }
}
