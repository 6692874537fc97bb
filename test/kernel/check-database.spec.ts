/** What a database must be before anything uses it: answering directly. */
import { Client } from 'pg';
import { checkDatabase, type DatabaseUrls } from '../../src/kernel/postgres/check-database.js';
import { isRetryable, isUnavailable } from '../../src/kernel/index.js';
import { emptyDatabase } from '../support/databases.js';
import { Pooler, type PoolerManner } from '../support/pooler.js';

let url: string;
let pooler: Pooler | undefined;
beforeAll(async () => {
  url = await emptyDatabase();
});
afterEach(async () => {
  await pooler?.close();
  pooler = undefined;
});

const only = (databaseUrl: string): DatabaseUrls => ({ databaseUrl, databaseDirectUrl: databaseUrl });

test('A database that answers directly is taken', async () => {
  await expect(checkDatabase(only(url))).resolves.toBeUndefined();
});

test.each<PoolerManner>(['refuses options', 'ignores options', 'keeps notifications'])(
  'A pooler that %s is refused, with what to change',
  async (manner) => {
    pooler = await Pooler.before(url, manner);
    await expect(checkDatabase(only(pooler.url))).rejects.toThrow(
      'The database of DATABASE_URL cannot be used: a connection pooler answers there, such as PgBouncer, which keeps neither ' +
        'the settings nor the notifications of a session. Lead the URL directly to PostgreSQL, or name the way past the pooler in DATABASE_DIRECT_URL.',
    );
  },
);

test('A URL whose options would replace the queue’s is refused, with what to change', async () => {
  await expect(checkDatabase(only(`${url}?options=-c%20statement_timeout%3D5s`))).rejects.toThrow(
    'its `options` would replace those of the queue. Give them to the role instead: `alter role … set …`.',
  );
});

describe('What PgBouncer says', () => {
  async function errorOf(says: string): Promise<unknown> {
    pooler = await Pooler.before(url, { says });
    const client = new Client({ connectionString: pooler.url });
    client.on('error', () => undefined);
    const error = await client.connect().catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ severity: 'FATAL', code: '08P01', message: says });
    return error;
  }

  test.each([
    'query_wait_timeout',
    'query timeout',
    'idle transaction timeout',
    'server conn crashed?',
    'client_login_timeout (server down)',
    'server login has been failing, try again later (server_login_retry)',
    'no more connections allowed (max_client_conn)',
  ])('“%s” is an outage, and the same work may be tried again', async (says) => {
    const error = await errorOf(says);
    expect([isUnavailable(error), isRetryable(new Error('wrapped', { cause: error }))]).toEqual([true, true]);
  });

  test.each([
    'unsupported startup parameter: options',
    'no such database: nowhere',
    'password authentication failed for user "desk"',
  ])('“%s” is our fault', async (says) => {
    expect(isUnavailable(await errorOf(says))).toBe(false);
  });
});
