/** Waiting for a condition instead of a time. */
import { setTimeout as delay } from 'node:timers/promises';

export interface Patience {
  /** When to give up. The default only makes sure that a run ends: no machine that does its work needs so long. */
  readonly withinMs?: number;
  readonly everyMs?: number;
  /** What is waited for; an error for giving up begins with it. */
  readonly what?: string;
}

/** Polls until `probe` gives a value that is neither undefined nor false, and answers it. Raises an Error when it takes too long. */
export async function until<T>(
  probe: () => Promise<T | undefined | false> | T | undefined | false,
  { withinMs = 300_000, everyMs = 20, what = probe.toString() }: Patience = {},
): Promise<T> {
  const deadline = performance.now() + withinMs;
  for (;;) {
    const value = await probe();
    if (value !== undefined && value !== false) return value;
    if (performance.now() > deadline) throw new Error(`${what}: not within ${withinMs} ms`);
    await delay(everyMs);
  }
}
