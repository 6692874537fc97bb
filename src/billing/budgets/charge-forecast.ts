/** What many messages would be charged if they were sent now, and whether the budgets have room for it. */
import { Injectable } from '@nestjs/common';
import type { Category, Channel, ProviderName } from '../../tenants/index.js';
import type { PriceAreas } from '../prices/price-areas.js';
import { PriceBooks } from '../prices/price-books.js';
import { concerns } from './budget.rules.js';
import { BudgetStore } from './budget-store.js';
import { isHard, roomOf } from './budgets.js';
import { ChargeEstimates, type ChargedRow } from './charge-estimates.js';
import { ChargeSum } from './charge-sum.js';
import type { BudgetRoomView, ChargeForecastView } from './forecast.dto.js';
import { PlanCurrencies } from './put-budget.command.js';

/** By what messages go out. */
export interface Sending {
  readonly provider: ProviderName;
  readonly providerAccountId: string;
  readonly sender: string;
  readonly templateVersionId: string;
}

/** So many messages in a row that are alike. */
export interface Foreseen {
  readonly by: Sending;
  readonly channel: Channel;
  /** One of the recipients. */
  readonly recipient: string;
  /** Of their numbers; null for email. */
  readonly country: string | null;
  /** Of each. */
  readonly segments: number;
  readonly count: number;
}

/** Whose messages they are. */
interface Owner {
  readonly tenantId: string;
  readonly campaignId: string;
  readonly category: Category;
}

@Injectable()
export class ChargeForecast {
  constructor(
    private readonly books: PriceBooks,
    private readonly charges: ChargeEstimates,
    private readonly currencies: PlanCurrencies,
    private readonly store: BudgetStore,
  ) {}

  /** By which numbers may be grouped: those of an area and a country, with as many segments, are alike. */
  areas(): Promise<PriceAreas> {
    return this.books.areas();
  }

  /** In this order, after all that the tenant has sent this month: by the rules that price messages once they were sent. */
  async of(owner: Owner, messages: readonly Foreseen[]): Promise<ChargeForecastView> {
    const { tenantId } = owner;
    const month = await this.store.presentMonth(tenantId);
    const rows = messages.map(({ by, channel, recipient, segments, count }) => ({
      of: { ...by, tenantId, channel, recipient, segments },
      count,
    }));
    const charged = await this.charges.of(rows, () => month);
    const currency = await this.currencies.of(tenantId);
    const all = sumOf(charged.flat());
    const byChannel = [...Map.groupBy(messages.keys(), (place) => messages[place]?.channel ?? 'email')].map(
      ([channel, places]) => ({
        channel,
        ...sumOf(places.flatMap((place) => charged[place] ?? [])).view(),
        byCountry: channel === 'email' ? [] : byCountry(places, messages, charged),
      }),
    );
    const { messages: _, ...total } = all.view();
    return {
      ...total,
      currency,
      byChannel: byChannel.toSorted((one, other) => other.messages - one.messages),
      budgets: await this.rooms(owner, all, currency),
    };
  }

  /** Of the hard budgets that these messages must fit into. */
  private async rooms(owner: Owner, needed: ChargeSum, currency: string | null): Promise<BudgetRoomView[]> {
    const budgets = await this.store.of({ tenantIds: [owner.tenantId], campaignIds: [owner.campaignId] });
    return budgets
      .filter(isHard)
      .map(roomOf)
      .filter((room) => concerns(room, owner))
      .map((room) => {
        const need = room.measure === 'messages' ? BigInt(needed.messages) : needed.micros;
        const isKnown = room.measure === 'messages' || (needed.unpriced === 0 && room.currency === currency);
        const isOver = need !== null && need > room.left;
        return {
          of: room.campaignId === null ? 'tenant' : 'campaign',
          measure: room.measure,
          currency: room.currency,
          left: Number(room.left),
          needed: room.measure === 'money' && room.currency !== currency ? null : need === null ? null : Number(need),
          fits: isOver ? false : isKnown ? true : null,
        };
      });
  }
}

const byCountry = (
  places: readonly number[],
  messages: readonly Foreseen[],
  charged: readonly (readonly ChargedRow[])[],
): ChargeForecastView['byChannel'][number]['byCountry'] =>
  [...Map.groupBy(places, (place) => messages[place]?.country ?? null)]
    .map(([country, own]) => ({ country, ...sumOf(own.flatMap((place) => charged[place] ?? [])).view() }))
    .toSorted((one, other) => other.messages - one.messages);

const sumOf = (rows: readonly ChargedRow[]): ChargeSum => new ChargeSum(rows);
