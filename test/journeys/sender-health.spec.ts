/** Marketing from a sender is paused when too much of what it sends bounces or is reported as spam, and goes on. */
import fc from 'fast-check';
import { until } from '../../harness/until.js';
import { CampaignThrottles } from '../../src/dispatch/index.js';
import { PausedSenders } from '../../src/dispatch/drain/paused-senders.js';
import type { ClaimedMessage } from '../../src/ledger/index.js';
import { SenderChecks } from '../../src/sender-health/sender-checks.js';
import { SenderHealthSchedule } from '../../src/sender-health/sender-health.schedule.js';
import type {
  SenderHealthView,
  SenderPauseView,
  SendersHealthView,
} from '../../src/sender-health/sender-health.dto.js';
import { SenderVolumes } from '../../src/sender-health/sender-volumes.js';
import { act, audience, draft, look, template, whenState } from '../campaigns/campaign.support.js';
import { consume } from '../support/consumers.js';
import { decide } from '../support/consent.js';
import { email, list, read, send, sendAll, whenEnded, whenStatus } from '../support/messages.js';
import { newMailbox } from '../support/people.js';
import { recordOf } from '../support/sandbox.js';
import { newSender } from '../support/senders.js';
import { postSes } from '../support/ses.js';
import { openTestApp, type TestApp, type Tenant } from '../support/test-app.js';

const OPERATOR = 'operations@example.com';
/** Two bounces of up to 20 messages are too many, and two complaints. */
const LIMITS = { bounceRate: 0.05, complaintRate: 0.06, leastMessages: 20, days: 7 };

let app: TestApp;
beforeAll(async () => {
  app = await openTestApp({
    senderHealth: { ...LIMITS, resumption: 'by-rule' },
    notices: { secrets: [], emails: [OPERATOR] },
  });
});
afterAll(() => app.close());

async function newTenant(name = 'Riverside Festivals'): Promise<{ tenant: Tenant; from: string }> {
  const tenant = await app.tenant({ name, timezone: 'UTC' });
  const from = newMailbox();
  await newSender(app, tenant, { channel: 'email', address: from });
  return { tenant, from };
}

let bounced = 0;
const deadMailbox = (): string => `bounce+${(bounced += 1)}@simulator.amazonses.com`;

async function bounce(tenant: Tenant, count: number): Promise<void> {
  const ids = await sendAll(
    app,
    tenant,
    Array.from({ length: count }, () => email({ to: deadMailbox() })),
  );
  for (const id of ids) await whenStatus(app, tenant, id, 'undelivered');
}

/** Counts what was sent, and looks at the rates. */
async function check(): Promise<void> {
  await consume(app, 'sender-health');
  await app.nest.get(SenderChecks).look();
}

const health = async (tenant: Tenant): Promise<SendersHealthView> =>
  (await app.as(tenant).get('/api/sender-health').expect(200)).body as SendersHealthView;
const onlySender = async (tenant: Tenant): Promise<SenderHealthView | undefined> => (await health(tenant)).items[0];
const pauses = async (tenant: Tenant, query: object = {}): Promise<SenderPauseView[]> =>
  ((await app.as(tenant).get('/api/sender-pauses').query(query).expect(200)).body as { items: SenderPauseView[] })
    .items;

async function marketing(tenant: Tenant, more: object = {}): Promise<object> {
  const to = newMailbox();
  await decide(app, tenant, [to], 'email');
  return email({ to, category: 'marketing', content: { subject: 'News', text: 'Doors' }, ...more });
}

/** A marketing campaign to so many people who opted in. */
async function launched(tenant: Tenant, people: number): Promise<string> {
  const templateKey = await template(app, tenant, 'email', { category: 'marketing' });
  const audienceId = await audience(app, tenant, people);
  const addresses = Array.from({ length: people }, (_, n) => `guest${String(n + 1).padStart(6, '0')}@example.com`);
  await decide(app, tenant, addresses, 'email');
  const { id } = await draft(app, tenant, { templateKey, audienceId });
  await act(app, tenant, id, 'launch');
  return id;
}

const paused = (): Promise<number | undefined> =>
  app.http
    .get('/metrics')
    .expect(200)
    .then(({ text }) => Number(/^callboard_paused_senders(?:\{.*\})? (\d+)/m.exec(text)?.[1]));

