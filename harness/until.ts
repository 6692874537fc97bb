/** Waiting for a condition instead of a time. */
import { setTimeout as delay } from 'node:timers/promises';

export interface Patience {
  /** When to give up. The default only makes sure that a run ends: no machine that does its work needs so long. */
  readonly withinMs?: number;
  /** By default often at first, and less often the longer it takes: each look costs what is waited for its processor time. */
  readonly everyMs?: number;
  /** What is waited for; an error for giving up begins with it. */
  readonly what?: string;
}

const SHORTEST_MS = 20;
const LONGEST_MS = 100;
/** A wait lasts that much longer at most. */
const SHARE = 0.05;

/** Polls until `probe` gives a value that is neither undefined nor false, and answers it. Raises an Error when it takes too long. */
export async function until<T>(
  probe: () => Promise<T | undefined | false> | T | undefined | false,
  { withinMs = 300_000, everyMs, what = probe.toString() }: Patience = {},
): Promise<T> {
  const began = performance.now();
  for (;;) {
    const value = await probe();
    if (value !== undefined && value !== false) return value;
    const waitedMs = performance.now() - began;
    if (waitedMs > withinMs) throw new Error(`${what}: not within ${withinMs} ms`);
    await delay(everyMs ?? Math.min(Math.max(waitedMs * SHARE, SHORTEST_MS), LONGEST_MS));
  }
}
