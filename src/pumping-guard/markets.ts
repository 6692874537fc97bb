/** What is known of a tenant's business in a country: whether it sells there, how much it sends there, and what that costs. */
import { Injectable } from '@nestjs/common';
import { TextPrices, USAGE, type TextPrice } from '../billing/index.js';
import { PUMPING_ALARMS } from '../consent/index.js';
import { Database } from '../kernel/index.js';
import { countryOf, TENANT_MARKETS } from '../tenants/index.js';
import type { Area, Market } from './pumping.rules.js';

/** The busiest of so many days is what is usual. */
const USUAL_DAYS = 28;

export interface AreaMarket extends Market {
  readonly country: string | null;
  readonly price: TextPrice | undefined;
}

/** Where a tenant sells by its own word, and what a text costs there. */
export interface Home {
  readonly tenantId: string;
  readonly countries: ReadonlySet<string>;
  /** The cheapest of them. */
  readonly price: TextPrice | undefined;
}

@Injectable()
export class Markets {
  constructor(
    private readonly database: Database,
    private readonly prices: TextPrices,
  ) {}

  async home(tenantId: string): Promise<Home> {
    const [row] = await this.database.query<{
      country: string | null;
      allowed_countries: readonly string[] | null;
      numbers: readonly string[];
    }>(`select country, allowed_countries, numbers from ${TENANT_MARKETS} as market where id = $1`, [tenantId]);
    const said = [row?.country ?? null, ...(row?.allowed_countries ?? []), ...(row?.numbers ?? []).map(countryOf)];
    const countries = [...new Set(said.filter((country) => country !== null))];
    const prices = await Promise.all(countries.map((country) => this.prices.of(tenantId, { number: null, country })));
    const known = prices.filter((price) => price !== undefined);
    const [price] = known.toSorted((one, other) => one.micros - other.micros);
    return { tenantId, countries: new Set(countries), price };
  }

  async of(home: Home, area: Area): Promise<AreaMarket> {
    const busiest = area.ranges.toSorted((one, other) => other.numbers - one.numbers)[0]?.prefix ?? area.prefix;
    const country = countryOf(`${busiest}${ANY_LINE}`);
    const price = await this.prices.of(home.tenantId, { number: busiest, country });
    const isHome = country !== null && home.countries.has(country);
    const usual = isHome || country === null ? 0 : await this.usual(home.tenantId, country);
    return { country, price, isHome, usual, priceRatio: ratioOf(price, home.price) };
  }

  /** Messages of the busiest day there, without days on which something was suspected. */
  private async usual(tenantId: string, country: string): Promise<number> {
    const [row] = await this.database.query<{ messages: number }>(
      `select coalesce(max(messages), 0)::int as messages from (
         select day, sum(messages) as messages from ${USAGE} as usage
         where tenant_id = $1 and country = $2 and day >= current_date - ${USUAL_DAYS} and day < current_date and direction = 'outbound'
           and channel in ('sms', 'mms', 'voice') and category = 'transactional'
           and not exists (
             select from ${PUMPING_ALARMS} as alarm
             where alarm.tenant_id = $1 and alarm.country = $2 and alarm.began_at < day + interval '2 days'
               and coalesce(alarm.ended_at, 'infinity') > day - interval '1 day')
         group by day) as daily`,
      [tenantId, country],
    );
    return row?.messages ?? 0;
  }
}

/** There is one in every range. */
const ANY_LINE = '2345';

const ratioOf = (price: TextPrice | undefined, home: TextPrice | undefined): number | null =>
  price === undefined || home === undefined || home.currency !== price.currency || home.micros <= 0
    ? null
    : price.micros / home.micros;
