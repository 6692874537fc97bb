/** What messages will be charged, before they are sent: by the price lists, as they are estimated afterwards. */
import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { Database } from '../../kernel/index.js';
import { CONTENT_CATEGORIES, TEMPLATE_VERSIONS } from '../../templates/index.js';
import {
  countryOfStart,
  OWN_ACCOUNTS,
  SenderDirectory,
  senderTypeOf,
  startOf,
  type Channel,
  type ProviderName,
} from '../../tenants/index.js';
import { isByLength, isKnown } from '../amounts/estimate.rules.js';
import { PriceBooks } from '../prices/price-books.js';
import type { PriceQuery } from '../prices/price-book.js';
import type { WhatsAppCategory } from '../prices/price-line.js';
import {
  alikeOf,
  isFlat,
  priceMessage,
  type Lists,
  type Quantities,
  type UnknownReason,
} from '../prices/quote.rules.js';
import { addUnits, UsedUnits, type UnitCounts, type Units } from './used-units.js';

/** All that the price of a message depends on. */
export interface Chargeable {
  readonly tenantId: string;
  readonly channel: Channel;
  readonly recipient: string;
  readonly sender: string;
  readonly segments: number;
  readonly templateVersionId: string | null;
  readonly provider: ProviderName;
  readonly providerAccountId: string;
}

/** So many messages in a row that are alike. */
export interface ChargeableRow {
  readonly of: Chargeable;
  readonly count: number;
}

/** Why no price is known; `by_length`: that of a call depends on how long it takes. */
export type ChargeUnknown = UnknownReason | 'by_length';

/** Micros of a currency, or why they are not known. */
export type Charge = { readonly micros: bigint; readonly currency: string } | { readonly unknown: ChargeUnknown };

/** Of a row, those messages that have the same charge. */
export interface ChargedRow {
  readonly count: number;
  readonly charge: Charge;
}

/** Provider accounts that are known as a tenant's own, or not. */
const KEPT = 10_000;

/** What messages that are priced alike are priced by. */
interface Kind {
  readonly lists: Lists;
  readonly query: PriceQuery;
  readonly segments: number;
  /** Of its tenant and channel, shared by all kinds of these. */
  readonly used: Units;
}

@Injectable()
export class ChargeEstimates {
  private readonly isOwn = new LRUCache<string, boolean>({ max: KEPT });

  constructor(
    private readonly database: Database,
    private readonly directory: SenderDirectory,
    private readonly books: PriceBooks,
    private readonly units: UsedUnits,
  ) {}

  /**
   * The charges of each row, as if all were sent now in this order. Of what is counted, `month` tells a tenant's month; of what is
   * reserved, the messages named are left out.
   */
  async of(
    rows: readonly ChargeableRow[],
    month: (tenantId: string) => string,
    messageIds: readonly string[] = [],
  ): Promise<ChargedRow[][]> {
    const messages = rows.map(({ of }) => of);
    const tenantIds = [...new Set(messages.map(({ tenantId }) => tenantId))];
    const units = await this.units.counted(tenantIds, month);
    const kinds = await this.kinds(messages, units);
    // What is reserved comes before these, which matters only where a price depends on what was used.
    if (kinds.some((kind) => !isFlatFor(kind))) await this.units.addReserved(units, tenantIds, messageIds);
    const flat = new Map<Kind, Charge>();
    return rows.map(({ count }, place) => {
      const kind = kinds[place];
      if (!kind) return [];
      const known = flat.get(kind);
      if (known) {
        addUnits(kind.used, count, count * kind.segments);
        return [{ count, charge: known }];
      }
      const isFlatNow = isFlatFor(kind);
      const charged = chargesOf(kind, count);
      if (isFlatNow && charged[0]) flat.set(kind, charged[0].charge);
      return charged;
    });
  }

  /** The kind of each, in order: the same one for all that are priced alike. */
  private async kinds(messages: readonly Chargeable[], units: UnitCounts): Promise<Kind[]> {
    const at = new Date();
    const areas = await this.books.areas();
    const own = await this.ownAccounts(messages);
    const categories = await this.whatsAppCategories(messages);
    const lists = new Map<string, Lists>();
    const known = new Map<string, Kind>();
    const kinds: Kind[] = [];
    for (const message of messages) {
      const { tenantId, channel, recipient, sender, segments, templateVersionId, provider, providerAccountId } =
        message;
      const start = channel === 'email' ? null : startOf(recipient);
      const area = channel === 'email' ? null : areas.of(recipient);
      const country = start === null ? null : countryOfStart(start);
      const key = `${tenantId} ${channel} ${providerAccountId} ${provider} ${sender} ${templateVersionId} ${country} ${area} ${segments}`;
      const listsKey = `${tenantId} ${provider} ${own.has(providerAccountId)}`;
      const kind = known.get(key) ?? {
        lists: lists.get(listsKey) ?? (await this.lists(message, own.has(providerAccountId), at)),
        query: { ...queryOf(message, categories.get(templateKeyOf(message)) ?? null, at), country },
        segments,
        used: units.of(tenantId, channel),
      };
      lists.set(listsKey, kind.lists);
      known.set(key, kind);
      kinds.push(kind);
    }
    return kinds;
  }

