/** A price list that is being read: its lines in their order, and what is wrong with them, alone or together. */
import type { Row } from '../../lists/index.js';
import type { ProviderName } from '../../tenants/index.js';
import type { PriceFaultCode, PriceListFault } from './price-faults.js';
import { scopeKey, sinceOf, type PriceLine, type PriceListKind } from './price-line.js';
import { readPriceRow } from './price-row.js';
import { priceCsv, hashOf } from './price-csv.js';

/** Lines of one list: some providers price each network of each country. */
export const MOST_LINES = 100_000;

export interface PriceListName {
  readonly kind: PriceListKind;
  /** Of a list of costs the provider, of others the plan. */
  readonly name: string;
}

/** A list without a fault. */
export interface PriceListContent {
  /** In an order that does not depend on that of the rows. */
  readonly lines: readonly PriceLine[];
  readonly currency: string;
  /** Equal for equal content. */
  readonly hash: string;
}

/** A line and the row that says it. */
interface Given {
  readonly line: PriceLine;
  readonly row: number;
}

export class PriceListDraft {
  private readonly faults: PriceListFault[] = [];
  private readonly given: Given[] = [];
  private currency: string | undefined;
  /** The unit of each channel and direction. */
  private readonly units = new Map<string, string>();
  private readonly seen = new Set<string>();

  constructor(private readonly name: PriceListName) {}

  get size(): number {
    return this.given.length;
  }

  add(row: Row): void {
    const read = readPriceRow(row);
    if (!('line' in read)) {
      this.faults.push(...read.map((fault) => ({ ...fault, line: row.line })));
      return;
    }
    const before = this.faults.length;
    this.check(read.line, read.currency, (code, field) => this.faults.push({ line: row.line, code, field }));
    if (this.faults.length === before) this.given.push({ line: read.line, row: row.line });
  }

  /** The content, or all faults, in the order of the rows. A list without rows has neither. */
  finish(): PriceListContent | readonly PriceListFault[] {
    const faults = [...this.faults, ...tierFaults(this.given)].toSorted((one, other) => one.line - other.line);
    if (faults.length > 0 || this.currency === undefined) return faults;
    const lines = this.given.map(({ line }) => line).toSorted(inOrder);
    return { lines, currency: this.currency, hash: hashOf(priceCsv(lines, this.currency)) };
  }

  private check(line: PriceLine, currency: string, fault: (code: PriceFaultCode, field: string | null) => void): void {
    this.currency ??= currency;
    if (currency !== this.currency) fault('currency_differs', 'currency');
    if (this.name.kind === 'cost' && line.rate.kind !== 'price') fault('not_for_costs', null);
    if (this.name.kind === 'cost' && line.provider && line.provider !== (this.name.name as ProviderName))
      fault('other_provider', 'provider');
    if (line.rate.kind !== 'markup') {
      const counted = `${line.channel} ${line.direction}`;
      const unit = this.units.get(counted) ?? line.rate.unit;
      this.units.set(counted, unit);
      if (unit !== line.rate.unit) fault('units_differ', 'unit');
    }
    const key = lineKey(line);
    if (this.seen.has(key)) fault('repeated_price', null);
    this.seen.add(key);
  }
}

const priceKey = (line: PriceLine): string => `${scopeKey(line)} ${sinceOf(line)}`;
const lineKey = (line: PriceLine): string => `${priceKey(line)} ${line.fromUnit}`;

/** What is wrong between the tiers of one price. */
function tierFaults(given: readonly Given[]): PriceListFault[] {
  return [...Map.groupBy(given, ({ line }) => priceKey(line)).values()].flatMap((tiers) => {
    const [first] = tiers;
    if (!first) return [];
    const hasFirst = tiers.some(({ line }) => line.fromUnit === 1);
    const differing = tiers.filter(({ line }) => countedBy(line) !== countedBy(first.line));
    return [
      ...(hasFirst ? [] : [{ line: first.row, code: 'no_first_tier' as const, field: 'from_unit' }]),
      ...differing.map(({ row }) => ({ line: row, code: 'tiers_differ' as const, field: null })),
    ];
  });
}

const countedBy = ({ rate }: PriceLine): string => (rate.kind === 'markup' ? 'markup' : `${rate.kind} ${rate.unit}`);

/** By what they are for, then by time, then by tier. */
function inOrder(one: PriceLine, other: PriceLine): number {
  const [left, right] = [scopeKey(one), scopeKey(other)];
  if (left !== right) return left < right ? -1 : 1;
  return compare(sinceOf(one), sinceOf(other)) || compare(one.fromUnit, other.fromUnit);
}

/** -Infinity minus itself is no number. */
const compare = (one: number, other: number): number => (one === other ? 0 : one < other ? -1 : 1);
