/** Statements of all kinds. */
import fc from 'fast-check';
import { statementOf } from '../../src/billing/statements/statement-document.js';
import type { Statement, StatementContent, StatementLine } from '../../src/billing/statements/statement.js';

const maybe = <T>(values: readonly T[]): fc.Arbitrary<T | null> => fc.option(fc.constantFrom(...values), { nil: null });
const counts = fc.integer({ min: -1_000, max: 1_000_000 });

/** An amount, or none where no price is known. */
const charges = fc.option(
  fc.record({
    chargeMicros: fc.bigInt(-(10n ** 12n), 10n ** 15n),
    currency: fc.constantFrom('EUR', 'JPY', 'TND', 'USD'),
  }),
  { nil: { chargeMicros: null, currency: null } },
);
export const notes = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 30 }),
  fc.string({ unit: fc.constantFrom('=', '+', '-', '@', '"', ',', '\r', '\n', '\t', ' ', "'", 'a'), maxLength: 8 }),
);

const usage = fc
  .record({
    kind: fc.constantFrom('usage' as const, 'adjustment' as const),
    month: fc.constantFrom('2026-08', '2026-09', '2026-10'),
    channel: fc.constantFrom('email' as const, 'sms' as const, 'voice' as const),
    direction: fc.constantFrom('outbound' as const, 'inbound' as const),
    category: maybe(['transactional', 'marketing', 'emergency'] as const),
    country: maybe(['DE', 'US', 'NZ']),
    provider: maybe(['twilio', 'ses']),
    unit: maybe(['message', 'segment', 'minute'] as const),
    messages: counts,
    units: counts,
    included: counts,
    note: fc.constant(null),
    charge: charges,
  })
  .map(({ charge, ...line }): StatementLine => ({ ...line, ...charge }));
const credits = fc
  .record({ note: notes, micros: fc.bigInt(-(10n ** 9n), 10n ** 9n) })
  .map(({ note, micros }): StatementLine => ({ ...CREDIT, note, chargeMicros: micros }));

export const CREDIT: StatementLine = {
  kind: 'credit',
  month: '2026-10',
  channel: null,
  direction: null,
  category: null,
  country: null,
  provider: null,
  unit: null,
  messages: 0,
  units: 0,
  included: 0,
  chargeMicros: -5_000_000n,
  currency: 'EUR',
  note: 'Two days without service',
};
export const USAGE: StatementLine = {
  kind: 'usage',
  month: '2026-10',
  channel: 'sms',
  direction: 'outbound',
  category: 'marketing',
  country: 'DE',
  provider: 'twilio',
  unit: 'segment',
  messages: 1_200,
  units: 1_234,
  included: 100,
  chargeMicros: 12_345_678n,
  currency: 'EUR',
  note: null,
};

export const lines: fc.Arbitrary<StatementLine[]> = fc.array(fc.oneof(usage, usage, credits), { maxLength: 30 });

export const CONTENT: Omit<StatementContent, 'lines'> = {
  tenantId: '0199c0de-0000-7000-8000-000000000001',
  tenantName: 'Łódź & Söhne <GmbH>',
  month: '2026-10',
  timezone: 'Europe/Berlin',
  from: new Date('2026-09-30T22:00:00Z'),
  until: new Date('2026-10-31T23:00:00Z'),
  closedAt: new Date('2026-11-04T00:05:00Z'),
};

export const statementWith = (...some: readonly StatementLine[]): Statement => statementOf({ ...CONTENT, lines: some });
