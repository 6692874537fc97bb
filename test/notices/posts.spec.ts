/** Notices to URLs: signed, at least once, and nobody waits for a receiver that is slow. */
import { randomUUID } from 'node:crypto';
import { CommandBus } from '@nestjs/cqrs';
import { until } from '../../harness/until.js';
import { DeliverNotices, DeliverNoticesHandler } from '../../src/notices/deliver-notices.command.js';
import { Notices } from '../../src/notices/index.js';
import { NoticeStore } from '../../src/notices/notice-store.js';
import { json, Loopback } from '../providers/loopback.js';
import { holdSchedule } from '../support/past.js';
import { openTestApp, type Tenant, type TestApp } from '../support/test-app.js';
import { hurry, look, newSecret, NOBODY, postsOf, verified, whenAll, whenPutOff, write } from './notices.support.js';

const OPERATORS_SECRET = `whsec_${Buffer.alloc(32, 'o').toString('base64')}`;

let receiver: Loopback;
let operator: Loopback;
let app: TestApp;
let tenant: Tenant;
let secret: string;
beforeAll(async () => {
  receiver = await Loopback.open();
  operator = await Loopback.open();
  operator.script = () => json(200, {});
  app = await openTestApp({
    notices: { url: `${operator.origin}/operator`, secrets: [OPERATORS_SECRET], emails: [] },
  });
  tenant = await app.tenant();
  secret = await newSecret(app, tenant);
});
beforeEach(() => {
  receiver.script = () => json(200, {});
});
afterAll(async () => {
  await Promise.all([receiver.close(), operator.close()]);
  await app.close();
});

const url = (path = '/hook'): string => `${receiver.origin}${path}`;

test('a notice is posted once, as Standard Webhooks has it', async () => {
  const id = await write(app, tenant, { url: url('/hook?from=callboard') });
  const notice = await whenAll(app, id, 'delivered');
  const [post, ...others] = postsOf(receiver, id);
  if (!post) throw new Error('it was posted');
  expect(others).toEqual([]);
  expect(post).toMatchObject({
    method: 'POST',
    path: '/hook?from=callboard',
    headers: { 'content-type': 'application/json', 'webhook-id': notice.deliveries[0]?.id },
  });
  expect(verified(secret, post)).toEqual({
    type: 'gate.closed',
    timestamp: notice.createdAt,
    noticeId: id,
    tenantId: tenant.id,
    data: { gate: 4 },
  });
  expect(() => verified(OPERATORS_SECRET, post)).toThrow('No matching signature');
  expect(notice.deliveries).toMatchObject([{ channel: 'url', attempts: 1, error: null, nextAttemptAt: null }]);
});

test('the operator’s targets get what is for them too, signed by their own secret', async () => {
  const id = await write(app, tenant, { url: url() }, { toOperator: true });
  const notice = await whenAll(app, id, 'delivered');
  expect(notice.deliveries.map(({ audience }) => audience).toSorted()).toEqual(['operator', 'tenant']);
  const [post] = postsOf(operator, id);
  expect(post && verified(OPERATORS_SECRET, post)).toMatchObject({ noticeId: id, tenantId: tenant.id });
  expect(postsOf(receiver, id)).toHaveLength(1);
});

test('a notice about no single tenant is the operator’s alone', async () => {
  const id = await write(app, tenant, {}, { tenantId: null, toOperator: true });
  const notice = await whenAll(app, id, 'delivered');
  expect(notice).toMatchObject({ tenantId: null, deliveries: [{ audience: 'operator' }] });
  const [post] = postsOf(operator, id);
  expect(post && verified(OPERATORS_SECRET, post)).toMatchObject({ noticeId: id, tenantId: null });
  const { body } = await app.as(tenant).get('/api/notices?limit=500').expect(200);
  expect(JSON.stringify(body)).not.toContain(id);
});

test('a notice is written with what it tells of, or not at all, and once about each subject', async () => {
  const notice = {
    kind: 'gate.closed',
    subject: 'gate 5',
    tenantId: tenant.id,
    payload: {},
    letters: { en: { subject: 's', blocks: [] } },
    targets: { ...NOBODY, url: url() },
    toOperator: false,
  };
  const notices = app.nest.get(Notices);
  const failing = app.database.transaction(async () => {
    await notices.write(notice);
    throw new Error('the gate did not close');
  });
  await expect(failing).rejects.toThrow('the gate did not close');
  const ids = [await notices.write(notice), await notices.write(notice)];
  expect(ids).toEqual([expect.any(String), undefined]);
  await whenAll(app, ids[0] ?? '', 'delivered');
  expect(await notices.write({ ...notice, kind: 'gate.opened' })).toEqual(expect.any(String));
});

