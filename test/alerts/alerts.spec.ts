/** Who is told of alerts, how often, and what silences and settings change of that. */
import type { AlertRulesView, AlertView } from '../../src/alerts/alerts.dto.js';
import { AlertCounts } from '../../src/alerts/alert-counts.js';
import { AlertsSchedule } from '../../src/alerts/alerts.schedule.js';
import { DeploymentFacts } from '../../src/kernel/index.js';
import { openTestApp, type TestApp, type Tenant } from '../support/test-app.js';
import { alerts, look, openQuietApp, pass, toldOf } from './alerts.support.js';

const OPERATOR = 'ops@example.com';
const RULE = 'usage-sums';

let app: TestApp;
let tenant: Tenant;
beforeAll(async () => {
  app = await openQuietApp({ notices: { secrets: [], emails: [OPERATOR] } });
  tenant = await app.tenant();
});
beforeEach(async () => {
  await app.database.query(`delete from alert`);
  await app.database.query(`delete from alert_silence`);
  await app.database.query(
    `insert into process (id, role, name, version, seen_at)
     values (uuidv7(), 'worker', 'living', '0.1.0', now() + interval '1 hour') on conflict do nothing`,
  );
});
afterEach(() => wrongSums(0));
afterAll(() => app.close());

const wrongSums = (count: number): Promise<unknown> =>
  app.nest.get(DeploymentFacts).write('usage_wrong_sums', String(count));

/** What there is of the rule, which has no labels; it must be there. */
async function newest(): Promise<AlertView> {
  const [alert] = await alerts(app, { rule: RULE });
  if (!alert) throw new Error('there is an alert');
  return alert;
}
async function fire(): Promise<AlertView> {
  await wrongSums(2);
  await look(app);
  return newest();
}
const toldKinds = async (id: string): Promise<string[]> => (await toldOf(app, id)).map(({ kind }) => kind);
const silence = (id: string, body: object = { minutes: 60, reason: 'Known' }) =>
  app.admin().post(`/api/alerts/${id}/silence`).send(body);

describe('People', () => {
  test('are told with what is wrong, since when, the limit and the runbook', async () => {
    const alert = await fire();
    const [notice] = await toldOf(app, alert.id);
    expect(notice).toMatchObject({
      kind: 'alert.firing',
      tenantId: null,
      data: {
        rule: RULE,
        severity: 'critical',
        labels: {},
        value: 2,
        limit: 0,
        unit: 'count',
        since: alert.since,
        reminders: 0,
        runbook: 'docs/runbooks.md#usage-sums',
      },
      deliveries: [{ channel: 'email', audience: 'operator' }],
    });
    const [written] = await app.database.query<{ letters: { en: { subject: string; blocks: string[] } } }>(
      `select letters from notice where id = $1`,
      [notice?.id],
    );
    expect(written?.letters.en.subject).toBe('Alert: Sums of usage are wrong');
    expect(written?.letters.en.blocks.join('\n')).toContain('2. The limit is 0.');
    expect(written?.letters.en.blocks.join('\n')).toContain('docs/runbooks.md#usage-sums');
  });

  test('are told once however often it is looked, and again after four hours', async () => {
    const { id } = await fire();
    await look(app);
    await pass(app, 4 * 3_600 - 60);
    await look(app);
    expect(await toldKinds(id)).toEqual(['alert.firing']);
    await pass(app, 61);
    await look(app);
    const told = await toldOf(app, id);
    expect(told.map(({ kind }) => kind)).toEqual(['alert.firing', 'alert.firing']);
    expect(told[1]?.data).toMatchObject({ reminders: 1 });
  });

  test('are told once by two processes that look at the same time', async () => {
    const { databaseUrl, encryptionKeys, publicUrl } = app.config;
    const other = await openTestApp({ databaseUrl, encryptionKeys, publicUrl, role: 'api' });
    await wrongSums(1);
    await Promise.all([app, other, app, other, app, other].map((one) => look(one)));
    const found = await alerts(app, { rule: RULE });
    expect(found).toHaveLength(1);
    expect(await toldKinds(found[0]?.id ?? '')).toEqual(['alert.firing']);
    await wrongSums(0);
    await look(app);
    await pass(app, 60);
    await Promise.all([app, other, app, other].map((one) => look(one)));
    expect(await toldKinds(found[0]?.id ?? '')).toEqual(['alert.firing', 'alert.resolved']);
    await other.close();
  });

  test('are not told of what was over before its time', async () => {
    const budget = { period: 'month', measure: 'messages', limit: 1, hard: true, exempt: [] };
    await app.as(tenant).put('/api/budgets').send(budget).expect(200);
    await app.database.query(`update budget set stopped_at = now()`);
    await look(app);
    const [begun] = await alerts(app, { rule: 'budgets-reached' });
    expect(begun).toMatchObject({ state: 'pending', firedAt: null });
    await app.database.query(`update budget set stopped_at = null`);
    await look(app);
    expect(await alerts(app, { rule: 'budgets-reached' })).toEqual([]);
    expect(await toldKinds(begun?.id ?? '')).toEqual([]);
  });
});

