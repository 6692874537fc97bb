/** Queries the rate that providers grant each account whose senders share one lane. */
import { Injectable, Logger } from '@nestjs/common';
import { Database, Scheduled } from '../../kernel/index.js';
import { ProviderRegistry } from '../../providers/index.js';
import type { ProviderName } from '../../tenants/index.js';
import { Lanes } from './lanes.js';

/** A new lane gets its rate within this time. */
const EVERY_MS = 5_000;
/** Accounts per run: SES allows one GetAccount call a second. */
const BATCH = 5;

interface AccountLane {
  readonly id: string;
  readonly provider_account_id: string;
  readonly provider: ProviderName;
}

@Injectable()
export class LaneRatesSchedule {
  private readonly logger = new Logger(LaneRatesSchedule.name);

  constructor(
    private readonly database: Database,
    private readonly providers: ProviderRegistry,
    private readonly lanes: Lanes,
  ) {}

  @Scheduled({ name: 'lane-rates', everyMs: EVERY_MS })
  async askAll(): Promise<void> {
    const due = await this.database.query<AccountLane>(
      `update lane set rate_asked_at = clock_timestamp()
       where id in (select id from lane where sender_address = '' and rate_asked_at < clock_timestamp() - interval '10 minutes'
         order by rate_asked_at limit $1)
       returning id, provider_account_id, provider`,
      [BATCH],
    );
    await Promise.all(due.map((lane) => this.ask(lane)));
  }

  private async ask(lane: AccountLane): Promise<void> {
    try {
      const adapter = await this.providers.adapter(lane.provider);
      const rate = await adapter.grantedRate?.(await this.providers.account(lane.provider_account_id));
      if (rate !== undefined && rate > 0) await this.lanes.grant(lane.id, rate);
    } catch (error) {
      const why = error instanceof Error ? error.message : 'for no known reason';
      this.logger.warn(`The lane ${lane.id} keeps its rate: ${why}`);
    }
  }
}
