/** Counts failures and latencies again from their facts, to compare the sums with them or to write these anew. */
import { Injectable } from '@nestjs/common';
import type { Days } from '../billing/index.js';
import { Database } from '../kernel/index.js';
import { EventConsumers } from '../ledger/index.js';
import { TimeZones } from '../tenants/index.js';
import { ENDS, FAILURE_KEY, LATENCY_KEY, sumsOf } from './report-sums.js';

/** Sums that differ from their facts. */
export interface WrongSums {
  readonly failures: number;
  readonly latencies: number;
}

/** No zone's day begins or ends further from Greenwich's. */
const ZONES_MS = 24 * 3_600_000;
const ALWAYS = new Date('9999-12-31T00:00:00Z');

/** Days are `$3` to `$4`, of the tenant `$5`. */
const OF_DAYS = 'day >= $3::date and day < $4::date and ($5::uuid is null or tenant_id = $5)';
const OF_DAYS_ALONE = OF_DAYS.replaceAll(/\$(\d)/g, (_, place: string) => `$${Number(place) - 2}`);

const SUMS = [
  { table: 'failure_rollup', facts: 'failure', key: FAILURE_KEY },
  { table: 'latency_rollup', facts: 'latency', key: LATENCY_KEY },
] as const;
type Sums = (typeof SUMS)[number];

@Injectable()
export class ReportRecount {
  constructor(
    private readonly database: Database,
    private readonly consumers: EventConsumers,
    private readonly timeZones: TimeZones,
  ) {}

  /** How many sums of these days differ from their facts. The consumer waits meanwhile. */
  differences(days: Days): Promise<WrongSums> {
    return this.database.transaction(async () => {
      const events = await this.eventsOf(days);
      const [failures, latencies] = SUMS;
      return {
        failures: await this.count(failures, events, days),
        latencies: await this.count(latencies, events, days),
      };
    });
  }

  /** Writes the sums of these days anew from their facts. The consumer waits meanwhile. */
  rebuild(days: Days): Promise<void> {
    return this.database.transaction(async () => {
      const events = await this.eventsOf(days);
      for (const { table, facts, key } of SUMS) {
        await this.database.query(`delete from ${table} where ${OF_DAYS_ALONE}`, valuesOf(days));
        await this.database.query(
          `${sumsOf(events)} insert into ${table} (${key}, messages) select ${key}, messages from ${facts} where ${OF_DAYS}`,
          [...this.zones(), ...valuesOf(days)],
        );
      }
    });
  }

  /** Those of the days that the consumer has taken; and of later ones those that end a failure, which may be of these days. */
  private async eventsOf({ tenantId, from, to }: Days): Promise<string> {
    const [first, end] = [new Date(Date.parse(from) - ZONES_MS), new Date(Date.parse(to) + ZONES_MS)];
    const taken = await this.consumers.takenBy('reports', first, end);
    const later = await this.consumers.takenBy('reports', end, ALWAYS);
    const events = `select * from ${taken} as taken union all select * from ${later} as later where previous in (${ENDS})`;
    return tenantId === undefined
      ? `(${events})`
      : `(select * from (${events}) as all_taken where tenant_id = '${tenantId}')`;
  }

  /** Of how many keys sums and facts say different things. */
  private async count({ table, facts, key }: Sums, events: string, days: Days): Promise<number> {
    const [row] = await this.database.query<{ count: number }>(
      `${sumsOf(events)}, kept as (
         select ${key}, messages from ${table} where ${OF_DAYS} and messages <> 0
       ), counted as (
         select ${key}, messages from ${facts} where ${OF_DAYS}
       )
       select count(*)::int as count from (
         select distinct ${key} from (
           (select * from kept except select * from counted) union all (select * from counted except select * from kept)) as different) as keys`,
      [...this.zones(), ...valuesOf(days)],
    );
    return row?.count ?? 0;
  }

  private zones(): [zones: string[], substitutes: string[]] {
    const { substituted } = this.timeZones;
    return [substituted.map(([zone]) => zone), substituted.map(([, substitute]) => substitute)];
  }
}

const valuesOf = ({ from, to, tenantId }: Days): unknown[] => [from, to, tenantId ?? null];
