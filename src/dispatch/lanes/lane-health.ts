/** Reports open circuit breakers to operators: at /metrics, and as a reason for `degraded` at /health/ready. */
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Database, HealthChecks, Metrics, type Sample } from '../../kernel/index.js';
import { PLATFORM_ACCOUNTS, PROVIDERS } from '../../tenants/index.js';
import { OPEN_REASONS } from './circuit-breaker.rules.js';

@Injectable()
export class LaneHealth implements OnModuleInit {
  constructor(
    private readonly database: Database,
    private readonly health: HealthChecks,
    private readonly metrics: Metrics,
  ) {}

  onModuleInit(): void {
    this.health.add('lanes', false, () => this.expectWell());
    this.metrics.gauge(
      {
        name: 'callboard.resting_lanes',
        help: 'Lanes whose circuit breaker is open: they send nothing, because of what their provider answered',
        labels: { provider: PROVIDERS, reason: OPEN_REASONS },
      },
      () => this.countOpen(),
    );
  }

  private async countOpen(): Promise<Sample<'provider' | 'reason'>[]> {
    const open = await this.database.query<{ provider: string; reason: string; lanes: number }>(
      `select provider, rest_reason as reason, count(*)::int as lanes from lane where rest_until > now() group by 1, 2`,
    );
    return open.map(({ provider, reason, lanes }) => ({ labels: { provider, reason }, value: lanes }));
  }

  /**
   * Only the platform's accounts: a tenant's own account is the tenant's to fix. A rate limit is not a fault, and a lane that is
   * unused since its breaker was open is ignored after a while.
   */
  private async expectWell(): Promise<void> {
    const faulty = await this.database.query<{ provider: string; reason: string; code: string; lanes: number }>(
      `select lane.provider, rest_reason as reason, rest_code as code, count(*)::int as lanes
       from lane join ${PLATFORM_ACCOUNTS} as account on account.id = provider_account_id
       where rest_reason <> 'rate' and rests > 0 and rest_until > now() - interval '15 minutes'
       group by 1, 2, 3 order by 1, 2, 3`,
    );
    if (faulty.length === 0) return;
    const listed = faulty.map(({ provider, reason, code, lanes }) => `${lanes} of ${provider}: ${reason} (${code})`);
    throw new Error(`circuit breakers are open: ${listed.join(', ')}`);
  }
}
