/** A statement as CSV, as a page and as a PDF. */
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import fc from 'fast-check';
import { extractText } from 'unpdf';
import { statementCsv } from '../../src/billing/statements/statement-csv.js';
import { decimalText } from '../../src/billing/statements/statement-money.js';
import { STATEMENT_PAGE_POLICY, statementPage } from '../../src/billing/statements/statement-page.js';
import { MOST_PRINTED_ROWS, StatementPrinter } from '../../src/billing/statements/statement-printer.js';
import { sheetOf } from '../../src/billing/statements/statement-sheet.js';
import type { StatementLine } from '../../src/billing/statements/statement.js';
import { CREDIT, lines, notes, statementWith, USAGE } from './statement.arbitraries.js';

/** The cells of a CSV by RFC 4180: a reader of its own, as strict as that. */
function cellsOf(csv: string): string[][] {
  const cell = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/y;
  const rows: string[][] = [[]];
  while (cell.lastIndex < csv.length) {
    const [, quoted, plain = '', end] = cell.exec(csv) ?? [];
    if (end === undefined) throw new Error(`Not a CSV by RFC 4180 after ${rows.length} rows`);
    rows.at(-1)?.push(quoted?.replaceAll('""', '"') ?? plain);
    if (end !== ',') rows.push([]);
  }
  return rows.slice(0, -1);
}

/** `EUR 1.00` has a space that does not break. */
const plain = (text: string): string => text.replaceAll('\u00a0', ' ');

const many = (count: number): StatementLine[] =>
  Array.from({ length: count }, (_, place) => ({
    ...USAGE,
    kind: place % 5 === 0 ? 'adjustment' : 'usage',
    month: place % 5 === 0 ? '2026-09' : '2026-10',
    country: ['DE', 'US', 'NZ', null][place % 4] ?? null,
    messages: place,
    chargeMicros: BigInt(place) * 1_234_567n,
  }));

/** Below a thousand, with all six decimals, as some amount of the table needs them. */
const amountText = ({ chargeMicros }: StatementLine): string =>
  `EUR ${String(chargeMicros)
    .padStart(7, '0')
    .replace(/(\d{6})$/, '.$1')}`;

describe('A statement as CSV', () => {
  test('has every line with its exact amount, whatever people wrote in it', () => {
    fc.assert(
      fc.property(lines, (some) => {
        const { lines: ordered } = statementWith(...some);
        const [header, ...rows] = cellsOf(statementCsv(statementWith(...some)));
        expect(header?.join(',')).toBe(
          'kind,month,channel,direction,category,country,provider,unit,messages,units,included,charge,currency,note',
        );
        expect(rows.map((row) => row.slice(8, 13))).toEqual(
          ordered.map(({ messages, units, included, chargeMicros, currency }) => [
            String(messages),
            String(units),
            String(included),
            chargeMicros === null ? '' : decimalText(chargeMicros),
            currency ?? '',
          ]),
        );
        expect(rows.map(([kind, month]) => [kind, month])).toEqual(ordered.map(({ kind, month }) => [kind, month]));
      }),
    );
  });

  test('begins no cell of words as a formula, and leaves amounts below zero numbers', () => {
    fc.assert(
      fc.property(notes, (note) => {
        const [, row] = cellsOf(statementCsv(statementWith({ ...CREDIT, note })));
        expect(row?.at(-1)).toBe(/^[=+\-@\t\r]/.test(note) ? `'${note}` : note);
        expect(row?.at(-3)).toBe('-5');
      }),
    );
  });
});

