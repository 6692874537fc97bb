/** Reads ledger events for usage: grouped by all that is counted or priced apart. */
import { Injectable } from '@nestjs/common';
import { Database, instant } from '../../kernel/index.js';
import { MESSAGE_EVENTS, MESSAGES, type MessageEventKind, type MessageStatus } from '../../ledger/index.js';
import { CONTENT_CATEGORIES, TEMPLATE_VERSIONS } from '../../templates/index.js';
import {
  countriesOfStarts,
  NUMBER_START,
  OWN_ACCOUNTS,
  TENANT_ZONES,
  TENANTS,
  TimeZones,
  type Category,
  type Channel,
  type ProviderName,
} from '../../tenants/index.js';
import type { WhatsAppCategory } from '../prices/price-line.js';
import { COUNTED } from './usage.rules.js';
import type { Scope } from './usage-scopes.js';

/** Whose prices the events need, when they happened, and where to. */
export interface PricedBy {
  readonly plan: string;
  readonly provider: ProviderName;
  /** PostgreSQL text. */
  readonly first: string;
  readonly last: string;
  readonly starts: readonly string[] | null;
}

/** What the prices depend on, of the books in use. */
export interface PriceKeys {
  readonly prefixes: readonly string[];
  /** Moments at which some price changes, in seconds since 1970. */
  readonly changes: readonly number[];
}

/** Events that are alike in all that is counted and, where they say that something was used, in all that is priced. */
export interface FactGroup extends Scope {
  /** `2026-11-29`, in the tenant's zone of that time. */
  readonly day: string;
  readonly kind: MessageEventKind;
  readonly previous: MessageStatus | null;
  readonly facts: number;
  readonly segments: number;
  /** Null where nothing is to be priced: of other kinds, and of messages that have a price. */
  readonly use: Use | null;
}

/** Messages that are priced alike. */
export interface Use {
  readonly plan: string;
  /** Of each. */
  readonly segments: number;
  /** Seconds of each call; null where it is no call that has ended. */
  readonly quantity: number | null;
  /** The longest prefix of a price that the numbers begin with. */
  readonly area: string | null;
  readonly sender: string;
  readonly whatsapp: WhatsAppCategory | null;
  readonly isOwnAccount: boolean;
  /** When the first of them happened, as PostgreSQL text. */
  readonly at: string;
  /** In the order of their events. */
  readonly messageIds: readonly string[];
  /** Where each stands among all events. */
  readonly ranks: readonly number[];
}

interface Row extends Omit<FactGroup, 'use' | 'category' | 'channel'> {
  readonly channel: Channel;
  readonly category: Category;
  readonly plan: string;
  readonly each: number | null;
  readonly quantity: number | null;
  readonly area: string | null;
  readonly sender: string | null;
  readonly whatsapp: WhatsAppCategory | null;
  readonly own: boolean | null;
  readonly at: string;
  readonly ids: readonly string[] | null;
  readonly ranks: readonly number[] | null;
}

const KINDS = COUNTED.map((kind) => `'${kind}'`).join(', ');
/** Of these a message's price is made. */
const USED = `kind in ('sent', 'measured')`;

@Injectable()
export class UsageFacts {
  constructor(
    private readonly database: Database,
    private readonly timeZones: TimeZones,
  ) {}

  /** The prices that a relation of events needs. */
  async pricedBy(events: string): Promise<PricedBy[]> {
    return this.database.query<PricedBy>(
      `select plan, event.provider, min(at)::text as first, max(at)::text as last, array_agg(distinct ${START}) as starts
       from ${events} as event join ${TENANTS} as tenant on tenant.id = event.tenant_id left join ${MESSAGES} as message on message.id = message_id
       where kind in (${KINDS}) group by plan, event.provider`,
    );
  }

  /**
   * Groups a relation of events. With `keys`, messages that are used and have no price are named, in commit order; without, all is
   * only counted.
   */
  async grouped(events: string, needs: readonly PricedBy[], keys?: PriceKeys): Promise<FactGroup[]> {
    const starts = [...new Set(needs.flatMap((need) => need.starts ?? []))].filter((start) => start !== null);
    const { substituted } = this.timeZones;
    const rows = await this.database.query<Row>(groupsOf(events, keys), [
      starts,
      countriesOfStarts(starts),
      substituted.map(([zone]) => zone),
      substituted.map(([, substitute]) => substitute),
      ...(keys ? [keys.changes, firstOf(needs)] : []),
      ...(keys ? prefixesByLength(keys.prefixes).map(([, prefixes]) => prefixes) : []),
    ]);
    return rows.map(groupOf);
  }
}

