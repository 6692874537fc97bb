/** What facts add to usage, pure: over a message's life they add up to its final status. */
import fc from 'fast-check';
import { STATUSES, type MessageEventKind, type MessageStatus } from '../../ledger/index.js';
import { countsOf, type Counts } from './usage.rules.js';

const NOTHING: Counts = { messages: 0, segments: 0, delivered: 0, failed: 0, stopped: 0 };

function sum(
  facts: readonly (readonly [kind: MessageEventKind, previous: MessageStatus | null])[],
  segments: number,
): Counts {
  return facts
    .map(([kind, previous]) => countsOf(kind, previous, segments))
    .reduce((total, one) => ({
      messages: total.messages + one.messages,
      segments: total.segments + one.segments,
      delivered: total.delivered + one.delivered,
      failed: total.failed + one.failed,
      stopped: total.stopped + one.stopped,
    }));
}

/** What a message with this final status counts for, apart from whether a provider took it. */
function endOf(status: MessageStatus): Pick<Counts, 'delivered' | 'failed' | 'stopped'> {
  const is = (...group: MessageStatus[]): number => Number(group.includes(status));
  return {
    delivered: is('delivered', 'read'),
    failed: is('failed', 'undelivered'),
    stopped: is('skipped_no_consent', 'blocked_opted_out', 'suppressed', 'expired', 'cancelled'),
  };
}

/** Statuses that reports can set; `sending` is not an event. */
const kinds = STATUSES.filter((status) => status !== 'sending');
const moves = kinds.filter((status) => status !== 'sent');
const segmentCounts = fc.integer({ min: 1, max: 11 });

describe('Usage', () => {
  test('counts a message by its final status, whatever its history', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom(...moves), { minLength: 1, maxLength: 8 }),
        segmentCounts,
        (life, segments) => {
          const chain = ['queued' as MessageStatus, ...life];
          const facts = life.map((kind, index) => [kind, chain[index] ?? null] as const);
          const { delivered, failed, stopped } = sum([['queued', null], ...facts], segments);
          expect({ delivered, failed, stopped }).toEqual(endOf(chain.at(-1) ?? 'queued'));
        },
      ),
    );
  });

  test('bills a message and its segments once a provider is known to have accepted it, and only then', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...kinds),
        fc.constantFrom(null, ...STATUSES),
        segmentCounts,
        (kind, previous, segments) => {
          const { messages, segments: billed } = countsOf(kind, previous, segments);
          expect([messages, billed]).toEqual(kind === 'sent' ? [1, segments] : [0, 0]);
        },
      ),
    );
  });

  test.each<[string, [MessageEventKind, MessageStatus | null][], Partial<Counts>]>([
    [
      'a delivery',
      [
        ['queued', null],
        ['sent', 'sending'],
        ['delivered', 'sent'],
      ],
      { messages: 1, segments: 3, delivered: 1 },
    ],
    [
      'a delivery that was read',
      [
        ['sent', 'sending'],
        ['delivered', 'sent'],
        ['read', 'delivered'],
      ],
      { messages: 1, segments: 3, delivered: 1 },
    ],
    [
      'a bounce after a delivery',
      [
        ['sent', 'sending'],
        ['delivered', 'sent'],
        ['undelivered', 'delivered'],
      ],
      { messages: 1, segments: 3, failed: 1 },
    ],
    [
      'a failure that turned out to be a delivery',
      [
        ['sent', 'sending'],
        ['failed', 'sent'],
        ['delivered', 'failed'],
      ],
      { messages: 1, segments: 3, delivered: 1 },
    ],
    [
      'a delivery that overtook the answer to the send',
      [
        ['sent', 'sending'],
        ['delivered', 'sent'],
      ],
      { messages: 1, segments: 3, delivered: 1 },
    ],
    [
      'a refusal',
      [
        ['queued', null],
        ['failed', 'sending'],
      ],
      { failed: 1 },
    ],
    [
      'doubt',
      [
        ['queued', null],
        ['unknown', 'sending'],
      ],
      {},
    ],
    [
      'a message that was tried again',
      [
        ['deferred', 'sending'],
        ['deferred', 'sending'],
        ['sent', 'sending'],
      ],
      { messages: 1, segments: 3 },
    ],
    [
      'a message that a fallback followed, or could not',
      [
        ['sent', 'sending'],
        ['undelivered', 'sent'],
        ['fell_back', 'undelivered'],
        ['fallback_refused', 'undelivered'],
      ],
      { messages: 1, segments: 3, failed: 1 },
    ],
    [
      'a message that consent stopped',
      [
        ['queued', null],
        ['skipped_no_consent', 'sending'],
      ],
      { stopped: 1 },
    ],
    [
      'a message that was cancelled',
      [
        ['scheduled', null],
        ['cancelled', 'scheduled'],
      ],
      { stopped: 1 },
    ],
  ])('counts %s', (_, facts, expected) => {
    expect(sum(facts, 3)).toEqual({ ...NOTHING, ...expected });
  });
});
