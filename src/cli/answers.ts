/** How answers of the API are printed: as they are with `--json`, or for people. */
import { printable, type Cell, type Heading } from '../terminal/index.js';
import type { ApiClient, Page, Query } from './api-client.js';
import { UsageError } from './command-line.js';
import type { CliContext } from './context.js';

export const JSON_ANSWER = { json: { type: 'boolean', meaning: 'the API’s own answer, as JSON' } } as const;

/** The options of lists. */
export const LISTED = {
  limit: { type: 'string', value: 'number', meaning: 'how many at the most; by default 50' },
  all: { type: 'boolean', meaning: 'all of them, page by page' },
  ...JSON_ANSWER,
} as const;

/** Where addresses of people may be shown. */
export const ADDRESSES = {
  addresses: { type: 'boolean', meaning: 'show addresses too; --json always has them' },
} as const;

export interface Listed {
  readonly limit: string | undefined;
  readonly all: boolean;
  readonly json: boolean;
}

export interface Column<Row> extends Heading {
  of(row: Row): Cell | undefined;
}

const DEFAULT = 50;

/** Asks for a list and prints it. Raises UsageError for a limit that is none. */
export async function printList<Row>(
  { say, complain, screen }: CliContext,
  { limit, all, json }: Listed,
  ask: { readonly api: ApiClient; readonly path: string; readonly query?: Query },
  columns: readonly Column<Row>[],
): Promise<number> {
  const page: Page<Row> = await ask.api.list(
    ask.path,
    ask.query ?? {},
    all ? Infinity : countOf('limit', limit, DEFAULT),
  );
  if (json) say(JSON.stringify(page, null, 2));
  else printRows({ screen, complain }, page.items, columns);
  if (!json && page.nextCursor !== null) complain('There are more: --limit shows more of them, --all all.');
  return 0;
}

/** Rows under headings; that there are none is said where it does not mix with results. */
export function printRows<Row>(
  { screen, complain }: Pick<CliContext, 'screen' | 'complain'>,
  rows: readonly Row[],
  columns: readonly Column<Row>[],
): void {
  if (rows.length === 0) return complain('There are none.');
  screen.list(
    columns,
    rows.map((row) => columns.map((column) => column.of(row) ?? null)),
  );
}

/** One answer: its fields, a line each, or as JSON. */
export function printOne<Answer>(
  { say }: CliContext,
  answer: Answer,
  json: boolean,
  fieldsOf: (answer: Answer) => Readonly<Record<string, Cell | undefined>>,
): number {
  if (json) say(JSON.stringify(answer, null, 2));
  else sayFields(say, fieldsOf(answer));
  return 0;
}

/** Some fields of an answer, in this order. */
export const picked = <Answer extends object, Name extends keyof Answer>(
  answer: Answer,
  names: readonly Name[],
): Pick<Answer, Name> => Object.fromEntries(names.map((name) => [name, answer[name]])) as Pick<Answer, Name>;

/** What a change came to, in a sentence, or the API's answer as JSON. */
export function printDone({ say }: CliContext, answer: unknown, json: boolean, sentence: string): number {
  say(json ? JSON.stringify(answer, null, 2) : printable(sentence));
  return 0;
}

/** What has no value is left out. */
function sayFields(say: CliContext['say'], fields: Readonly<Record<string, Cell | undefined>>): void {
  const known = Object.entries(fields).filter(([, value]) => value !== undefined && value !== null && value !== '');
  const width = Math.max(...known.map(([name]) => name.length));
  for (const [name, value] of known) say(`${name.padEnd(width)}  ${wordOf(value ?? null)}`);
}

function wordOf(value: Cell): string {
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  return typeof value === 'number' ? value.toLocaleString('en') : printable(value ?? '');
}

/** A whole number above zero. Raises UsageError. */
export function countOf(option: string, text: string | undefined, otherwise: number): number {
  if (text === undefined) return otherwise;
  const count = Number(text);
  if (Number.isSafeInteger(count) && count > 0) return count;
  throw new UsageError(`--${option} is a whole number above zero.`);
}

/** An amount of money, to the last micro that is not zero, and at least with its cents. */
export function moneyOf(micros: number, currency: string): string {
  const digits = String(Math.abs(micros)).padStart(7, '0');
  const decimals = digits.slice(-6).replace(/0{1,4}$/, '');
  return `${micros < 0 ? '-' : ''}${digits.slice(0, -6)}.${decimals} ${currency}`;
}