  private async lists({ tenantId, provider }: Chargeable, isOwn: boolean, at: Date): Promise<Lists> {
    const { plan } = await this.directory.tenant(tenantId);
    return {
      cost: isOwn ? 'own_account' : await this.books.at({ kind: 'cost', name: provider }, at),
      plan: await this.books.at({ kind: 'plan', name: plan }, at),
    };
  }

  /** An account stays with whom it is. */
  private async ownAccounts(messages: readonly Chargeable[]): Promise<ReadonlySet<string>> {
    const ids = [...new Set(messages.map(({ providerAccountId }) => providerAccountId))];
    const unknown = ids.filter((id) => !this.isOwn.has(id));
    if (unknown.length > 0) {
      const own = await this.database.query<{ id: string }>(
        `select id from ${OWN_ACCOUNTS} as own where id = any($1::uuid[])`,
        [unknown],
      );
      for (const id of unknown)
        this.isOwn.set(
          id,
          own.some((row) => row.id === id),
        );
    }
    return new Set(ids.filter((id) => this.isOwn.get(id)));
  }

  /** By template and account. */
  private async whatsAppCategories(messages: readonly Chargeable[]): Promise<ReadonlyMap<string, WhatsAppCategory>> {
    const sent = new Map(
      messages.flatMap((message) => (message.channel === 'whatsapp' ? [[templateKeyOf(message), message]] : [])),
    );
    if (sent.size === 0) return new Map();
    const rows = await this.database.query<{ key: string; category: WhatsAppCategory }>(
      `select key, coalesce(content.category, 'service') as category
       from unnest($1::text[], $2::uuid[], $3::uuid[]) as message (key, version_id, account_id)
       left join ${TEMPLATE_VERSIONS} as version on version.id = version_id
       left join ${CONTENT_CATEGORIES} as content
         on content.account_id = message.account_id and content.content_sid = version.content_sid`,
      [
        [...sent.keys()],
        [...sent.values()].map(({ templateVersionId }) => templateVersionId),
        [...sent.values()].map(({ providerAccountId }) => providerAccountId),
      ],
    );
    return new Map(rows.map(({ key, category }) => [key, category]));
  }
}

const templateKeyOf = ({ templateVersionId, providerAccountId }: Chargeable): string =>
  `${templateVersionId} ${providerAccountId}`;

const quantitiesOf = ({ segments, used }: Kind): Quantities => ({
  message: 1,
  segment: segments,
  recipient: 1,
  minute: 0,
  number_month: 0,
  used,
});

/** Whether all of a kind have the same price from now on, however many there are. */
const isFlatFor = (kind: Kind): boolean => isFlat(kind.lists, kind.query, quantitiesOf(kind));

/** As many at once as have the same price: until a tier begins, or what is included has come to its end. */
function chargesOf(kind: Kind, count: number): ChargedRow[] {
  const { lists, query, segments, used } = kind;
  if (query.channel === 'voice' && isByLength(lists, query)) return [{ count, charge: { unknown: 'by_length' } }];
  const charged: ChargedRow[] = [];
  for (let left = count; left > 0;) {
    const alike = Math.min(left, alikeOf(lists, query, quantitiesOf(kind)));
    const { charge } = priceMessage(lists, query, quantitiesOf(kind));
    charged.push({
      count: alike,
      charge: isKnown(charge) ? { micros: charge.micros, currency: charge.prices.currency } : charge,
    });
    addUnits(used, alike, alike * segments);
    left -= alike;
  }
  return charged;
}

function queryOf(
  { channel, recipient, sender, provider }: Chargeable,
  category: WhatsAppCategory | null,
  at: Date,
): Omit<PriceQuery, 'country'> {
  return {
    channel,
    direction: 'outbound',
    number: channel === 'email' ? null : recipient,
    senderType: channel === 'email' || channel === 'whatsapp' || sender === '' ? null : senderTypeOf(sender),
    category,
    provider,
    at,
  };
}
