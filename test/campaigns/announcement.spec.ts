/** A campaign over several channels: each person gets one message, on the first channel that reaches them, or is left out once. */
import type {
  CampaignPreviewView,
  CampaignView,
  EstimateView,
  LaunchedView,
} from '../../src/campaigns/campaigns.dto.js';
import { CampaignChunks } from '../../src/campaigns/campaign-chunks.js';
import { openTestApp, type TestApp, type Tenant } from '../support/test-app.js';
import { until } from '../../harness/until.js';
import { decide } from '../support/consent.js';
import { list, read, whenEnded } from '../support/messages.js';
import { newAmericanNumber, newMailbox, newNumber, newSenderNumber } from '../support/people.js';
import { faults, recordOf } from '../support/sandbox.js';
import { newSender } from '../support/senders.js';
import { act, ledgerOf, look, whenAll, whenState } from './campaign.support.js';
import { JSON_TYPE, newAudience } from './support.js';

let app: TestApp;
let tenant: Tenant;
let templates: { email: string; sms: string; whatsapp: string };

beforeAll(async () => {
  app = await openTestApp();
});
beforeEach(async () => {
  tenant = await app.tenant({ country: 'DE' });
  await newSender(app, tenant, { channel: 'whatsapp', address: newSenderNumber() });
  templates = { email: await template('email'), sms: await template('sms'), whatsapp: await template('whatsapp') };
});
afterEach(() => faults(app, {}));
afterAll(() => app.close());

async function template(channel: 'email' | 'sms' | 'whatsapp', more: object = {}): Promise<string> {
  const texts = {
    email: {
      subject: 'Closed tonight, {{ name }}',
      text: 'We are closed, {{ name }}. {{ unsubscribe_url | default: "" }}',
    },
    sms: { body: 'Closed tonight, {{ name }}: {{ seat }}' },
    whatsapp: { contentSid: `HX${'a'.repeat(32)}`, contentVariables: { 1: '{{ name }}' } },
  }[channel];
  const key = `${channel}-${crypto.randomUUID()}`;
  const input = { key, channel, category: 'transactional', ...texts, ...more };
  await app.as(tenant).post('/api/templates').send(input).expect(201);
  return key;
}

const over = (...channels: ('email' | 'sms' | 'whatsapp')[]): { channels: object[] } => ({
  channels: channels.map((channel) => ({ channel, templateKey: templates[channel] })),
});

async function audienceOf(rows: readonly object[]): Promise<string> {
  const audience = await newAudience(app, tenant);
  const { status, body } = await audience.import(JSON_TYPE, JSON.stringify(rows));
  expect([status, body.rejected]).toEqual([200, 0]);
  return audience.id;
}

async function announcement(rows: readonly object[], more: object): Promise<string> {
  const input = { name: 'Closed', audienceId: await audienceOf(rows), ...more };
  const { body } = await app.as(tenant).post('/api/campaigns').send(input).expect(201);
  return (body as CampaignView).id;
}

interface Sent {
  readonly id: string;
  readonly channel: string;
  readonly to: string;
  readonly fallback: readonly string[];
}

async function messagesOf(id: string): Promise<Sent[]> {
  const { items } = await list(app, tenant, { campaignId: id, limit: 100 });
  return items.map((message) => ({
    id: message.id,
    channel: message.channel,
    to: message.to,
    fallback: message.fallback,
  }));
}

/** Who got it by what, and who was left out and why, by address. */
async function outcomeOf(id: string): Promise<Record<string, string>> {
  const { body } = await app.as(tenant).get(`/api/campaigns/${id}/exclusions?limit=500`).expect(200);
  const left = (body as { items: { address: string; reason: string }[] }).items;
  return Object.fromEntries([
    ...(await messagesOf(id)).map(({ to, channel }) => [to, channel]),
    ...left.map(({ address, reason }) => [address, `left out: ${reason}`]),
  ]) as Record<string, string>;
}

const estimateOf = async (id: string): Promise<EstimateView> =>
  (await app.as(tenant).get(`/api/campaigns/${id}/estimate`).expect(200)).body as EstimateView;