describe('A silence', () => {
  test('keeps people from being reminded, and what is over is told all the same', async () => {
    const { id } = await fire();
    const { body } = await silence(id, { minutes: 600, reason: 'Known' }).expect(200);
    expect(body).toMatchObject({ id, silenceReason: 'Known', silencedUntil: expect.any(String) as string });
    await pass(app, 5 * 3_600);
    await look(app);
    expect(await toldKinds(id)).toEqual(['alert.firing']);
    await wrongSums(0);
    await look(app);
    await pass(app, 60);
    await look(app);
    expect(await toldKinds(id)).toEqual(['alert.firing', 'alert.resolved']);
  });

  test('also holds for what begins anew, which is told when it ends', async () => {
    const first = await fire();
    await silence(first.id).expect(200);
    await wrongSums(0);
    await look(app);
    await pass(app, 60);
    await look(app);
    const second = await fire();
    expect(second.id).not.toBe(first.id);
    expect(second).toMatchObject({ state: 'firing', silenceReason: 'Known' });
    expect(await toldKinds(second.id)).toEqual([]);
    const { body } = await app.admin().delete(`/api/alerts/${second.id}/silence`).expect(200);
    expect(body).toMatchObject({ silencedUntil: null, silenceReason: null });
    await look(app);
    expect(await toldKinds(second.id)).toEqual(['alert.firing']);
  });

  test('is the operator’s to make, of an alert that there is, with a reason and an end', async () => {
    const { id } = await fire();
    await app.as(tenant).post(`/api/alerts/${id}/silence`).send({ minutes: 5, reason: 'x' }).expect(403);
    await app.as(tenant).get('/api/alerts').expect(403);
    for (const body of [{ minutes: 5 }, { reason: 'x' }, { minutes: 0, reason: 'x' }, { minutes: 43_201, reason: 'x' }])
      await silence(id, body).expect(400);
    const { body } = await silence('0199f3a0-7c1e-7b3a-9d1c-2f4b6a8c0e12').expect(404);
    expect(body).toMatchObject({ code: 'alert_not_found' });
  });
});

describe('What is counted', () => {
  test('is the sum over all processes, and none is counted twice', async () => {
    const { databaseUrl, encryptionKeys, publicUrl } = app.config;
    const other = await openTestApp({ databaseUrl, encryptionKeys, publicUrl, role: 'api' });
    const status = { AccountSid: `AC${'0'.repeat(32)}`, MessageSid: `SM${'0'.repeat(32)}`, MessageStatus: 'sent' };
    for (const one of [app, other, other, app, other, app])
      await one.http.post('/webhook/twilio').set('x-twilio-signature', 'bm8=').type('form').send(status).expect(403);
    await Promise.all([app, other, app, other].map((one) => one.nest.get(AlertCounts).add()));
    await look(app);
    expect(await alerts(app, { rule: 'signature-failures' })).toMatchObject([
      { value: 6, labels: { provider: 'twilio' }, state: 'firing' },
    ]);
    await other.http.post('/webhook/twilio').set('x-twilio-signature', 'bm8=').type('form').send(status).expect(403);
    await other.close(); // what it had counted last is added before it ends
    await look(app);
    expect(await alerts(app, { rule: 'signature-failures' })).toMatchObject([{ value: 7 }]);
  });
});

