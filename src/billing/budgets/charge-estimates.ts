/** What messages will be charged, before they are sent: by the price lists, as they are estimated afterwards. */
import { Injectable } from '@nestjs/common';
import { Database } from '../../kernel/index.js';
import { CONTENT_CATEGORIES, TEMPLATE_VERSIONS } from '../../templates/index.js';
import {
  countryOf,
  OWN_ACCOUNTS,
  SenderDirectory,
  senderTypeOf,
  type Category,
  type Channel,
  type ProviderName,
} from '../../tenants/index.js';
import { isByLength, isKnown } from '../amounts/estimate.rules.js';
import { PriceBooks } from '../prices/price-books.js';
import type { PriceQuery } from '../prices/price-book.js';
import type { PriceUnit, WhatsAppCategory } from '../prices/price-line.js';
import { priceMessage, type Lists } from '../prices/quote.rules.js';
import { BudgetStore } from './budget-store.js';

/** A message whose call is about to be made. */
export interface Outgoing {
  readonly id: string;
  readonly tenantId: string;
  readonly channel: Channel;
  readonly category: Category;
  readonly recipient: string;
  readonly sender: string;
  readonly segments: number;
  readonly templateVersionId: string | null;
  readonly provider: ProviderName;
  readonly providerAccountId: string;
}

/** Micros of a currency; null where no price is known. */
export type Charge = { readonly micros: bigint; readonly currency: string } | null;

type Units = Record<PriceUnit, number>;

@Injectable()
export class ChargeEstimates {
  constructor(
    private readonly database: Database,
    private readonly directory: SenderDirectory,
    private readonly books: PriceBooks,
    private readonly store: BudgetStore,
  ) {}

  /**
   * The charge of each, as if all were sent now in this order. A call that is priced by its length has no price yet. Of what is
   * counted, `month` tells a tenant's month.
   */
  async of(messages: readonly Outgoing[], month: (tenantId: string) => string): Promise<Charge[]> {
    const at = new Date();
    const own = await this.ownAccounts(messages);
    const categories = await this.whatsAppCategories(messages);
    const used = await this.used(messages, month);
    const charges: Charge[] = [];
    for (const message of messages) {
      const lists = await this.lists(message, own.has(message.providerAccountId), at);
      const query = queryOf(message, categories.get(message.id) ?? null, at);
      const units = used(message);
      const charge = chargeOf(lists, query, message.segments, units);
      add(units, 1, message.segments);
      charges.push(charge);
    }
    return charges;
  }

  private async lists({ tenantId, provider }: Outgoing, isOwn: boolean, at: Date): Promise<Lists> {
    const { plan } = await this.directory.tenant(tenantId);
    return {
      cost: isOwn ? 'own_account' : await this.books.at({ kind: 'cost', name: provider }, at),
      plan: await this.books.at({ kind: 'plan', name: plan }, at),
    };
  }

  private async ownAccounts(messages: readonly Outgoing[]): Promise<ReadonlySet<string>> {
    const ids = [...new Set(messages.map(({ providerAccountId }) => providerAccountId))];
    const own = await this.database.query<{ id: string }>(
      `select id from ${OWN_ACCOUNTS} as own where id = any($1::uuid[])`,
      [ids],
    );
    return new Set(own.map(({ id }) => id));
  }

  private async whatsAppCategories(messages: readonly Outgoing[]): Promise<ReadonlyMap<string, WhatsAppCategory>> {
    const sent = messages.filter(({ channel }) => channel === 'whatsapp');
    if (sent.length === 0) return new Map();
    const rows = await this.database.query<{ id: string; category: WhatsAppCategory }>(
      `select message.id, coalesce(content.category, 'service') as category
       from unnest($1::uuid[], $2::uuid[], $3::uuid[]) as message (id, version_id, account_id)
       left join ${TEMPLATE_VERSIONS} as version on version.id = version_id
       left join ${CONTENT_CATEGORIES} as content
         on content.account_id = message.account_id and content.content_sid = version.content_sid`,
      [
        sent.map(({ id }) => id),
        sent.map(({ templateVersionId }) => templateVersionId),
        sent.map(({ providerAccountId }) => providerAccountId),
      ],
    );
    return new Map(rows.map(({ id, category }) => [id, category]));
  }

  /** The units of a message's tenant and channel, those that are reserved among them. */
  private async used(
    messages: readonly Outgoing[],
    month: (tenantId: string) => string,
  ): Promise<(message: Outgoing) => Units> {
    const tenantIds = [...new Set(messages.map(({ tenantId }) => tenantId))];
    const counted = await this.database.query<{ tenant_id: string; channel: string; unit: PriceUnit; used: number }>(
      `select tenant_id, channel, unit, used::float8 as used from billing_units
       where direction = 'outbound' and (tenant_id, month) in (select * from unnest($1::uuid[], $2::date[]))`,
      [tenantIds, tenantIds.map(month)],
    );
    const reserved = await this.store.reservedUnits(
      tenantIds,
      messages.map(({ id }) => id),
    );
    const byKey = new Map<string, Units>();
    const unitsOf = (tenantId: string, channel: string): Units => {
      const key = `${tenantId} ${channel}`;
      const units = byKey.get(key) ?? { message: 0, segment: 0, recipient: 0, minute: 0, number_month: 0 };
      byKey.set(key, units);
      return units;
    };
    for (const { tenant_id, channel, unit, used } of counted) unitsOf(tenant_id, channel)[unit] = used;
    for (const { tenant_id, channel, messages: count, segments } of reserved)
      add(unitsOf(tenant_id, channel), count, segments);
    return ({ tenantId, channel }) => unitsOf(tenantId, channel);
  }
}

function chargeOf(lists: Lists, query: PriceQuery, segments: number, used: Units): Charge {
  if (query.channel === 'voice' && isByLength(lists, query)) return null;
  const quantities = { message: 1, segment: segments, recipient: 1, minute: 0, number_month: 0, used };
  const { charge } = priceMessage(lists, query, quantities);
  return isKnown(charge) ? { micros: charge.micros, currency: charge.prices.currency } : null;
}

function add(units: Units, messages: number, segments: number): void {
  units.message += messages;
  units.recipient += messages;
  units.segment += segments;
}

function queryOf(message: Outgoing, category: WhatsAppCategory | null, at: Date): PriceQuery {
  const { channel, recipient, sender, provider } = message;
  const number = channel === 'email' ? null : recipient;
  return {
    channel,
    direction: 'outbound',
    number,
    country: number === null ? null : countryOf(number),
    senderType: channel === 'email' || channel === 'whatsapp' || sender === '' ? null : senderTypeOf(sender),
    category,
    provider,
    at,
  };
}
