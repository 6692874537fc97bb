import type { Outcome } from '../../providers/index.js';

/** The outcome if the call was never started. */
export const NOT_CALLED = { kind: 'deferred', reason: 'unreachable', code: 'not_called' } satisfies Outcome;