const previewOf = async (id: string, choice: object): Promise<CampaignPreviewView> =>
  (await app.as(tenant).post(`/api/campaigns/${id}/preview`).send(choice).expect(200)).body as CampaignPreviewView;

const ANYBODY = { name: 'Ana', seat: 'A1' };

test('each person gets one message, by preference, the sender’s order, consent and reach, or is left out with the reason of their first channel', async () => {
  const [mail, phone] = [newMailbox, newNumber];
  const who = {
    onlyMail: mail(),
    onlyPhone: phone(),
    both: [mail(), phone()] as const,
    prefersText: [mail(), phone()] as const,
    saidNoToMail: [mail(), phone()] as const,
    prefersTextSaidNo: [mail(), phone()] as const,
    bounced: [mail(), phone()] as const,
    noName: [mail(), phone()] as const,
    noSeat: [mail(), phone()] as const,
    saidNoToAll: [mail(), phone()] as const,
    twoPhones: [phone(), phone()].toSorted() as [string, string],
    twoRows: [mail(), phone()] as const,
  };
  const pair = ([email, number]: readonly [string, string], more: object = {}): object => ({
    ...ANYBODY,
    email,
    phone: number,
    ...more,
  });
  const id = await announcement(
    [
      { ...ANYBODY, email: who.onlyMail },
      { ...ANYBODY, phone: who.onlyPhone },
      pair(who.both),
      pair(who.prefersText, { preferredChannel: 'SMS' }),
      pair(who.saidNoToMail),
      pair(who.prefersTextSaidNo, { preferredChannel: 'SMS' }),
      pair(who.bounced),
      pair(who.noName, { name: undefined }),
      pair(who.noSeat, { seat: undefined, preferredChannel: 'text' }),
      pair(who.saidNoToAll),
      ...who.twoPhones.map((number) => ({ ...ANYBODY, phone: number, customerId: '7' })),
      { ...ANYBODY, email: who.twoRows[0], customerId: '8' },
      { ...ANYBODY, phone: who.twoRows[1], customerId: '8' },
    ],
    over('email', 'sms'),
  );
  await decide(app, tenant, [who.saidNoToMail[0], who.saidNoToAll[0]], 'email', 'opted_out');
  await decide(app, tenant, [who.prefersTextSaidNo[1], who.saidNoToAll[1]], 'sms', 'opted_out');
  const suppression = { channel: 'email', address: who.bounced[0], reason: 'hard_bounce' };
  await app.as(tenant).post('/api/suppressions').send(suppression).expect(200);

  const excludedBy = { missing_variables: 1, opted_out: 1 };
  const estimate = await estimateOf(id);
  expect(estimate).toMatchObject({
    audience: 12,
    excluded: 2,
    excludedBy,
    missingVariables: { name: 1 },
    failing: 0,
    recipients: 10,
    byChannel: { email: 5, sms: 5 },
    segments: 10,
    sampled: false,
  });
  app.nest.get(CampaignChunks).size = 3;
  const launched = (await act(app, tenant, id, 'launch')) as LaunchedView;
  app.nest.get(CampaignChunks).size = 10_000;
  expect(launched.rehearsal).toMatchObject({ failing: 0 });
  const { progress, channels } = await whenState(app, tenant, id, 'SENT');
  expect(progress).toMatchObject({
    audience: 12,
    excluded: 2,
    excludedBy,
    messages: 10,
    byChannel: { email: 5, sms: 5 },
  });
  expect(channels).toMatchObject([
    { channel: 'email', templateVersion: 1 },
    { channel: 'sms', templateVersion: 1 },
  ]);
  expect(await outcomeOf(id)).toEqual({
    [who.onlyMail]: 'email',
    [who.onlyPhone]: 'sms',
    [who.both[0]]: 'email',
    [who.prefersText[1]]: 'sms',
    [who.saidNoToMail[1]]: 'sms',
    [who.prefersTextSaidNo[0]]: 'email',
    [who.bounced[1]]: 'sms',
    [who.noName[0]]: 'left out: missing_variables',
    [who.noSeat[0]]: 'email',
    [who.saidNoToAll[0]]: 'left out: opted_out',
    [who.twoPhones[0]]: 'sms',
    [who.twoRows[0]]: 'email',
  });
  await whenAll(app, tenant, id, ['delivered']);
  const [text] = await recordOf(app, who.onlyPhone);
  expect(text?.body).toBe('Closed tonight, Ana: A1');
  const customers = (await list(app, tenant, { campaignId: id, customerId: '8' })).items;
  expect(customers.map(({ to }) => to)).toEqual([who.twoRows[0]]);
});

