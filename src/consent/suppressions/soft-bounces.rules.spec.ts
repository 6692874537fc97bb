/** When soft bounces suppress, pure. */
import fc from 'fast-check';
import { SOFT_BOUNCES, suppressedUntil } from './soft-bounces.rules.js';

const DAY_MS = 86_400_000;
const at = (day: number, hour = 12): number => Date.UTC(2026, 10, 1 + day, hour);
const { days, within, suppressedForDays } = SOFT_BOUNCES;

const anyTimes = fc.array(
  fc.integer({ min: 0, max: 60 * 24 }).map((hours) => at(0, hours)),
  { maxLength: 30 },
);

/** The rule in words, looked at from each bounce. */
function model(times: readonly number[]): number | undefined {
  const dayOf = (time: number): number => Math.floor(time / DAY_MS);
  const ends = times.filter((time) => {
    const found = times.filter((other) => dayOf(other) <= dayOf(time) && dayOf(other) > dayOf(time) - within);
    return new Set(found.map(dayOf)).size >= days;
  });
  return ends.length === 0 ? undefined : Math.max(...ends) + suppressedForDays * DAY_MS;
}

describe('Soft bounces', () => {
  test.each([
    ['nothing', []],
    ['two days', [at(0), at(1)]],
    ['many bounces of two days', [at(0, 1), at(0, 5), at(0, 9), at(1), at(1, 20)]],
    ['three days that are too far apart', [at(0), at(7), at(14)]],
  ])('of %s suppress nothing', (_, times) => {
    expect(suppressedUntil(times)).toBeUndefined();
  });

  test('on three days of fourteen suppress for fourteen days from the last', () => {
    expect(suppressedUntil([at(13, 9), at(0), at(5), at(13, 20)])).toEqual(new Date(at(27, 20)));
  });

  test('that are over leave the address as if nothing had been', () => {
    const past = [at(0), at(1), at(2)];
    expect(suppressedUntil([...past, at(16, 13)])).toEqual(new Date(at(16)));
  });

  test('count as the rule says, in any order and however often each is told', () => {
    fc.assert(
      fc.property(anyTimes, fc.array(fc.nat()), (times, picks) => {
        const repeats = picks.flatMap((pick) => times[pick % Math.max(1, times.length)] ?? []);
        const shuffled = [...repeats, ...times].toReversed();
        expect(suppressedUntil(shuffled)?.getTime()).toBe(model(times));
      }),
    );
  });

  test('never shorten a suppression by their number', () => {
    fc.assert(
      fc.property(anyTimes, anyTimes, (times, more) => {
        const before = suppressedUntil(times)?.getTime() ?? 0;
        expect(suppressedUntil([...times, ...more])?.getTime() ?? 0).toBeGreaterThanOrEqual(before);
      }),
    );
  });
});
