/** Injects faults by a seed: the same seed gives the same faults in the same order. */
import { setTimeout as delay } from 'node:timers/promises';
import { DESCRIPTORS } from '../src/providers/index.js';
import { Random } from './random.js';
import type { Role, ChaosEnvironment } from './environment.js';

type Action = readonly [name: string, act: () => Promise<void>];

/** Longer than a lease: another process takes over the lane meanwhile. */
const LONG_MS = 17_000;
/** Each fails in its own ways. */
export const PROVIDERS = DESCRIPTORS.map(({ name }) => name);
/** Longer than the timeout of a provider call. */
const TOO_SLOW_MS = { min: 11_000, max: 13_000 };
const MINUTE_MS = 60_000;

export class Monkey {
  /** The actions so far, in order. */
  readonly actions: string[] = [];
  private readonly random: Random;

  constructor(
    private readonly environment: ChaosEnvironment,
    seed: number,
    private readonly plan: (faults: object) => Promise<void>,
  ) {
    this.random = new Random(seed);
  }

  /** Takes random actions until the signal aborts, then clears all faults. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const [name, act] = this.random.oneOf(this.possible());
      this.actions.push(name);
      await act();
      await delay(this.random.between(100, 900));
    }
    this.environment.withholdReports(0);
    await this.plan({});
  }

  /** Kills a worker at this interval, and replaces it. */
  async kill(everyMs: number, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const next = delay(everyMs);
      this.actions.push('kill worker');
      await this.environment.replace('worker', 'SIGKILL');
      await next;
    }
  }

  private possible(): Action[] {
    const { random, environment } = this;
    const role = random.oneOf<Role>(['api', 'worker', 'worker']);
    const faults = this.faults();
    const actions: Action[] = [
      [`kill ${role}`, () => environment.replace(role, 'SIGKILL')],
      [`restart ${role}`, () => environment.replace(role, 'SIGTERM')],
      [`freeze ${role}`, () => environment.freeze(role, random.between(200, 3_000))],
      ['cut the database off', async () => environment.cutDatabase()],
      ['hold reports back', async () => environment.withholdReports(random.between(0, 0.3))],
      [`step the clock of ${role}`, () => environment.stepClock(role, this.step())],
      ['faults', () => this.plan(faults)],
      ['faults', () => this.plan(faults)],
    ];
    if (random.next() < 0.15) actions.push(['crash the database', () => environment.crashDatabase()]);
    if (random.next() < 0.1) actions.push(['restart the database', () => environment.restartDatabase()]);
    if (random.next() < 0.05)
      actions.push(['freeze worker past its lease', () => environment.freeze('worker', LONG_MS)]);
    if (random.next() < 0.05) actions.push(['providers answer too late', () => this.plan(tooSlow())]);
    const { redis } = environment;
    if (redis) actions.push(['flush Redis', () => redis.flush()], ['crash Redis', () => redis.crash()]);
    return actions;
  }

  /** Mostly minutes, sometimes hours, in either direction. */
  private step(): number {
    const { random } = this;
    const minutes = random.next() < 0.2 ? random.between(-180, 180) : random.between(-3, 3);
    return Math.round(minutes * MINUTE_MS);
  }

  /** Up to 30 % of the calls fail, each provider in its own ways. */
  private faults(): object {
    const { random } = this;
    const rate = (most = 0.06): number => Math.round(random.between(0, most) * 1_000) / 1_000;
    const calls = PROVIDERS.map((provider) => ({
      provider,
      latencyMs: { min: 0, max: random.whole(0, 400) },
      rates: {
        tooMany: rate(),
        serverError: rate(),
        badGateway: rate(),
        resetBefore: rate(),
        resetAfter: rate(),
        hangAfter: rate(0.006),
      },
    }));
    const callbacks = {
      drop: rate(),
      duplicate: random.next(),
      copies: random.whole(2, 10),
      shuffle: random.next() < 0.5,
      delayMs: { min: 0, max: random.whole(1, 2_000) },
    };
    const outcomes = { undelivered: rate(), failed: rate(), bounce: rate() };
    return { seed: random.whole(1, 1_000_000), calls, callbacks, outcomes };
  }
}

const tooSlow = (): object => ({ calls: PROVIDERS.map((provider) => ({ provider, latencyMs: TOO_SLOW_MS })) });