test('a cancel ends what waits in every lane', async () => {
  const onWhatsApp = newNumber();
  const rows = [{ email: newMailbox() }, { phone: newNumber() }, { phone: onWhatsApp }].map((row) => ({
    ...ANYBODY,
    ...row,
  }));
  const id = await announcement(rows, over('email', 'sms', 'whatsapp'));
  await decide(app, tenant, [onWhatsApp], 'sms', 'opted_out');
  await app.database.query(`update lane set state = 'stopped'`);
  await act(app, tenant, id, 'launch');
  await until(async () => (await look(app, tenant, id)).progress.frozen);
  await act(app, tenant, id, 'cancel');
  const { progress } = await whenAll(app, tenant, id, ['cancelled']);
  await app.database.query(`update lane set state = 'active'`);
  expect(progress).toMatchObject({ messages: 3, byChannel: { email: 1, sms: 1, whatsapp: 1 } });
});

test('pictures go as such where they arrive, and by a text with a link elsewhere', async () => {
  const key = `mms-${crypto.randomUUID()}`;
  const media = { body: 'Closed, {{ name }}', mediaUrls: ['https://pictures.example/closed.png'] };
  await app
    .as(tenant)
    .post('/api/templates')
    .send({ key, channel: 'mms', category: 'transactional', ...media })
    .expect(201);
  const [german, american] = [newNumber(), newAmericanNumber()];
  const channels = [{ channel: 'mms', templateKey: key }, ...over('email').channels];
  const id = await announcement(
    [
      { ...ANYBODY, phone: german },
      { ...ANYBODY, phone: american },
    ],
    { channels },
  );
  expect(await estimateOf(id)).toMatchObject({ recipients: 2, byChannel: { mms: 2 } });
  await app.database.query(`update lane set state = 'stopped'`);
  await act(app, tenant, id, 'launch');
  await until(async () => (await look(app, tenant, id)).progress.frozen);
  expect(await outcomeOf(id)).toEqual({ [german]: 'sms', [american]: 'mms' });
  await act(app, tenant, id, 'cancel');
  await app.database.query(`update lane set state = 'active'`);
});

test('an emergency calls who cannot be texted', async () => {
  await newSender(app, tenant, { channel: 'voice', address: newSenderNumber() });
  const channels = await Promise.all(
    ['sms', 'voice'].map(async (channel) => {
      const templateKey = `${channel}-${crypto.randomUUID()}`;
      const input = { key: templateKey, channel, category: 'emergency', body: 'Leave the hall, {{ name }}' };
      await app.as(tenant).post('/api/templates').send(input).expect(201);
      return { channel, templateKey };
    }),
  );
  const [texted, called] = [newNumber(), newNumber()];
  const rows = [texted, called].map((phone) => ({ ...ANYBODY, phone }));
  const id = await announcement(rows, { channels });
  await decide(app, tenant, [called], 'sms', 'opted_out');
  await act(app, tenant, id, 'launch');
  const { progress, category } = await whenState(app, tenant, id, 'SENT');
  expect([category, progress.byChannel]).toEqual(['emergency', { sms: 1, voice: 1 }]);
  expect(await outcomeOf(id)).toEqual({ [texted]: 'sms', [called]: 'voice' });
});

test('begins at its hour like any other', async () => {
  const scheduledAt = new Date(Date.now() + 86_400_000).toISOString();
  const rows = [{ ...ANYBODY, email: newMailbox(), phone: newNumber() }];
  const id = await announcement(rows, { ...over('sms', 'email'), scheduledAt });
  await app.database.query(`update campaign set scheduled_at = now() where id = $1`, [id]);
  expect((await whenState(app, tenant, id, 'SENT')).progress).toMatchObject({ audience: 1, byChannel: { sms: 1 } });
});

