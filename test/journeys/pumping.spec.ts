/** SMS pumping: somebody makes a tenant's form send texts to numbers that earn from them, and is stopped while everybody else is not. */
import { until } from '../../harness/until.js';
import { PumpingAlarms } from '../../src/consent/index.js';
import type { MessageStatus } from '../../src/ledger/message.status.js';
import type { EventPayload } from '../../src/outbound/payloads.dto.js';
import type {
  AllowedRangeView,
  PumpingAlarmView,
  PumpingGuardView,
} from '../../src/pumping-guard/pumping-guard.dto.js';
import { PumpingChecks } from '../../src/pumping-guard/pumping-checks.js';
import { PumpingGuardSchedule } from '../../src/pumping-guard/pumping-guard.schedule.js';
import { act, draft, emptyAudience, look, template, whenState } from '../campaigns/campaign.support.js';
import { payloadOf, newEndpoint } from '../outbound/outbound.support.js';
import { json, Loopback } from '../providers/loopback.js';
import { consume } from '../support/consumers.js';
import { send, sendAll, text, whenEnded, whenStatus } from '../support/messages.js';
import { newMailbox } from '../support/people.js';
import { recordOf } from '../support/sandbox.js';
import { openTestApp, type TestApp, type Tenant } from '../support/test-app.js';

const OPERATOR = 'operations@example.com';
const LEAST = 12;

let app: TestApp;
beforeAll(async () => {
  app = await openTestApp({
    pumpingGuard: { mode: 'watch', least: LEAST },
    notices: { secrets: [], emails: [OPERATOR] },
  });
  await app
    .admin()
    .put('/api/prices?kind=plan&name=standard')
    .send([
      { channel: 'sms', unit: 'segment', country: 'DE', price: '0.08', currency: 'EUR' },
      { channel: 'sms', unit: 'segment', country: 'FR', price: '0.09', currency: 'EUR' },
      { channel: 'sms', unit: 'segment', country: 'LK', price: '0.3', currency: 'EUR' },
      { channel: 'sms', unit: 'segment', prefix: '+9477', price: '0.45', currency: 'EUR' },
    ])
    .expect(200);
});
afterAll(() => app.close());

/** A tenant that sells in Germany. */
async function newTenant(mode: string | null = null, name = 'Riverside Festivals'): Promise<Tenant> {
  const tenant = await app.tenant({ name, country: 'DE' });
  if (mode !== null) await put(tenant, { mode });
  return tenant;
}
const put = async (tenant: Tenant, body: object): Promise<PumpingGuardView> =>
  (await app.as(tenant).put('/api/pumping-guard').send(body).expect(200)).body as PumpingGuardView;

let guests = 0;
/** A number that is far from those of other guests. */
const guestIn = (start: string, digits: number): string =>
  start + String(((guests += 1) * 7_368_787) % 10 ** digits).padStart(digits, '0');
const german = (): string => guestIn('+4915', 9);
let pumped = 0;
/** Numbers side by side. */
const numbersOf = (range: string, count: number): string[] =>
  Array.from({ length: count }, () => range + String((pumped += 1) % 10_000).padStart(4, '0'));

const sendTo = (tenant: Tenant, numbers: readonly string[], more: object = {}): Promise<string[]> =>
  sendAll(
    app,
    tenant,
    numbers.map((to) => text({ to, content: { body: 'Your code is 123456' }, ...more })),
  );
const alarms = async (tenant: Tenant, query: object = {}): Promise<PumpingAlarmView[]> =>
  ((await app.as(tenant).get('/api/pumping-alarms').query(query).expect(200)).body as { items: PumpingAlarmView[] })
    .items;
/** Counts what was accepted and stopped, and looks. */
async function check(): Promise<void> {
  await consume(app, 'pumping-guard');
  await app.nest.get(PumpingChecks).look();
}
const statusOf = async (tenant: Tenant, id: string): Promise<MessageStatus> =>
  (await whenEnded(app, tenant, id)).status;
