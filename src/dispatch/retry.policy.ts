/** When a deferred message is tried again, and when that stops. */
import type { Outcome } from '../providers/index.js';
import type { ClaimedMessage } from './claim.js';

const FIRST_MS = 1_000;
const LONGEST_MS = 15 * 60_000;
/** With the backoff below: a little over a day of trying. */
const MAX_ATTEMPTS = 100;
const HORIZON_MS = 24 * 3_600_000;

/**
 * Milliseconds to wait, or undefined when it has been tried long enough. What the provider asks for is honoured; else the
 * wait doubles from a second to a quarter of an hour, with half of it left to chance so that a crowd does not return at once.
 */
export function retryAfter(
  { attempts, created_at: createdAt }: Pick<ClaimedMessage, 'attempts' | 'created_at'>,
  { retryAfterMs }: Extract<Outcome, { kind: 'deferred' }>,
  { now = Date.now(), random = Math.random }: { now?: number; random?: () => number } = {},
): number | undefined {
  if (attempts >= MAX_ATTEMPTS || now - new Date(createdAt).getTime() > HORIZON_MS) return undefined;
  if (retryAfterMs !== undefined) return Math.min(Math.max(retryAfterMs, 0), HORIZON_MS);
  const backoff = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(attempts - 1, 20));
  return backoff * (0.5 + random() / 2);
}
