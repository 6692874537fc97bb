/** Usage adds every fact exactly once, however writers and roll-ups meet, and knows where a tenant's month begins. */
import type { UsageView } from '../../src/billing/usage/usage.dto.js';
import { EventConsumers } from '../../src/ledger/index.js';
import { TimeZones } from '../../src/tenants/time-zones.js';
import { consume } from '../support/consumers.js';
import { openTestApp, type TestApp, type Tenant } from '../support/test-app.js';

type Counts = UsageView['total'];

let app: TestApp;
beforeAll(async () => {
  app = await openTestApp({ role: 'api', databasePoolSize: 30 }); // its schedules rest: roll-ups are this test's
});
afterAll(() => app.close());

const rollUp = (): Promise<void> => app.nest.get(EventConsumers).run('usage');

const rollUpAll = (): Promise<void> => consume(app, 'usage');

interface Fact {
  readonly kind: string;
  readonly previous: string | null;
  readonly segments?: number;
  readonly channel?: string;
  /** Now where absent. */
  readonly at?: string;
}

/** Writes facts of messages nobody asks about: usage reads nothing but facts. */
async function write({ id }: Tenant, facts: readonly Fact[]): Promise<void> {
  await app.database.query(
    `insert into message_event (message_id, tenant_id, at, kind, previous, channel, category, provider, segments, source)
     select uuidv7(), $1, coalesce(at, now()), kind, previous, coalesce(channel, 'sms'), 'transactional', 'twilio', coalesce(segments, 1), 'test'
     from jsonb_to_recordset($2::jsonb) as fact (kind text, previous text, segments int, channel text, at timestamptz)`,
    [id, JSON.stringify(facts)],
  );
}

async function usageOf(tenant: Tenant, month?: string): Promise<UsageView> {
  return (
    await app
      .as(tenant)
      .get('/api/usage')
      .query(month ? { month } : {})
      .expect(200)
  ).body as UsageView;
}

const NOTHING: Counts = {
  messages: 0,
  segments: 0,
  delivered: 0,
  failed: 0,
  stopped: 0,
  received: 0,
  receivedSegments: 0,
};
const SENT: Fact = { kind: 'sent', previous: 'sending', segments: 3 };

/** Resolves when it is opened. */
function gate(): { readonly opened: Promise<void>; open: () => void } {
  let open = (): void => undefined;
  const opened = new Promise<void>((resolve) => (open = resolve));
  return { opened, open: () => open() };
}

test('A fact of a transaction that commits late is not passed over, and none before it is counted twice', async () => {
  const tenant = await app.tenant();
  const late = gate();
  const written = gate();
  const slow = app.database.transaction(async () => {
    await write(tenant, [SENT]);
    written.open();
    await late.opened;
  });
  await written.opened;
  await write(tenant, [SENT, SENT]); // later, and committed at once
  await rollUp();
  expect((await usageOf(tenant)).total).toEqual(NOTHING); // what waits behind a running transaction waits
  late.open();
  await slow;
  await rollUpAll();
  await rollUpAll();
  expect((await usageOf(tenant)).total).toEqual({ ...NOTHING, messages: 3, segments: 9 });
});

test('A transaction that is rolled back leaves no usage', async () => {
  const tenant = await app.tenant();
  const broken = app.database.transaction(async () => {
    await write(tenant, [SENT]);
    throw new Error('rolled back');
  });
  await expect(broken).rejects.toThrow('rolled back');
  await write(tenant, [SENT]);
  await rollUpAll();
  expect((await usageOf(tenant)).total).toMatchObject({ messages: 1 });
});

