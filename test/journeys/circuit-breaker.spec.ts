/** Lanes whose provider says that nothing of them can be sent: what waits in them is kept, and leaves when it can. */
import type { LaneView } from '../../src/dispatch/lanes/lanes.dto.js';
import { openTestApp, type TestApp, type Tenant } from '../support/test-app.js';
import { until } from '../../harness/until.js';
import { send, sendAll, text, whenStatus } from '../support/messages.js';
import { faults, recordOf } from '../support/sandbox.js';
import { venueWith } from '../support/senders.js';

let app: TestApp;
let tenant: Tenant;
beforeAll(async () => {
  app = await openTestApp();
  tenant = await app.tenant();
});
afterAll(() => app.close());
afterEach(() => faults(app, {}));

const texts = (count: number, more: object): object[] => Array.from({ length: count }, () => text(more));

async function laneOf(number: string): Promise<LaneView> {
  const { body } = await app.admin().get('/api/lanes').query({ limit: 500 }).expect(200);
  const lane = (body as { items: LaneView[] }).items.find(({ sender }) => sender === number);
  if (!lane) throw new Error('there is no such lane');
  return lane;
}

const whenResting = (number: string): Promise<LaneView> =>
  until(async () => {
    const lane = await laneOf(number);
    return lane.resting && lane;
  });

async function statusesOf(ids: readonly string[]): Promise<Record<string, number>> {
  const rows = await app.database.query<{ status: string; count: number }>(
    `select status, count(*)::int as count from message where id = any($1) group by status`,
    [ids],
  );
  return Object.fromEntries(rows.map(({ status, count }) => [status, count]));
}

const whenAll = (ids: readonly string[], status: string): Promise<unknown> =>
  until(async () => (await statusesOf(ids))[status] === ids.length);

async function expectTakenOnce(ids: readonly string[]): Promise<void> {
  const wanted = new Set(ids);
  const taken = (await recordOf(app)).map(({ messageId }) => messageId ?? '').filter((id) => wanted.has(id));
  expect([taken.length, new Set(taken).size]).toEqual([ids.length, ids.length]);
}

test('wrong credentials fail no message: the lane rests, and all leave once when they are replaced', async () => {
  const owner = await app.tenant();
  const credentials = { accountSid: `AC${'7'.repeat(32)}`, authToken: 'token-that-is-right' };
  await app
    .as(owner)
    .post('/api/provider-accounts')
    .send({ provider: 'twilio', name: 'Right', credentials })
    .expect(201);
  const other = await app.tenant();
  const wrong = { ...credentials, authToken: 'token-that-is-wrong' };
  const made = await app
    .as(other)
    .post('/api/provider-accounts')
    .send({ provider: 'twilio', name: 'Wrong', credentials: wrong })
    .expect(201);
  const { venueId, number } = await venueWith(app, other, 'sms');
  const ids = await sendAll(app, other, texts(30, { venueId }));
  const lane = await whenResting(number);
  expect(lane).toMatchObject({ provider: 'twilio', channel: 'sms', reason: 'config', code: '20003' });
  expect(Date.parse(lane.restsUntil ?? '')).toBeGreaterThan(Date.now());
  await until(async () => (await statusesOf(ids))['queued'] === ids.length);
  const { text: metrics } = await app.http.get('/metrics').expect(200);
  expect(metrics).toContain('callboard_resting_lanes{provider="twilio",reason="config"} 1');

  const { id } = made.body as { id: string };
  await app.as(other).put(`/api/provider-accounts/${id}/credentials`).send({ credentials }).expect(200);
  await whenAll(ids, 'delivered');
  await expectTakenOnce(ids);
  expect(await laneOf(number)).toMatchObject({ resting: false, restsUntil: null, reason: null, code: null });
});

test('a provider that answers nothing sensible leaves few in doubt, not all that wait', async () => {
  const { venueId, number } = await venueWith(app, tenant, 'sms');
  await faults(app, { calls: [{ provider: 'twilio', rates: { badGateway: 1 } }] });
  const ids = await sendAll(app, tenant, texts(1_000, { venueId }));
  expect(await whenResting(number)).toMatchObject({ reason: 'no_answer', code: 'http-502' });
  const health = await app.http.get('/health/ready').expect(200);
  expect(health.body).toMatchObject({
    status: 'degraded',
    checks: { lanes: { status: 'down', reason: 'circuit breakers are open: 1 of twilio: no_answer (http-502)' } },
  });
  await faults(app, {});
  const inDoubt = await until(async () => {
    const { unknown = 0, delivered = 0 } = await statusesOf(ids);
    return unknown + delivered === ids.length && unknown;
  });
  expect(inDoubt).toBeLessThan(400); // what was under way, and a probe or two
  await until(async () => {
    const { body } = await app.http.get('/health/ready').expect(200);
    return (body as { checks: { lanes: { status: string } } }).checks.lanes.status === 'up';
  });
});

test('a provider that asks to wait is asked by nobody of that sender until then', async () => {
  const { venueId } = await venueWith(app, tenant, 'sms');
  await faults(app, { calls: [{ provider: 'twilio', nth: { tooMany: 1 } }] });
  const first = await send(app, tenant, texts(1, { venueId })[0] ?? {});
  await until(async () => (await statusesOf([first]))['queued'] === 1);
  const later = await sendAll(app, tenant, texts(20, { venueId }));
  await faults(app, {});
  await whenAll([first, ...later], 'delivered');
  await expectTakenOnce([first, ...later]);
});

test('an operator wakes a lane that still rests', async () => {
  const { venueId, number } = await venueWith(app, tenant, 'sms');
  await send(app, tenant, texts(1, { venueId })[0] ?? {}).then((id) => whenStatus(app, tenant, id, 'delivered'));
  const { id: laneId } = await laneOf(number);
  await app.database.query(
    `update lane set rest_until = now() + interval '1 hour', rests = 5, rest_reason = 'account', rest_code = '30002' where id = $1`,
    [laneId],
  );
  const waiting = await send(app, tenant, texts(1, { venueId })[0] ?? {});
  const { body } = await app.admin().get('/api/lanes?resting=true').expect(200);
  expect((body as { items: LaneView[] }).items).toMatchObject([
    { id: laneId, resting: true, reason: 'account', code: '30002' },
  ]);
  expect(await statusesOf([waiting])).toEqual({ queued: 1 });
  await app.admin().post(`/api/lanes/${laneId}/wake`).expect(204);
  await whenAll([waiting], 'delivered');
  await app
    .admin()
    .post('/api/lanes/0199f3a0-7c1e-7b3a-9d1c-2f4b6a8c0e12/wake')
    .expect(404)
    .expect(/lane_not_found/);
  await app.as(tenant).get('/api/lanes').expect(403);
});

test('a number that does not exist is not written to again', async () => {
  const { venueId } = await venueWith(app, tenant, 'sms');
  const to = '+15005550001'; // Twilio's magic number for one that is not valid
  const message = text({ venueId, to });
  const refused = await whenStatus(app, tenant, await send(app, tenant, message), 'failed');
  expect(refused).toMatchObject({ reason: 'recipient_refused', errorCode: '21211' });
  const next = await whenStatus(app, tenant, await send(app, tenant, message), 'suppressed');
  expect(next).toMatchObject({ reason: 'invalid_address' });
});