test('a campaign may heed nobody’s preference', async () => {
  const [email, phone] = [newMailbox(), newNumber()];
  const rows = [{ ...ANYBODY, email, phone, preferredChannel: 'sms' }];
  const id = await announcement(rows, { ...over('email', 'sms'), usePreferredChannel: false });
  expect(await estimateOf(id)).toMatchObject({ byChannel: { email: 1 } });
  await app.as(tenant).patch(`/api/campaigns/${id}`).send({ usePreferredChannel: true }).expect(200);
  expect(await estimateOf(id)).toMatchObject({ byChannel: { sms: 1 } });
});

test('a message that reaches nobody is followed on the person’s next channel, with the address and data there, and counted once', async () => {
  await faults(app, { outcomes: { bounce: 1 } });
  const [email, phone, barred] = [newMailbox(), newNumber(), newNumber()];
  const rows = [
    { name: 'Ana', email, customerId: '1' },
    { name: 'Ana by text', seat: 'B2', phone, customerId: '1' },
    { ...ANYBODY, email: newMailbox(), phone: barred },
  ];
  const id = await announcement(rows, { ...over('email', 'whatsapp', 'sms'), pauseAtFailurePercent: null });
  await decide(app, tenant, [phone], 'whatsapp', 'opted_out');
  for (const channel of ['whatsapp', 'sms']) await decide(app, tenant, [barred], channel, 'opted_out');
  await act(app, tenant, id, 'launch');
  await whenAll(app, tenant, id, ['undelivered']);
  const sent = await messagesOf(id);
  expect(sent.find(({ to }) => to === email)?.fallback.length).toBeLessThanOrEqual(1); // gone once it has followed
  const first = sent.find(({ to }) => to === email)?.id ?? '';
  const followedBy = await until(async () => (await read(app, tenant, first)).followedBy ?? undefined);
  const last = await whenEnded(app, tenant, followedBy);
  expect(last).toMatchObject({ channel: 'sms', to: phone, fallbackOf: first, fallback: [], campaignId: null });
  const [text] = await recordOf(app, phone);
  expect(text?.body).toBe('Closed tonight, Ana by text: B2');
  expect(sent.find(({ to }) => to !== email)?.fallback).toEqual([]);
  const { progress } = await look(app, tenant, id);
  expect(progress).toMatchObject({ audience: 2, messages: 2, byChannel: { email: 2 } });
  expect(await ledgerOf(app, id)).toEqual({ undelivered: 2 });
});

test('what follows waits while the campaign is paused, and does not go once it is cancelled', async () => {
  await faults(app, { outcomes: { bounce: 1 } });
  const rows = [1, 2].map(() => ({ ...ANYBODY, email: newMailbox(), phone: newNumber() }));
  const phones = rows.map(({ phone }) => phone);
  const campaigns = await Promise.all(
    rows.map((row) => announcement([row], { ...over('email', 'sms'), pauseAtFailurePercent: null })),
  );
  const [resumed = '', cancelled = ''] = campaigns;
  await app.database.query(`update lane set state = 'stopped'`);
  for (const id of campaigns) {
    await act(app, tenant, id, 'launch');
    await until(async () => (await look(app, tenant, id)).progress.frozen);
    await act(app, tenant, id, 'pause');
    const [first] = await messagesOf(id); // what was in hand at the pause bounces
    await app.database.query(`update message set status = 'undelivered' where id = $1`, [first?.id]);
    await app.database.query(`delete from pending where message_id = $1`, [first?.id]);
    await app.database.query(`insert into fallback_due (message_id) values ($1)`, [first?.id]);
  }
  await app.database.query(`update lane set state = 'active'`);
  const soon = `clock_timestamp() + interval '1 second' and clock_timestamp() + interval '10 seconds'`;
  const postponed = `select from fallback_due where due_at between ${soon}`; // an error waits longer
  await until(async () => (await app.database.query(postponed)).length === 2);
  await act(app, tenant, cancelled, 'cancel');
  await act(app, tenant, resumed, 'resume');
  await until(async () => (await app.database.query(`select from fallback_due`)).length === 0);
  await until(async () => (await recordOf(app, phones[0])).length === 1);
  const [stopped] = await messagesOf(cancelled);
  const { followedBy, events } = await read(app, tenant, stopped?.id ?? '');
  expect(followedBy).toBeNull();
  expect(events.at(-1)).toMatchObject({ kind: 'fallback_refused', reason: 'campaign_cancelled' });
  expect(await recordOf(app, phones[1])).toEqual([]);
});