test('marketing from a sender with too many bounces waits, tickets do not, and it goes on where somebody says so', async () => {
  const { tenant, from } = await newTenant('Lakeside Events');
  const told = newMailbox();
  const notify = { emails: [told.toUpperCase()], language: 'de' };
  expect((await app.as(tenant).put('/api/sender-health/notify').send(notify).expect(200)).body).toMatchObject({
    notify: { emails: [told], url: null, language: 'de' },
    bounceLimit: 0.05,
    complaintLimit: 0.06,
    leastMessages: 20,
    days: 7,
    resumption: 'by-rule',
  });
  await bounce(tenant, 1);
  await check();
  expect(await onlySender(tenant)).toMatchObject({ sent: 1, bounces: 1, bounceRate: 0.05, pauseId: null });
  await bounce(tenant, 1);
  await check();
  await check();
  const sick = await onlySender(tenant);
  expect(sick).toMatchObject({ channel: 'email', address: from, sent: 2, bounces: 2, complaints: 0, bounceRate: 0.1 });
  const [pause, ...others] = await pauses(tenant);
  expect(others).toEqual([]);
  expect(pause).toMatchObject({ id: sick?.pauseId, tenantId: tenant.id, reason: 'bounces', sent: 2, resumedAt: null });
  await until(async () => (await paused()) === 1);

  const single = await send(app, tenant, await marketing(tenant));
  await until(async () => (await read(app, tenant, single)).reason === 'sender_paused');
  expect(await read(app, tenant, single)).toMatchObject({
    status: 'queued',
    attempts: 0,
    explanation: expect.stringContaining('waits until that is resumed') as string,
  });
  const campaign = await launched(tenant, 3);
  await until(async () => (await look(app, tenant, campaign)).waitsFor === 'sender_paused');
  expect(await look(app, tenant, campaign)).toMatchObject({ status: 'SENDING', stoppedBy: [] });
  await whenStatus(app, tenant, await send(app, tenant, email()), 'delivered');
  const { tenant: other } = await newTenant();
  await whenStatus(app, other, await send(app, other, await marketing(other)), 'delivered');

  await until(async () => (await recordOf(app, told)).length === 1);
  const [letter] = await recordOf(app, told);
  expect(letter?.subject).toBe('Marketing ist angehalten: Lakeside Events');
  expect(letter?.text).toContain('2 E-Mails eines Absenders waren 2 endgültig unzustellbar');
  await until(async () =>
    (await recordOf(app, OPERATOR)).some(({ subject }) => subject === 'Marketing is paused: Lakeside Events'),
  );
  const { body: notices } = await app.as(tenant).get('/api/notices?kind=sender.paused').expect(200);
  expect((notices as { items: object[] }).items).toMatchObject([
    {
      subject: pause?.id,
      data: { pauseId: pause?.id, reason: 'bounces', bounces: 2, bounceRate: 0.1, bounceLimit: 0.05 },
    },
  ]);
  expect(JSON.stringify(notices)).not.toContain(from);

  const path = `/api/sender-pauses/${pause?.id}/resume`;
  const resumed = await app.as(tenant).post(path).send({ note: 'Taken out' }).expect(200);
  expect(resumed.body).toMatchObject({
    id: pause?.id,
    resumedAt: expect.stringMatching(/Z$/) as string,
    resumedBy: expect.stringMatching(/^key:/) as string,
    note: 'Taken out',
  });
  expect((await app.as(tenant).post(path).send({}).expect(409)).body).toMatchObject({ code: 'sender_not_paused' });
  await app.as(other).post(path).send({}).expect(404);
  await whenStatus(app, tenant, single, 'delivered');
  await whenState(app, tenant, campaign, 'SENT');
  expect((await look(app, tenant, campaign)).waitsFor).toBeNull();
  await check();
  expect(await onlySender(tenant)).toMatchObject({ bounces: 0, pauseId: null });
  expect([await pauses(tenant, { state: 'paused' }), await pauses(other)]).toEqual([[], []]);
  expect((await pauses(tenant, { state: 'resumed' })).map(({ id }) => id)).toEqual([pause?.id]);
});

test('complaints count once a message, however often they are told, and the operator sees the pauses of all', async () => {
  const { tenant } = await newTenant();
  const complain = async (id: string, to: string, times: number): Promise<void> => {
    const { providerMessageId } = await read(app, tenant, id);
    const timestamp = new Date().toISOString();
    for (let time = 0; time < times; time += 1)
      await postSes(app, {
        eventType: 'Complaint',
        mail: { messageId: providerMessageId, timestamp, destination: [to], tags: { mid: [id] } },
        complaint: { complainedRecipients: [{ emailAddress: to }], complaintFeedbackType: 'abuse', timestamp },
      });
  };
  const people = [newMailbox(), newMailbox()];
  const ids = await sendAll(
    app,
    tenant,
    people.map((to) => email({ to })),
  );
  for (const id of ids) await whenStatus(app, tenant, id, 'delivered');
  const complaints = async (): Promise<number> => (await onlySender(tenant))?.complaints ?? 0;
  await complain(ids[0] ?? '', people[0] ?? '', 3);
  await until(async () => (await app.database.query(`select from inbox where applied_at is null`)).length === 0);
  await check();
  expect(await complaints()).toBe(1);
  expect(await pauses(tenant)).toEqual([]);
  await complain(ids[1] ?? '', people[1] ?? '', 1);
  await until(async () => (await complaints()) === 2);
  await check();
  const [pause] = await pauses(tenant);
  expect(pause).toMatchObject({ reason: 'complaints', complaints: 2 });
  const { body } = await app.admin().get('/api/sender-pauses?state=paused').expect(200);
  expect((body as { items: SenderPauseView[] }).items).toContainEqual(pause);
});

