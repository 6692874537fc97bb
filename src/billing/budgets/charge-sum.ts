/** Charges added up: what is not known is counted, and never zero. */
import type { ChargedRow } from './charge-estimates.js';
import type { ChargeSumView } from './forecast.dto.js';

export class ChargeSum {
  readonly messages: number;
  /** Of those whose price is known; null if it is of none. */
  readonly micros: bigint | null;
  readonly unpriced: number;
  private readonly unpricedBy: Record<string, number> = {};

  constructor(rows: readonly ChargedRow[]) {
    let [messages, unpriced, micros] = [0, 0, 0n];
    for (const { count, charge } of rows) {
      messages += count;
      if ('micros' in charge) micros += charge.micros * BigInt(count);
      else {
        unpriced += count;
        this.unpricedBy[charge.unknown] = (this.unpricedBy[charge.unknown] ?? 0) + count;
      }
    }
    this.messages = messages;
    this.unpriced = unpriced;
    this.micros = unpriced > 0 && unpriced === messages ? null : micros;
  }

  view(): ChargeSumView {
    const { messages, micros, unpriced, unpricedBy } = this;
    return { messages, micros: micros === null ? null : Number(micros), unpriced, unpricedBy };
  }
}