test('Many writers, some of them slow, and many roll-ups at once come to exactly the sum of the facts', async () => {
  const tenants = [await app.tenant(), await app.tenant()];
  let writing = true;
  const rollUps = Array.from({ length: 3 }, async () => {
    while (writing) await rollUp();
  });
  const writers = Array.from({ length: 12 }, async (_, writer) => {
    for (let turn = 0; turn < 25; turn += 1) {
      const tenant = tenants[(writer + turn) % 2] ?? tenants[0];
      if (!tenant) continue;
      await app.database.transaction(async () => {
        await write(tenant, [{ kind: 'queued', previous: null }, SENT]);
        // A slow one stays open while others write, commit and are rolled up.
        if (writer % 3 === 0) await app.database.query('select pg_sleep(0.03)');
        await write(tenant, [{ kind: 'delivered', previous: 'sent' }]);
      });
    }
  });
  await Promise.all(writers);
  writing = false;
  await Promise.all(rollUps);
  await rollUpAll();
  for (const tenant of tenants) {
    expect((await usageOf(tenant)).total).toEqual({ ...NOTHING, messages: 150, segments: 450, delivered: 150 });
  }
});

test('More facts than one batch holds are all taken in one run', async () => {
  const tenant = await app.tenant();
  await app.database.query(
    `insert into message_event (message_id, tenant_id, kind, previous, channel, category, provider, segments, source)
     select uuidv7(), $1, 'sent', 'sending', 'email', 'marketing', 'ses', 1, 'test' from generate_series(1, 45000)`,
    [tenant.id],
  );
  await rollUpAll();
  expect((await usageOf(tenant)).total).toMatchObject({ messages: 45_000 });
});

test('Counts are kept apart by channel, category, provider and day, and the total is their sum', async () => {
  const tenant = await app.tenant();
  const yesterday = new Date(Date.now() - 86_400_000).toISOString();
  await write(tenant, [
    SENT,
    { ...SENT, channel: 'email', segments: 1 },
    { ...SENT, at: yesterday },
    { kind: 'undelivered', previous: 'sent' },
    { kind: 'cancelled', previous: 'queued', channel: 'email' },
  ]);
  await rollUpAll();
  const days = await app.database.query<object>(
    `select (max(day) - min(day))::int as apart, count(*)::int as rows, sum(messages)::int as messages, sum(failed)::int as failed,
       sum(stopped)::int as stopped from usage_rollup where tenant_id = $1`,
    [tenant.id],
  );
  expect(days).toEqual([{ apart: 1, rows: 3, messages: 3, failed: 1, stopped: 1 }]);
  const { lines, total } = await usageOf(tenant);
  const today = lines.find(({ channel }) => channel === 'email');
  expect(today).toMatchObject({ category: 'transactional', provider: 'twilio', messages: 1, stopped: 1 });
  expect(total.messages).toBe(lines.reduce((sum, line) => sum + line.messages, 0));
});

describe('A month', () => {
  /** Half an hour before the next month begins in Greenwich. */
  async function boundary(): Promise<{ at: string; ending: string; coming: string }> {
    const [row] = await app.database.query<{ at: string; ending: string; coming: string }>(
      `select to_char(next - interval '30 minutes', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as at,
         to_char(next - interval '1 day', 'YYYY-MM') as ending, to_char(next, 'YYYY-MM') as coming
       from (select date_trunc('month', now() at time zone 'utc') + interval '1 month' as next) as month`,
    );
    if (!row) throw new Error('there is always a next month');
    return row;
  }

  test.each([
    ['Europe/Berlin', 'coming', 1],
    ['Pacific/Auckland', 'coming', 1],
    ['UTC', 'ending', undefined],
    ['America/New_York', 'ending', undefined],
  ] as const)(
    'begins in %s at its own midnight: half an hour before Greenwich’s belongs to the %s month',
    async (timezone, month, day) => {
      const tenant = await app.tenant({ timezone });
      const { at, ending, coming } = await boundary();
      await write(tenant, [{ ...SENT, at }]);
      await rollUpAll();
      const [own, other] = month === 'coming' ? [coming, ending] : [ending, coming];
      const counted = await usageOf(tenant, own);
      expect(counted).toMatchObject({ month: own, timezone, total: { messages: 1, segments: 3 } });
      if (day) expect(counted.days).toMatchObject([{ day: `${own}-0${day}` }]);
      expect((await usageOf(tenant, other)).total).toEqual(NOTHING);
    },
  );

  test.each(['Pacific/Kiritimati', 'Pacific/Pago_Pago'])('that nobody names is this one in %s', async (timezone) => {
    const tenant = await app.tenant({ timezone });
    const [row] = await app.database.query<{ month: string }>(
      `select to_char(now() at time zone $1, 'YYYY-MM') as month`,
      [timezone],
    );
    expect((await usageOf(tenant)).month).toBe(row?.month);
  });

  test('that nobody names is the database’s, which also decides on days, where the two know a zone differently', async () => {
    const tenant = await app.tenant();
    // PostgreSQL reads a sum that no other program does.
    await app.database.query(`update tenant set timezone = 'Etc/GMT+15' where id = $1`, [tenant.id]);
    const [row] = await app.database.query<{ month: string }>(
      `select to_char(now() at time zone 'Etc/GMT+15', 'YYYY-MM') as month`,
    );
    expect((await usageOf(tenant)).month).toBe(row?.month);
  });

  test.each(['2026-13', '2026-1', 'november', '2026-11-01'])('cannot be %s', async (month) => {
    const tenant = await app.tenant();
    const { body } = await app.as(tenant).get('/api/usage').query({ month }).expect(400);
    expect(body).toMatchObject({ code: 'invalid_request' });
  });
});

