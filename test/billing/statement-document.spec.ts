/** What a statement adds up to, and the hash that tells whether a copy is whole. */
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { canonicalText, statementOf } from '../../src/billing/statements/statement-document.js';
import type { StatementLine } from '../../src/billing/statements/statement.js';
import { CONTENT, CREDIT, lines, statementWith, USAGE } from './statement.arbitraries.js';

const negated = (line: StatementLine): StatementLine => ({
  ...line,
  chargeMicros: line.chargeMicros === null ? null : -line.chargeMicros,
});
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

describe('A statement', () => {
  test('adds its lines up to the micro, and rounds the sum of each currency once', () => {
    const micro = { EUR: 10_000n, USD: 10_000n, JPY: 1_000_000n, TND: 1_000n };
    fc.assert(
      fc.property(lines, (some) => {
        for (const { currency, sumMicros, totalMicros } of statementWith(...some).totals) {
          const own = some.filter((line) => line.currency === currency);
          expect(sumMicros).toBe(own.reduce((sum, line) => sum + (line.chargeMicros ?? 0n), 0n));
          const unit = micro[currency as keyof typeof micro];
          const [off, isWhole] = [(totalMicros - sumMicros) * 2n, totalMicros % unit === 0n];
          expect(isWhole && off <= unit && off >= -unit).toBe(true);
        }
      }),
    );
  });

  test.each([
    ['EUR', 12_345_000n, 12_350_000n],
    ['EUR', -12_345_000n, -12_350_000n],
    ['EUR', 12_344_999n, 12_340_000n],
    ['JPY', 500_000n, 1_000_000n],
    ['TND', -1_499n, -1_000n],
  ])('rounds a sum of %s %d micros to %d, a half away from zero', (currency, sumMicros, totalMicros) => {
    expect(statementWith({ ...USAGE, currency, chargeMicros: sumMicros }).totals).toEqual([
      { currency, sumMicros, totalMicros },
    ]);
  });

  test('of credits is exactly minus that of the same charges', () => {
    fc.assert(
      fc.property(lines, (some) => {
        const [charged, credited] = [statementWith(...some), statementWith(...some.map(negated))];
        expect(credited.totals.map(({ totalMicros }) => -totalMicros)).toEqual(
          charged.totals.map(({ totalMicros }) => totalMicros),
        );
      }),
    );
  });

  test('counts messages without a known price, and adds nothing for them', () => {
    const unpriced = { ...USAGE, chargeMicros: null, currency: null, messages: 7 };
    expect(statementWith(unpriced, { ...unpriced, country: 'US' })).toMatchObject({ totals: [], unpriced: 14 });
  });

  test('has the same hash in whichever order its lines came, and another for another word, count, amount or date', () => {
    const orders = lines.chain((some) =>
      fc.tuple(fc.constant(some), fc.shuffledSubarray(some, { minLength: some.length })),
    );
    fc.assert(
      fc.property(orders, ([some, others]) => {
        expect(statementWith(...others).contentHash).toBe(statementWith(...some).contentHash);
      }),
    );
    const hashes = [
      statementWith(USAGE),
      statementWith(),
      statementWith(USAGE, CREDIT),
      statementWith(USAGE, { ...CREDIT, note: 'Two days' }),
      statementWith({ ...USAGE, chargeMicros: 12_345_679n }),
      statementWith({ ...USAGE, chargeMicros: null }),
      statementWith({ ...USAGE, units: 1_235 }),
      statementWith({ ...USAGE, category: null }),
      statementOf({ ...CONTENT, lines: [USAGE], closedAt: new Date('2026-11-04T00:05:01Z') }),
      statementOf({ ...CONTENT, lines: [USAGE], tenantName: 'Łódź' }),
    ].map(({ contentHash }) => contentHash);
    expect(new Set(hashes).size).toBe(hashes.length);
  });

  test('is hashed as a text that later releases write alike', () => {
    const statement = statementWith(CREDIT, USAGE);
    expect(canonicalText(statement)).toBe(
      '{"closedAt":"2026-11-04T00:05:00.000Z","format":1,"from":"2026-09-30T22:00:00.000Z","lines":[' +
        '{"category":"marketing","channel":"sms","charge":"12.345678","country":"DE","currency":"EUR","direction":"outbound",' +
        '"included":100,"kind":"usage","messages":1200,"month":"2026-10","note":null,"provider":"twilio","unit":"segment","units":1234},' +
        '{"category":null,"channel":null,"charge":"-5","country":null,"currency":"EUR","direction":null,' +
        '"included":0,"kind":"credit","messages":0,"month":"2026-10","note":"Two days without service","provider":null,"unit":null,"units":0}],' +
        '"month":"2026-10","tenant":{"id":"0199c0de-0000-7000-8000-000000000001","name":"Łódź & Söhne <GmbH>"},"timezone":"Europe/Berlin",' +
        '"totals":[{"currency":"EUR","sum":"7.345678","total":"7.35"}],"unpriced":0,"until":"2026-10-31T23:00:00.000Z"}',
    );
    expect(statement.contentHash).toBe(sha256(canonicalText(statement)));
  });
});