test('a STOP after the expansion holds, and no other channel takes its place', async () => {
  const [email, phone] = [newMailbox(), newNumber()];
  const id = await announcement([{ ...ANYBODY, email, phone }], over('sms', 'email'));
  await app.database.query(`update lane set state = 'stopped'`);
  await act(app, tenant, id, 'launch');
  await until(async () => (await look(app, tenant, id)).progress.frozen);
  expect(await messagesOf(id)).toMatchObject([{ channel: 'sms', to: phone, fallback: ['email'] }]);
  await decide(app, tenant, [phone], 'sms', 'opted_out');
  await app.database.query(`update lane set state = 'active'`);
  await whenAll(app, tenant, id, ['blocked_opted_out']);
  await whenState(app, tenant, id, 'SENT');
  expect([...(await recordOf(app, phone)), ...(await recordOf(app, email))]).toEqual([]);
});

test('a preview says by which channel the person gets it, and why not by the others', async () => {
  const [email, phone] = [newMailbox(), newNumber()];
  const id = await announcement(
    [{ ...ANYBODY, email, phone, preferredChannel: 'sms' }],
    over('email', 'whatsapp', 'sms'),
  );
  await decide(app, tenant, [phone], 'sms', 'opted_out');
  const shown = await previewOf(id, { contact: phone });
  expect(shown).toMatchObject({
    contact: email,
    channel: 'email',
    excludedAs: null,
    content: { subject: 'Closed tonight, Ana' },
    options: [
      { channel: 'email', contact: email, excludedAs: null },
      { channel: 'whatsapp', contact: phone, excludedAs: null },
      { channel: 'sms', contact: phone, excludedAs: 'opted_out' },
    ],
  });
  expect(await previewOf(id, { contact: email, channel: 'sms' })).toMatchObject({
    contact: phone,
    channel: 'sms',
    excludedAs: 'opted_out',
    content: { body: 'Closed tonight, Ana: A1' },
  });
  expect(await previewOf(id, {})).toMatchObject({ contact: email, channel: 'email' });
  const single = await announcement([{ ...ANYBODY, email }], over('email', 'sms'));
  expect(await previewOf(single, { contact: email, channel: 'sms' })).toMatchObject({ excludedAs: 'no_address' });
  const own = await previewOf(id, { channel: 'sms', data: { name: 'Bo', seat: 'C3' } });
  expect(own).toMatchObject({
    contact: null,
    channel: 'sms',
    options: [],
    content: { body: 'Closed tonight, Bo: C3' },
  });
  const { body } = await app.as(tenant).post(`/api/campaigns/${id}/preview`).send({ channel: 'voice' }).expect(422);
  expect(body).toMatchObject({ code: 'channel_not_in_campaign', errors: [{ path: 'channel' }] });
});

test('a test goes to one’s own people by each channel that takes their address', async () => {
  const rows = [{ ...ANYBODY, email: newMailbox(), phone: newNumber() }];
  const id = await announcement(rows, over('email', 'sms', 'whatsapp'));
  const [mine, mobile] = [newMailbox(), newNumber()];
  const send = async (more: object): Promise<object[]> =>
    (
      await app
        .as(tenant)
        .post(`/api/campaigns/${id}/test`)
        .send({ to: [mine, mobile], ...more })
        .expect(202)
    ).body.items as object[];
  const sent = (await send({})) as { id: string }[];
  const messages = await Promise.all(sent.map((message) => whenEnded(app, tenant, message.id)));
  expect(messages).toMatchObject([
    { channel: 'email', to: mine, isTest: true, campaignId: null },
    { channel: 'sms', to: mobile },
    { channel: 'whatsapp', to: mobile },
  ]);
  const text = (await recordOf(app, mobile)).find(({ channel }) => channel === 'sms');
  expect([text?.body, (await recordOf(app, mine))[0]?.subject]).toEqual([
    'Closed tonight, Ana: A1',
    'Closed tonight, Ana',
  ]);
  expect(await send({ channel: 'sms' })).toMatchObject([{ error: { code: 'invalid_address' } }, { status: 'queued' }]);
  expect((await look(app, tenant, id)).progress.messages).toBe(0);
});

