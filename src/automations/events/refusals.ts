/** What the sender of a refused event is told where it may lie for long, and be read by many: words of ours alone. Pure. */
import { DomainError, InvalidRequest, type ProblemKind } from '../../kernel/index.js';

export interface Refusal {
  readonly code: string;
  readonly description: string;
}

/** Waiting helps. */
const TEMPORARY: ReadonlySet<ProblemKind> = new Set(['timeout', 'too-many', 'internal', 'unavailable']);

/** Fields that an event has: the name of any other is the sender's own text. */
const FIELDS = /^(type|id|occurredAt|data|correlationId|tenantId|body|data\.(order|customer|event|attendee|venue)Id)$/;
/** Characters that Service Bus keeps of a description are many more. */
const MOST = 1_000;

export const isTemporary = (error: unknown): boolean => error instanceof DomainError && TEMPORARY.has(error.kind);

/** It names the fields at fault, and quotes nothing of the event. */
export function refusalOf(error: DomainError): Refusal {
  if (!(error instanceof InvalidRequest)) return { code: error.code, description: error.message };
  const known = error.errors.filter(({ path }) => FIELDS.test(path)).map(({ message }) => message);
  const description = known.length > 0 ? known.join('; ') : 'The event has fields that no event has';
  return { code: error.code, description: description.slice(0, MOST) };
}
