/** When alerts begin, fire and are over, whatever the values do. */
import fc from 'fast-check';
import { isWell, isWrong, verdictOn, type AlertState, type OpenAlert } from './alert.rules.js';

const RULE = { wrong: 'above', limit: 10, clearShare: 0.5, holdSeconds: 60, clearSeconds: 120 } as const;
const START = Date.UTC(2026, 10, 30);

/** A look, so many seconds after the one before. */
interface Look {
  readonly after: number;
  readonly value: number | null;
}

interface Seen extends Look {
  readonly at: number;
  readonly state: AlertState | 'ok';
}

/** What becomes of an alert by these looks, each resolved one followed by a new one. */
function states(looks: readonly Look[]): Seen[] {
  let open: OpenAlert | undefined;
  let at = START;
  return looks.map(({ after, value }) => {
    at += after * 1_000;
    const now = new Date(at);
    const verdict = verdictOn(open, value, RULE, now);
    open =
      verdict.state === 'pending' || verdict.state === 'firing'
        ? { state: verdict.state, since: verdict.since, clearSince: verdict.clearSince, evaluatedAt: now }
        : undefined;
    return { after, value, at, state: verdict.state };
  });
}

const looks = fc.array(
  fc.record({
    after: fc.integer({ min: 1, max: 200 }),
    value: fc.oneof(fc.constantFrom(0, 5, 6, 10, 11, 50), fc.constant(null)),
  }),
  { maxLength: 60 },
);

/** It fires after these. */
const BEGUN: readonly Look[] = Array.from({ length: 5 }, () => ({ after: 15, value: 11 }));

const secondsOf = (value: Seen, from: Seen): number => (value.at - from.at) / 1_000;

test('What fires was wrong at every look for the whole hold, without a gap in which nobody looked', () => {
  fc.assert(
    fc.property(looks, (given) => {
      const seen = states(given);
      seen.forEach((one, place) => {
        if (one.state !== 'firing' || (place > 0 && seen[place - 1]?.state === 'firing')) return;
        const begun = seen.slice(0, place + 1).findLastIndex((before, at) => {
          const previous = seen[at - 1];
          return !previous || !isWrong(previous.value, RULE) || previous.state === 'firing' || before.after > 120;
        });
        const first = seen[begun];
        expect(first && secondsOf(one, first)).toBeGreaterThanOrEqual(RULE.holdSeconds);
        expect(seen.slice(begun, place + 1).every(({ value }) => isWrong(value, RULE))).toBe(true);
      });
    }),
  );
});

test('What is over was at the lower limit or below it at every look for the whole time that it takes', () => {
  const steps = fc.array(
    fc.record({ after: fc.integer({ min: 10, max: 100 }), value: fc.constantFrom(0, 5, 6, 50, null) }),
    { maxLength: 12 },
  );
  fc.assert(
    fc.property(steps, (given) => {
      const seen = states([...BEGUN, ...given]);
      const place = seen.findIndex(({ state }) => state === 'resolved');
      const over = seen[place];
      if (!over) return;
      const lastUnwell = seen.slice(0, place).findLastIndex(({ value }) => value !== null && value > 5);
      const firstWell = seen[lastUnwell + 1];
      expect(firstWell && secondsOf(over, firstWell)).toBeGreaterThanOrEqual(RULE.clearSeconds);
      expect(over.value ?? 0).toBeLessThanOrEqual(5);
    }),
  );
});

test('An alert is over only after it has fired, and each is over once', () => {
  fc.assert(
    fc.property(looks, (given) => {
      const seen = states(given).map(({ state }) => state);
      seen.forEach((state, place) => {
        const before = seen[place - 1];
        if (state === 'resolved') expect(before).toBe('firing');
        if (before === 'firing') expect(['firing', 'resolved']).toContain(state);
        if (state === 'ok') expect([undefined, 'ok', 'pending', 'resolved']).toContain(before);
      });
    }),
  );
});

test('A value that goes up and down around the limit, and never far below, fires once', () => {
  const stays = fc.record({ value: fc.constantFrom(6, 9, 11, 12), looks: fc.integer({ min: 1, max: 20 }) });
  fc.assert(
    fc.property(fc.array(stays, { maxLength: 10 }), (given) => {
      const after = given.flatMap(({ value, looks: times }) =>
        Array.from({ length: times }, () => ({ after: 15, value })),
      );
      const seen = states([...BEGUN, ...after]).slice(BEGUN.length);
      expect(seen.every(({ state }) => state === 'firing')).toBe(true);
    }),
  );
});

test('A rule without a hold fires at the first look, and one of few is wrong below its limit', () => {
  const atOnce = { ...RULE, holdSeconds: 0 };
  expect(verdictOn(undefined, 11, atOnce, new Date(START)).state).toBe('firing');
  const few = { ...RULE, wrong: 'below', limit: 2, clearShare: 1 } as const;
  expect([1, 2, null].map((value) => isWrong(value, few))).toEqual([true, false, false]);
  expect([1, 2, null].map((value) => isWell(value, few))).toEqual([false, true, true]);
});
