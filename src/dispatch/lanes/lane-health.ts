/** Tells operators of lanes that rest: at /metrics, and as a reason for `degraded` at /health/ready. */
import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { Gauge } from 'prom-client';
import { Database, HealthChecks, Metrics } from '../../kernel/index.js';
import { PLATFORM_ACCOUNTS } from '../../tenants/index.js';

@Injectable()
export class LaneHealth implements OnModuleInit {
  private readonly logger = new Logger(LaneHealth.name);

  constructor(
    private readonly database: Database,
    private readonly health: HealthChecks,
    private readonly metrics: Metrics,
  ) {}

  onModuleInit(): void {
    this.health.add('lanes', false, () => this.expectWell());
    const count = (gauge: Gauge): Promise<void> => this.count(gauge);
    const resting = new Gauge({
      name: 'callboard_resting_lanes',
      help: 'Lanes that send nothing at the moment, because of what their provider answered',
      labelNames: ['provider', 'reason'],
      registers: [],
      collect(): Promise<void> {
        return count(this);
      },
    });
    this.metrics.registry.registerMetric(resting);
  }

  /** Without a database there is nothing to tell, and the other metrics are told all the same. */
  private async count(gauge: Gauge): Promise<void> {
    gauge.reset();
    try {
      const resting = await this.database.query<{ provider: string; reason: string; lanes: number }>(
        `select provider, rest_reason as reason, count(*)::int as lanes from lane where rest_until > now() group by 1, 2`,
      );
      for (const { provider, reason, lanes } of resting) gauge.set({ provider, reason }, lanes);
    } catch (error) {
      this.logger.debug(`Resting lanes were not counted: ${error instanceof Error ? error.name : 'unknown error'}`);
    }
  }

  /**
   * Of the platform's accounts: a tenant's own is the tenant's to mend. That a lane keeps to its rate is no illness, and one that
   * nobody has used since it rested is forgotten after a while.
   */
  private async expectWell(): Promise<void> {
    const ill = await this.database.query<{ provider: string; reason: string; code: string; lanes: number }>(
      `select lane.provider, rest_reason as reason, rest_code as code, count(*)::int as lanes
       from lane join ${PLATFORM_ACCOUNTS} as account on account.id = provider_account_id
       where rest_reason <> 'rate' and rests > 0 and rest_until > now() - interval '15 minutes'
       group by 1, 2, 3 order by 1, 2, 3`,
    );
    if (ill.length === 0) return;
    const told = ill.map(({ provider, reason, code, lanes }) => `${lanes} of ${provider}: ${reason} (${code})`);
    throw new Error(`lanes rest: ${told.join(', ')}`);
  }
}
