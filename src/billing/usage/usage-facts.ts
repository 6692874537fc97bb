/** Reads ledger events for usage: grouped by all that is counted or priced apart. */
import { Injectable } from '@nestjs/common';
import { Database } from '../../kernel/index.js';
import {
  ENGAGEMENTS,
  MACHINE_ENGAGEMENTS,
  MESSAGE_EVENTS,
  messageJoin,
  plannedFor,
  quoted,
  RECEIVED_MESSAGES,
  type EventBatch,
  type MessageEventKind,
  type MessageStatus,
} from '../../ledger/index.js';
import { CONTENT_CATEGORIES, TEMPLATE_VERSIONS } from '../../templates/index.js';
import {
  countryOfStart,
  NUMBER_START,
  OWN_ACCOUNTS,
  TENANT_ZONES,
  TENANTS,
  TimeZones,
  type Category,
  type Channel,
} from '../../tenants/index.js';
import type { WhatsAppCategory } from '../prices/price-line.js';
import { PriceAreas } from '../prices/price-areas.js';
import { PriceBooks } from '../prices/price-books.js';
import type { PriceKeys } from '../prices/price-store.js';
import { COUNTED } from './usage.rules.js';
import type { Scope } from './usage-scopes.js';

/** Events that are alike in all that is counted and, where they say that something was used, in all that is priced. */
export interface FactGroup extends Scope {
  /** `2026-11-29`, in the tenant's zone of that time. */
  readonly day: string;
  readonly kind: MessageEventKind;
  readonly previous: MessageStatus | null;
  /** Of messages that follow those of a campaign, and are none of its own. */
  readonly root_campaign_id: string | null;
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

interface Row extends Omit<FactGroup, 'use' | 'category' | 'channel' | 'country'> {
  readonly channel: Channel;
  readonly category: Category;
  readonly plan: string;
  readonly start: string | null;
  /** Of each message, where only a whole number tells its country. */
  readonly numbers: readonly string[] | null;
  readonly is_used: boolean;
  /** Segments of each. */
  readonly each: number;
  readonly quantity: number | null;
  readonly area: string | null;
  readonly sender: string | null;
  readonly whatsapp: WhatsAppCategory | null;
  readonly is_own: boolean | null;
  readonly at: string;
  readonly ids: readonly string[] | null;
  readonly ranks: readonly number[] | null;
}

const KINDS = quoted([...COUNTED, 'priced']);
/** Events that say that a message was used. */
export const USES = quoted(['sent', 'measured', 'received']);
/** An event of those, of a message without an estimate. */
const IS_NEW = `kind in (${USES}) and not exists (
  select from billing_amount as amount
  where amount.message_id = event.message_id and amount.kind = 'estimated'
    and amount.at >= (select min(at) from event) and amount.at < now() + interval '1 day')`;

interface Grouping {
  /** Whether they are a large batch, whose messages are found together. */
  readonly isLarge?: boolean;
  /** SQL: whether the messages of a group are to be priced. */
  readonly isUsed: string;
  /** By what prices differ, if any are to be. */
  readonly keys?: PriceKeys;
}

/** Of groups, beside their day: of what is counted apart, and of what is priced apart. */
const COUNT_KEYS = [
  'tenant_id',
  'channel',
  'category',
  'provider',
  'direction',
  'kind',
  'previous',
  'venue_id',
  'campaign_id',
  'root_campaign_id',
  'template_id',
];
const PRICE_KEYS = ['plan', 'is_used', 'start', 'each', 'quantity', 'area', 'sender', 'whatsapp', 'is_own'];
const KEYS_SHOWN = [...COUNT_KEYS, ...PRICE_KEYS];
/** Rows are grouped by the 64 bits of the hash of each half: to compare that many columns takes longer than all the rest. */
const hashOf = (keys: readonly string[]): string => `hash_record_extended(row(${keys.join(', ')}), 0)`;

/** Of messages, what is read. */
const OF_MESSAGES =
  'id, venue_id, campaign_id, root_campaign_id, sender_address, recipient, provider_account_id, template_version_id';

@Injectable()
export class UsageFacts {
  constructor(
    private readonly database: Database,
    private readonly timeZones: TimeZones,
    private readonly books: PriceBooks,
  ) {}

  /** Groups a batch. Messages that are used and have no estimate yet are named, in commit order. */
  async grouped({ events, isLarge }: EventBatch): Promise<FactGroup[]> {
    return this.read(events, { isLarge, isUsed: IS_NEW, keys: await this.books.keys() });
  }

  /** The same of events that say that messages were used: all of them are named. */
  async used(events: string): Promise<FactGroup[]> {
    return this.read(events, { isUsed: 'true', keys: await this.books.keys() });
  }

  /** The same, only to be counted. */
  counted(events: string): Promise<FactGroup[]> {
    return this.read(events, { isUsed: 'false' });
  }

