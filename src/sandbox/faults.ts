/** Draws the next fault from the current plan. */
import type { CallFault, DelayRange, FaultOutcomes, FaultPlan } from './fault-plan.dto.js';
import type { ProviderName } from '../providers/index.js';

const CALL_FAULTS = [
  'tooMany',
  'serverError',
  'badGateway',
  'resetBefore',
  'resetAfter',
  'hangAfter',
] as const satisfies readonly CallFault[];

/**
 * Holds one fault plan. The draws for calls, outcomes and callbacks come from three separate sequences, so that with a seed the
 * n-th call meets the same fault in every run, whatever the callbacks do meanwhile.
 */
export class Faults {
  private current: FaultPlan = {};
  private calls = randomSequence();
  private outcomes = randomSequence();
  private callbacks = randomSequence();
  private readonly counts = new Map<ProviderName, number>();

  constructor(private readonly callbackDelayMs: number) {}

  get plan(): FaultPlan {
    return this.current;
  }

  /** Applies a plan; counts and draws restart. */
  replace(plan: FaultPlan): void {
    this.current = plan;
    this.calls = randomSequence(plan.seed, 1);
    this.outcomes = randomSequence(plan.seed, 2);
    this.callbacks = randomSequence(plan.seed, 3);
    this.counts.clear();
  }

  /** The fault of the next send call. */
  nextCall(provider: ProviderName): { readonly latencyMs: number; readonly fault?: CallFault } {
    const count = (this.counts.get(provider) ?? 0) + 1;
    this.counts.set(provider, count);
    const entries = this.current.calls ?? [];
    const rule =
      entries.find((entry) => entry.provider === provider) ?? entries.find((entry) => entry.provider === '*');
    if (!rule) return { latencyMs: 0 };
    const latencyMs = rule.latencyMs ? within(rule.latencyMs, this.calls) : 0;
    const turn = CALL_FAULTS.find((fault) => rule.nth?.[fault] !== undefined && count % rule.nth[fault] === 0);
    return { latencyMs, fault: turn ?? pick(CALL_FAULTS, rule.rates, this.calls) };
  }

  /** The failure of the next accepted message, out of those its provider has; undefined: none. */
  nextOutcome<K extends keyof FaultOutcomes>(kinds: readonly K[]): K | undefined {
    return pick(kinds, this.current.outcomes, this.outcomes);
  }

  /** Delay until the next event in a message's life, in ms. */
  nextCallbackDelay(): number {
    const { delayMs } = this.current.callbacks ?? {};
    return delayMs ? within(delayMs, this.callbacks) : this.callbackDelayMs;
  }

  /** When to post the next callback, which is due after `dueMs` within a life of `lifeMs`: once per copy, never if dropped. */
  nextCallback(dueMs: number, lifeMs: number): { readonly delayMs: number; readonly forged: boolean }[] {
    const { drop = 0, duplicate = 0, copies = 2, shuffle = false, badSignature = 0 } = this.current.callbacks ?? {};
    if (this.callbackChance(drop)) return [];
    const posts = this.callbackChance(duplicate) ? copies : 1;
    return Array.from({ length: posts }, () => ({
      delayMs: shuffle ? this.callbacks() * lifeMs : dueMs,
      forged: this.callbackChance(badSignature),
    }));
  }

  private callbackChance(share: number): boolean {
    return share > 0 && this.callbacks() < share;
  }
}

/** One kind by its rate, or none. */
function pick<K extends string>(
  kinds: readonly K[],
  shares: { readonly [kind in K]?: number } | undefined,
  random: () => number,
): K | undefined {
  if (!shares) return undefined;
  let left = random();
  return kinds.find((kind) => (left -= shares[kind] ?? 0) < 0);
}

const within = ({ min, max }: DelayRange, random: () => number): number => min + random() * (max - min);

/** Numbers from 0 to 1; the same for the same seed (mulberry32). */
function randomSequence(seed?: number, stream = 0): () => number {
  if (seed === undefined) return Math.random;
  let state = Math.imul(seed, 4) + stream;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
