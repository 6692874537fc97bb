/** Compares the sums of the last days with their facts every night. Sums that are wrong are an incident: nothing repairs them silently. */
import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { DeploymentFacts, HealthChecks, Metrics, Scheduled } from '../../kernel/index.js';
import { UsageRecount } from './usage-recount.js';

const DAY_MS = 24 * 3_600_000;
/** Reports of deliveries, opens and prices come days later. */
const DAYS = 3;
const WRONG_SUMS = 'usage_wrong_sums';

@Injectable()
export class CheckUsageSchedule implements OnModuleInit {
  private readonly logger = new Logger(CheckUsageSchedule.name);

  constructor(
    private readonly deployment: DeploymentFacts,
    private readonly recount: UsageRecount,
    private readonly health: HealthChecks,
    private readonly metrics: Metrics,
  ) {}

  onModuleInit(): void {
    this.health.add('usage', false, async () => {
      const wrong = await this.wrongSums();
      if (wrong > 0) throw new Error(`${wrong} sums of usage differ from their facts: see docs/operations.md`);
    });
    this.metrics.gauge(
      {
        name: 'callboard.usage_wrong_sums',
        help: 'Sums of usage and amounts that differed from their facts when last compared',
      },
      async () => [{ value: await this.wrongSums() }],
    );
  }

  @Scheduled({ name: 'check-usage', everyMs: DAY_MS })
  async check(): Promise<void> {
    const today = Date.now();
    const dayAt = (time: number): string => new Date(time).toISOString().slice(0, 10);
    const { usage, amounts, budgets } = await this.recount.differences({
      tenantId: undefined,
      from: dayAt(today - DAYS * DAY_MS),
      to: dayAt(today + 2 * DAY_MS),
    });
    await this.deployment.write(WRONG_SUMS, String(usage + amounts + budgets));
    if (usage + amounts + budgets > 0)
      this.logger.error(
        `${usage} sums of usage, ${amounts} of amounts and ${budgets} of budgets differ from their facts`,
      );
  }

  private async wrongSums(): Promise<number> {
    return Number(await this.deployment.read(WRONG_SUMS)) || 0;
  }
}
