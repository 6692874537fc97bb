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

describe('The life of a message', () => {
  test('comes to the same end in whatever order news comes, and however often', () => {
    fc.assert(
      fc.property(
        anyNews.chain((news) => fc.tuple(fc.constant(news), shuffled([...news, ...news]))),
        ([news, repeated]) => {
          expect(after('sending', repeated)).toBe(after('sending', news));
        },
      ),
    );
  });

  test('never goes down', () => {
    fc.assert(
      fc.property(fc.constantFrom(...STATUSES), anyNews, (start, news) => {
        expect(RANK[after(start, news)]).toBeGreaterThanOrEqual(RANK[start]);
      }),
    );
  });

  test('leaves no doubt which of two things a provider says counts', () => {
    expect(new Set(OUTSIDE.map((status) => RANK[status])).size).toBe(OUTSIDE.length);
  });

  test.each<[MessageStatus, MessageStatus]>([
    ['unknown', 'sending'],
    ['sent', 'unknown'],
    ['failed', 'sent'],
    ['delivered', 'failed'],
    ['undelivered', 'delivered'],
    ['read', 'undelivered'],
  ])('lets %s overrule %s, and not the other way round', (high, low) => {
    expect(outranks(high, low)).toBe(true);
    expect(outranks(low, high)).toBe(false);
  });

  test.each(STOPPED)('hears no news of what never left: %s stays', (stopped) => {
    for (const news of STATUSES) expect(outranks(news, stopped)).toBe(false);
  });

  test('expects nothing more of a message that ended, and something of every other', () => {
    expect([...SETTLED].sort()).toEqual(['failed', 'delivered', 'undelivered', 'read', ...STOPPED].sort());
    expect(STATUSES.filter((status) => !SETTLED.includes(status))).toEqual([
      'scheduled',
      'queued',
      'sending',
      'unknown',
      'sent',
    ]);
  });

  test('offers to send again only what reached nobody, and never after STOP or in doubt', () => {
    expect([...RESENDABLE].sort()).toEqual(
      ['failed', 'undelivered', 'expired', 'cancelled', 'suppressed', 'skipped_no_consent'].sort(),
    );
    for (const status of RESENDABLE) expect(SETTLED).toContain(status);
  });

  test('takes proof of sending only from what a provider can know', () => {
    expect([...PROVES_SENT].sort()).toEqual(['delivered', 'read', 'sent', 'undelivered']);
    expect(WAITING).toEqual(['scheduled', 'queued']);
  });
});
