/** Which lane a message waits in: that of its sender, or of the whole provider account if its senders share one rate. */
import { Injectable } from '@nestjs/common';
import { Database, ShortCache } from '../../kernel/index.js';
import { ProviderRegistry } from '../../providers/index.js';
import { awaitedOrder, type Channel, type ProviderName, type SenderRoute } from '../../tenants/index.js';
import { ChannelNotSupported } from './lanes.errors.js';
import { concurrencyFor } from './rate.js';

const CACHE_MS = 5_000;

/** A lane in which messages have waited for too long. */
export interface SlowLane {
  readonly laneId: string;
  readonly channel: Channel;
  readonly provider: ProviderName;
  readonly resting: boolean;
  readonly reason: string | null;
  /** Since when a sendable message has been waiting, as PostgreSQL text. */
  readonly waitingSince: string;
}

@Injectable()
export class Lanes {
  private readonly cache = new ShortCache<string>(CACHE_MS);

  constructor(
    private readonly database: Database,
    private readonly providers: ProviderRegistry,
  ) {}

  /** The id of the lane, created on first use. Raises ChannelNotSupported. */
  laneFor(route: SenderRoute, channel: Channel): Promise<string> {
    const key = `${route.accountId} ${route.address} ${channel} ${route.ratePerSecond ?? ''}`;
    return this.cache.get(key, () => this.open(route, channel));
  }

  /** The lane's rate, in units a second. */
  async rateOf(laneId: string): Promise<number> {
    const [lane] = await this.database.query<{ rate: number }>(
      `select rate_per_second as rate from lane where id = $1`,
      [laneId],
    );
    if (!lane) throw new Error('a lane that was found can always be read');
    return lane.rate;
  }

  /** Whether it is active and its circuit breaker is not open. */
  async isAwake(laneId: string): Promise<boolean> {
    const awake = await this.database.query(
      `select from lane where id = $1 and state = 'active' and rest_until <= clock_timestamp()`,
      [laneId],
    );
    return awake.length > 0;
  }

  /** Ids of those that have work and no drain. */
  async idle(): Promise<string[]> {
    const lanes = await this.database.query<{ id: string }>(
      `select id from lane
       where state = 'active' and lease_until < clock_timestamp() and rest_until <= clock_timestamp() and lane_has_work(id)`,
    );
    return lanes.map(({ id }) => id);
  }

  /**
   * Up to `limit` lanes in which a sendable message has waited for so long, the slowest first. As in a claim, only the first
   * message per priority, tenant and campaign is looked at: scheduled messages and held campaigns do not count.
   */
  slow(seconds: number, limit: number): Promise<SlowLane[]> {
    return this.database.query<SlowLane>(
      `select lane.id as "laneId", channel, provider, rest_until > now() as resting, rest_reason as reason, since as "waitingSince"
       from lane, lateral lane_waits_since(lane.id) as since
       where since < now() - make_interval(secs => $1) order by since limit $2`,
      [seconds, limit],
    );
  }

  /** Takes over the rate that the provider grants an account, for a lane shared by all its senders. */
  async grant(laneId: string, ratePerSecond: number): Promise<void> {
    await this.database.query(
      `update lane set rate_per_second = $2, concurrency = $3 where id = $1 and rate_per_second <> $2`,
      [laneId, ratePerSecond, concurrencyFor(ratePerSecond)],
    );
  }

  private async open(route: SenderRoute, channel: Channel): Promise<string> {
    const terms = this.providers.terms(route.provider, channel, route.address);
    if (!terms) throw new ChannelNotSupported(channel, route.provider);
    const isShared = terms.laneScope === 'account';
    const rate = (isShared ? null : route.ratePerSecond) ?? terms.perSecond;
    const sender = isShared ? '' : route.address;
    const identity = [route.accountId, sender, channel];
    const settings = [rate, concurrencyFor(rate), terms.batchSize, isShared];
    // In the caller's transaction, if any: if each caller needed a second connection, an exhausted pool would deadlock.
    const [kept] = await this.database.query<{ id: string }>(
      `select id from lane where provider_account_id = $1 and sender_address = $2 and channel = $3
         and batch_size = $6 and ($7 or rate_per_second = $4 and concurrency = $5)`,
      [...identity, ...settings],
    );
    if (kept) return kept.id;
    // What waits for a number waits in a lane that no drain takes.
    const state = awaitedOrder(route.address) === undefined ? 'active' : 'waiting';
    // Outside the transaction: the id is cached even if that is rolled back.
    const [lane] = await this.database.apart<{ id: string }>(
      `insert into lane (provider_account_id, sender_address, channel, rate_per_second, concurrency, batch_size, provider, state)
       values ($1, $2, $3, $4, $5, $6, $8, $9)
       on conflict on constraint lane_unique
         do update set batch_size = $6, rate_per_second = case when $7 then lane.rate_per_second else $4 end,
           concurrency = case when $7 then lane.concurrency else $5 end
       returning id`,
      [...identity, ...settings, route.provider, state],
    );
    if (!lane) throw new Error('a lane can always be opened');
    return lane.id;
  }
}
