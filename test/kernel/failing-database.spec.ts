/** A database that is read-only, full, restarting, or lacks a month's partition: nothing is half done, and no answer is untrue. */
import { query } from '../../harness/query.js';
import { migrateDatabase } from '../../src/app.database.js';
import { PostgresServer } from '../../harness/postgres-server.js';
import { openTestApp, type TestApp, type Tenant } from '../support/test-app.js';
import { TcpProxy } from '../../harness/tcp-proxy.js';
import { until } from '../../harness/until.js';
import { send, text, whenStatus } from '../support/messages.js';
import { newNumber } from '../support/people.js';
import { faults, recordOf } from '../support/sandbox.js';

const UNAVAILABLE = { status: 503, body: { code: 'unavailable' } };

interface Ready {
  readonly status: string;
  readonly checks: Record<string, { status: string; reason?: string }>;
}

const ready = async (app: TestApp): Promise<Ready> => (await app.http.get('/health/ready')).body as Ready;

describe('A database that only reads', () => {
  let app: TestApp;
  let tenant: Tenant;
  beforeAll(async () => {
    app = await openTestApp();
    tenant = await app.tenant();
  });
  afterAll(() => app.close());

  /** For all connections, old and new; by one of its own, which the setting would bind too. */
  async function readOnly(on: boolean): Promise<void> {
    const name = new URL(app.config.databaseUrl).pathname.slice(1);
    const server = app.config.databaseUrl.replace(/\/[^/]*$/, '/postgres');
    await query(server, `alter database ${name} set default_transaction_read_only = ${on ? 'on' : 'off'}`);
    await query(server, `select pg_terminate_backend(pid) from pg_stat_activity where datname = '${name}'`);
  }

  test('answers reads, refuses writes with 503, and is not called ready', async () => {
    const id = await send(app, tenant, text());
    await whenStatus(app, tenant, id, 'delivered');
    await readOnly(true);
    await until(async () => (await app.as(tenant).get(`/api/messages/${id}`)).status === 200);
    const refused = await app.as(tenant).post('/api/messages').send(text());
    expect(refused).toMatchObject(UNAVAILABLE);
    expect(refused.headers['retry-after']).toBe('1');
    expect(await ready(app)).toMatchObject({
      status: 'down',
      checks: { database: { status: 'down', reason: 'read-only' } },
    });
  });

  test('takes no webhook, so that the provider repeats it', async () => {
    const inbound = { provider: 'twilio', from: newNumber(), to: '+15005550006', body: 'STOP' };
    const answer = await app.http.post('/sandbox/inbound').send(inbound).expect(200);
    expect(answer.body).toMatchObject({ status: 503 });
  });

  test('loses nothing: when it writes again, what is accepted is sent', async () => {
    await readOnly(false);
    await until(async () => (await ready(app)).status === 'ok');
    const id = await send(app, tenant, text());
    await whenStatus(app, tenant, id, 'delivered');
  });
});

describe('A disk that is full', () => {
  let app: TestApp;
  let tenant: Tenant;
  beforeAll(async () => {
    app = await openTestApp();
    tenant = await app.tenant();
    // What PostgreSQL raises when it cannot extend a file, raised where a file would grow.
    await app.database.query(`
      create function disk_full() returns trigger language plpgsql as $$
      begin raise exception 'could not extend file: No space left on device' using errcode = '53100'; end $$`);
  });
  afterAll(() => app.close());

  const fill = (table: string) =>
    app.database.query(
      `create trigger full_disk before insert on ${table} for each statement execute function disk_full()`,
    );
  const free = (table: string) => app.database.query(`drop trigger full_disk on ${table}`);

  test('accepts nothing, says 503, and leaves nothing half done', async () => {
    await fill('message_event');
    expect(await app.as(tenant).post('/api/messages').send(text())).toMatchObject(UNAVAILABLE);
    const batch = await app
      .as(tenant)
      .post('/api/messages/batch')
      .send({ messages: [text(), text()] });
    expect(batch).toMatchObject(UNAVAILABLE);
    expect(await app.database.query(`select from message union all select from pending`)).toEqual([]);
    await free('message_event');
    await whenStatus(app, tenant, await send(app, tenant, text()), 'delivered');
  });

  test('does not make a message that was sent meanwhile be sent again', async () => {
    await faults(app, { calls: [{ provider: 'twilio', latencyMs: { min: 500, max: 500 } }] });
    const ids = await Promise.all(Array.from({ length: 5 }, () => send(app, tenant, text())));
    await until(async () => {
      const claimed = await app.database.query(`select from message where id = any($1) and status = 'sending'`, [ids]);
      return claimed.length === ids.length;
    });
    await fill('message_event'); // the calls are under way
    await until(async () => {
      const taken = (await recordOf(app)).filter(({ messageId }) => ids.includes(messageId ?? ''));
      return taken.length === ids.length;
    });
    await free('message_event');
    for (const id of ids) await whenStatus(app, tenant, id, 'delivered');
    const taken = (await recordOf(app)).map(({ messageId }) => messageId ?? '').filter((id) => ids.includes(id));
    expect(taken.toSorted()).toEqual(ids.toSorted());
    await faults(app, {});
  });
});