describe('The settings', () => {
  test('change limits, turn rules off, and say where the runbooks are', async () => {
    const alertsOf = { limits: { [RULE]: 5, 'dead-letters': 'off' as const }, runbooks: 'https://wiki.example/run' };
    const own = await openQuietApp({ alerts: alertsOf });
    const { body } = await own.admin().get('/api/alerts/rules').expect(200);
    const { items } = body as AlertRulesView;
    expect(items.find(({ name }) => name === RULE)).toMatchObject({
      limit: 5,
      state: 'ok',
      runbook: 'https://wiki.example/run#usage-sums',
    });
    expect(items.map(({ name }) => name)).not.toContain('dead-letters');
    await own.nest.get(DeploymentFacts).write('usage_wrong_sums', '5');
    await look(own);
    expect(await alerts(own, { rule: RULE })).toEqual([]);
    await own.nest.get(DeploymentFacts).write('usage_wrong_sums', '6');
    await look(own);
    expect(await alerts(own, { rule: RULE, state: 'firing' })).toMatchObject([{ value: 6, limit: 5 }]);
    await own.close();
  });

  test('end what fires by a rule that is turned off, and nobody is told', async () => {
    const { id } = await fire();
    const { databaseUrl, encryptionKeys, publicUrl } = app.config;
    const without = await openTestApp({
      databaseUrl,
      encryptionKeys,
      publicUrl,
      role: 'api',
      alerts: { limits: { [RULE]: 'off' } },
    });
    await look(without);
    expect(await newest()).toMatchObject({ id, state: 'resolved' });
    expect(await toldKinds(id)).toEqual(['alert.firing']);
    await without.close();
  });
});

test('What cannot be read is left as it was', async () => {
  const { id } = await fire();
  await app.database.query(`alter table deployment rename to away`);
  await look(app);
  await app.database.query(`alter table away rename to deployment`);
  expect(await newest()).toMatchObject({ id, state: 'firing', value: 2 });
});

test('While no worker is alive, nothing begins or ends that is but its effect', async () => {
  await app.database.query(`delete from process`);
  await app.database.query(
    `insert into schedule (name, last_started_at) values ('make-months', now() - interval '40 minutes')`,
  );
  await look(app);
  const rules = (await alerts(app)).map(({ rule }) => rule);
  expect(rules).toContain('no-worker');
  expect(rules).not.toContain('stalled-schedule');
});

test('The alerts that fire are in the metrics, by their rule', async () => {
  await fire();
  const { text } = await app.http.get('/metrics').expect(200);
  expect(text).toContain('callboard_firing_alerts{rule="usage-sums",severity="critical"} 1');
  expect(text).toContain('callboard_firing_alerts{rule="report-sums",severity="warning"} 0');
});

test('Pages of alerts follow each other, and old ones are forgotten', async () => {
  await app.database.query(
    `insert into alert (rule, labels, state, value, since, fired_at, resolved_at, evaluated_at)
     select 'usage-sums', '{}', 'resolved', 1, now(), now(), now() - make_interval(days => day), now()
     from unnest('{1, 2, 89, 91}'::int[]) as day`,
  );
  await app.nest.get(AlertsSchedule).purge();
  const first = await app.admin().get('/api/alerts?limit=2').expect(200);
  const { items, nextCursor } = first.body as { items: AlertView[]; nextCursor: string };
  const rest = await app.admin().get(`/api/alerts?limit=2&cursor=${nextCursor}`).expect(200);
  expect(items).toHaveLength(2);
  expect((rest.body as { items: AlertView[] }).items).toHaveLength(1);
  await app.admin().get('/api/alerts?cursor=none').expect(400);
});