test('a receiver that fails is asked again, with the same id', async () => {
  receiver.script = () => json(500, { error: 'not now' });
  const id = await write(app, tenant, { url: url() });
  const failed = await whenPutOff(app, id);
  expect(failed.deliveries).toMatchObject([{ attempts: 1, error: 'http_500', finishedAt: null }]);
  receiver.script = () => json(200, {});
  await hurry(app, id);
  const done = await whenAll(app, id, 'delivered');
  expect(done.deliveries).toMatchObject([{ attempts: 2, error: null }]);
  const ids = postsOf(receiver, id).map(({ headers }) => headers['webhook-id']);
  expect(ids).toEqual([done.deliveries[0]?.id, done.deliveries[0]?.id]);
});

/** Seconds until the next attempt. */
const pauseOf = async (id: string): Promise<number> => {
  const [row] = await app.database.query<{ pause: number }>(
    `select extract(epoch from due_at - clock_timestamp())::float8 as pause from notice_delivery where notice_id = $1`,
    [id],
  );
  return row?.pause ?? 0;
};

test('a receiver that says when to come back is left alone until then, and for no more than four hours', async () => {
  receiver.script = () => json(503, {}, { 'retry-after': '3600' });
  const hour = await write(app, tenant, { url: url() });
  await whenPutOff(app, hour);
  expect(await pauseOf(hour)).toBeGreaterThan(3_000);
  expect(await pauseOf(hour)).toBeLessThanOrEqual(3_600);
  receiver.script = () => json(429, {}, { 'retry-after': '999999' });
  const days = await write(app, tenant, { url: url() });
  await whenPutOff(app, days);
  expect(await pauseOf(days)).toBeLessThanOrEqual(4 * 3_600);
});

test('a redirect is not followed', async () => {
  receiver.script = ({ path }) =>
    path === '/hook' ? { status: 307, body: '', headers: { location: url('/elsewhere') } } : json(200, {});
  const id = await write(app, tenant, { url: url() });
  expect((await whenPutOff(app, id)).deliveries).toMatchObject([{ error: 'http_307' }]);
  expect(postsOf(receiver, id).map(({ path }) => path)).toEqual(['/hook']);
});

test('an address that is not of the public internet is not posted to', async () => {
  const id = await write(app, tenant, { url: 'http://10.0.0.1/hook' });
  expect((await whenPutOff(app, id)).deliveries).toMatchObject([{ error: 'forbidden_address' }]);
});

test('a receiver that is gone is not asked again', async () => {
  receiver.script = () => json(410, {});
  const id = await write(app, tenant, { url: url() });
  const { deliveries } = await whenAll(app, id, 'refused');
  expect(deliveries).toMatchObject([{ attempts: 1, error: 'http_410', nextAttemptAt: null }]);
});

test('what fails for a day is given up, which health says until it is delivered after all', async () => {
  receiver.script = () => 'reset';
  const id = await write(app, tenant, { url: url() });
  await whenPutOff(app, id);
  await app.database.query(`update notice_delivery set give_up_at = clock_timestamp() where notice_id = $1`, [id]);
  await hurry(app, id);
  const { deliveries } = await whenAll(app, id, 'given_up');
  expect(deliveries).toMatchObject([{ attempts: 2, nextAttemptAt: null, finishedAt: expect.any(String) }]);
  const health = async (): Promise<object> => (await app.http.get('/health/ready').expect(200)).body as object;
  expect(await health()).toMatchObject({
    status: 'degraded',
    checks: { notices: { status: 'down', reason: 'deliveries of notices that were given up in the last day: 1' } },
  });
  const { text } = await app.http.get('/metrics').expect(200);
  expect(text).toMatch(/^callboard_notices_given_up 1$/m);

  receiver.script = () => json(200, {});
  const { body } = await app.as(tenant).post(`/api/notices/${id}/redeliver`).send({}).expect(200);
  expect(body).toMatchObject({ id, deliveries: [{ state: 'waiting', attempts: 0, error: null }] });
  await whenAll(app, id, 'delivered');
  expect(await health()).toMatchObject({ checks: { notices: { status: 'up' } } });
});