const metric = (mode: string): Promise<number | undefined> =>
  app.http
    .get('/metrics')
    .expect(200)
    .then(({ text: all }) =>
      Number(new RegExp(`^callboard_pumping_alarms\\{mode="${mode}"[^}]*\\} (\\d+)`, 'm').exec(all)?.[1]),
    );

test('an attack on one range is stopped within some messages, while guests get theirs, and it is told what it cost', async () => {
  const tenant = await newTenant(null, 'Lakeside Events');
  const told = newMailbox();
  const guard = await put(tenant, { mode: 'block', notify: { emails: [told], language: 'de' } });
  expect(guard).toMatchObject({ mode: 'block', ownMode: 'block', byAdmin: false, leastNumbers: LEAST, minutes: 10 });
  await sendTo(tenant, [german(), german(), german()]);

  const first = await sendTo(tenant, numbersOf('+9477123', LEAST));
  const [alarm] = await until(async () => {
    const all = await alarms(tenant);
    return all.length > 0 && all;
  });
  expect(alarm).toMatchObject({
    tenantId: tenant.id,
    prefix: '+9477123',
    country: 'LK',
    reason: 'adjacent_numbers',
    blocks: true,
    numbers: LEAST,
    messages: LEAST,
    stopped: 0,
    usual: 0,
    priceMicros: 450_000,
    priceCurrency: 'EUR',
    letThroughMicros: LEAST * 450_000,
    endedAt: null,
  });
  for (const id of first) await whenStatus(app, tenant, id, 'sent');

  const more = await sendTo(tenant, numbersOf('+9477123', 20));
  for (const id of more)
    expect(await whenEnded(app, tenant, id)).toMatchObject({
      status: 'suppressed',
      reason: 'number_range_blocked',
      attempts: 0,
      explanation: expect.stringContaining('SMS pumping') as string,
    });
  await whenStatus(app, tenant, await send(app, tenant, text({ to: german() })), 'delivered');
  await whenStatus(app, tenant, await send(app, tenant, text({ to: '+94711239876' })), 'delivered');
  expect((await recordOf(app)).filter(({ to }) => to.startsWith('+9477123'))).toHaveLength(LEAST);

  const repeated = more.length + LEAST;
  await until(async () => {
    const [now] = await alarms(tenant);
    return now?.messages === repeated && now.stopped === more.length;
  });
  expect((await alarms(tenant))[0]).toMatchObject({ numbers: repeated, letThroughMicros: LEAST * 450_000 });
  await until(async () => (await metric('block')) === 1);

  await until(async () => (await recordOf(app, told)).length === 1);
  const [letter] = await recordOf(app, told);
  expect(letter?.subject).toBe('Das sieht nach SMS-Pumping aus: Lakeside Events');
  expect(letter?.text).toContain('+9477123');
  expect(letter?.text).toContain('0,45 EUR');
  await until(async () =>
    (await recordOf(app, OPERATOR)).some(({ subject }) => subject === 'This looks like SMS pumping: Lakeside Events'),
  );
  const { body: notices } = await app.as(tenant).get('/api/notices?kind=pumping.suspected').expect(200);
  expect((notices as { items: object[] }).items).toMatchObject([
    { subject: alarm?.id, data: { alarmId: alarm?.id, prefix: '+9477123', blocks: true, numbers: LEAST } },
  ]);
});

test('a costly country that is not usual is stopped as a whole, and a fallback reaches honest guests on another way', async () => {
  const tenant = await newTenant('block');
  await sendTo(
    tenant,
    Array.from({ length: LEAST - 1 }, () => guestIn('+947', 8)),
  );
  await check();
  expect(await alarms(tenant)).toEqual([]);
  await sendTo(tenant, [guestIn('+947', 8)]);
  await check();
  expect(await alarms(tenant)).toMatchObject([{ prefix: '+94', country: 'LK', reason: 'costly_country' }]);
  const to = newMailbox();
  const fallback = [{ channel: 'email', content: { subject: 'Your code', text: '123456' } }];
  const id = await send(app, tenant, text({ to: guestIn('+947', 8), alternateTo: to, fallback }));
  expect(await statusOf(tenant, id)).toBe('suppressed');
  await until(async () => (await recordOf(app, to)).length === 1);
});

