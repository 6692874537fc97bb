/** Reads one row of a price list. */
import { isSupportedCountry } from 'libphonenumber-js/max';
import { folded, type ListVocabulary, type Row } from '../../lists/index.js';
import { PROVIDERS, SENDER_TYPES } from '../../tenants/index.js';
import { CURRENCY, readAmount } from './money.js';
import type { PriceFault, PriceFaultCode } from './price-faults.js';
import {
  DIRECTIONS,
  PRICE_UNITS,
  PRICED_CHANNELS,
  UNITS_OF,
  WHATSAPP_CATEGORIES,
  type PriceLine,
  type PriceScope,
  type PriceUnit,
  type Rate,
} from './price-line.js';
import { readSince } from './price-time.js';

/** The columns of a price list, in the order in which they are written. */
export const PRICE_COLUMNS = [
  'channel',
  'direction',
  'country',
  'prefix',
  'sender_type',
  'category',
  'provider',
  'unit',
  'from_unit',
  'valid_from',
  'price',
  'carrier_fee',
  'markup_percent',
  'markup_fixed',
  'included',
  'currency',
] as const;
type PriceColumn = (typeof PRICE_COLUMNS)[number];

/** For people, and not kept. */
const NOTE = 'note';

/** A column may be named in any case, and without its underscores. What is none of these is an attribute, which the row is refused for. */
export const PRICE_VOCABULARY: ListVocabulary = {
  fields: [...PRICE_COLUMNS, NOTE].map((name) => ({ name, columns: [new Set([folded(name)])] })),
  needed: [['channel']],
  attribute: (name) => [name],
};

export interface ReadPrice {
  readonly line: PriceLine;
  readonly currency: string;
}

const MOST_PERCENT = 1_000n;
const MOST_UNITS = 1_000_000_000;
const PERCENT = /^(\d{1,4})(?:\.(\d{1,2}))?$/;
const PREFIX = /^\+[1-9]\d{0,14}$/;

/** The price that a row says, or everything that is wrong with it. */
export function readPriceRow({ content }: Row): ReadPrice | readonly PriceFault[] {
  if (typeof content === 'string') return [{ code: content, field: null }];
  if (content.attributes !== '{}') return [{ code: 'unknown_field', field: null }];
  const cells = new Cells(new Map(content.fields.map(({ field, text }) => [field, text])));
  const scope = scopeOf(cells);
  const rate = rateOf(cells);
  const fromUnit = cells.read('from_unit', readCount, 'unclear_count') ?? 1;
  const validFrom = cells.read('valid_from', readSince, 'unclear_time');
  const currency = cells.read('currency', matching(CURRENCY), 'unclear_currency');
  if (!cells.has('currency')) cells.fault('no_currency', 'currency');
  if (!cells.has('channel')) cells.fault('no_channel', 'channel');
  if (!scope || !rate || !currency || cells.faults.length > 0) return cells.faults;
  const line = { ...scope, rate, fromUnit, validFrom };
  const faults = consistencyFaults(line);
  return faults.length > 0 ? faults : { line, currency };
}

/** The cells of a row, with the faults found so far. */
class Cells {
  readonly faults: PriceFault[] = [];

  constructor(private readonly given: ReadonlyMap<string, string | undefined>) {}

  has(column: PriceColumn): boolean {
    return this.given.has(column);
  }

  fault(code: PriceFaultCode, field: PriceColumn | null): undefined {
    this.faults.push({ code, field });
  }

  /** Null for an empty cell, and for one that cannot be read, which is a fault: `code`, or the one that `reader` tells. */
  read<T extends string | number | bigint | Date>(
    column: PriceColumn,
    reader: (text: string) => T | { readonly fault: PriceFaultCode } | undefined,
    code: PriceFaultCode,
  ): T | null {
    if (!this.given.has(column)) return null;
    const text = this.given.get(column);
    const value = text === undefined ? { fault: 'not_text' as const } : reader(text.trim());
    if (value !== undefined && !isFault(value)) return value;
    this.fault(value?.fault ?? code, column);
    return null;
  }

  /** One of these words, in any case. */
  word<T extends string>(column: PriceColumn, words: readonly T[], code: PriceFaultCode): T | null {
    return this.read(column, (text) => words.find((word) => word === text.toLowerCase()), code);
  }

  amount(column: PriceColumn): bigint | null {
    const micros = (text: string): bigint | { readonly fault: PriceFaultCode } => {
      const amount = readAmount(text);
      return typeof amount === 'bigint' ? amount : { fault: amount };
    };
    return this.read(column, micros, 'unclear_amount');
  }
}

