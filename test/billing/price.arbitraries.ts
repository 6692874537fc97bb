/** Price lists of all kinds, few enough in words that their lines meet. */
import fc from 'fast-check';
import {
  scopeKey,
  sinceOf,
  WHATSAPP_CATEGORIES,
  type Direction,
  type ListedPrice,
  type PricedChannel,
  type PriceLine,
  type Rate,
} from '../../src/billing/prices/price-line.js';
import { SENDER_TYPES } from '../../src/tenants/index.js';
import type { PriceQuery } from '../../src/billing/prices/price-book.js';

/** WhatsApp more often: its prices have all that a price can depend on. */
const CHANNELS: readonly PricedChannel[] = ['email', 'sms', 'whatsapp', 'whatsapp', 'whatsapp', 'whatsapp'];
const MOSTLY_OUTBOUND: readonly Direction[] = ['outbound', 'outbound', 'outbound', 'inbound'];
const DAYS = ['2026-01-01T00:00:00Z', '2026-07-01T00:00:00Z', '2026-07-01T12:30:15.250Z'];
export const NUMBERS = ['+4915112345678', '+491701234567', '+14155550100', '+15005550006', '+33612345678'];
const maybe = <T>(values: readonly T[]): fc.Arbitrary<T | null> => fc.option(fc.constantFrom(...values), { nil: null });

const micros = fc.bigInt({ min: 0n, max: 100_000_000_000n });
const rates = (unit: 'message' | 'segment' | 'recipient', isPlan: boolean): fc.Arbitrary<Rate> => {
  const price = fc.record({
    kind: fc.constant('price' as const),
    unit: fc.constant(unit),
    price: micros,
    carrierFee: micros,
  });
  if (!isPlan) return price;
  const basisPoints = fc.bigInt({ min: 0n, max: 100_000n });
  return fc.oneof(
    price,
    fc.record({ kind: fc.constant('markup' as const), basisPoints, fixed: micros }),
    fc.record({
      kind: fc.constant('allowance' as const),
      unit: fc.constant(unit),
      included: fc.integer({ min: 1, max: 50 }),
    }),
  );
};

const destinations = fc.constantFrom(
  ...Array.from({ length: 6 }, () => ({ country: null, prefix: null })),
  ...['DE', 'US'].map((country) => ({ country, prefix: null })),
  ...['+4', '+49', '+4915', '+1', '+14155550100'].map((prefix) => ({ country: null, prefix })),
);

/** One that a row can say. */
const lines = (isPlan: boolean): fc.Arbitrary<PriceLine> =>
  fc
    .record({
      channel: fc.constantFrom(...CHANNELS),
      direction: fc.constantFrom(...MOSTLY_OUTBOUND),
      destination: destinations,
      senderType: maybe(SENDER_TYPES.slice(0, 2)),
      category: maybe(WHATSAPP_CATEGORIES.slice(0, 2)),
      provider: maybe(isPlan ? (['twilio', 'plivo'] as const) : (['twilio'] as const)),
      fromUnit: fc.constantFrom(1, 1, 2, 11),
      validFrom: maybe(DAYS.map((day) => new Date(day))),
      rates: fc.record({
        email: rates('recipient', isPlan),
        sms: rates('segment', isPlan),
        whatsapp: rates('message', isPlan),
      }),
    })
    .map(({ destination, rates: { email, sms, whatsapp }, channel, ...line }): PriceLine => {
      const rate = channel === 'email' ? email : channel === 'sms' ? sms : whatsapp;
      const any = { country: null, prefix: null, senderType: null, category: null, provider: null };
      if (rate.kind === 'allowance') return { ...line, ...any, channel, rate, fromUnit: 1 };
      const phone = channel === 'email' ? { country: null, prefix: null, senderType: null } : destination;
      return { ...line, ...phone, channel, rate, category: channel === 'whatsapp' ? line.category : null };
    });

const priceKey = (line: PriceLine): string => `${scopeKey(line)} ${sinceOf(line)}`;

/** Without two that are for the same, without tiers that have no first one, and without tiers that are counted otherwise. */
export const lists = (kind: 'cost' | 'plan', minLength = 1): fc.Arbitrary<PriceLine[]> =>
  fc.array(lines(kind === 'plan'), { minLength, maxLength: 40 }).map((some) => {
    const unique = [...new Map(some.map((line) => [`${priceKey(line)} ${line.fromUnit}`, line])).values()];
    const groups = [...Map.groupBy(unique, priceKey).values()].map((tiers) => {
      const [first] = tiers;
      const alike = tiers.filter(({ rate }) => rate.kind === first?.rate.kind);
      return alike.some(({ fromUnit }) => fromUnit === 1) ? alike : alike.slice(0, 1).map(fromTheFirst);
    });
    return groups.flat();
  });

const fromTheFirst = (line: PriceLine): PriceLine => ({ ...line, fromUnit: 1 });

export const listed = (some: readonly PriceLine[]): ListedPrice[] =>
  some.map((line, index) => ({ ...line, place: index + 1 }));

export const queries: fc.Arbitrary<PriceQuery> = fc.record({
  channel: fc.constantFrom(...CHANNELS),
  direction: fc.constantFrom(...MOSTLY_OUTBOUND),
  number: maybe(NUMBERS),
  country: maybe(['DE', 'US', 'FR']),
  senderType: maybe(SENDER_TYPES.slice(0, 3)),
  category: maybe(WHATSAPP_CATEGORIES.slice(0, 3)),
  provider: maybe(['twilio', 'plivo', 'ses'] as const),
  at: fc.constantFrom(...['2025-12-31T23:59:59.999Z', ...DAYS, '2027-01-01T00:00:00Z'].map((day) => new Date(day))),
});
