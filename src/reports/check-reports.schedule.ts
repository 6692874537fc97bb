/** Compares the sums of reports of the last days with their facts every night, as those of usage are. */
import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { DeploymentFacts, HealthChecks, Metrics, Scheduled } from '../kernel/index.js';
import { ReportRecount } from './report-recount.js';

const DAY_MS = 24 * 3_600_000;
/** Reports of deliveries come days later. */
const DAYS = 3;
const WRONG_SUMS = 'report_wrong_sums';

@Injectable()
export class CheckReportsSchedule implements OnModuleInit {
  private readonly logger = new Logger(CheckReportsSchedule.name);

  constructor(
    private readonly deployment: DeploymentFacts,
    private readonly recount: ReportRecount,
    private readonly health: HealthChecks,
    private readonly metrics: Metrics,
  ) {}

  onModuleInit(): void {
    this.health.add('reports', false, async () => {
      const wrong = await this.wrongSums();
      if (wrong > 0) throw new Error(`${wrong} sums of reports differ from their facts: see docs/reports.md`);
    });
    this.metrics.gauge(
      {
        name: 'callboard.report_wrong_sums',
        help: 'Sums of failures and latencies that differed from their facts when last compared',
      },
      async () => [{ labels: {}, value: await this.wrongSums() }],
    );
  }

  @Scheduled({ name: 'check-reports', everyMs: DAY_MS })
  async check(): Promise<void> {
    const today = Date.now();
    const dayAt = (time: number): string => new Date(time).toISOString().slice(0, 10);
    const { failures, latencies } = await this.recount.differences({
      tenantId: undefined,
      from: dayAt(today - DAYS * DAY_MS),
      to: dayAt(today + 2 * DAY_MS),
    });
    await this.deployment.write(WRONG_SUMS, String(failures + latencies));
    if (failures + latencies > 0)
      this.logger.error(`${failures} sums of failures and ${latencies} of latencies differ from their facts`);
  }

  private async wrongSums(): Promise<number> {
    return Number(await this.deployment.read(WRONG_SUMS)) || 0;
  }
}
