/** A message ready for its provider, or why it cannot be. */
import type { MessageReason } from '../../ledger/index.js';
import type { Envelope } from '../../providers/index.js';

export interface Measured {
  readonly envelope: Envelope;
  readonly segments: number;
}

/** An envelope with its number of segments, or why it could not be rendered. */
export type Prepared = Measured | { readonly failed: MessageReason };
