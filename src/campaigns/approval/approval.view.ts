/** An approval as the API shows it. */
import { iso } from '../../kernel/index.js';
import type { ApprovalRow } from './approval-store.js';
import type { ApprovalView } from './approvals.dto.js';

export function approvalView(row: ApprovalRow | null): ApprovalView | null {
  if (!row) return null;
  const { state, requestedBy, decidedBy, note, people } = row;
  return {
    state,
    requestedBy,
    requestedAt: iso(row.requestedAt),
    decidedBy,
    decidedAt: iso(row.decidedAt),
    note,
    people,
  };
}
