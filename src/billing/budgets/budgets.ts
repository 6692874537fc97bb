/** The hard budgets of tenants and of campaigns, exactly: each message reserves what it will use, before its call. */
import { Injectable } from '@nestjs/common';
import { ShortCache } from '../../kernel/index.js';
import type { Category } from '../../tenants/index.js';
import { allowedOf, type Room } from './budget.rules.js';
import { BudgetReservations, type NewReservation } from './budget-reservations.js';
import { BudgetStore, type BudgetRow, type BudgetsOf, type HardBudgets } from './budget-store.js';
import { ChargeEstimates, type Charge, type Chargeable } from './charge-estimates.js';

/** A budget that is new or changed counts in other processes this much later. */
const CACHE_MS = 1_000;
/** Messages that wait, tried again at once. */
const MOST_AT_ONCE = 1_000;

/** A message whose call is about to be made. */
export interface Outgoing extends Chargeable {
  readonly id: string;
  /** Of a campaign's, or of one that follows it. */
  readonly campaignId: string | null;
  readonly category: Category;
}

/** A tenant, or a campaign, whose messages wait, and how many of them have room for certain: where there is none, none has. */
export interface Stopped {
  readonly tenantId: string;
  /** Null: all that the tenant sends. */
  readonly campaignId: string | null;
  readonly messages: number;
}

@Injectable()
export class Budgets {
  private readonly hard = new ShortCache<HardBudgets>(CACHE_MS);

  constructor(
    private readonly store: BudgetStore,
    private readonly reservations: BudgetReservations,
    private readonly charges: ChargeEstimates,
  ) {}

  /** Whether any of these messages may have to wait. Costs nobody a statement of their own. */
  async concern(messages: readonly Pick<Outgoing, 'tenantId' | 'campaignId'>[]): Promise<boolean> {
    const { tenants, campaigns } = await this.hard.get('budgets', () => this.store.hard());
    if (tenants.size + campaigns.size === 0) return false;
    return messages.some(
      ({ tenantId, campaignId }) => tenants.has(tenantId) || (campaignId !== null && campaigns.has(campaignId)),
    );
  }

  /** Call after a change in this process: the next message heeds it. */
  forget(): void {
    this.hard.clear();
  }

  /**
   * Reserves what each message will use of the hard budgets of its tenant and its campaign, and answers the ids of those for which
   * nothing is left: they must wait. Holds the budgets until the transaction ends, so call it in one. A reservation ends by itself with the event that
   * counts the message, or says that it was not sent.
   */
  async reserve(messages: readonly Outgoing[]): Promise<ReadonlySet<string>> {
    const asked = {
      tenantIds: [...new Set(messages.map(({ tenantId }) => tenantId))],
      campaignIds: [...new Set(messages.flatMap(({ campaignId }) => campaignId ?? []))],
    };
    await this.store.lock(asked);
    const budgets = (await this.store.of(asked)).filter(isHard);
    const months = new Map(budgets.map((row) => [row.tenant_id, row.month]));
    const earlier = await this.reservations.of(idsOf(messages));
    const rooms = budgets.map((row) => withRoomOf(roomOf(row), row.month, earlier));
    const priced = await this.priced(messages, rooms, months);
    const { reserved, over, needs } = allowedOf(rooms, priced);
    await this.reservations.reserve(
      reserved.map(({ id, tenantId, campaignId, channel, segments, micros, currency }) => ({
        message_id: id,
        tenant_id: tenantId,
        campaign_id: campaignId,
        month: months.get(tenantId) ?? '',
        channel,
        segments,
        micros: String(micros),
        currency,
      })),
    );
    await this.store.stop(needs);
    return new Set(idsOf(over));
  }

  /** Tenants and campaigns whose messages wait. */
  async stopped(): Promise<Stopped[]> {
    return stoppedOf(await this.store.stopped());
  }