test('guests from anywhere who are no more than usual, or whose country is no dearer, are none of its business', async () => {
  const tenant = await newTenant('block');
  const french = Array.from({ length: 3 * LEAST }, () => guestIn('+336', 8));
  const atHome = Array.from({ length: 3 * LEAST }, german);
  await sendTo(tenant, [...french, ...atHome]);
  const market = await app.tenant({ country: 'DE' });
  await put(market, { mode: 'block' });
  await app
    .admin()
    .patch(`/api/tenants/${market.id}/settings`)
    .send({ allowedCountries: ['DE', 'LK'] })
    .expect(200);
  await sendTo(
    market,
    Array.from({ length: 2 * LEAST }, () => guestIn('+947', 8)),
  );
  const again = await newTenant('block');
  const known = numbersOf('+9477555', 2);
  for (let time = 0; time < LEAST; time += 1) await sendTo(again, known);
  await check();
  expect([...(await alarms(tenant)), ...(await alarms(market)), ...(await alarms(again))]).toEqual([]);
});

test('a campaign is not looked at, and goes on where form traffic is stopped; so do emergencies', async () => {
  const tenant = await newTenant('block');
  const templateKey = await template(app, tenant, 'sms', { body: 'Gate 4' });
  const audienceId = await emptyAudience(app, tenant);
  await app.database.query(
    `insert into contact (audience_id, kind, address, attributes, import_id)
     select $1, 'phone', '+9477666' || lpad(n::text, 4, '0'), '{}', uuidv7() from generate_series(1, $2::int) as n`,
    [audienceId, 2 * LEAST],
  );
  const launched = async (): Promise<string> => {
    const { id } = await draft(app, tenant, { channel: 'sms', templateKey, audienceId });
    await act(app, tenant, id, 'launch');
    await whenState(app, tenant, id, 'SENT');
    return id;
  };
  await launched();
  await check();
  expect(await alarms(tenant)).toEqual([]);

  await sendTo(tenant, numbersOf('+9477667', LEAST));
  await sendTo(
    tenant,
    numbersOf('+9477666', LEAST).map((number) => `${number.slice(0, -4)}9${number.slice(-3)}`),
  );
  await check();
  expect((await alarms(tenant)).map(({ prefix }) => prefix)).toEqual(['+947766']);
  const urgent = await send(app, tenant, text({ to: '+94776660001', category: 'emergency' }));
  await whenStatus(app, tenant, urgent, 'delivered');
  expect(await statusOf(tenant, await send(app, tenant, text({ to: '+94776660001' })))).toBe('suppressed');
  const id = await launched();
  await until(async () => (await look(app, tenant, id)).progress.byStatus.delivered === 2 * LEAST);
});