test('a tenant that moves to another time zone keeps its days: an event belongs to the day that it was where the tenant was then', async () => {
  const tenant = await app.tenant({ timezone: 'Pacific/Kiritimati' }); // UTC+14
  const today = new Date().toISOString().slice(0, 10);
  await app
    .admin()
    .patch(`/api/tenants/${tenant.id}`)
    .send({ timezone: 'Pacific/Pago_Pago' }) // UTC-11
    .expect(200);
  await app.database.query(
    `update tenant_timezone set since = $2::date - interval '3 days' where tenant_id = $1 and since > '-infinity'`,
    [tenant.id, today],
  );
  const before = new Date(Date.parse(`${today}T12:00:00Z`) - 4 * 86_400_000).toISOString();
  await write(tenant, [
    { ...SENT, at: `${today}T12:00:00Z` },
    { ...SENT, at: before },
  ]);
  await rollUpAll();
  const rows = await app.database.query(
    `select (day - $2::date)::text as day from usage_rollup where tenant_id = $1 order by usage_rollup.day`,
    [tenant.id, today],
  );
  expect(rows).toEqual([{ day: '-3' }, { day: '0' }]);
});

test('a time zone that the database has forgotten stops nobody’s usage: its days are those of the zone it names', async () => {
  const [tokyo, forgotten, invented] = [await app.tenant(), await app.tenant(), await app.tenant()];
  const zones = [
    [tokyo.id, 'Asia/Tokyo'],
    [forgotten.id, 'US/Pacific-New'], // Node.js takes it for America/Los_Angeles
    [invented.id, 'Nowhere/Atall'],
  ] as const;
  for (const [id, zone] of zones) {
    await app.database.query('update tenant set timezone = $2 where id = $1', [id, zone]);
    await app.database.query(`update tenant_timezone set timezone = $2 where tenant_id = $1`, [id, zone]);
  }
  const lines: string[] = [];
  app.nest.useLogger({ log: () => undefined, error: () => undefined, warn: (line) => lines.push(String(line)) });
  await app.nest.get(TimeZones, { strict: false }).onApplicationBootstrap();
  expect(lines.filter((line) => line.includes('Until then'))).toHaveLength(2);

  const today = new Date().toISOString().slice(0, 10);
  const soon = { ...SENT, at: `${today}T02:00:00Z` };
  const late = { ...SENT, at: `${today}T20:00:00Z` };
  for (const tenant of [tokyo, forgotten, invented]) await write(tenant, [soon, late]);
  await rollUpAll();
  const rows = await app.database.query<{ tenant_id: string; days: string[] }>(
    `select tenant_id, array_agg((day - $2::date)::text order by day) as days from usage_rollup where tenant_id = any($1) group by 1`,
    [zones.map(([id]) => id), today],
  );
  const daysOf = ({ id }: Tenant): string[] => rows.find(({ tenant_id }) => tenant_id === id)?.days ?? [];
  expect([daysOf(tokyo), daysOf(forgotten), daysOf(invented)]).toEqual([['0', '1'], ['-1', '0'], ['0']]);
  for (const tenant of [forgotten, invented]) await usageOf(tenant); // this month there
});
