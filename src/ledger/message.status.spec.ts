/** Message statuses, pure: reports in any order, late or repeated, give the same result. */
import fc from 'fast-check';
import {
  PROVES_SENT,
  RANK,
  RESENDABLE,
  SETTLED,
  STATUSES,
  WAITING,
  outranks,
  type MessageStatus,
} from './message.status.js';

/** What a provider, or no answer, can mean for a message that was sent. */
const OUTSIDE: readonly MessageStatus[] = ['unknown', 'sent', 'failed', 'delivered', 'undelivered', 'read'];
const STOPPED: readonly MessageStatus[] = [
  'skipped_no_consent',
  'blocked_opted_out',
  'suppressed',
  'expired',
  'cancelled',
];

const after = (start: MessageStatus, news: readonly MessageStatus[]): MessageStatus =>
  news.reduce((status, one) => (outranks(one, status) ? one : status), start);

const anyNews = fc.array(fc.constantFrom(...OUTSIDE), { minLength: 1, maxLength: 12 });
const shuffled = <T>(items: readonly T[]): fc.Arbitrary<T[]> =>
  fc.shuffledSubarray([...items], { minLength: items.length, maxLength: items.length });

describe('The status of a message', () => {
  test('converges for reports in any order, and repeated', () => {
    fc.assert(
      fc.property(
        anyNews.chain((news) => fc.tuple(fc.constant(news), shuffled([...news, ...news]))),
        ([news, repeated]) => {
          expect(after('sending', repeated)).toBe(after('sending', news));
        },
      ),
    );
  });

  test('never moves down', () => {
    fc.assert(
      fc.property(fc.constantFrom(...STATUSES), anyNews, (start, news) => {
        expect(RANK[after(start, news)]).toBeGreaterThanOrEqual(RANK[start]);
      }),
    );
  });

  test('has a different rank for every provider report', () => {
    expect(new Set(OUTSIDE.map((status) => RANK[status])).size).toBe(OUTSIDE.length);
  });

  test.each<[MessageStatus, MessageStatus]>([
    ['unknown', 'sending'],
    ['sent', 'unknown'],
    ['failed', 'sent'],
    ['delivered', 'failed'],
    ['undelivered', 'delivered'],
    ['read', 'undelivered'],
  ])('lets %s override %s, and not vice versa', (high, low) => {
    expect(outranks(high, low)).toBe(true);
    expect(outranks(low, high)).toBe(false);
  });

  test.each(STOPPED)('ignores reports about a message that was never sent: %s stays', (stopped) => {
    for (const news of STATUSES) expect(outranks(news, stopped)).toBe(false);
  });

  test('is final if no further report is expected, and only then', () => {
    expect([...SETTLED].sort()).toEqual(['failed', 'delivered', 'undelivered', 'read', ...STOPPED].sort());
    expect(STATUSES.filter((status) => !SETTLED.includes(status))).toEqual([
      'scheduled',
      'queued',
      'sending',
      'unknown',
      'sent',
    ]);
  });

  test('allows a resend only if the message reached nobody, and never after STOP or in doubt', () => {
    expect([...RESENDABLE].sort()).toEqual(
      ['failed', 'undelivered', 'expired', 'cancelled', 'suppressed', 'skipped_no_consent'].sort(),
    );
    for (const status of RESENDABLE) expect(SETTLED).toContain(status);
  });

  test('proves sending only if a provider can report it', () => {
    expect([...PROVES_SENT].sort()).toEqual(['delivered', 'read', 'sent', 'undelivered']);
    expect(WAITING).toEqual(['scheduled', 'queued']);
  });
});