test('one receiver that never answers keeps no other from its notices', async () => {
  const silent = await Loopback.open();
  silent.script = () => 'hang';
  const late = await Promise.all(Array.from({ length: 20 }, () => write(app, tenant, { url: `${silent.origin}/` })));
  await until(() => silent.received.length > 0);
  const ids = await Promise.all(Array.from({ length: 20 }, () => write(app, tenant, { url: url() })));
  for (const id of ids) await whenAll(app, id, 'delivered');
  expect(silent.received.length).toBeLessThanOrEqual(4);
  for (const id of late) expect((await look(app, id)).deliveries).toMatchObject([{ state: 'waiting' }]);
  await silent.close();
});

test('a process that dies between the call and its record makes the call again, with the same id', async () => {
  const store = app.nest.get(NoticeStore);
  const dead = new Promise<void>((resolve) => {
    store.record = (results) => {
      const posted = receiver.received
        .filter(({ path }) => path === '/dying')
        .map(({ headers }) => headers['webhook-id']);
      if (!results.some(({ id: one }) => posted.includes(one)))
        return NoticeStore.prototype.record.call(store, results);
      Reflect.deleteProperty(store, 'record'); // the next process records again
      resolve();
      return Promise.reject(new Error('killed'));
    };
  });
  const id = await write(app, tenant, { url: url('/dying') });
  await dead;
  expect(postsOf(receiver, id)).toHaveLength(1);
  expect((await look(app, id)).deliveries).toMatchObject([{ state: 'waiting', attempts: 1 }]);
  await until(async () => {
    await hurry(app, id);
    return (await look(app, id)).deliveries.every(({ state }) => state === 'delivered');
  });
  const [first, second, ...others] = postsOf(receiver, id);
  expect(others).toEqual([]);
  expect(second?.headers['webhook-id']).toBe(first?.headers['webhook-id']);
  expect(second?.body).toBe(first?.body);
});

describe('With a schedule that the test runs alone', () => {
  let quiet: TestApp;
  let someone: Tenant;
  beforeAll(async () => {
    quiet = await openTestApp();
    await holdSchedule(quiet, 'notices');
    someone = await quiet.tenant();
    await newSecret(quiet, someone);
  });
  afterAll(() => quiet.close());

  const deliver = (): Promise<void> => quiet.nest.get(CommandBus).execute(new DeliverNotices());

  test('two workers that look at the same moment deliver each notice once', async () => {
    const other = await openTestApp({ ...quiet.config, role: 'worker', port: quiet.config.port + 1 });
    const ids: string[] = [];
    for (let count = 0; count < 60; count += 1) ids.push(await write(quiet, someone, { url: url() }));
    for (let looks = 0; looks < 5; looks += 1) {
      await Promise.all([quiet, other].map((one) => one.nest.get(CommandBus).execute(new DeliverNotices())));
    }
    await Promise.all(ids.map((id) => whenAll(quiet, id, 'delivered')));
    expect(ids.map((id) => postsOf(receiver, id).length)).toEqual(ids.map(() => 1));
    const late = await Promise.all(ids.map(() => write(quiet, someone, { url: 'https://hooks.example.org/' })));
    const claims = Array.from({ length: 12 }, (_, place) =>
      (place % 2 ? quiet : other).nest.get(NoticeStore).claim('hooks.example.org', randomUUID(), 5),
    );
    const claimed = (await Promise.all(claims)).flat().map(({ id }) => id);
    expect(claimed.length).toBeGreaterThan(0);
    expect(new Set(claimed).size).toBe(claimed.length);
    expect(claimed.length).toBeLessThanOrEqual(late.length);
    await other.close();
  });

  test('more receivers than are spoken to at once are all reached by one run', async () => {
    const receivers = await Promise.all(Array.from({ length: 150 }, () => Loopback.open()));
    for (const one of receivers) {
      one.script = () => json(200, {});
      await write(quiet, someone, { url: `${one.origin}/` });
    }
    await deliver();
    await until(() => receivers.every(({ received }) => received.length === 1));
    await Promise.all(receivers.map((one) => one.close()));
  });

  test('a process that stops ends its calls, and leaves the others to the next one', async () => {
    const last = await Loopback.open();
    const handler = quiet.nest.get(DeliverNoticesHandler);
    last.script = () => {
      handler.onModuleDestroy();
      return json(200, {});
    };
    const ids: string[] = [];
    for (let count = 0; count < 12; count += 1) ids.push(await write(quiet, someone, { url: `${last.origin}/` }));
    await deliver();
    const states = async (): Promise<string[]> =>
      (await Promise.all(ids.map((id) => look(quiet, id)))).flatMap(({ deliveries }) =>
        deliveries.map(({ state }) => state),
      );
    await until(async () => (await states()).filter((state) => state === 'delivered').length === 4);
    expect(last.received).toHaveLength(4);
    await last.close();
  });
});
