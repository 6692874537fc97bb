/** A database that only reads, is full, restarts, or lacks a month: nothing is half done, nothing is said that is not so. */
import { query } from '../../harness/query.js';
import { migrateDatabase } from '../../src/app.database.js';
import { PostgresServer } from '../../harness/postgres-server.js';
import { openHouse, type House, type Tenant } from '../support/house.js';
import { TcpProxy } from '../../harness/tcp-proxy.js';
import { until } from '../../harness/until.js';
import { faults, newNumber, recordOf, send, whenStatus } from '../journeys/support.js';

const text = (): object => ({ channel: 'sms', to: newNumber(), content: { body: 'Doors at 19:00' } });
const UNAVAILABLE = { status: 503, body: { code: 'unavailable' } };

interface Ready {
  readonly status: string;
  readonly checks: Record<string, { status: string; reason?: string }>;
}

const ready = async (house: House): Promise<Ready> => (await house.http.get('/health/ready')).body as Ready;

describe('A database that only reads', () => {
  let house: House;
  let tenant: Tenant;
  beforeAll(async () => {
    house = await openHouse();
    tenant = await house.tenant();
  });
  afterAll(() => house.close());

  /** For all connections, old and new; by one of its own, which the setting would bind too. */
  async function readOnly(on: boolean): Promise<void> {
    const name = new URL(house.config.databaseUrl).pathname.slice(1);
    const server = house.config.databaseUrl.replace(/\/[^/]*$/, '/postgres');
    await query(server, `alter database ${name} set default_transaction_read_only = ${on ? 'on' : 'off'}`);
    await query(server, `select pg_terminate_backend(pid) from pg_stat_activity where datname = '${name}'`);
  }

  test('answers reads, refuses writes with 503, and is not called ready', async () => {
    const id = await send(house, tenant, text());
    await whenStatus(house, tenant, id, 'delivered');
    await readOnly(true);
    await until(async () => (await house.as(tenant).get(`/api/messages/${id}`)).status === 200);
    const refused = await house.as(tenant).post('/api/messages').send(text());
    expect(refused).toMatchObject(UNAVAILABLE);
    expect(refused.headers['retry-after']).toBe('1');
    expect(await ready(house)).toMatchObject({
      status: 'down',
      checks: { database: { status: 'down', reason: 'read-only' } },
    });
  });

  test('takes no webhook, so that the provider repeats it', async () => {
    const inbound = { provider: 'twilio', from: newNumber(), to: '+15005550006', body: 'STOP' };
    const answer = await house.http.post('/sandbox/inbound').send(inbound).expect(200);
    expect(answer.body).toMatchObject({ status: 503 });
  });

  test('loses nothing: when it writes again, what is accepted is sent', async () => {
    await readOnly(false);
    await until(async () => (await ready(house)).status === 'ok');
    const id = await send(house, tenant, text());
    await whenStatus(house, tenant, id, 'delivered');
  });
});

describe('A disk that is full', () => {
  let house: House;
  let tenant: Tenant;
  beforeAll(async () => {
    house = await openHouse();
    tenant = await house.tenant();
    // What PostgreSQL raises when it cannot extend a file, raised where a file would grow.
    await house.database.query(`
      create function disk_full() returns trigger language plpgsql as $$
      begin raise exception 'could not extend file: No space left on device' using errcode = '53100'; end $$`);
  });
  afterAll(() => house.close());

  const fill = (table: string) =>
    house.database.query(
      `create trigger full_disk before insert on ${table} for each statement execute function disk_full()`,
    );
  const free = (table: string) => house.database.query(`drop trigger full_disk on ${table}`);

  test('accepts nothing, says 503, and leaves nothing half done', async () => {
    await fill('message_event');
    expect(await house.as(tenant).post('/api/messages').send(text())).toMatchObject(UNAVAILABLE);
    const batch = await house
      .as(tenant)
      .post('/api/messages/batch')
      .send({ messages: [text(), text()] });
    expect(batch).toMatchObject(UNAVAILABLE);
    expect(await house.database.query(`select from message union all select from pending`)).toEqual([]);
    await free('message_event');
    await whenStatus(house, tenant, await send(house, tenant, text()), 'delivered');
  });

  test('does not make a message that was sent meanwhile be sent again', async () => {
    await faults(house, { calls: [{ provider: 'twilio', latencyMs: { min: 500, max: 500 } }] });
    const ids = await Promise.all(Array.from({ length: 5 }, () => send(house, tenant, text())));
    await until(async () => {
      const claimed = await house.database.query(`select from message where id = any($1) and status = 'sending'`, [
        ids,
      ]);
      return claimed.length === ids.length;
    });
    await fill('message_event'); // the calls are under way
    await until(async () => {
      const taken = (await recordOf(house)).filter(({ messageId }) => ids.includes(messageId ?? ''));
      return taken.length === ids.length;
    });
    await free('message_event');
    for (const id of ids) await whenStatus(house, tenant, id, 'delivered');
    const taken = (await recordOf(house)).map(({ messageId }) => messageId ?? '').filter((id) => ids.includes(id));
    expect(taken.toSorted()).toEqual(ids.toSorted());
    await faults(house, {});
  });
});

