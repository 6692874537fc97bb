/** Checks a given database before anything uses it: it answers directly, is new enough and is writable. */
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { Client, DatabaseError } from 'pg';
import { v7 as uuidv7 } from 'uuid';

const REQUIRED_MAJOR = 18;
const TIMEOUT_MS = 5_000;
/** A setting of a session, made as the queue and prepared statements make theirs. PostgreSQL takes any with a dot. */
const OWN_SETTING = 'callboard.check';
const POOLER =
  'a connection pooler answers there, such as PgBouncer, which keeps neither the settings nor the notifications of a session.';
const PAST_IT: Readonly<Record<Variable, string>> = {
  DATABASE_URL: 'Lead the URL directly to PostgreSQL, or name the way past the pooler in DATABASE_DIRECT_URL.',
  DATABASE_DIRECT_URL: 'Lead the URL directly to PostgreSQL.',
};
const OPTIONS = 'its `options` would replace those of the queue. Give them to the role instead: `alter role … set …`.';
const UNTRUSTED =
  /SELF_SIGNED_CERT|UNABLE_TO_(?:VERIFY|GET_ISSUER)|CERT_(?:HAS_EXPIRED|NOT_YET_VALID|UNTRUSTED)|ALTNAME_INVALID/;
const TRUST =
  'Name the authority of its certificate in the URL, `sslmode=verify-full&sslrootcert=/path`, and the host as the certificate does.';
const READ_ONLY = 'it is read-only. Lead the URL to the primary, or let the database be written to.';
const ELSEWHERE = 'it leads to another database than DATABASE_DIRECT_URL. Lead both to the same.';

type Variable = 'DATABASE_URL' | 'DATABASE_DIRECT_URL';

/** A URL, and whether nothing may be between it and PostgreSQL. */
interface Way {
  readonly variable: Variable;
  readonly url: string;
  readonly isDirect: boolean;
}

/** Both are the same where no pooler is between. */
export interface DatabaseUrls {
  readonly databaseUrl: string;
  readonly databaseDirectUrl: string;
}

/** Raised at start if a URL does not lead to a writable PostgreSQL 18 or newer, directly where it has to. */
export class UnusableDatabase extends Error {
  constructor(variable: Variable, reason: string, options?: ErrorOptions) {
    super(`The database of ${variable} cannot be used: ${reason}`, options);
    this.name = 'UnusableDatabase';
  }
}

/** Connects two or three times, for some seconds at most. Raises UnusableDatabase. */
export async function checkDatabase({ databaseUrl, databaseDirectUrl }: DatabaseUrls): Promise<void> {
  const isPooled = databaseUrl !== databaseDirectUrl;
  const direct: Way = {
    variable: isPooled ? 'DATABASE_DIRECT_URL' : 'DATABASE_URL',
    url: databaseDirectUrl,
    isDirect: true,
  };
  await connected(direct, async (first) => {
    await connected(direct, (second) => checkDirect(direct, first, second));
    const pooled: Way = { variable: 'DATABASE_URL', url: databaseUrl, isDirect: false };
    if (isPooled) await connected(pooled, (client) => checkSame(client, first));
  });
}

/** Gives `work` a connection to a server that can be used. Raises UnusableDatabase, also for whatever it raises. */
async function connected(way: Way, work: (client: Client) => Promise<void>): Promise<void> {
  const { variable, url, isDirect } = way;
  if (new URL(url).searchParams.has('options')) throw new UnusableDatabase(variable, OPTIONS);
  const client = clientOf({ variable, url, isDirect });
  client.on('error', () => undefined); // the pending call rejects too
  try {
    await client.connect();
    await checkServer(way, client);
    await work(client);
  } catch (error) {
    if (error instanceof UnusableDatabase) throw error;
    if (refusesOptions(error)) throw poolerAt(variable, { cause: error });
    if (isUntrusted(error)) throw new UnusableDatabase(variable, `${reasonOf(error)}. ${TRUST}`, { cause: error });
    throw new UnusableDatabase(variable, `${reasonOf(error)}. Start it, or fix the URL.`, { cause: error });
  } finally {
    await client.end();
  }
}

/** Raises UnusableDatabase for a certificate or a key that the URL names and nobody can read. */
function clientOf({ variable, url, isDirect }: Way): Client {
  try {
    return new Client({
      connectionString: url,
      connectionTimeoutMillis: TIMEOUT_MS,
      query_timeout: TIMEOUT_MS,
      ...(isDirect && { options: `-c ${OWN_SETTING}=on` }),
    });
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error;
    const reason = `a file that the URL names for TLS cannot be read: ${String(error.code)}.`;
    throw new UnusableDatabase(variable, reason, { cause: error });
  }
}

async function checkServer({ variable, isDirect }: Way, client: Client): Promise<void> {
  const { rows } = await client.query<{ version: string; readonly: string; own: string | null }>(
    `select current_setting('server_version') as version, current_setting('transaction_read_only') as readonly,
       current_setting('${OWN_SETTING}', true) as own`,
  );
  const { version = '0', readonly, own } = rows[0] ?? {};
  if (Number.parseInt(version, 10) < REQUIRED_MAJOR) {
    const reason = `it is PostgreSQL ${version}, and Callboard needs ${REQUIRED_MAJOR} or newer.`;
    throw new UnusableDatabase(variable, reason);
  }
  if (readonly !== 'off') throw new UnusableDatabase(variable, READ_ONLY);
  if (isDirect && own !== 'on') throw poolerAt(variable);
}

/** Behind a pooler a session hears nothing: a notification arrives at whichever client has its connection by then. */
async function checkDirect({ variable }: Way, listener: Client, notifier: Client): Promise<void> {
  const channel = `callboard_${uuidv7()}`;
  await listener.query(`listen "${channel}"`);
  const heard = once(listener, 'notification', { signal: AbortSignal.timeout(TIMEOUT_MS) }).catch(() => undefined);
  await notifier.query(`notify "${channel}"`);
  if ((await heard) === undefined) throw poolerAt(variable);
}

/** A lock keeps others in the same database from it, and nobody elsewhere. A pooler that keeps no transaction refuses `begin`. */
async function checkSame(pooled: Client, direct: Client): Promise<void> {
  const key = randomInt(2 ** 31);
  await direct.query('select pg_advisory_lock($1)', [key]);
  await pooled.query('begin');
  const { rows } = await pooled.query<{ free: boolean }>('select pg_try_advisory_xact_lock($1) as free', [key]);
  await pooled.query('rollback');
  if (rows[0]?.free !== false) throw new UnusableDatabase('DATABASE_URL', ELSEWHERE);
}

const poolerAt = (variable: Variable, options?: ErrorOptions): UnusableDatabase =>
  new UnusableDatabase(variable, `${POOLER} ${PAST_IT[variable]}`, options);

/** Its certificate is nobody's whom we trust, has ended, or is of another host. */
function isUntrusted(error: unknown): boolean {
  return error instanceof Error && 'code' in error && UNTRUSTED.test(String(error.code));
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
