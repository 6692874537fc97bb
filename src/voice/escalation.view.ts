/** An escalation in the words of the API. */
import { Injectable } from '@nestjs/common';
import { iso } from '../kernel/index.js';
import { Escalations, type EscalationRow, type StoredAttempt } from './escalations.js';
import type { CallAcknowledgement, EscalationView } from './calls.dto.js';

@Injectable()
export class EscalationViews {
  constructor(private readonly escalations: Escalations) {}

  async one(row: EscalationRow): Promise<EscalationView> {
    return viewOf(row, await this.escalations.attempts([row.id]));
  }

  /** Reads the attempts of all of them at once. */
  async of(rows: readonly EscalationRow[]): Promise<(row: EscalationRow) => EscalationView> {
    const attempts = Map.groupBy(
      await this.escalations.attempts(rows.map(({ id }) => id)),
      ({ escalationId }) => escalationId,
    );
    return (row) => viewOf(row, attempts.get(row.id) ?? []);
  }
}

function viewOf(row: EscalationRow, attempts: readonly StoredAttempt[]): EscalationView {
  return {
    id: row.id,
    status: row.status,
    venueId: row.venue_id,
    category: row.category,
    untilAcknowledged: row.until_acknowledged,
    reference: row.reference,
    acknowledgement: acknowledgementOf(row, attempts),
    steps: row.steps.map((step, place) => ({
      ...step,
      attempts: attempts
        .filter((attempt) => attempt.step === place)
        .map(({ messageId, status, refusal, at, settledAt }) => ({
          messageId,
          status,
          refusal,
          at: iso(at),
          settledAt: iso(settledAt),
        })),
    })),
    createdAt: iso(row.created_at),
    finishedAt: iso(row.finished_at),
  };
}

function acknowledgementOf(row: EscalationRow, attempts: readonly StoredAttempt[]): CallAcknowledgement | null {
  const { acknowledged_via: via, acknowledged_at: at, acknowledged_message: messageId } = row;
  if (via === null || at === null) return null;
  const attempt = messageId === null ? undefined : attempts.find((made) => made.messageId === messageId);
  return { via, by: (attempt && row.steps[attempt.step]?.to) ?? null, messageId, at: iso(at) };
}