describe('A statement as a page', () => {
  const page = statementPage(sheetOf(statementWith(USAGE, { ...CREDIT, note: '<script>alert("1")</script>' }), 'en'));

  test('says amounts exactly and the total rounded, and escapes what people wrote', () => {
    expect(plain(page)).toContain('EUR 7.35 <small>rounded once from EUR 7.345678</small>');
    expect(plain(page)).toContain('<td class="number">EUR 12.345678</td>');
    expect(page).toContain('&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;');
    expect(page).not.toMatch(/<script|<GmbH>|\bon\w+=|https?:/);
  });

  test('names its tables and their columns for who cannot see them, in its language', () => {
    expect(page.match(/<caption>.*<\/caption>/g)).toEqual([
      '<caption>Messages</caption>',
      '<caption>Credits</caption>',
    ]);
    const german = statementPage(sheetOf(statementWith(USAGE), 'de'));
    expect(german).toContain('<html lang="de">');
    expect(german).toContain('<h1>Abrechnung für Oktober 2026</h1>');
    expect(german.match(/<th scope="col"/g)).toHaveLength(10);
    expect(plain(german)).toContain('>12,345678 EUR<');
  });

  test('runs and loads nothing, and its one style is the one that the policy allows', () => {
    const style = /<style>([^]*)<\/style>/.exec(page)?.[1] ?? '';
    const hash = createHash('sha256').update(style).digest('base64');
    expect(STATEMENT_PAGE_POLICY).toContain(`default-src 'none'; style-src 'sha256-${hash}'`);
  });

  test('says that nothing was charged, or that prices are missing, in words and never as zero', () => {
    expect(statementPage(sheetOf(statementWith(), 'en'))).toContain('<p>Nothing was charged.</p>');
    const unpriced = statementPage(sheetOf(statementWith({ ...USAGE, chargeMicros: null, currency: null }), 'en'));
    expect(unpriced).toContain('No price is known for 1,200 messages');
    expect(unpriced).toContain('<td class="number">no price</td>');
  });
});

describe('A statement as PDF', () => {
  const printer = new StatementPrinter();
  const print = (some: readonly StatementLine[], language: 'en' | 'de' = 'en') =>
    printer.print(sheetOf(statementWith(...some), language));
  const pagesOf = async (pdf: Buffer): Promise<string[]> =>
    (await extractText(new Uint8Array(pdf), { mergePages: false })).text.map(plain);

  test('holds every amount and the total as text, over as many pages as it takes, each with the header of its table', async () => {
    const some = many(300);
    const pages = await pagesOf(await print(some));
    expect(pages.length).toBeGreaterThan(10);
    const text = pages.join('\n');
    const missing = some.map(amountText).filter((amount) => !text.includes(amount));
    expect(missing).toEqual([]);
    expect(text).toContain('Total: EUR 55,370.33 rounded once from EUR 55,370.32995');
    const headers = pages.filter((page) => page.includes('Counted by'));
    expect(headers).toHaveLength(pages.length);
    expect(pages.map((page, index) => page.includes(`Page ${index + 1} of ${pages.length}`))).not.toContain(false);
  });

  test('is the same file each time, in each language its own', async () => {
    const [one, again, german] = [await print([USAGE]), await print([USAGE]), await print([USAGE], 'de')];
    expect(one.equals(again)).toBe(true);
    const [page = ''] = await pagesOf(german);
    expect(page).toContain('Abrechnung für Oktober 2026');
    expect(page).toContain('Łódź & Söhne <GmbH>');
    expect(page).toContain('12,345678 EUR');
  });

  test('is printed alike by the thread of the bundled service', async () => {
    const sheet = sheetOf(statementWith(USAGE, CREDIT), 'en');
    const worker = new Worker(join(import.meta.dirname, '../../dist/bundle/statement-pdf.worker.js'), {
      workerData: sheet,
    });
    const [pdf] = (await once(worker, 'message')) as [Uint8Array];
    expect((await printer.print(sheet)).equals(pdf)).toBe(true);
  });

  test('loses no amount behind a word that is wider than the page', async () => {
    const text = (await pagesOf(await print([{ ...CREDIT, note: 'x'.repeat(500) }]))).join('');
    expect(text.match(/x/g)?.length).toBeGreaterThanOrEqual(500);
    expect(text).toContain('-EUR 5.00');
  });

  test.each([
    ['Łódź & Söhne: Ξένια, Москва, Tiếng Việt © 5 €', false],
    ['مسرح المدينة', true],
    ['תיאטרון', true],
    ['โรงละคร', true],
    ['東京ホール', true],
    ['Summer 🎪', true],
  ])('says so where its font lacks letters: %s', async (note, isTold) => {
    for (const [language, words] of [
      ['en', 'no font for some'],
      ['de', 'Für einige Schriftzeichen'],
    ] as const) {
      const text = (await pagesOf(await print([{ ...CREDIT, note }], language))).join('\n');
      expect(text.includes(words)).toBe(isTold);
    }
    if (!isTold) expect((await pagesOf(await print([{ ...CREDIT, note }]))).join('\n')).toContain(note);
  });

  test('is refused where it would hold too many lines, which CSV and the page have', async () => {
    await expect(print(many(MOST_PRINTED_ROWS + 1))).rejects.toMatchObject({ code: 'statement_too_long' });
    expect(cellsOf(statementCsv(statementWith(...many(MOST_PRINTED_ROWS + 1))))).toHaveLength(MOST_PRINTED_ROWS + 2);
  });
});
