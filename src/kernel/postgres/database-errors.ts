/** Classifies PostgreSQL and network errors, however deeply a library wrapped them. */

/**
 * Connection lost, disk or memory full, server starting up or shutting down, disk failing, read-only, a password that is being changed:
 * SQLSTATE classes 08, 28, 53, 57, 58 and 25006. Not 08P01: that is an error in what we sent, except where a pooler says it.
 */
const UNAVAILABLE_STATE = /^(08(?!P01)|28|53|57|58)|^25006$/;
/** PgBouncer's outages (1.18): it has one SQLSTATE for them and for errors in what we sent. */
const PROTOCOL_VIOLATION = '08P01';
const POOLER_OUTAGES =
  /^(query_wait_timeout|query timeout|idle transaction timeout|server conn crashed|client_login_timeout|server login has been failing|no more connections allowed)/;
const UNAVAILABLE_CODES = new Set(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'ENOTFOUND', 'EAI_AGAIN']);
/** The last: the ledger's partition is missing, and a worker will create it. */
const UNAVAILABLE_MESSAGES =
  /timeout exceeded when trying to connect|Connection terminated|not queryable|not currently accepting connections|no partition of relation .* found for row/;
/** Each contains a digit, unlike Node's EPIPE. */
const SQLSTATE = /^(?=.*\d)[0-9A-Z]{5}$/;
const UNIQUE_VIOLATION = '23505';
const DEADLOCK = '40P01';
const SERIALISATION_FAILURE = '40001';

function* chain(error: unknown): Generator<Error & { code?: unknown; table?: unknown; constraint?: unknown }> {
  for (let depth = 0; error instanceof Error && depth < 5; depth += 1) {
    yield error;
    error = error.cause ?? ('previous' in error ? error.previous : undefined);
  }
}

/** True if the database did not answer, so that the caller may retry; false for errors in the query. */
export function isUnavailable(error: unknown): boolean {
  for (const link of chain(error)) {
    if (typeof link.code === 'string' && (UNAVAILABLE_STATE.test(link.code) || UNAVAILABLE_CODES.has(link.code)))
      return true;
    if (UNAVAILABLE_MESSAGES.test(link.message)) return true;
    if (link.code === PROTOCOL_VIOLATION && POOLER_OUTAGES.test(link.message)) return true;
  }
  return false;
}

/** True if the same work may succeed on retry: no answer, a deadlock or a serialisation failure. */
export function isRetryable(error: unknown): boolean {
  return (
    isUnavailable(error) || [...chain(error)].some(({ code }) => code === DEADLOCK || code === SERIALISATION_FAILURE)
  );
}

/** The SQLSTATE of a PostgreSQL error, or undefined for any other. */
export function sqlStateOf(error: unknown): string | undefined {
  return sqlErrorOf(error)?.state;
}

/** The SQLSTATE of a PostgreSQL error, and the table and constraint that it names; undefined for any other. */
export function sqlErrorOf(error: unknown): { readonly state: string; readonly names: readonly string[] } | undefined {
  for (const link of chain(error)) {
    if (typeof link.code !== 'string' || !SQLSTATE.test(link.code)) continue;
    const names = [link.table, link.constraint].filter((name) => typeof name === 'string');
    return { state: link.code, names };
  }
  return undefined;
}

/** The name of the unique constraint that an error reports as violated, or undefined for any other error. */
export function violatedUnique(error: unknown): string | undefined {
  for (const link of chain(error)) {
    if (link.code === UNIQUE_VIOLATION && typeof link.constraint === 'string') return link.constraint;
  }
  return undefined;
}
