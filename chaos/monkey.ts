/** Breaks things, by a seed: the same seed breaks the same things in the same order. */
import { setTimeout as delay } from 'node:timers/promises';
import { DESCRIPTORS } from '../src/providers/index.js';
import { Random } from './random.js';
import type { Role, Stage } from './stage.js';

type Deed = readonly [name: string, act: () => Promise<void>];

/** Longer than a lease: another process takes the lane meanwhile. */
const LONG_MS = 17_000;
/** Each fails in ways of its own. */
export const PROVIDERS = DESCRIPTORS.map(({ name }) => name);
/** Longer than anybody waits for a provider. */
const TOO_SLOW_MS = { min: 11_000, max: 13_000 };
const MINUTE_MS = 60_000;

export class Monkey {
  /** What was done, in order. */
  readonly deeds: string[] = [];
  private readonly random: Random;

  constructor(
    private readonly stage: Stage,
    seed: number,
    private readonly plan: (faults: object) => Promise<void>,
  ) {
    this.random = new Random(seed);
  }

  /** Goes on until it is told to stop; then everything is whole again. */
  async rage(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const [name, act] = this.random.oneOf(this.possible());
      this.deeds.push(name);
      await act();
      await delay(this.random.between(100, 900));
    }
    this.stage.withholdReports(0);
    await this.plan({});
  }

  /** Kills a worker this often, and puts another in its place. */
  async kill(everyMs: number, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const next = delay(everyMs);
      this.deeds.push('kill worker');
      await this.stage.replace('worker', 'SIGKILL');
      await next;
    }
  }

  private possible(): Deed[] {
    const { random, stage } = this;
    const role = random.oneOf<Role>(['api', 'worker', 'worker']);
    const faults = this.faults();
    const deeds: Deed[] = [
      [`kill ${role}`, () => stage.replace(role, 'SIGKILL')],
      [`restart ${role}`, () => stage.replace(role, 'SIGTERM')],
      [`freeze ${role}`, () => stage.freeze(role, random.between(200, 3_000))],
      ['cut the database off', async () => stage.cutDatabase()],
      ['hold reports back', async () => stage.withholdReports(random.between(0, 0.3))],
      [`step the clock of ${role}`, () => stage.stepClock(role, this.step())],
      ['faults', () => this.plan(faults)],
      ['faults', () => this.plan(faults)],
    ];
    if (random.next() < 0.15) deeds.push(['crash the database', () => stage.crashDatabase()]);
    if (random.next() < 0.1) deeds.push(['restart the database', () => stage.restartDatabase()]);
    if (random.next() < 0.05) deeds.push(['freeze worker past its lease', () => stage.freeze('worker', LONG_MS)]);
    if (random.next() < 0.05) deeds.push(['providers answer too late', () => this.plan(tooSlow())]);
    const { redis } = stage;
    if (redis) deeds.push(['flush Redis', () => redis.flush()], ['crash Redis', () => redis.crash()]);
    return deeds;
  }

  /** Mostly minutes, at times hours, either way. */
  private step(): number {
    const { random } = this;
    const minutes = random.next() < 0.2 ? random.between(-180, 180) : random.between(-3, 3);
    return Math.round(minutes * MINUTE_MS);
  }

  /** Up to three parts in ten of the calls fail, each provider in ways of its own. */
  private faults(): object {
    const { random } = this;
    const rate = (most = 0.06): number => Math.round(random.between(0, most) * 1_000) / 1_000;
    const calls = PROVIDERS.map((provider) => ({
      provider,
      latencyMs: { min: 0, max: random.whole(0, 400) },
      rates: {
        ...{ tooMany: rate(), serverError: rate(), badGateway: rate(), resetBefore: rate(), resetAfter: rate() },
        hangAfter: rate(0.006),
      },
    }));
    const callbacks = {
      ...{ drop: rate(), duplicate: random.next(), copies: random.whole(2, 10), shuffle: random.next() < 0.5 },
      delayMs: { min: 0, max: random.whole(1, 2_000) },
    };
    const outcomes = { undelivered: rate(), failed: rate(), bounce: rate() };
    return { seed: random.whole(1, 1_000_000), calls, callbacks, outcomes };
  }
}

const tooSlow = (): object => ({ calls: PROVIDERS.map((provider) => ({ provider, latencyMs: TOO_SLOW_MS })) });