test('by the rule marketing goes on once the rates are far from their limits, and people are told', async () => {
  const { tenant } = await newTenant('Old Town Fair');
  await bounce(tenant, 2);
  await check();
  const waiting = await send(app, tenant, await marketing(tenant));
  await until(async () => (await read(app, tenant, waiting)).reason === 'sender_paused');
  await sendAll(
    app,
    tenant,
    Array.from({ length: 60 }, () => email()),
  );
  await until(async () => (await list(app, tenant, { status: 'delivered', limit: 100 })).items.length === 60);
  await check();
  expect(await read(app, tenant, waiting)).toMatchObject({ status: 'queued' });
  await sendAll(
    app,
    tenant,
    Array.from({ length: 20 }, () => email()),
  );
  await until(async () => (await list(app, tenant, { status: 'delivered', limit: 100 })).items.length === 80);
  await check();
  await whenEnded(app, tenant, waiting);
  expect(await pauses(tenant)).toMatchObject([{ reason: 'bounces', resumedBy: 'rule', note: null }]);
  await until(async () =>
    (await recordOf(app, OPERATOR)).some(({ subject }) => subject === 'Marketing goes on: Old Town Fair'),
  );
});

test('what a drain holds as its sender is resumed is tried again at once, and its campaign stays open', async () => {
  const { tenant, from } = await newTenant();
  const campaign = crypto.randomUUID();
  const throttles = app.nest.get(CampaignThrottles);
  await throttles.open(campaign, null);
  const message = {
    id: crypto.randomUUID(),
    tenant_id: tenant.id,
    channel: 'email',
    sender_address: from,
    campaign_id: campaign,
    root_campaign_id: null,
    expires_at: null,
  } as unknown as ClaimedMessage;
  const held = await app.database.transaction(() => app.nest.get(PausedSenders).hold([message]));
  expect([...held.values()]).toEqual([0]);
  expect((await throttles.statesOf([campaign])).get(campaign)).toBe('open');
});

test('every message that was sent counts once, in whichever batches its events are read', async () => {
  const { tenant } = await newTenant();
  const ids = await sendAll(
    app,
    tenant,
    Array.from({ length: 30 }, () => email()),
  );
  for (const id of ids) await whenStatus(app, tenant, id, 'delivered');
  const volumes = app.nest.get(SenderVolumes);
  const countOf = async (): Promise<number> => (await volumes.ofTenant(tenant.id, 7))[0]?.sent ?? 0;
  await consume(app, 'sender-health');
  expect(await countOf()).toBe(30);
  const events = (from: number, to: number): string =>
    `(select * from message_event where message_id in (${ids
      .slice(from, to)
      .map((id) => `'${id}'`)
      .join(', ')}))`;
  await fc.assert(
    fc.asyncProperty(fc.uniqueArray(fc.integer({ min: 1, max: 29 }), { maxLength: 5 }), async (cuts) => {
      const bounds = [0, ...cuts.toSorted((one, other) => one - other), 30];
      await app.database.query(`delete from sender_volume where tenant_id = $1`, [tenant.id]);
      for (const [place, to] of bounds.slice(1).entries()) {
        const batch = { events: events(bounds[place] ?? 0, to), isLarge: place % 2 === 0 };
        await app.database.transaction(() => volumes.add(batch));
      }
      expect(await countOf()).toBe(30);
    }),
    { numRuns: 10 },
  );
  await app.database.query(`update sender_volume set minute = minute - interval '40 days' where tenant_id = $1`, [
    tenant.id,
  ]);
  await app.nest.get(SenderHealthSchedule).purge();
  expect(await app.database.query(`select from sender_volume where tenant_id = $1`, [tenant.id])).toEqual([]);
});

test.each([
  ['put', '/api/sender-health/notify', { url: 'https://hooks.example.com/callboard' }, 'notice_secret_missing'],
  ['put', '/api/sender-health/notify', { emails: ['nobody'] }, 'invalid_request'],
  ['get', '/api/sender-pauses?cursor=x', {}, 'invalid_cursor'],
  ['post', `/api/sender-pauses/${crypto.randomUUID()}/resume`, {}, 'sender_pause_not_found'],
  ['post', '/api/sender-pauses/none/resume', {}, 'invalid_request'],
] as const)('%s %s is refused with what to change: %j', async (method, path, body, code) => {
  const { tenant } = await newTenant();
  const agent = app.as(tenant);
  const answer = await agent[method](path).send(method === 'get' ? undefined : body);
  expect(answer.status).toBeGreaterThanOrEqual(400);
  expect(answer.status).toBeLessThan(500);
  expect(answer.body).toMatchObject({ code });
});
