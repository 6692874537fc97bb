/** The register of days whose prices are to be read from a provider account's records. */
import { Injectable } from '@nestjs/common';
import { Database } from '../kernel/index.js';
import { MESSAGES } from '../ledger/index.js';
import type { ProviderName } from '../tenants/index.js';

/** Whoever reads a day has it for so long from each page on. */
const HELD_MIN = 10;
/** A day is read again after so long, while it goes on or lacks prices, */
const AGAIN_AFTER_H = 6;
/** so often in all: prices are known after a day, in rare cases. */
const MOST_PASSES = 16;
/** The last messages of a day are registered so long after its end. */
const COMPLETE_AFTER_H = 2;

/** One day of one account, held by this process. */
export interface PriceSweep {
  readonly provider: ProviderName;
  readonly accountId: string;
  /** In UTC, such as `2026-11-29`. */
  readonly day: string;
  /** Where the next page begins; null at the beginning. */
  readonly page: string | null;
}

type Place = Pick<PriceSweep, 'accountId' | 'day'>;

@Injectable()
export class PriceSweeps {
  constructor(private readonly database: Database) {}

  /** The days on which these events say that messages went through an account of these providers. Safe to repeat. */
  async register(events: string, providers: readonly ProviderName[]): Promise<void> {
    await this.database.query(
      `insert into price_sweep (provider_account_id, day, provider)
       select distinct provider_account_id, (event.at at time zone 'utc')::date, message.provider
       from ${events} as event join ${MESSAGES} as message on message.id = message_id
       where event.kind = 'sent' and message.provider = any($1)
       on conflict do nothing`,
      [providers],
    );
  }

  /** The day that is due first, held for ten minutes; undefined if none is due. */
  async take(): Promise<PriceSweep | undefined> {
    const [taken] = await this.database.query<PriceSweep>(
      `update price_sweep set due_at = clock_timestamp() + make_interval(mins => $1)
       where (provider_account_id, day) = (
         select provider_account_id, day from price_sweep where due_at <= clock_timestamp()
         order by due_at limit 1 for update skip locked)
       returning provider, provider_account_id as "accountId", day::text, page`,
      [HELD_MIN],
    );
    return taken;
  }

  /** A page was read, on which so many prices are lacking; there are more. Holds the day for another ten minutes. */
  async turn({ accountId, day }: Place, page: string, lacking: number): Promise<void> {
    await this.database.query(
      `update price_sweep set page = $3, lacking = lacking + $4, due_at = clock_timestamp() + make_interval(mins => $5)
       where provider_account_id = $1 and day = $2`,
      [accountId, day, page, lacking, HELD_MIN],
    );
  }

  /** The day is read on by whoever takes it next. */
  async putDown({ accountId, day }: Place): Promise<void> {
    await this.database.query(
      `update price_sweep set due_at = clock_timestamp() where provider_account_id = $1 and day = $2`,
      [accountId, day],
    );
  }

  /**
   * The last page was read, or one was not (`lacking` null): the day is read again later, from its beginning, or is done with. Returns
   * how many prices it lacks if it was given up.
   */
  async end({ accountId, day }: Place, lacking: number | null): Promise<number | undefined> {
    const [ended] = await this.database.query<{ lacking: number; is_given_up: boolean; is_done: boolean }>(
      `update price_sweep set page = null, lacking = 0, passes = passes + 1,
         due_at = clock_timestamp() + make_interval(hours => $4)
       where provider_account_id = $1 and day = $2
       returning old.lacking + coalesce($3::int, 0) as lacking, new.passes >= $5 as is_given_up,
         $3::int is not null and old.lacking + $3::int = 0
           and clock_timestamp() > (new.day + 1)::timestamp at time zone 'utc' + make_interval(hours => $6) as is_done`,
      [accountId, day, lacking, AGAIN_AFTER_H, MOST_PASSES, COMPLETE_AFTER_H],
    );
    if (!ended || !(ended.is_done || ended.is_given_up)) return undefined;
    await this.database.query(`delete from price_sweep where provider_account_id = $1 and day = $2`, [accountId, day]);
    return ended.is_done ? undefined : ended.lacking;
  }
}
