import type { Outcome } from '../../providers/index.js';

/** The call was never begun. */
export const NOT_CALLED = { kind: 'deferred', reason: 'unreachable', code: 'not_called' } satisfies Outcome;