  private async read(events: string, grouping: Grouping): Promise<FactGroup[]> {
    const { keys, isLarge = false } = grouping;
    const { substituted } = this.timeZones;
    const rows = await plannedFor({ isLarge }, this.database, () =>
      this.database.query<Row>(groupsOf(events, grouping), [
        substituted.map(([zone]) => zone),
        substituted.map(([, substitute]) => substitute),
        ...(keys ? [keys.changes, ...new PriceAreas(keys.prefixes).values] : []),
      ]),
    );
    return rows.flatMap(byCountry);
  }
}

/**
 * Parameters: zones that the database does not know and what it takes for them; then moments of changed prices, and prefixes by
 * length. What people and machines did counts once a message: the first in the order in which events are taken, as one with a smaller number may
 * be committed later. Of a month of events each message is looked up by its id.
 */
function groupsOf(events: string, { isLarge, isUsed, keys }: Grouping): string {
  const area = new PriceAreas(keys?.prefixes ?? []).sql('recipient', 4);
  const message = messageJoin(OF_MESSAGES, isLarge ?? false);
  return `
    with event as materialized (
      select message_id, tenant_id, at, tx, seq, kind, previous, channel, category, provider, segments, quantity,
        (row_number() over (order by tx, seq))::int as rank
      from ${events} as event where kind in (${KINDS})
    ), ${message.relation} zone as materialized (
      select tenant_id, coalesce(substitute.zone, timezone) as zone, since, until from ${TENANT_ZONES} as zone
      left join unnest($1::text[], $2::text[]) as substitute (of, zone) on substitute.of = timezone
    ), fact as materialized (
      select event.*, plan, (event.at at time zone zone.zone)::date as day, coalesce(message.venue_id, received.venue_id) as venue_id, campaign_id, root_campaign_id, template_id,
        coalesce(sender_address, number) as sender_address, coalesce(recipient, person) as recipient,
        case when received.id is null then 'outbound' else 'inbound' end as direction,
        case when event.channel <> 'email' then ${NUMBER_START('coalesce(recipient, person)')} end as start, ${isUsed} as is_used,
        case when event.channel = 'whatsapp' then coalesce(content.category, 'service') end as whatsapp,
        coalesce(coalesce(message.provider_account_id, received.provider_account_id) in (select id from ${OWN_ACCOUNTS} as own), false) as is_own
      from event
      join ${TENANTS} as tenant on tenant.id = event.tenant_id
      join zone on zone.tenant_id = event.tenant_id and event.at >= since and event.at < until
      ${message.join}
      left join lateral (
        select * from ${RECEIVED_MESSAGES} as received where event.kind in ('received', 'priced') and received.id = event.message_id limit 1
      ) as received on true
      left join ${TEMPLATE_VERSIONS} as version on version.id = template_version_id
      left join ${CONTENT_CATEGORIES} as content
        on event.channel = 'whatsapp' and content.account_id = message.provider_account_id and content.content_sid = version.content_sid
      where kind not in (${quoted([...ENGAGEMENTS, ...MACHINE_ENGAGEMENTS])}) or not exists (
        select from ${MESSAGE_EVENTS} as earlier
        where earlier.message_id = event.message_id and earlier.kind = event.kind and (earlier.tx, earlier.seq) < (event.tx, event.seq))
    ), keyed as (
      select tenant_id, plan, day, channel, category, provider, direction, kind, previous, venue_id, campaign_id, root_campaign_id, template_id, is_used, at, rank, message_id,
        segments, nullif(start, recipient) as start, coalesce(start = recipient, false) as is_whole, recipient,
        case when is_used or start = recipient then segments end as each, case when is_used then quantity end as quantity,
        case when is_used then ${area} end as area,
        case when is_used then sender_address end as sender, case when is_used then whatsapp end as whatsapp,
        case when is_used then is_own end as is_own,
        ${keys ? 'case when is_used then width_bucket(extract(epoch from at), $3::numeric[]) end' : 'null::int'} as era
      from fact
    ), hashed as (
      select keyed.*, ${hashOf([...COUNT_KEYS, 'day'])} as one, ${hashOf([...PRICE_KEYS, 'is_whole', 'era'])} as other from keyed
    )
    select any_value(day)::text as day, any_value(case when campaign_id is null then 'TRANSACTIONAL' else 'BULK' end) as type,
      ${KEYS_SHOWN.map((name) => `any_value(${name}) as ${name}`).join(', ')},
      count(*)::int as facts, sum(segments)::int as segments, min(at)::text as at,
      case when any_value(is_whole) then array_agg(recipient) end as numbers,
      case when any_value(is_used) then array_agg(message_id::text) end as ids, case when any_value(is_used) then array_agg(rank) end as ranks
    from hashed group by one, other order by min(rank)`;
}

/** A row as the groups of its countries. */
function byCountry({ numbers, start, ...row }: Row): FactGroup[] {
  if (numbers === null) return [groupOf(row, start === null ? null : countryOfStart(start))];
  const countries = numbers.map((number) => countryOfStart(number));
  return [...Map.groupBy(numbers.keys(), (place) => countries[place] ?? null)].map(([country, places]) => {
    const of = <T>(values: readonly T[] | null): T[] | null => values && places.flatMap((place) => values[place] ?? []);
    const facts = places.length;
    return groupOf({ ...row, facts, segments: facts * row.each, ids: of(row.ids), ranks: of(row.ranks) }, country);
  });
}

function groupOf(row: Omit<Row, 'numbers' | 'start'>, country: string | null): FactGroup {
  const { plan, is_used, each, quantity, area, sender, whatsapp, is_own, at, ids, ranks, ...counted } = row;
  if (!is_used) return { ...counted, country, use: null };
  const order = [...(ranks ?? []).entries()].toSorted(([, one], [, other]) => one - other);
  const use = {
    plan,
    segments: each,
    quantity,
    area,
    sender: sender ?? '',
    whatsapp,
    isOwnAccount: is_own ?? false,
    at,
    messageIds: order.flatMap(([place]) => ids?.[place] ?? []),
    ranks: order.map(([, rank]) => rank),
  };
  return { ...counted, country, use };
}