test('the channels of a draft are replaced together, and one is the short form', async () => {
  const audienceId = await audienceOf([{ ...ANYBODY, email: newMailbox() }]);
  const id = await announcement([], { ...over('email', 'sms'), audienceId });
  const change = async (input: object, status: number): Promise<unknown> =>
    (await app.as(tenant).patch(`/api/campaigns/${id}`).send(input).expect(status)).body as unknown;
  expect(await change({ templateKey: templates.email }, 400)).toMatchObject({
    code: 'invalid_request',
    errors: [{ path: 'templateKey' }],
  });
  expect(await change(over('sms', 'email'), 200)).toMatchObject({
    channel: 'sms',
    templateKey: templates.sms,
    channels: [{ channel: 'sms' }, { channel: 'email', senderId: null, templateVersion: null }],
  });
  const single = { channel: 'email', templateKey: templates.email };
  expect(await change({ channels: [single] }, 200)).toMatchObject({ ...single, channels: [single] });
  expect(await change({ channel: 'sms', templateKey: templates.sms }, 200)).toMatchObject({ channel: 'sms' });
  await app.as(tenant).delete(`/api/campaigns/${id}`).expect(204);
});

test.each([
  ['a channel twice', { channels: ['sms', 'sms'] }, 400, 'invalid_request', 'channels[1].channel'],
  ['both forms', { channels: ['sms', 'email'], channel: 'sms' }, 400, 'invalid_request', 'channels'],
  ['no channel', {}, 400, 'invalid_request', 'channel'],
  ['a channel without a template', { channel: 'sms' }, 400, 'invalid_request', 'templateKey'],
  ['no such template', { channels: ['sms', 'none'] }, 404, 'template_not_found', 'channels[1].templateKey'],
  ['a sender of nobody', { channels: ['sms', 'foreign'] }, 404, 'sender_not_found', 'channels[1].senderId'],
  ['another channel’s template', { channels: ['sms', 'other'] }, 422, 'template_mismatch', 'channels[1].channel'],
  ['templates of two categories', { channels: ['sms', 'marketing'] }, 422, 'categories_differ', 'category'],
])(
  'a campaign with %s is refused, and the error names the field',
  async (_, { channels, ...more }: { channels?: string[]; channel?: string }, status, code, path) => {
    const step: Readonly<Record<string, object>> = {
      sms: { channel: 'sms', templateKey: templates.sms },
      email: { channel: 'email', templateKey: templates.email },
      none: { channel: 'email', templateKey: 'none' },
      foreign: { channel: 'email', templateKey: templates.email, senderId: crypto.randomUUID() },
      other: { channel: 'email', templateKey: templates.sms },
      marketing: { channel: 'email', templateKey: await template('email', { category: 'marketing' }) },
    };
    const given = channels?.map((name) => step[name]);
    const input = { name: 'Closed', audienceId: await audienceOf([]), ...(given && { channels: given }), ...more };
    const { body } = await app.as(tenant).post('/api/campaigns').send(input).expect(status);
    expect(body).toMatchObject({ code, errors: [{ path }] });
  },
);

test('an audience that none of the channels can reach, or render, is not launched', async () => {
  const launch = async (id: string): Promise<unknown> =>
    (await app.as(tenant).post(`/api/campaigns/${id}/launch`).expect(422)).body as unknown;
  const none = await announcement([{ ...ANYBODY, email: newMailbox() }], over('sms', 'whatsapp'));
  expect(await launch(none)).toMatchObject({ code: 'audience_empty' });
  const poor = await announcement([{ email: newMailbox(), phone: newNumber() }], over('sms', 'email'));
  expect(await launch(poor)).toMatchObject({ code: 'audience_lacks_variables' });
  expect(await look(app, tenant, poor)).toMatchObject({ status: 'DRAFT' });
  const some = await announcement([{ name: 'Ana', email: newMailbox(), phone: newNumber() }], over('sms', 'email'));
  expect(await act(app, tenant, some, 'launch')).toMatchObject({ status: 'SENDING', rehearsal: { people: 1 } });
});