const isFault = (value: unknown): value is { readonly fault: PriceFaultCode } =>
  typeof value === 'object' && value !== null && 'fault' in value;

const matching =
  (pattern: RegExp) =>
  (text: string): string | undefined =>
    pattern.test(text) ? text : undefined;

function readCount(text: string): number | undefined {
  const count = /^[1-9]\d{0,9}$/.test(text) ? Number(text) : 0;
  return count >= 1 && count <= MOST_UNITS ? count : undefined;
}

/** Hundredths of a percent. */
function readPercent(text: string): bigint | undefined {
  const [, whole, decimals = ''] = PERCENT.exec(text) ?? [];
  if (whole === undefined) return undefined;
  const basisPoints = BigInt(whole + decimals.padEnd(2, '0'));
  return basisPoints <= MOST_PERCENT * 100n ? basisPoints : undefined;
}

const readCountry = (text: string): string | undefined =>
  /^[A-Z]{2}$/.test(text) && isSupportedCountry(text) ? text : undefined;

/** Undefined without a channel, which is a fault. */
function scopeOf(cells: Cells): PriceScope | undefined {
  const channel = cells.word('channel', PRICED_CHANNELS, 'unclear_channel');
  const scope = {
    direction: cells.word('direction', DIRECTIONS, 'unclear_direction') ?? 'outbound',
    country: cells.read('country', readCountry, 'unclear_country'),
    prefix: cells.read('prefix', matching(PREFIX), 'unclear_prefix'),
    senderType: cells.word('sender_type', SENDER_TYPES, 'unclear_sender_type'),
    category: cells.word('category', WHATSAPP_CATEGORIES, 'unclear_category'),
    provider: cells.word('provider', PROVIDERS, 'unclear_provider'),
  };
  return channel ? { channel, ...scope } : undefined;
}

/** Undefined if there is a fault. */
function rateOf(cells: Cells): Rate | undefined {
  const unit = cells.word('unit', PRICE_UNITS, 'unclear_unit');
  const isPrice = cells.has('price');
  const isMarkup = cells.has('markup_percent') || cells.has('markup_fixed');
  const isAllowance = cells.has('included');
  if (!isPrice && !isMarkup && !isAllowance) return cells.fault('no_rate', 'price');
  if (Number(isPrice) + Number(isMarkup) + Number(isAllowance) > 1) return cells.fault('several_rates', null);
  if (cells.has('carrier_fee') && !isPrice) return cells.fault('fee_without_price', 'carrier_fee');
  if (isMarkup) {
    if (cells.has('unit')) return cells.fault('unit_of_markup', 'unit');
    const basisPoints = cells.read('markup_percent', readPercent, 'unclear_percent') ?? 0n;
    return { kind: 'markup', basisPoints, fixed: cells.amount('markup_fixed') ?? 0n };
  }
  if (!cells.has('unit')) return cells.fault('no_unit', 'unit');
  return unit ? countedRate(cells, unit) : undefined;
}

function countedRate(cells: Cells, unit: PriceUnit): Rate | undefined {
  const included = cells.read('included', readCount, 'unclear_count');
  if (included !== null) return { kind: 'allowance', unit, included };
  const price = cells.amount('price');
  return price === null ? undefined : { kind: 'price', unit, price, carrierFee: cells.amount('carrier_fee') ?? 0n };
}

/** What does not go together, of a row whose cells are fine. */
function consistencyFaults(line: PriceLine): PriceFault[] {
  const { channel, country, prefix, senderType, category, provider, rate, fromUnit } = line;
  const isSpecial = country ?? prefix ?? senderType ?? category ?? provider;
  const rules: readonly (readonly [isBroken: boolean, code: PriceFaultCode, field: PriceColumn | null])[] = [
    [country !== null && prefix !== null, 'country_and_prefix', 'prefix'],
    [channel === 'email' && (country ?? prefix ?? senderType) !== null, 'destination_of_email', null],
    [category !== null && channel !== 'whatsapp', 'category_of_channel', 'category'],
    [rate.kind !== 'markup' && !UNITS_OF[channel].includes(rate.unit), 'unit_of_channel', 'unit'],
    [rate.kind === 'allowance' && (isSpecial !== null || fromUnit > 1), 'scope_of_allowance', null],
  ];
  return rules.flatMap(([isBroken, code, field]) => (isBroken ? [{ code, field }] : []));
}
