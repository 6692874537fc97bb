/** What people do about messages: opened, clicked and answered are facts beside the status. */
import { until } from '../../harness/until.js';
import type { UsageView } from '../../src/billing/usage/usage.dto.js';
import { EngagementLog, EventConsumers } from '../../src/ledger/index.js';
import { consume } from '../support/consumers.js';
import { email, read, send, text, whenStatus } from '../support/messages.js';
import { newAmericanNumber, newMailbox, newNumber, newSenderNumber } from '../support/people.js';
import { receive } from '../support/sandbox.js';
import { newSender, venueWith } from '../support/senders.js';
import { postSns, snsFields } from '../support/ses.js';
import { openTestApp, type TestApp, type Tenant } from '../support/test-app.js';
import { inboundForm, postTwilio, type TwilioAccount } from '../support/twilio.js';
import { usageOf } from '../support/usage.js';

let app: TestApp;
let tenant: Tenant;
let venueId: string;
let number: string;
beforeAll(async () => {
  app = await openTestApp();
  tenant = await app.tenant();
  ({ venueId, number } = await venueWith(app, tenant, 'sms'));
});
afterAll(() => app.close());

/** A message that has arrived. */
async function arrived(input: object): Promise<string> {
  const id = await send(app, tenant, { venueId, ...input });
  await whenStatus(app, tenant, id, 'delivered');
  return id;
}
const texted = (to: string, more: object = {}): Promise<string> => arrived(text({ to, ...more }));

/** What is in its timeline after it was sent and delivered. */
const sequel = async (id: string): Promise<string[]> =>
  (await read(app, tenant, id)).events.map(({ kind }) => kind).slice(3);

/** What the tenant has used, and is billed. */
async function used(): Promise<Pick<UsageView, 'days' | 'total'>> {
  await consume(app, 'usage');
  const { days, total } = await usageOf(app, tenant);
  return { days, total };
}

const HAPPENED = '2026-11-29T12:00:00.000Z';
const engaged = (
  eventType: 'Open' | 'Click',
  mid: string,
  { timestamp = HAPPENED, userAgent }: { timestamp?: string; userAgent?: string } = {},
): object => ({
  eventType,
  mail: { messageId: 'ses-1', timestamp, tags: { mid: [mid] } },
  [eventType.toLowerCase()]: { timestamp, userAgent },
});

test('An email that is opened and clicked has that in its timeline, once for each report, and is used and billed as before', async () => {
  const id = await arrived(email({ to: newMailbox(), venueId: undefined }));
  const before = await used();
  const [open, click] = [snsFields(app, engaged('Open', id)), snsFields(app, engaged('Click', id))];
  for (const fields of [open, open, click, click]) expect(await postSns(app, fields)).toBe(200);
  const view = await until(async () => {
    const now = await read(app, tenant, id);
    return now.events.length === 5 && now;
  });
  expect(view.status).toBe('delivered');
  expect(view.events.slice(3)).toMatchObject([
    { kind: 'opened', source: 'webhook', occurredAt: HAPPENED, reason: null, code: null },
    { kind: 'clicked', source: 'webhook', occurredAt: HAPPENED },
  ]);
  expect(await used()).toEqual(before);
});

/** A tenant's engagement by email, as its report has it. */
async function engagement(owner: Tenant): Promise<object> {
  await consume(app, 'usage');
  const { body } = await app.as(owner).get('/api/reports/engagement').query({ channel: 'email' }).expect(200);
  return (body as { total: object }).total;
}

test('What a proxy opens, and what comes right after an email has left, is told apart from what people do', async () => {
  const owner = await app.tenant();
  const id = await send(app, owner, email());
  const { sentAt } = await whenStatus(app, owner, id, 'delivered');
  const rightAfter = new Date(new Date(sentAt ?? 0).getTime() + 1_000).toISOString();
  for (const event of [
    engaged('Open', id, { userAgent: 'Mozilla/5.0' }),
    engaged('Open', id, { userAgent: 'Mozilla/5.0' }),
    engaged('Click', id, { timestamp: rightAfter }),
    engaged('Open', id, { userAgent: 'Firefox/11.0 (via ggpht.com GoogleImageProxy)' }),
  ]) {
    expect(await postSns(app, snsFields(app, event))).toBe(200);
  }
  const kinds = await until(async () => {
    const { events } = await read(app, owner, id);
    return events.length === 7 && events.slice(3).map(({ kind }) => kind);
  });
  expect(kinds).toEqual(['machine_opened', 'machine_opened', 'machine_clicked', 'opened']);
  expect(await engagement(owner)).toMatchObject({ opened: 1, clicked: 0, machineOpened: 1, machineClicked: 1 });
});