  /**
   * The same of one tenant and its campaigns, whose budgets are held until the transaction ends: of the campaign, or of the tenant where it is null.
   * Whoever goes on with what waits calls `goOn`, unless there are more.
   */
  async stoppedNow(tenantId: string, campaignId: string | null): Promise<Stopped[]> {
    await this.store.lock(scopeOf(tenantId, campaignId));
    return stoppedOf(await this.store.stopped(tenantId));
  }

  /** None of the messages of a tenant, or of one of its campaigns, waits for its budgets any more. */
  async goOn(tenantId: string, campaignId: string | null): Promise<void> {
    const budgets = await this.store.of(scopeOf(tenantId, campaignId));
    await this.store.goOn(idsOf(budgets.filter((row) => row.campaign_id === campaignId)));
  }

  /** Those of tenants with a budget of money. */
  private async priced(
    messages: readonly Outgoing[],
    rooms: readonly Room[],
    months: ReadonlyMap<string, string>,
  ): Promise<(Outgoing & { readonly micros: bigint; readonly currency: string | null })[]> {
    const byMoney = new Set(rooms.flatMap(({ measure, tenantId }) => (measure === 'money' ? [tenantId] : [])));
    const charged = messages.filter(({ tenantId }) => byMoney.has(tenantId));
    const charges = new Map<string, Charge | undefined>();
    if (charged.length > 0) {
      const rows = charged.map((of) => ({ of, count: 1 }));
      const known = await this.charges.of(rows, (tenantId) => months.get(tenantId) ?? '', idsOf(messages));
      for (const [place, { id }] of charged.entries()) charges.set(id, known[place]?.[0]?.charge);
    }
    return messages.map((message) => {
      const charge = charges.get(message.id);
      return charge && 'micros' in charge ? { ...message, ...charge } : { ...message, micros: 0n, currency: null };
    });
  }
}

const idsOf = (rows: readonly { readonly id: string }[]): string[] => rows.map(({ id }) => id);

const scopeOf = (tenantId: string, campaignId: string | null): BudgetsOf => ({
  tenantIds: [tenantId],
  campaignIds: campaignId === null ? [] : [campaignId],
});

export const isHard = ({ hard, amount }: BudgetRow): boolean => hard && amount !== null;

export const roomOf = (row: BudgetRow): Room => ({
  id: row.id,
  tenantId: row.tenant_id,
  campaignId: row.campaign_id,
  measure: row.measure,
  currency: row.currency,
  left: BigInt(row.amount ?? 0) - BigInt(row.used) - BigInt(row.reserved),
  exempt: row.exempt,
});

/** What the same messages have reserved before is not reserved beside it. */
const withRoomOf = (room: Room, month: string, earlier: readonly NewReservation[]): Room => ({
  ...room,
  left: earlier
    .filter((held) =>
      room.campaignId === null
        ? held.tenant_id === room.tenantId && held.month === month
        : held.campaign_id === room.campaignId,
    )
    .reduce((left, { micros, currency }) => {
      if (room.measure === 'messages') return left + 1n;
      return currency === room.currency ? left + BigInt(micros) : left;
    }, room.left),
});

/** How many of the smallest stopped messages fit. */
function fitting(row: BudgetRow): number {
  const { stopped_needs: needs } = row;
  if (!isHard(row) || needs === null) return MOST_AT_ONCE;
  const { left } = roomOf(row);
  return left < BigInt(needs) ? 0 : Number(left / BigInt(needs));
}

function stoppedOf(rows: readonly BudgetRow[]): Stopped[] {
  return [...Map.groupBy(rows, (row) => row.campaign_id ?? row.tenant_id).values()].flatMap((of) =>
    of.slice(0, 1).map(({ tenant_id: tenantId, campaign_id: campaignId }) => ({
      tenantId,
      campaignId,
      messages: Math.min(MOST_AT_ONCE, ...of.map(fitting)),
    })),
  );
}
