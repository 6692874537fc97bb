/** Checks a given database before anything uses it: it answers directly, is new enough and is writable. */
import { once } from 'node:events';
import { Client, DatabaseError } from 'pg';
import { v7 as uuidv7 } from 'uuid';

const REQUIRED_MAJOR = 18;
const TIMEOUT_MS = 5_000;
/** A setting of a session, made as the queue and prepared statements make theirs. PostgreSQL takes any with a dot. */
const OWN_SETTING = 'callboard.check';
const POOLER =
  'a connection pooler answers there, such as PgBouncer, which keeps neither the settings nor the notifications of a session. ' +
  'Lead the URL directly to PostgreSQL.';
const OPTIONS = 'its `options` would replace those of the queue. Give them to the role instead: `alter role … set …`.';

/** Raised at start if DATABASE_URL does not lead directly to a writable PostgreSQL 18 or newer. */
export class UnusableDatabase extends Error {
  constructor(reason: string, options?: ErrorOptions) {
    super(`The database of DATABASE_URL cannot be used: ${reason}`, options);
    this.name = 'UnusableDatabase';
  }
}

/** Connects twice, for some seconds at most. Raises UnusableDatabase. */
export async function checkDatabase(databaseUrl: string): Promise<void> {
  if (new URL(databaseUrl).searchParams.has('options')) throw new UnusableDatabase(OPTIONS);
  const clients = [1, 2].map(() => clientOf(databaseUrl));
  const [first, second] = clients as [Client, Client];
  try {
    await first.connect();
    await checkServer(first);
    await second.connect();
    await checkDirect(first, second);
  } catch (error) {
    if (error instanceof UnusableDatabase) throw error;
    if (refusesOptions(error)) throw new UnusableDatabase(POOLER, { cause: error });
    throw new UnusableDatabase(`${reasonOf(error)}. Start it, or fix the URL.`, { cause: error });
  } finally {
    await Promise.all(clients.map((client) => client.end()));
  }
}

function clientOf(connectionString: string): Client {
  const client = new Client({
    connectionString,
    connectionTimeoutMillis: TIMEOUT_MS,
    query_timeout: TIMEOUT_MS,
    options: `-c ${OWN_SETTING}=on`,
  });
  return client.on('error', () => undefined); // the pending call rejects too
}

async function checkServer(client: Client): Promise<void> {
  const { rows } = await client.query<{ version: string; readonly: string; own: string | null }>(
    `select current_setting('server_version') as version, current_setting('transaction_read_only') as readonly,
       current_setting('${OWN_SETTING}', true) as own`,
  );
  const { version = '0', readonly, own } = rows[0] ?? {};
  if (Number.parseInt(version, 10) < REQUIRED_MAJOR) {
    throw new UnusableDatabase(`it is PostgreSQL ${version}, and Callboard needs ${REQUIRED_MAJOR} or newer.`);
  }
  if (readonly !== 'off') {
    throw new UnusableDatabase('it is read-only. Lead the URL to the primary, or let the database be written to.');
  }
  if (own !== 'on') throw new UnusableDatabase(POOLER);
}

/** Behind a pooler a session hears nothing: a notification arrives at whichever client has its connection by then. */
async function checkDirect(listener: Client, notifier: Client): Promise<void> {
  const channel = `callboard_${uuidv7()}`;
  await listener.query(`listen "${channel}"`);
  const heard = once(listener, 'notification', { signal: AbortSignal.timeout(TIMEOUT_MS) }).catch(() => undefined);
  await notifier.query(`notify "${channel}"`);
  if ((await heard) === undefined) throw new UnusableDatabase(POOLER);
}

/** PgBouncer's answer to a session's own settings. */
function refusesOptions(error: unknown): boolean {
  return error instanceof DatabaseError && /unsupported startup parameter/.test(error.message);
}

/** A name with several addresses fails with one error for each. */
function reasonOf(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map(reasonOf).join(', ');
  return error instanceof Error ? error.message : 'it does not answer';
}