test('it is lifted, allowed for good, or watched only', async () => {
  const tenant = await newTenant();
  const other = await newTenant();
  await sendTo(tenant, numbersOf('+9477777', LEAST));
  await check();
  const [alarm] = await alarms(tenant, { state: 'open' });
  expect(alarm).toMatchObject({ prefix: '+9477777', blocks: false });
  const passes = async (): Promise<boolean> =>
    (await statusOf(tenant, await send(app, tenant, text({ to: '+94777770001' })))) === 'delivered';
  expect(await passes()).toBe(true);
  await put(tenant, { mode: 'block' });
  expect((await alarms(tenant))[0]?.blocks).toBe(true);
  expect(await passes()).toBe(false);

  const lift = `/api/pumping-alarms/${alarm?.id}/lift`;
  await app.as(other).post(lift).send({}).expect(404);
  const lifted = await app.as(tenant).post(lift).send({ note: 'Our guests' }).expect(200);
  expect(lifted.body).toMatchObject({
    id: alarm?.id,
    note: 'Our guests',
    endedBy: expect.stringMatching(/^key:/) as string,
  });
  expect((await app.as(tenant).post(lift).send({}).expect(409)).body).toMatchObject({ code: 'pumping_alarm_over' });
  expect(await passes()).toBe(true);
  await check();
  expect(await alarms(tenant, { state: 'open' })).toEqual([]);
  const { body: notices } = await app.as(tenant).get('/api/notices?kind=pumping.ended').expect(200);
  expect((notices as { items: object[] }).items).toMatchObject([{ subject: alarm?.id }]);

  // The minute in which it was lifted is past.
  await app.database.query(`update pumping_alarm set ended_at = ended_at - interval '2 minutes' where id = $1`, [
    alarm?.id,
  ]);
  await sendTo(tenant, numbersOf('+9477777', LEAST));
  await check();
  const [next] = await alarms(tenant, { state: 'open' });
  expect(next).toMatchObject({ prefix: '+9477777', blocks: true });
  const range = { prefix: '+94777', note: 'The stadium of Colombo' };
  const allowed = (await app.as(tenant).post('/api/allowed-ranges').send(range).expect(201)).body as AllowedRangeView;
  expect(await alarms(tenant, { state: 'open' })).toEqual([]);
  expect(await passes()).toBe(true);
  await sendTo(tenant, numbersOf('+9477778', LEAST));
  await check();
  expect(await alarms(tenant, { state: 'open' })).toEqual([]);
  expect((await app.as(tenant).get('/api/allowed-ranges').expect(200)).body).toMatchObject({ items: [range] });
  await app.as(other).delete(`/api/allowed-ranges/${allowed.id}`).expect(404);
  await app.as(tenant).delete(`/api/allowed-ranges/${allowed.id}`).expect(204);
  await check();
  expect(await alarms(tenant, { state: 'open' })).not.toEqual([]);
  await put(tenant, { mode: 'off' });
  expect(await alarms(tenant, { state: 'open' })).toEqual([]);
  expect(await alarms(other)).toEqual([]);
});

test('a wider alarm leaves alone what is allowed within it', async () => {
  const tenant = await newTenant('block');
  await app.as(tenant).post('/api/allowed-ranges').send({ prefix: '+94712' }).expect(201);
  await sendTo(
    tenant,
    Array.from({ length: LEAST }, () => guestIn('+9478', 7)),
  );
  await check();
  expect(await alarms(tenant)).toMatchObject([{ prefix: '+94' }]);
  expect(await statusOf(tenant, await send(app, tenant, text({ to: '+94712345678' })))).toBe('delivered');
  expect(await statusOf(tenant, await send(app, tenant, text({ to: '+94722345678' })))).toBe('suppressed');
});

test('an alarm ends by itself, stays while it goes on, and holds for longer when it comes back', async () => {
  const tenant = await newTenant('block');
  const { database } = app;
  const minutesLeft = async (): Promise<number> => {
    const [open] = await alarms(tenant, { state: 'open' });
    return open ? Math.round((Date.parse(open.endsAt) - Date.now()) / 60_000) : 0;
  };
  const attack = async (): Promise<void> => {
    await sendTo(tenant, numbersOf('+9477888', LEAST));
    await check();
  };
  const due = async (): Promise<void> => {
    await database.query(
      `update pumping_alarm set ends_at = now() - interval '1 second' where tenant_id = $1 and ended_at is null`,
      [tenant.id],
    );
  };
  await attack();
  expect(await minutesLeft()).toBe(60);
  await due();
  await check();
  expect(await minutesLeft()).toBe(60);

  await database.query(`delete from range_volume where tenant_id = $1`, [tenant.id]);
  // A look of the schedule that had begun by then may let the alarm go on once more.
  await until(async () => {
    await due();
    return (await statusOf(tenant, await send(app, tenant, text({ to: '+94778880001' })))) === 'delivered';
  });
  await until(async () => {
    await due();
    await check();
    return (await alarms(tenant)).every(({ endedBy }) => endedBy === 'rule');
  });
  await attack();
  expect(await minutesLeft()).toBe(120);
  expect(await app.nest.get(PumpingAlarms).timesBefore(tenant.id, '+9', 7)).toBe(1);
});

