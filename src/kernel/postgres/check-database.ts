/** Checks a given database before anything uses it: it answers, is new enough and is writable. */
import { Client } from 'pg';

const REQUIRED_MAJOR = 18;
const TIMEOUT_MS = 5_000;

/** Raised at start if DATABASE_URL does not lead to a writable PostgreSQL 18 or newer. */
export class UnusableDatabase extends Error {
  constructor(reason: string, options?: ErrorOptions) {
    super(`The database of DATABASE_URL cannot be used: ${reason}`, options);
    this.name = 'UnusableDatabase';
  }
}

/** Connects once, for at most five seconds. Raises UnusableDatabase. */
export async function checkDatabase(databaseUrl: string): Promise<void> {
  const client = new Client({
    connectionString: databaseUrl,
    connectionTimeoutMillis: TIMEOUT_MS,
    query_timeout: TIMEOUT_MS,
  });
  client.on('error', () => undefined); // the pending call rejects too
  try {
    await client.connect();
    const { rows } = await client.query<{ version: string; readonly: string }>(
      `select current_setting('server_version') as version, current_setting('transaction_read_only') as readonly`,
    );
    const { version = '0', readonly } = rows[0] ?? {};
    if (Number.parseInt(version, 10) < REQUIRED_MAJOR) {
      throw new UnusableDatabase(`it is PostgreSQL ${version}, and Callboard needs ${REQUIRED_MAJOR} or newer.`);
    }
    if (readonly !== 'off') {
      throw new UnusableDatabase('it is read-only. Lead the URL to the primary, or let the database be written to.');
    }
  } catch (error) {
    if (error instanceof UnusableDatabase) throw error;
    throw new UnusableDatabase(`${reasonOf(error)}. Start it, or fix the URL.`, { cause: error });
  } finally {
    await client.end();
  }
}

/** A name with several addresses fails with one error for each. */
function reasonOf(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map(reasonOf).join(', ');
  return error instanceof Error ? error.message : 'it does not answer';
}
