/** DATABASE_URL through a real PgBouncer, with DATABASE_DIRECT_URL past it. */
import { checkDatabase } from '../../src/kernel/postgres/check-database.js';
import { PgBouncer, type PgBouncerOptions } from '../../harness/pgbouncer.js';
import { query } from '../../harness/query.js';
import { until } from '../../harness/until.js';
import { act, audience, draft, template, whenState } from '../campaigns/campaign.support.js';
import { cloneDatabase, emptyDatabase } from '../support/databases.js';
import { send, sendAll, text, whenStatus } from '../support/messages.js';
import { timesTaken } from '../support/sandbox.js';
import { openTestApp } from '../support/test-app.js';

let directUrl: string;
let pooler: PgBouncer | undefined;
afterEach(async () => {
  await pooler?.close();
  pooler = undefined;
});

/** The URL by way of a PgBouncer; undefined where this machine has none: `.ci/run` installs one where it can. */
async function pooled(options?: PgBouncerOptions): Promise<string | undefined> {
  pooler = await PgBouncer.before(directUrl, options);
  return pooler?.urlOf(directUrl);
}

describe('At the start', () => {
  beforeEach(async () => {
    directUrl = await emptyDatabase();
  });

  test('PgBouncer alone is refused, with the variable that leads past it', async () => {
    const databaseUrl = await pooled();
    if (databaseUrl === undefined) return;
    await expect(checkDatabase({ databaseUrl, databaseDirectUrl: databaseUrl })).rejects.toThrow(
      'The database of DATABASE_URL cannot be used: a connection pooler answers there, such as PgBouncer, which keeps neither ' +
        'the settings nor the notifications of a session. Lead the URL directly to PostgreSQL, or name the way past the pooler in DATABASE_DIRECT_URL.',
    );
  });

  test.each(['transaction', 'session'] as const)(
    'PgBouncer that keeps a %s is taken with a way past it',
    async (mode) => {
      const databaseUrl = await pooled({ mode });
      if (databaseUrl === undefined) return;
      await expect(checkDatabase({ databaseUrl, databaseDirectUrl: directUrl })).resolves.toBeUndefined();
    },
  );

  test('PgBouncer that keeps no transaction is refused', async () => {
    const databaseUrl = await pooled({ mode: 'statement' });
    if (databaseUrl === undefined) return;
    await expect(checkDatabase({ databaseUrl, databaseDirectUrl: directUrl })).rejects.toThrow(
      'The database of DATABASE_URL cannot be used: transaction blocks not allowed in statement pooling mode',
    );
  });

  test('a way past PgBouncer that leads through it too is refused', async () => {
    const databaseUrl = await pooled();
    if (databaseUrl === undefined) return;
    const databaseDirectUrl = `${databaseUrl}?application_name=direct`;
    await expect(checkDatabase({ databaseUrl, databaseDirectUrl })).rejects.toThrow(
      /^The database of DATABASE_DIRECT_URL cannot be used: a connection pooler answers there.*Lead the URL directly to PostgreSQL\.$/,
    );
  });

  test('a way past PgBouncer that leads to another database is refused', async () => {
    const databaseUrl = await pooled();
    if (databaseUrl === undefined) return;
    await expect(checkDatabase({ databaseUrl, databaseDirectUrl: await emptyDatabase() })).rejects.toThrow(
      'The database of DATABASE_URL cannot be used: it leads to another database than DATABASE_DIRECT_URL. Lead both to the same.',
    );
  });
});

describe('Behind PgBouncer', () => {
  const SESSIONS = 3;
  beforeEach(async () => {
    directUrl = `${await cloneDatabase()}?application_name=direct`;
  });

  test('two processes share fewer sessions than either has connections, and everything is delivered', async () => {
    const databaseUrl = await pooled({ poolSize: SESSIONS });
    if (databaseUrl === undefined) return;
    const place = { databaseUrl, databaseDirectUrl: directUrl };
    const app = await openTestApp({ ...place, role: 'api' });
    const worker = await openTestApp({ ...place, role: 'worker', encryptionKeys: app.config.encryptionKeys });
    try {
      const tenant = await app.tenant();
      const people = {
        templateKey: await template(app, tenant, 'email'),
        audienceId: await audience(app, tenant, 300),
      };
      const campaign = await draft(app, tenant, people);
      await act(app, tenant, campaign.id, 'launch');
      const ids = await Promise.all(Array.from({ length: 40 }, () => send(app, tenant, text())));
      for (const id of ids) await whenStatus(app, tenant, id, 'delivered');
      await whenState(app, tenant, campaign.id, 'SENT');
      expect(await timesTaken(app, ids)).toEqual(ids.map(() => 1));
      const sessions = await pooledSessions();
      expect([sessions > 0, sessions <= SESSIONS]).toEqual([true, true]);
    } finally {
      await worker.close();
      await app.close();
    }
  });

  test('messages survive its death, and none is sent twice', async () => {
    const databaseUrl = await pooled({ poolSize: SESSIONS });
    if (databaseUrl === undefined) return;
    const app = await openTestApp({ databaseUrl, databaseDirectUrl: directUrl });
    try {
      const tenant = await app.tenant();
      const ids: string[] = [];
      for (let round = 0; round < 4; round += 1) {
        ids.push(
          ...(await sendAll(
            app,
            tenant,
            Array.from({ length: 100 }, () => text()),
          )),
        );
        await pooler?.crash();
        await until(async () => (await app.http.get('/health/ready')).status === 200);
      }
      for (const id of ids) await whenStatus(app, tenant, id, 'delivered');
      expect(new Set(await timesTaken(app, ids))).toEqual(new Set([1]));
    } finally {
      await app.close();
    }
  });

  /** Those of the domain's pools; the others are opened by the direct URL. */
  async function pooledSessions(): Promise<number> {
    const [row] = await query<{ sessions: number }>(
      directUrl,
      `select count(*)::int as sessions from pg_stat_activity where datname = current_database() and application_name = 'callboard'`,
    );
    return row?.sessions ?? 0;
  }
});