test('the admin key sees all, and its mode is changed by it alone', async () => {
  const tenant = await newTenant();
  const { body } = await app.admin().get('/api/pumping-alarms?limit=100').expect(200);
  expect(new Set((body as { items: PumpingAlarmView[] }).items.map(({ tenantId }) => tenantId)).size).toBeGreaterThan(
    2,
  );
  await app.admin(tenant.id).put('/api/pumping-guard').send({ mode: 'block' }).expect(200);
  const refused = await app.as(tenant).put('/api/pumping-guard').send({ mode: 'off' }).expect(403);
  expect(refused.body).toMatchObject({ code: 'admin_only' });
  const told = newMailbox();
  const kept = await put(tenant, { mode: 'block', notify: { emails: [told] } });
  expect(kept).toMatchObject({ mode: 'block', byAdmin: true, notify: { emails: [told] } });
  await app.admin(tenant.id).put('/api/pumping-guard').send({ mode: null }).expect(200);
  expect(await put(tenant, { mode: null })).toMatchObject({ mode: 'watch', ownMode: null, byAdmin: false });
});

test('what is blocked stays so in a process that starts', async () => {
  const tenant = await newTenant('block');
  await sendTo(tenant, numbersOf('+9477999', LEAST));
  await check();
  const { databaseUrl, databaseDirectUrl } = app.config;
  const other = await openTestApp({ databaseUrl, databaseDirectUrl });
  try {
    const id = await send(other, tenant, text({ to: '+94779990001' }));
    expect(await whenEnded(other, tenant, id)).toMatchObject({ status: 'suppressed', reason: 'number_range_blocked' });
  } finally {
    await other.close();
  }
});

test('webhook endpoints are told of alarms when they begin and end, and again where that is asked for', async () => {
  const tenant = await newTenant();
  const receiver = await Loopback.open();
  receiver.script = () => json(200, {});
  try {
    const events = ['pumping.suspected', 'pumping.ended'];
    const { id } = await newEndpoint(app, tenant, { url: `${receiver.origin}/hook`, events });
    const from = new Date(Date.now() - 60_000).toISOString();
    await sendTo(tenant, numbersOf('+9477444', LEAST));
    await check();
    const [alarm] = await alarms(tenant);
    const told = (): EventPayload[] => receiver.received.map(payloadOf);
    await until(() => told().length === 1);
    await app.as(tenant).post(`/api/pumping-alarms/${alarm?.id}/lift`).send({}).expect(200);
    await until(() => told().length === 2);
    const data = { alarmId: alarm?.id, prefix: '+9477444', country: 'LK', blocks: false, numbers: LEAST, stopped: 0 };
    expect(told()).toMatchObject([
      { type: 'pumping.suspected', version: 1, tenantId: tenant.id, test: false, data: { ...data, endedAt: null } },
      { type: 'pumping.ended', data: { ...data, endedBy: expect.stringMatching(/^key:/) as string } },
    ]);
    const again = { from, until: new Date(Date.now() + 1_000).toISOString() };
    await app.as(tenant).post(`/api/webhook-endpoints/${id}/replay`).send(again).expect(202);
    await until(() => told().length === 4);
    expect(told().map(({ type }) => type)).toEqual([...events, ...events]);
  } finally {
    await receiver.close();
  }
});

test('old counts are forgotten', async () => {
  const tenant = await newTenant();
  await sendTo(tenant, [german()]);
  await consume(app, 'pumping-guard');
  const counted = (): Promise<object[]> =>
    app.database.query(`select messages::int, numbers::int from range_volume where tenant_id = $1`, [tenant.id]);
  await app.nest.get(PumpingGuardSchedule).purge();
  expect(await counted()).toEqual([{ messages: 1, numbers: 1 }]);
  await app.database.query(`update range_volume set minute = minute - interval '2 hours' where tenant_id = $1`, [
    tenant.id,
  ]);
  await app.nest.get(PumpingGuardSchedule).purge();
  expect(await counted()).toEqual([]);
});