test('A message counts as clicked once, also where the first report is committed after a later one', async () => {
  const owner = await app.tenant();
  const id = await send(app, owner, email());
  await whenStatus(app, owner, id, 'delivered');
  const log = app.nest.get(EngagementLog);
  const click = (): Promise<void> => log.record([{ messageId: id, kind: 'clicked' }], 'webhook');
  const [begun, written, ended] = Array.from({ length: 3 }, () => Promise.withResolvers<void>());
  const one = app.database.transaction(async () => {
    await app.database.query(`select pg_current_xact_id()`);
    begun?.resolve();
    await written?.promise;
    await click();
  });
  await begun?.promise;
  const other = app.database.transaction(async () => {
    await click();
    written?.resolve();
    await ended?.promise;
  });
  await one;
  await app.nest.get(EventConsumers).run('usage');
  ended?.resolve();
  await other;
  expect(await engagement(owner)).toMatchObject({ clicked: 1 });
});

test('A reply answers the last message from its number, and what it says is in no fact', async () => {
  const ana = newNumber();
  const [first, last] = [await texted(ana), await texted(ana)];
  const other = newSenderNumber();
  await newSender(app, tenant, { channel: 'sms', address: other });
  const elsewhere = await texted(ana, { venueId: tenant.defaultVenueId });
  const { total: before } = await used();
  await receive(app, { from: ana, to: number, body: 'We are four tonight' });
  expect(await Promise.all([first, last, elsewhere].map(sequel))).toEqual([[], ['answered'], []]);
  const view = await read(app, tenant, last);
  expect(view.status).toBe('delivered');
  expect(JSON.stringify(view)).not.toContain('four');
  const { received, receivedSegments } = before;
  const { total: after } = await used();
  expect(after).toEqual({ ...before, received: received + 1, receivedSegments: receivedSegments + 1 });
});

/** What the last text to somebody is followed by who writes this. */
async function afterSaying(body: string): Promise<string[]> {
  const ben = newNumber();
  const id = await texted(ben);
  await receive(app, { from: ben, to: number, body });
  return sequel(id);
}

test.each(['HELP', 'START'])('%s is said to us, and answers no message', async (keyword) => {
  expect(await afterSaying(keyword)).toEqual([]);
});

test('STOP unsubscribes after the last message, and answers none', async () => {
  expect(await afterSaying('STOP')).toEqual(['unsubscribed']);
});

test('Who says STOP twice has left once', async () => {
  const ben = newNumber();
  const id = await texted(ben);
  for (const body of ['STOP', 'Stop!']) await receive(app, { from: ben, to: number, body });
  expect(await sequel(id)).toEqual(['unsubscribed']);
});

test('YES is an answer', async () => {
  expect(await afterSaying('YES')).toEqual(['answered']);
});

test('A reply that Twilio posts twice is one, and a second reply another', async () => {
  const cem = newNumber();
  const id = await texted(cem);
  const form = inboundForm(cem, number, 'On my way');
  for (const each of [form, form, inboundForm(cem, number, 'Almost there')]) {
    expect(await postTwilio(app, each)).toBeLessThan(300);
  }
  expect(await sequel(id)).toEqual(['answered', 'answered']);
});

test('A message may be answered for seven days', async () => {
  const dana = newNumber();
  const id = await texted(dana);
  const sentAgo = (ago: string): Promise<unknown> =>
    app.database.query(`update message set sent_at = now() - $2::interval where id = $1`, [id, ago]);
  await sentAgo('7 days 1 second');
  await receive(app, { from: dana, to: number, body: 'Who is this?' });
  expect(await sequel(id)).toEqual([]);
  await sentAgo('6 days 23 hours');
  await receive(app, { from: dana, to: number, body: 'Hello?' });
  expect(await sequel(id)).toEqual(['answered']);
});

test('A picture is answered by a text', async () => {
  const eve = newAmericanNumber();
  const mms = await venueWith(app, tenant, 'mms');
  const content = { mediaUrls: ['https://example.com/plan.png'] };
  const id = await arrived({ channel: 'mms', to: eve, venueId: mms.venueId, content });
  await receive(app, { from: eve, to: mms.number, body: 'Nice' });
  expect(await sequel(id)).toEqual(['answered']);
});

test('A WhatsApp message is answered on WhatsApp, and not by a text to the same number', async () => {
  const fay = newNumber();
  const whatsapp = await venueWith(app, tenant, 'whatsapp');
  const reply = { from: fay, to: whatsapp.number, body: 'Hello' };
  await receive(app, { ...reply, channel: 'whatsapp' });
  const content = { body: 'Gate 5' };
  const id = await arrived({ channel: 'whatsapp', to: fay, venueId: whatsapp.venueId, content });
  expect(await postTwilio(app, inboundForm(fay, whatsapp.number, 'By text'))).toBeLessThan(300);
  expect(await sequel(id)).not.toContain('answered');
  await receive(app, { ...reply, channel: 'whatsapp' });
  expect(await sequel(id)).toContain('answered');
});

test('What another account of Twilio’s signs answers nothing of ours', async () => {
  const gus = newNumber();
  const id = await texted(gus);
  const account: TwilioAccount = { accountSid: `AC${'e'.repeat(32)}`, authToken: 'a-token-of-their-own' };
  const owner = await app.tenant();
  const input = { provider: 'twilio', name: 'own', credentials: account };
  await app.as(owner).post('/api/provider-accounts').send(input).expect(201);
  expect(await postTwilio(app, inboundForm(gus, number, 'Hello'), { account })).toBeLessThan(300);
  expect(await sequel(id)).toEqual([]);
});