describe('Months of the ledger', () => {
  let house: House;
  let tenant: Tenant;
  beforeAll(async () => {
    house = await openHouse();
    tenant = await house.tenant();
  });
  afterAll(() => house.close());

  const suffix = async (ahead: number): Promise<string> => {
    const [row] = await house.database.query<{ suffix: string }>(
      `select to_char(date_trunc('month', now() at time zone 'utc') + make_interval(months => $1), 'YYYY_MM') as suffix`,
      [ahead],
    );
    return row?.suffix ?? '';
  };
  /** Takes partitions away, and lets nobody make them for a while. */
  async function lose(...months: number[]): Promise<void> {
    await house.database.query(
      `update schedule set last_started_at = now() + interval '1 hour' where name = 'make-months'`,
    );
    for (const month of months) {
      const name = await suffix(month);
      await house.database.query(`drop table message_${name}, message_event_${name}`);
    }
  }
  const makeAgain = () =>
    house.database.query(`update schedule set last_started_at = now() - interval '1 hour' where name = 'make-months'`);
  const metric = async (): Promise<string | undefined> =>
    /^callboard_months_ahead (.*)$/m.exec((await house.http.get('/metrics')).text)?.[1];

  test('are made ahead by a worker, and counted', async () => {
    await until(async () => (await house.database.query(`select from schedule where name = 'make-months'`)).length > 0);
    expect(await metric()).toBe('3');
    expect(await ready(house)).toMatchObject({ status: 'ok', checks: { months: { status: 'up' } } });
  });

  test('that lack next month are told of before it comes', async () => {
    await lose(1, 3);
    expect(await metric()).toBe('0');
    expect(await ready(house)).toMatchObject({
      status: 'degraded',
      checks: {
        months: {
          status: 'down',
          reason: 'the ledger has no partition for next month: a worker makes them, see its log',
        },
      },
    });
    await makeAgain();
    await until(async () => (await metric()) === '3');
  });

  test('that lack this month refuse messages with 503, and take them once a worker has made it', async () => {
    await lose(0);
    expect(await metric()).toBe('-1');
    expect(await house.as(tenant).post('/api/messages').send(text())).toMatchObject(UNAVAILABLE);
    await makeAgain();
    const accepted = await until(async () => {
      const answer = await house.as(tenant).post('/api/messages').send(text());
      return answer.status === 202 && (answer.body as { id: string }).id;
    });
    await whenStatus(house, tenant, accepted, 'delivered');
  });
});

test('A server that restarts is served again by the same processes, with no more connections than before', async () => {
  const server = await PostgresServer.open();
  const proxy = await TcpProxy.to(server.port);
  await migrateDatabase(server.url);
  const url = new URL(server.url);
  url.port = String(proxy.port);
  const house = await openHouse({ databaseUrl: url.href, databasePoolSize: 4 });
  try {
    const tenant = await house.tenant();
    for (let restart = 0; restart < 2; restart += 1) {
      const before = await Promise.all(Array.from({ length: 20 }, () => send(house, tenant, text())));
      await server.halt();
      expect(await house.as(tenant).post('/api/messages').send(text())).toMatchObject(UNAVAILABLE);
      await server.resume();
      proxy.pointTo(server.port);
      await until(async () => (await ready(house)).status === 'ok');
      const after = await Promise.all(Array.from({ length: 20 }, () => send(house, tenant, text())));
      await until(async () => {
        const done = await house.database.query(
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
    const taken = (await recordOf(house)).map(({ messageId }) => messageId);
    expect(new Set(taken).size).toBe(taken.length);
  } finally {
    await house.close();
    await proxy.close();
    await server.close();
  }
});

test('A database that lets nobody in answers 503, and is taken up again', async () => {
  const house = await openHouse();
  const tenant = await house.tenant();
  const name = new URL(house.config.databaseUrl).pathname.slice(1);
  const server = house.config.databaseUrl.replace(/\/[^/]*$/, '/postgres');
  await query(server, `alter database ${name} allow_connections false`);
  await query(server, `select pg_terminate_backend(pid) from pg_stat_activity where datname = '${name}'`);
  expect(await house.as(tenant).post('/api/messages').send(text())).toMatchObject(UNAVAILABLE);
  await query(server, `alter database ${name} allow_connections true`);
  const accepted = await until(async () => {
    const answer = await house.as(tenant).post('/api/messages').send(text());
    return answer.status === 202 && (answer.body as { id: string }).id;
  });
  await whenStatus(house, tenant, accepted, 'delivered');
  await house.close();
});