describe('Months of the ledger', () => {
  let app: TestApp;
  let tenant: Tenant;
  beforeAll(async () => {
    app = await openTestApp();
    tenant = await app.tenant();
  });
  afterAll(() => app.close());

  const suffix = async (ahead: number): Promise<string> => {
    const [row] = await app.database.query<{ suffix: string }>(
      `select to_char(date_trunc('month', now() at time zone 'utc') + make_interval(months => $1), 'YYYY_MM') as suffix`,
      [ahead],
    );
    return row?.suffix ?? '';
  };
  /** Takes partitions away, and lets nobody make them for a while. */
  async function lose(...months: number[]): Promise<void> {
    await app.database.query(
      `update schedule set last_started_at = now() + interval '1 hour' where name = 'make-months'`,
    );
    for (const month of months) {
      const name = await suffix(month);
      await app.database.query(`drop table message_${name}, message_event_${name}`);
    }
  }
  const makeAgain = () =>
    app.database.query(`update schedule set last_started_at = now() - interval '1 hour' where name = 'make-months'`);
  const metric = async (): Promise<string | undefined> =>
    /^callboard_months_ahead (.*)$/m.exec((await app.http.get('/metrics')).text)?.[1];

  test('are made ahead by a worker, and counted', async () => {
    await until(async () => (await app.database.query(`select from schedule where name = 'make-months'`)).length > 0);
    expect(await metric()).toBe('3');
    expect(await ready(app)).toMatchObject({ status: 'ok', checks: { months: { status: 'up' } } });
  });

  test.each([
    { lost: [3], ahead: 2, status: 'ok', months: { status: 'up' } },
    ...[
      { lost: [2], ahead: 1 },
      { lost: [1, 3], ahead: 0 },
    ].map(({ lost, ahead }) => {
      const reason = `the ledger has partitions for fewer than 2 months ahead (${ahead}): a worker makes them, see its log`;
      return { lost, ahead, status: 'degraded', months: { status: 'down', reason } };
    }),
  ])('with $ahead of them ahead, it is $status', async ({ lost, ahead, status, months }) => {
    await lose(...lost);
    expect(await metric()).toBe(String(ahead));
    expect(await ready(app)).toMatchObject({ status, checks: { months } });
    await makeAgain();
    await until(async () => (await metric()) === '3');
  });

  test('that lack this month refuse messages with 503, and take them once a worker has made it', async () => {
    await lose(0);
    expect(await metric()).toBe('-1');
    expect(await app.as(tenant).post('/api/messages').send(text())).toMatchObject(UNAVAILABLE);
    await makeAgain();
    const accepted = await until(async () => {
      const answer = await app.as(tenant).post('/api/messages').send(text());
      return answer.status === 202 && (answer.body as { id: string }).id;
    });
    await whenStatus(app, tenant, accepted, 'delivered');
  });
});

test('A server that restarts is served again by the same processes, with no more connections than before', async () => {
  const server = await PostgresServer.open();
  const proxy = await TcpProxy.to(server.port);
  await migrateDatabase(server.url);
  const url = new URL(server.url);
  url.port = String(proxy.port);
  const app = await openTestApp({ databaseUrl: url.href, databasePoolSize: 4 });
  try {
    const tenant = await app.tenant();
    for (let restart = 0; restart < 2; restart += 1) {
      const before = await Promise.all(Array.from({ length: 20 }, () => send(app, tenant, text())));
      await server.halt();
      expect(await app.as(tenant).post('/api/messages').send(text())).toMatchObject(UNAVAILABLE);
      await server.resume();
      proxy.pointTo(server.port);
      await until(async () => (await ready(app)).status === 'ok');
      const after = await Promise.all(Array.from({ length: 20 }, () => send(app, tenant, text())));
      await until(async () => {
        const done = await app.database.query(
          `select from message where id = any($1) and status in ('sent', 'delivered', 'unknown')`,
          [[...before, ...after]],
        );
        return done.length === 40;
      });
      const [open] = await query<{ count: number }>(
        server.url,
        `select count(*)::int as count from pg_stat_activity where application_name in ('callboard', 'callboard-queue')`,
      );
      // 4 of the pool, 2 whose statements are planned once, 10 of the queue and what its workers listen on.
      expect(open?.count).toBeLessThanOrEqual(4 + 2 + 10 + 4);
    }
    const taken = (await recordOf(app)).map(({ messageId }) => messageId);
    expect(new Set(taken).size).toBe(taken.length);
  } finally {
    await app.close();
    await proxy.close();
    await server.close();
  }
});

test('A database that lets nobody in answers 503, and is taken up again', async () => {
  const app = await openTestApp();
  const tenant = await app.tenant();
  const name = new URL(app.config.databaseUrl).pathname.slice(1);
  const server = app.config.databaseUrl.replace(/\/[^/]*$/, '/postgres');
  await query(server, `alter database ${name} allow_connections false`);
  await query(server, `select pg_terminate_backend(pid) from pg_stat_activity where datname = '${name}'`);
  expect(await app.as(tenant).post('/api/messages').send(text())).toMatchObject(UNAVAILABLE);
  await query(server, `alter database ${name} allow_connections true`);
  const accepted = await until(async () => {
    const answer = await app.as(tenant).post('/api/messages').send(text());
    return answer.status === 202 && (answer.body as { id: string }).id;
  });
  await whenStatus(app, tenant, accepted, 'delivered');
  await app.close();
});
