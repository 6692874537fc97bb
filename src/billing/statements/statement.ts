/** A tenant's statement of one month: what it was charged, and what became known since about the months before. It never changes. */
import type { Category } from '../../tenants/index.js';
import type { Direction, PricedChannel, PriceUnit } from '../prices/price-line.js';
import { roundedToMinor } from './statement-money.js';

export const LINE_KINDS = ['usage', 'adjustment', 'rent', 'credit'] as const;
/**
 * `usage`: messages of the month. `adjustment`: what became known about an earlier month after that was closed. `rent`: phone
 * numbers. `credit`: what the operator gave or took by hand.
 */
export type LineKind = (typeof LINE_KINDS)[number];

export interface StatementLine {
  readonly kind: LineKind;
  /** The month that it is about, as `2026-11`: an earlier one than the statement's for an adjustment. */
  readonly month: string;
  /** Null for a credit, as the fields to `unit`. */
  readonly channel: PricedChannel | null;
  /** Null for a number too. */
  readonly direction: Direction | null;
  /** Null for a number, and for what was received. */
  readonly category: Category | null;
  /** Null where it is unknown, or does not matter. */
  readonly country: string | null;
  readonly provider: string | null;
  /** Null where no price is known, which would say what is counted. */
  readonly unit: PriceUnit | null;
  /** Below zero where an adjustment takes some away, as `units` and `included`. */
  readonly messages: number;
  readonly units: number;
  /** Of the units, those that the plan included. */
  readonly included: number;
  /** Null where no price is known, which is never zero; as `currency`. */
  readonly chargeMicros: bigint | null;
  readonly currency: string | null;
  /** Why, of a credit. */
  readonly note: string | null;
}

export interface StatementTotal {
  readonly currency: string;
  /** The exact sum of the lines. */
  readonly sumMicros: bigint;
  /** What is due: the sum, rounded once to the currency's minor unit, a half away from zero. */
  readonly totalMicros: bigint;
}

/** What a statement is made of. */
export interface StatementContent {
  readonly tenantId: string;
  /** As it was when the month was closed, as the time zone. */
  readonly tenantName: string;
  readonly month: string;
  readonly timezone: string;
  /** The first moment of the month in the time zone, and the first after it. */
  readonly from: Date;
  readonly until: Date;
  readonly closedAt: Date;
  /** In their order. */
  readonly lines: readonly StatementLine[];
}

export interface Statement extends StatementContent {
  /** By currency; none without a charge. */
  readonly totals: readonly StatementTotal[];
  /** Messages, and months of numbers, without a known price. */
  readonly unpriced: number;
  /** SHA-256 in hex, of its canonical text. */
  readonly contentHash: string;
}

/** By kind, month and then what they are about: the same lines are always in the same order. */
export function inOrder(lines: readonly StatementLine[]): StatementLine[] {
  return lines
    .map((line) => ({ line, key: orderKey(line) }))
    .toSorted((one, other) => (one.key < other.key ? -1 : Number(one.key > other.key)))
    .map(({ line }) => line);
}

/** The sum of each currency, by its code. */
export function totalsOf(lines: readonly StatementLine[]): StatementTotal[] {
  const sums = new Map<string, bigint>();
  for (const { currency, chargeMicros } of lines) {
    if (currency !== null && chargeMicros !== null) sums.set(currency, (sums.get(currency) ?? 0n) + chargeMicros);
  }
  return [...sums]
    .map(([currency, sumMicros]) => totalOf(currency, sumMicros))
    .toSorted((one, other) => (one.currency < other.currency ? -1 : 1));
}

export const totalOf = (currency: string, sumMicros: bigint): StatementTotal => ({
  currency,
  sumMicros,
  totalMicros: roundedToMinor(sumMicros, currency),
});

/** Messages and months of numbers whose charge is not known. */
export const unpricedOf = (lines: readonly StatementLine[]): number =>
  lines
    .filter(({ chargeMicros }) => chargeMicros === null)
    .reduce((sum, { channel, messages, units }) => sum + (channel === 'number' ? units : messages), 0);

const orderKey = (line: StatementLine): string =>
  JSON.stringify([
    LINE_KINDS.indexOf(line.kind),
    line.month,
    line.channel,
    line.direction,
    line.category,
    line.country,
    line.provider,
    line.unit,
    line.currency,
    line.note,
    // Equal to here only where two credits have one reason.
    String(line.chargeMicros),
  ]);
