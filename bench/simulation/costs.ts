/** What the steps of a batch cost, from campaigns that were measured. */
import type { BatchCost, Costs } from './model.js';

/** Microseconds of a message of a campaign, which was sent in batches of so many on average. */
export interface MeasuredCost {
  readonly batch: number;
  readonly service: number;
  readonly database: number;
}

/** How a batch's cost in PostgreSQL is shared among its steps: of ADR 0030, where each was measured alone. */
const SHARES = {
  claim: { batch: 0.47, message: 0.27 },
  /** The gate, and the mark that calls begin. */
  begin: { batch: 0.26, message: 0.35 },
  record: { batch: 0.27, message: 0.38 },
} as const;

/** Two campaigns, in large and in small batches, say what is for the batch and what for each message. `afterwards`: what more each takes. */
export function costsOf(large: MeasuredCost, small: MeasuredCost, afterwards: number): Costs {
  const of = (kind: 'service' | 'database'): BatchCost => {
    const batch = Math.max(0, (small[kind] - large[kind]) / (1 / small.batch - 1 / large.batch));
    return { batch, message: Math.max(0, large[kind] - batch / large.batch) };
  };
  const database = of('database');
  const share = ({ batch, message }: BatchCost): BatchCost => ({
    batch: database.batch * batch,
    message: database.message * message,
  });
  return {
    worker: of('service'),
    claim: share(SHARES.claim),
    begin: share(SHARES.begin),
    record: share(SHARES.record),
    afterwards,
  };
}