/** No amount is older than what it is about. */
const firstOf = (needs: readonly PricedBy[]): string =>
  needs
    .map(({ first }) => instant(first))
    .reduce((first, time) => (time < first ? time : first))
    .toISOString();

const START = `case when event.channel <> 'email' then ${NUMBER_START('recipient')} end`;

/** The longest first. */
const prefixesByLength = (prefixes: readonly string[]): (readonly [length: number, prefixes: readonly string[]])[] =>
  [...Map.groupBy(prefixes, ({ length }) => length)].toSorted(([one], [other]) => other - one);

/**
 * Parameters: number starts and their countries; zones that the database does not know and what it takes for them; then moments of
 * changed prices, and prefixes by length. People's opens, clicks and answers count once a message.
 */
function groupsOf(events: string, keys: PriceKeys | undefined): string {
  const lengths = prefixesByLength(keys?.prefixes ?? []);
  const areas = lengths.map(
    ([length], place) => `when left(recipient, ${length}) = any($${7 + place}::text[]) then left(recipient, ${length})`,
  );
  const area = areas.length === 0 ? 'null' : `case ${areas.join(' ')} end`;
  const priced = keys
    ? `${USED} and not exists (select from billing_amount where billing_amount.message_id = event.message_id and billing_amount.kind = 'estimated'
      and billing_amount.at >= $6)`
    : 'false';
  return `
    with zone as (
      select tenant_id, coalesce(substitute.zone, timezone) as zone, since, until from ${TENANT_ZONES} as zone
      left join unnest($3::text[], $4::text[]) as substitute (of, zone) on substitute.of = timezone
    ), fact as (
      select ${keys ? '(row_number() over (order by event.tx, event.seq))::int' : '0'} as rank, event.message_id, event.tenant_id, plan, (event.at at time zone zone.zone)::date as day, event.at,
        event.channel, event.category, event.provider, kind, previous, event.segments, quantity, venue_id, campaign_id,
        template_id, country.country, ${priced} as priced,
        ${area} as area, message.sender_address as sender,
        case when event.channel = 'whatsapp' then coalesce(content.category, 'service') end as whatsapp,
        coalesce(message.provider_account_id in (select id from ${OWN_ACCOUNTS} as own), false) as own,
        ${keys ? 'width_bucket(extract(epoch from event.at), $5::numeric[])' : '0'} as era
      from ${events} as event
      join ${TENANTS} as tenant on tenant.id = event.tenant_id
      join zone on zone.tenant_id = event.tenant_id and event.at >= since and event.at < until
      left join ${MESSAGES} as message on message.id = event.message_id
      left join ${TEMPLATE_VERSIONS} as version on version.id = template_version_id
      left join ${CONTENT_CATEGORIES} as content
        on event.channel = 'whatsapp' and content.account_id = message.provider_account_id and content.content_sid = version.content_sid
      left join unnest($1::text[], $2::text[]) as country (start, country) on country.start = ${START}
      where kind in (${KINDS}) and (kind not in ('opened', 'clicked', 'answered') or not exists (
        select from ${MESSAGE_EVENTS} as earlier
        where earlier.message_id = event.message_id and earlier.kind = event.kind and earlier.seq < event.seq))
    )
    select tenant_id, plan, day::text, channel, category, provider, kind, previous, venue_id, campaign_id, template_id, country,
      case when campaign_id is null then 'TRANSACTIONAL' else 'BULK' end as type,
      count(*)::int as facts, sum(segments)::int as segments, min(at)::text as at,
      case when priced then segments end as each, case when priced then quantity end as quantity,
      case when priced then area end as area, case when priced then sender end as sender,
      case when priced then whatsapp end as whatsapp, case when priced then own end as own,
      case when priced then array_agg(message_id::text order by rank) end as ids,
      case when priced then array_agg(rank order by rank) end as ranks
    from fact
    group by tenant_id, plan, day, channel, category, provider, kind, previous, venue_id, campaign_id, template_id, country, priced,
      case when priced then segments end, case when priced then quantity end, case when priced then area end,
      case when priced then sender end, case when priced then whatsapp end, case when priced then own end,
      case when priced then era end
    order by min(rank)`;
}

function groupOf({ plan, each, quantity, area, sender, whatsapp, own, at, ids, ranks, ...counted }: Row): FactGroup {
  if (ids === null) return { ...counted, use: null };
  return {
    ...counted,
    use: {
      plan,
      segments: each ?? 1,
      quantity,
      area,
      sender: sender ?? '',
      whatsapp,
      isOwnAccount: own ?? false,
      at,
      messageIds: ids,
      ranks: ranks ?? [],
    },
  };
}
