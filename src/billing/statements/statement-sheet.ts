/** A statement as people read it: texts and tables in a language, which the page and the PDF lay out. */
import { LocaleTexts } from './locale-texts.js';
import { decimalsOf } from './statement-money.js';
import { WORDS, type Column, type Language, type Words } from './statement-words.js';
import { LINE_KINDS, totalsOf, type LineKind, type Statement, type StatementLine } from './statement.js';

export interface SheetColumn {
  readonly title: string;
  /** Aligned by its last digit. */
  readonly isNumber: boolean;
}

export interface SheetTable {
  readonly title: string;
  readonly columns: readonly SheetColumn[];
  /** As many texts as columns. */
  readonly rows: readonly (readonly string[])[];
  /** The exact sum of the table, one for each currency. */
  readonly sums: readonly string[];
  readonly sumTitle: string;
}

/** Plain values only: it is sent to another thread. */
export interface StatementSheet {
  readonly language: Language;
  readonly title: string;
  readonly tenantName: string;
  readonly closedAt: Date;
  readonly facts: readonly (readonly [label: string, value: string])[];
  readonly totals: readonly { readonly label: string; readonly total: string; readonly exactly: string }[];
  readonly remarks: readonly string[];
  readonly tables: readonly SheetTable[];
}

const NUMBERS: ReadonlySet<Column> = new Set(['messages', 'units', 'included', 'charge']);
const OF_MESSAGES = [
  'channel',
  'direction',
  'category',
  'country',
  'provider',
  'messages',
  'unit',
  'units',
  'included',
] as const;
const COLUMNS_OF: Readonly<Record<LineKind, readonly Column[]>> = {
  usage: [...OF_MESSAGES, 'charge'],
  adjustment: ['month', ...OF_MESSAGES, 'charge'],
  rent: ['month', 'country', 'provider', 'unit', 'units', 'included', 'charge'],
  credit: ['month', 'note', 'charge'],
};

export function sheetOf(statement: Statement, language: Language): StatementSheet {
  const words = WORDS[language];
  const texts = new LocaleTexts(language);
  const { month, tenantName, tenantId, timezone, closedAt, contentHash, totals, unpriced } = statement;
  return {
    language,
    title: words.statement(texts.month(month)),
    tenantName,
    closedAt,
    facts: [
      [words.facts.tenant, tenantName],
      [words.facts.tenantId, tenantId],
      [words.facts.period, words.period(...texts.firstAndLastDay(month), timezone)],
      [words.facts.closed, texts.moment(closedAt)],
      [words.facts.hash, contentHash],
    ],
    totals: totals.map(({ currency, sumMicros, totalMicros }) => ({
      label: words.total,
      total: texts.money(totalMicros, currency),
      exactly: sumMicros === totalMicros ? '' : words.exactly(texts.money(sumMicros, currency)),
    })),
    remarks: [
      ...(totals.length === 0 ? [words.nothing] : []),
      ...(unpriced <= 0 ? [] : [words.unpriced(texts.count(unpriced))]),
    ],
    tables: LINE_KINDS.map((kind) => tableOf(kind, statement.lines, { words, texts })).filter(
      ({ rows }) => rows.length > 0,
    ),
  };
}

interface Writing {
  readonly words: Words;
  readonly texts: LocaleTexts;
}

/** Amounts of a currency have equally many decimals in a table, so that they stand below each other. */
function tableOf(kind: LineKind, all: readonly StatementLine[], { words, texts }: Writing): SheetTable {
  const lines = all.filter((line) => line.kind === kind);
  const columns = COLUMNS_OF[kind];
  const totals = totalsOf(lines);
  const decimals = new Map(totals.map(({ currency }) => [currency, decimalsOf(amountsIn(lines, currency), currency)]));
  const money = (micros: bigint, currency: string): string => texts.money(micros, currency, decimals.get(currency));
  return {
    title: words.tables[kind],
    columns: columns.map((column) => ({ title: words.columns[column], isNumber: NUMBERS.has(column) })),
    rows: lines.map((line) => {
      const { chargeMicros, currency } = line;
      const charge = chargeMicros === null || currency === null ? words.noPrice : money(chargeMicros, currency);
      return columns.map((column) => (column === 'charge' ? charge : TEXTS[column](line, { words, texts })));
    }),
    sums: totals.map(({ sumMicros, currency }) => money(sumMicros, currency)),
    sumTitle: words.sum,
  };
}

const amountsIn = (lines: readonly StatementLine[], currency: string): bigint[] =>
  lines.flatMap((line) => (line.currency === currency && line.chargeMicros !== null ? [line.chargeMicros] : []));

const TEXTS: Readonly<Record<Exclude<Column, 'charge'>, (line: StatementLine, writing: Writing) => string>> = {
  month: ({ month }, { texts }) => texts.month(month),
  channel: ({ channel }, { words }) => (channel === null ? '' : words.channels[channel]),
  direction: ({ direction }, { words }) => (direction === null ? '' : words.directions[direction]),
  category: ({ category }, { words }) => (category === null ? '' : words.categories[category]),
  country: ({ country }, { texts }) => (country === null ? '' : texts.country(country)),
  provider: ({ provider }) => provider ?? '',
  messages: ({ messages }, { texts }) => texts.count(messages),
  unit: ({ unit }, { words }) => (unit === null ? '' : words.units[unit]),
  units: ({ units }, { texts }) => texts.count(units),
  included: ({ included }, { texts }) => texts.count(included),
  note: ({ note }) => note ?? '',
};
