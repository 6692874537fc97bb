/** The hard budgets of tenants, exactly: each message reserves what it will use, before its call. */
import { Injectable } from '@nestjs/common';
import { ShortCache } from '../../kernel/index.js';
import { allowedOf, type Room } from './budget.rules.js';
import { BudgetStore, type BudgetRow } from './budget-store.js';
import { ChargeEstimates, type Charge, type Outgoing } from './charge-estimates.js';

/** A budget that is new or changed counts in other processes this much later. */
const CACHE_MS = 1_000;
/** Messages that wait, tried again at once. */
const MOST_AT_ONCE = 1_000;

/** A tenant whose stopped messages may go on, and how many of them have room for certain. */
export interface Relief {
  readonly tenantId: string;
  readonly messages: number;
}

@Injectable()
export class Budgets {
  private readonly hard = new ShortCache<ReadonlySet<string>>(CACHE_MS);

  constructor(
    private readonly store: BudgetStore,
    private readonly charges: ChargeEstimates,
  ) {}

  /** Whether messages of any of these tenants may have to wait. Costs nobody a statement of their own. */
  async concern(tenantIds: readonly string[]): Promise<boolean> {
    const hard = await this.hard.get('tenants', () => this.store.hardTenants());
    return hard.size > 0 && tenantIds.some((id) => hard.has(id));
  }

  /** Call after a change in this process: the next message heeds it. */
  forget(): void {
    this.hard.clear();
  }

  /**
   * Reserves what each message will use of its tenant's hard budgets, and answers the ids of those for which nothing is left: they must
   * wait. Holds the budgets until the transaction ends, so call it in one. A reservation ends by itself with the event that counts the message, or
   * says that it was not sent.
   */
  async reserve(messages: readonly Outgoing[]): Promise<ReadonlySet<string>> {
    const tenantIds = [...new Set(messages.map(({ tenantId }) => tenantId))];
    await this.store.lock(tenantIds);
    const budgets = (await this.store.of(tenantIds, idsOf(messages))).filter(isHard);
    const months = new Map(budgets.map((row) => [row.tenant_id, row.month]));
    const concerned = messages.filter(({ tenantId }) => months.has(tenantId));
    const priced = await this.priced(concerned, budgets, months);
    const { reserved, over, needs } = allowedOf(budgets.map(roomOf), priced);
    await this.store.reserve(
      reserved.map(({ id, tenantId, channel, segments, micros, currency }) => ({
        message_id: id,
        tenant_id: tenantId,
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

  /** Tenants of which each budget that has stopped messages has room again, by a new month, a change, or what was not sent after all. */
  async relieved(): Promise<Relief[]> {
    return reliefs(await this.store.stopped());
  }

  /**
   * The same of one tenant, whose budgets are held until the transaction ends. Whoever goes on with its messages calls `goOn` unless
   * there are more.
   */
  async relievedNow(tenantId: string): Promise<Relief | undefined> {
    await this.store.lock([tenantId]);
    const budgets = await this.store.of([tenantId]);
    return reliefs(budgets.filter(({ stopped_at: at }) => at !== null))[0];
  }

  /** None of the tenant's messages waits for its budgets any more. */
  async goOn(tenantId: string): Promise<void> {
    await this.store.goOn((await this.store.of([tenantId])).map(({ id }) => id));
  }

  private async priced(
    messages: readonly Outgoing[],
    budgets: readonly BudgetRow[],
    months: ReadonlyMap<string, string>,
  ): Promise<(Outgoing & { readonly micros: bigint; readonly currency: string | null })[]> {
    const currencies = new Map(budgets.flatMap((row) => (row.currency ? [[row.tenant_id, row.currency]] : [])));
    const charged = messages.filter(({ tenantId }) => currencies.has(tenantId));
    const charges = new Map<string, Charge>();
    if (charged.length > 0) {
      const known = await this.charges.of(charged, (tenantId) => months.get(tenantId) ?? '');
      for (const [place, { id }] of charged.entries()) charges.set(id, known[place] ?? null);
    }
    return messages.map((message) => {
      const charge = charges.get(message.id);
      const counts = charge?.currency === currencies.get(message.tenantId);
      return { ...message, micros: charge && counts ? charge.micros : 0n, currency: charge?.currency ?? null };
    });
  }
}

const idsOf = (messages: readonly { readonly id: string }[]): string[] => messages.map(({ id }) => id);

const isHard = ({ hard, amount }: BudgetRow): boolean => hard && amount !== null;

const leftOf = ({ amount, used, reserved }: BudgetRow): bigint => BigInt(amount ?? 0) - BigInt(used) - BigInt(reserved);

const roomOf = (row: BudgetRow): Room => ({
  id: row.id,
  tenantId: row.tenant_id,
  measure: row.measure,
  left: leftOf(row),
  exempt: row.exempt,
});

/** How many of the smallest stopped messages fit. */
function fitting(row: BudgetRow): number {
  const { stopped_needs: needs } = row;
  if (!isHard(row) || needs === null) return MOST_AT_ONCE;
  const left = leftOf(row);
  return left < BigInt(needs) ? 0 : Number(left / BigInt(needs));
}

function reliefs(stopped: readonly BudgetRow[]): Relief[] {
  return [...Map.groupBy(stopped, (row) => row.tenant_id)].flatMap(([tenantId, rows]) => {
    const messages = Math.min(MOST_AT_ONCE, ...rows.map(fitting));
    return messages > 0 ? [{ tenantId, messages }] : [];
  });
}
