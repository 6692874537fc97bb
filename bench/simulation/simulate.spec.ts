/** The simulation of lanes and workers: against what was measured, and in itself. */
import { Chance } from './chance.js';
import { Clock } from './clock.js';
import { costsOf } from './costs.js';
import { CONNECTIONS, MEASURED, MEASURED_CAMPAIGNS } from './measured.js';
import type { LaneModel, LaneResult, Scenario } from './model.js';
import { simulate } from './simulate.js';
import { Station } from './station.js';

const COSTS = costsOf(MEASURED.fast, MEASURED.limited, MEASURED.text.database - MEASURED.fast.database);
const LANE: LaneModel = { name: 'lane', rate: 100, perCall: 1, latency: { shortest: 80, median: 150 } };
const SCENARIO = { seed: 1, workers: 1, connections: CONNECTIONS, databaseCores: 2, costs: COSTS, seconds: 600 };

const play = (lane: Partial<LaneModel>, more: Partial<Scenario> = {}): LaneResult => {
  const [result] = simulate({ ...SCENARIO, lanes: [{ ...LANE, ...lane }], ...more }).lanes;
  if (!result) throw new Error('a lane has a result');
  return result;
};

describe('A campaign that was measured', () => {
  /** The error that docs/scaling.md states. */
  const ERROR = 0.15;

  test.each(MEASURED_CAMPAIGNS)('is simulated as fast as it was, within 15 %: $name', (measured) => {
    const { messages: campaign, rate, answerMs: shortest, perSecond } = measured;
    const simulated = play({ campaign, rate, latency: { shortest, median: shortest + 0.5 } });
    expect(Math.abs(simulated.perSecond / perSecond - 1)).toBeLessThan(ERROR);
  });
});

describe('A simulation', () => {
  test('has the same result for the same seed, and another for another', () => {
    const tickets = (seed: number): object => play({ tickets: 20 }, { seed, seconds: 60 });
    expect(tickets(7)).toEqual(tickets(7));
    expect(tickets(7)).not.toEqual(tickets(8));
  });

  test('sends each message once', () => {
    expect(play({ campaign: 5_000 })).toMatchObject({ sent: 5_000, inDoubt: 0 });
  });

  test('keeps to the rate of a lane', () => {
    const { doneAfterSeconds = 0 } = play({ campaign: 6_000, rate: 50 });
    expect(doneAfterSeconds).toBeGreaterThan(6_000 / 50 - 1);
    expect(doneAfterSeconds).toBeLessThan((6_000 / 50) * 1.02 + 1);
  });

  test('has tickets go before a campaign on the same lane', () => {
    const idle = play({ tickets: 2 }, { seconds: 120 });
    const beside = play({ tickets: 2, campaign: 100_000 }, { seconds: 120 });
    expect(beside.ticketMs?.p95).toBeLessThan((idle.ticketMs?.p95 ?? 0) + 300);
    expect(beside.sent).toBeGreaterThan(100 * 120 * 0.9);
  });

  test('shares lanes among workers: two send what one has no connections for', () => {
    const lanes = Array.from({ length: 20 }, (_, place) => ({
      ...LANE,
      name: `lane ${place}`,
      campaign: 20_000,
      latency: { shortest: 200, median: 250 },
    }));
    const sentBy = (workers: number): number => simulate({ ...SCENARIO, lanes, workers, seconds: 60 }).perSecond;
    expect(sentBy(4) / sentBy(1)).toBeGreaterThan(2);
    expect(sentBy(1)).toBeLessThan(CONNECTIONS / 0.2);
  });

  test('has another worker take the lane of one that died when its lease is over, and leaves what was called in doubt', () => {
    const dying = { workers: 2, killAt: 10, seconds: 120 };
    const results = Array.from({ length: 12 }, (_, seed) => play({ campaign: 4_000 }, { ...dying, seed }));
    const hit = results.filter(({ inDoubt }) => inDoubt > 0);
    expect(hit.length).toBeGreaterThan(0);
    for (const { sent, inDoubt, doneAfterSeconds } of hit) {
      expect(sent + inDoubt).toBe(4_000);
      expect(doneAfterSeconds).toBeGreaterThan(4_000 / 100 + 10);
      expect(doneAfterSeconds).toBeLessThan(4_000 / 100 + 20);
    }
  });
});

describe('Simulated time', () => {
  test('does what is to happen in the order of its time, and of its asking', () => {
    const clock = new Clock();
    const seen: string[] = [];
    for (const [at, what] of [
      [5, 'c'],
      [1, 'a'],
      [5, 'd'],
      [2, 'b'],
      [9, 'e'],
    ] as const)
      clock.at(at, () => seen.push(what));
    clock.run(8);
    expect([seen.join(''), clock.now]).toEqual(['abcd', 8]);
    clock.run(10);
    expect(seen.join('')).toBe('abcde');
  });

  test('lets work wait for a processor in the order of asking', () => {
    const clock = new Clock();
    const station = new Station(clock, 2);
    const ended: [string, number][] = [];
    for (const [name, ms] of [
      ['a', 10],
      ['b', 4],
      ['c', 4],
      ['d', 1],
    ] as const) {
      clock.start(
        (function* () {
          yield* station.use(ms);
          ended.push([name, clock.now]);
        })(),
      );
    }
    clock.run(100);
    expect(ended).toEqual([
      ['b', 4],
      ['c', 8],
      ['d', 9],
      ['a', 10],
    ]);
    expect(station.load).toBeCloseTo(19 / 200, 6);
  });

  test('has chance with the mean that is asked for', () => {
    const chance = new Chance(3);
    const pauses = Array.from({ length: 20_000 }, () => chance.pause(50));
    expect(pauses.reduce((sum, pause) => sum + pause, 0) / pauses.length).toBeCloseTo(20, 0);
    const durations = Array.from({ length: 20_000 }, () => chance.duration({ shortest: 80, median: 150 }));
    expect(durations.filter((ms) => ms <= 150).length / durations.length).toBeCloseTo(0.5, 1);
    expect(Math.min(...durations)).toBeGreaterThanOrEqual(80);
  });
});
