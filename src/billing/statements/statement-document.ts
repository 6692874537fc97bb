/** A statement as one canonical JSON text (RFC 8785), whose SHA-256 is its content hash: whoever has the file can tell that it is whole. */
import { createHash } from 'node:crypto';
import { canonicalJson } from '../../kernel/index.js';
import { decimalText } from './statement-money.js';
import { inOrder, totalsOf, unpricedOf, type Statement, type StatementContent } from './statement.js';

/** Raised when the fields below change: older statements keep theirs. */
const FORMAT = 1;

/** Puts the lines in order, adds them up and hashes all of it. */
export function statementOf(content: StatementContent): Statement {
  const lines = inOrder(content.lines);
  const summed = { ...content, lines, totals: totalsOf(lines), unpriced: unpricedOf(lines) };
  return { ...summed, contentHash: createHash('sha256').update(canonicalText(summed)).digest('hex') };
}

/** Amounts are decimal text, exact for any reader; times are ISO 8601 in UTC. There is no line break at the end. */
export function canonicalText(statement: Omit<Statement, 'contentHash'>): string {
  const { tenantId, tenantName, month, timezone, from, until, closedAt, unpriced } = statement;
  const totals = statement.totals.map(({ currency, sumMicros, totalMicros }) => ({
    currency,
    sum: decimalText(sumMicros),
    total: decimalText(totalMicros),
  }));
  const lines = statement.lines.map(({ chargeMicros, ...line }) => ({
    ...line,
    charge: chargeMicros === null ? null : decimalText(chargeMicros),
  }));
  const tenant = { id: tenantId, name: tenantName };
  return canonicalJson({ format: FORMAT, tenant, month, timezone, from, until, closedAt, unpriced, totals, lines });
}
