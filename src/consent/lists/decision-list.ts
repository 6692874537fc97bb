/** A list of decisions, read row by row, with what is wrong in it. */
import { FAULTS, type FaultCode, type Row } from '../../lists/index.js';
import { EVIDENCE_BYTES } from '../consent.fields.js';
import type { ConsentListFault } from './consent-list.dto.js';
import { readDecisionRow, type DecisionDefaults, type ReadDecision } from './decision-reader.js';

const ERRORS_KEPT = 1_000;

export interface ListedDecision {
  readonly line: number;
  readonly decision: ReadDecision & { readonly evidence?: Readonly<Record<string, unknown>> };
}

export class DecisionList {
  lines = 0;
  rejected = 0;
  readonly errors: ConsentListFault[] = [];

  constructor(private readonly defaults: DecisionDefaults) {}

  /** The decisions of a row; its faults are kept. */
  read({ line, content }: Row): ListedDecision[] {
    this.lines = line;
    if (typeof content === 'string') return this.refuse(line, content, null);
    const evidence =
      content.attributes === '{}' ? undefined : (JSON.parse(content.attributes) as Record<string, unknown>);
    if (Buffer.byteLength(content.attributes) > EVIDENCE_BYTES)
      return this.refuse(line, 'evidence_too_large', 'evidence');
    const { decisions, faults } = readDecisionRow(content.fields, this.defaults);
    for (const { code, field } of faults) this.refuse(line, code, field);
    return decisions.map((decision) => ({ line, decision: evidence ? { ...decision, evidence } : decision }));
  }

  private refuse(line: number, code: FaultCode, field: string | null): [] {
    this.rejected += 1;
    if (this.errors.length < ERRORS_KEPT) this.errors.push({ line, code, field, message: FAULTS[code] });
    return [];
  }
}
