/** Somebody who says STOP hears no more from that venue on that channel, also of what was on its way. */
import { openTestApp, type TestApp, type Tenant } from '../support/test-app.js';
import { until } from '../../harness/until.js';
import { inboundForm, postTwilio } from '../support/twilio.js';
import { due, farOff } from '../support/messages.js';

const RIVER = '+15557000001';
const HILL = '+15557000002';
const SHARED = '+15005550006';

interface MessageView {
  id: string;
  status: string;
  reason: string | null;
  explanation: string | null;
}

interface Taken {
  messageId: string;
  from: string;
  acceptedAt: string;
}

let app: TestApp;
let tenant: Tenant;
let river: string;
let hill: string;

beforeAll(async () => {
  app = await openTestApp();
  tenant = await app.tenant();
  river = await venue(tenant, 'River stage', RIVER);
  hill = await venue(tenant, 'Hill stage', HILL);
});
afterAll(() => app.close());
afterEach(() => app.http.put('/sandbox/faults').send({}).expect(200));

async function venue(owner: Tenant, name: string, number: string): Promise<string> {
  const { body } = await app.as(owner).post('/api/venues').send({ name }).expect(201);
  const { id } = body as { id: string };
  await app.as(owner).post('/api/senders').send({ venueId: id, channel: 'sms', address: number }).expect(201);
  return id;
}

let people = 0;
const somebody = (): string => `+1555300${String((people += 1)).padStart(4, '0')}`;

async function send(owner: Tenant, input: object): Promise<string> {
  const { body } = await app
    .as(owner)
    .post('/api/messages')
    .send({ channel: 'sms', content: { body: 'Doors at 19:00' }, ...input })
    .expect(202);
  return (body as { id: string }).id;
}

const text = (from: string, to: string, body: string): Promise<unknown> =>
  app.http
    .post('/sandbox/inbound')
    .send({ provider: 'twilio', from, to, body })
    .expect(200)
    .expect(/"status":200/);

async function ended(owner: Tenant, id: string): Promise<MessageView> {
  return until(async () => {
    const { body } = await app.as(owner).get(`/api/messages/${id}`).expect(200);
    const view = body as MessageView;
    return !['queued', 'scheduled', 'sending', 'sent'].includes(view.status) && view;
  });
}

async function read(owner: Tenant, id: string): Promise<MessageView> {
  return (await app.as(owner).get(`/api/messages/${id}`).expect(200)).body as MessageView;
}

/** What became of everything the tenant wrote to somebody. */
/** How a text to somebody who says STOP may end: in doubt, where a slow machine has let its call time out. */
const ENDS: readonly string[] = ['delivered', 'blocked_opted_out', 'unknown'];

async function statusesTo(to: string): Promise<string[]> {
  const { body } = await app.as(tenant).get('/api/messages').query({ to, limit: 500 }).expect(200);
  return (body as { items: MessageView[] }).items.map(({ status }) => status);
}

async function taken(to: string): Promise<Taken[]> {
  const { body } = await app.http.get('/sandbox/messages').query({ to, limit: 1_000 }).expect(200);
  return (body as { items: Taken[] }).items;
}

async function consentOf(venueId: string, address: string): Promise<string> {
  const { body } = await app
    .as(tenant)
    .get(`/api/consent/${venueId}/${encodeURIComponent(address)}?channel=sms`)
    .expect(200);
  return (body as { status: string }).status;
}

test('a STOP to a venue’s number blocks that venue, in every category, and no other', async () => {
  const ana = somebody();
  await text(ana, RIVER, 'stop');
  expect(await consentOf(river, ana)).toBe('opted_out');
  expect(await consentOf(hill, ana)).toBe('unknown');
  const blocked = await ended(tenant, await send(tenant, { to: ana, venueId: river }));
  expect(blocked).toMatchObject({
    status: 'blocked_opted_out',
    reason: 'opted_out',
    explanation: expect.stringContaining('opted out of this venue'),
  });
  expect(await ended(tenant, await send(tenant, { to: ana, venueId: hill }))).toMatchObject({ status: 'delivered' });
  const mail = await send(tenant, {
    channel: 'email',
    to: 'ana@example.com',
    venueId: river,
    content: { subject: 's', text: 't' },
  });
  expect(await ended(tenant, mail)).toMatchObject({ status: 'delivered' });
});

test('a STOP to a number counts for pictures from it as well', async () => {
  const ben = somebody();
  await text(ben, RIVER, 'STOP');
  const mms = await send(tenant, {
    channel: 'mms',
    to: ben,
    venueId: river,
    content: { mediaUrls: ['https://example.com/plan.png'] },
  });
  expect(await ended(tenant, mms)).toMatchObject({ status: 'blocked_opted_out' });
});

test('once a STOP is answered, nothing more is taken: neither what was queued nor what was on its way', async () => {
  const cem = somebody();
  await app.http
    .put('/sandbox/faults')
    .send({ calls: [{ provider: 'twilio', latencyMs: { min: 500, max: 4_000 } }] })
    .expect(200);
  const messages = Array.from({ length: 400 }, () => ({
    channel: 'sms',
    to: cem,
    venueId: river,
    content: { body: 'Doors at 19:00' },
  }));
  await app.as(tenant).post('/api/messages/batch').send({ messages }).expect(202);
  await until(async () => (await taken(cem)).length > 2);
  expect(await postTwilio(app, inboundForm(cem, RIVER, 'Stop'))).toBe(200); // not by the sandbox, which would block it too
  const answeredAt = Date.now();
  const before = (await taken(cem)).length;
  expect(before).toBeLessThan(400);
  await until(async () => {
    const { body } = await app.as(tenant).get('/api/messages').query({ to: cem, limit: 500 }).expect(200);
    return (body as { items: MessageView[] }).items.every(({ status }) => ENDS.includes(status));
  });
  const all = await taken(cem);
  expect(all.length).toBe(before);
  expect(Math.max(...all.map(({ acceptedAt }) => Date.parse(acceptedAt)))).toBeLessThanOrEqual(answeredAt);
});

test('START lets messages through again', async () => {
  const dora = somebody();
  await text(dora, RIVER, 'STOP');
  expect(await ended(tenant, await send(tenant, { to: dora, venueId: river }))).toMatchObject({
    status: 'blocked_opted_out',
  });
  await text(dora, RIVER, 'START');
  expect(await consentOf(river, dora)).toBe('opted_in');
  expect(await ended(tenant, await send(tenant, { to: dora, venueId: river }))).toMatchObject({ status: 'delivered' });
});

test('YES reopens only for somebody who is out, and is no opt-in from anybody else', async () => {
  const [eli, fay] = [somebody(), somebody()];
  await text(eli, RIVER, 'YES');
  expect(await consentOf(river, eli)).toBe('unknown');
  await text(fay, RIVER, 'STOP');
  await text(fay, RIVER, 'yes');
  expect(await consentOf(river, fay)).toBe('opted_in');
});

test('a STOP to the platform’s shared number blocks that number for every tenant, and no number of a venue’s own', async () => {
  const gil = somebody();
  const [first, second] = [await app.tenant(), await app.tenant()];
  await text(gil, SHARED, 'STOP');
  for (const owner of [first, second]) {
    expect(await ended(owner, await send(owner, { to: gil }))).toMatchObject({
      status: 'blocked_opted_out',
      reason: 'number_opted_out',
    });
  }
  expect(await ended(tenant, await send(tenant, { to: gil, venueId: river }))).toMatchObject({ status: 'delivered' });
});

test('a number that moved to another venue speaks for the venue that has it now', async () => {
  const moved = '+15557000009';
  const old = await venue(tenant, 'Old hall', moved);
  const { body } = await app.as(tenant).get('/api/senders').query({ venueId: old }).expect(200);
  const [sender] = (body as { items: { id: string }[] }).items;
  await app.as(tenant).patch(`/api/senders/${sender?.id}`).send({ status: 'released' }).expect(200);
  const next = await venue(tenant, 'New hall', moved);
  const hal = somebody();
  await text(hal, moved, 'STOP');
  expect(await consentOf(next, hal)).toBe('opted_out');
  expect(await consentOf(old, hal)).toBe('unknown');
});

test('a provider that says the person has opted out is believed and logged', async () => {
  const magic = '+15005550004'; // Twilio's test number that answers 21610
  expect(await ended(tenant, await send(tenant, { to: magic, venueId: river }))).toMatchObject({
    status: 'blocked_opted_out',
    reason: 'opted_out_at_provider',
  });
  expect(await consentOf(river, magic)).toBe('opted_out');
  const { body } = await app
    .as(tenant)
    .get(`/api/consent/${river}/${encodeURIComponent(magic)}/log?channel=sms`)
    .expect(200);
  expect((body as { items: object[] }).items[0]).toMatchObject({ source: 'provider', evidence: { code: '21610' } });
});

test('what is queued for later is stopped by a STOP that comes before its hour', async () => {
  const ida = somebody();
  const id = await send(tenant, { to: ida, venueId: river, sendAt: farOff() });
  await text(ida, RIVER, 'STOP');
  await due(app, [id]);
  expect(await ended(tenant, id)).toMatchObject({ status: 'blocked_opted_out' });
  expect(await taken(ida)).toEqual([]);
});

test('a STOP reaches pictures and texts of a number alike, whichever of the two it answers, and also those on their way', async () => {
  const number = '+15557000011';
  const both = await venue(tenant, 'Both stages', number);
  await app.as(tenant).post('/api/senders').send({ venueId: both, channel: 'mms', address: number }).expect(201);
  const jan = somebody();
  await app.http
    .put('/sandbox/faults')
    .send({ calls: [{ provider: 'twilio', latencyMs: { min: 100, max: 1_000 } }] })
    .expect(200);
  const sms = { channel: 'sms', to: jan, venueId: both, content: { body: 'Doors at 19:00' } };
  const mms = { channel: 'mms', to: jan, venueId: both, content: { mediaUrls: ['https://example.com/plan.png'] } };
  const messages = Array.from({ length: 500 }, () => [sms, mms]).flat(); // more than are on their way at once
  await app.as(tenant).post('/api/messages/batch').send({ messages }).expect(202);
  await until(async () => (await taken(jan)).length > 10);
  expect(await postTwilio(app, { ...inboundForm(jan, number, 'STOP'), NumMedia: '1' })).toBe(200);
  const before = (await taken(jan)).length;
  expect(before).toBeLessThan(1_000);
  await until(async () => (await statusesTo(jan)).every((status) => ENDS.includes(status)));
  expect((await taken(jan)).length).toBe(before);
});

test('a STOP reaches what waits to be tried again', async () => {
  const kim = somebody();
  await app.http
    .put('/sandbox/faults')
    .send({ calls: [{ provider: 'twilio', nth: { tooMany: 1 } }] })
    .expect(200);
  const id = await send(tenant, { to: kim, venueId: river });
  await until(async () => (await read(tenant, id)).reason === 'deferred');
  expect(await postTwilio(app, inboundForm(kim, RIVER, 'STOP'))).toBe(200);
  await app.http.put('/sandbox/faults').send({}).expect(200);
  expect(await ended(tenant, id)).toMatchObject({ status: 'blocked_opted_out', reason: 'opted_out' });
  expect(await taken(kim)).toEqual([]);
});

test('a STOP of one person holds up nobody else: the rest of a batch is delivered', async () => {
  const [lea, others] = [somebody(), Array.from({ length: 120 }, somebody)];
  await app.http
    .put('/sandbox/faults')
    .send({ calls: [{ provider: 'twilio', latencyMs: { min: 100, max: 200 } }] })
    .expect(200);
  const messages = others
    .flatMap((to) => [to, lea])
    .map((to) => ({ channel: 'sms', to, venueId: river, content: { body: 'Doors at 19:00' } }));
  await app.as(tenant).post('/api/messages/batch').send({ messages }).expect(202);
  await until(async () => (await taken(lea)).length > 3);
  expect(await postTwilio(app, inboundForm(lea, RIVER, 'STOP'))).toBe(200);
  const before = (await taken(lea)).length;
  await until(async () => (await Promise.all(others.map(statusesTo))).flat().every((status) => status === 'delivered'));
  await until(async () => (await statusesTo(lea)).every((status) => ENDS.includes(status)));
  expect((await taken(lea)).length).toBe(before);
});

test('a STOP on WhatsApp is none for texts, and the other way round', async () => {
  const number = '+15557000012';
  const { body } = await app.as(tenant).post('/api/venues').send({ name: 'Chat hall' }).expect(201);
  const { id: chat } = body as { id: string };
  for (const channel of ['sms', 'whatsapp']) {
    await app.as(tenant).post('/api/senders').send({ venueId: chat, channel, address: number }).expect(201);
  }
  const [mia, noa] = [somebody(), somebody()];
  const hello = { ...inboundForm(`whatsapp:${noa}`, `whatsapp:${number}`, 'Hi'), NumMedia: '0' };
  await app.http
    .post('/sandbox/inbound')
    .send({ provider: 'twilio', channel: 'whatsapp', from: noa, to: number, body: 'Hi' })
    .expect(200);
  expect(await postTwilio(app, hello)).toBe(200);
  expect(await postTwilio(app, inboundForm(`whatsapp:${mia}`, `whatsapp:${number}`, 'STOP'))).toBe(200);
  expect(await postTwilio(app, inboundForm(noa, number, 'STOP'))).toBe(200);
  const status = async (channel: string, to: string): Promise<string> =>
    (await ended(tenant, await send(tenant, { channel, to, venueId: chat }))).status;
  expect(await status('sms', mia)).toBe('delivered');
  expect(await status('whatsapp', mia)).toBe('blocked_opted_out');
  expect(await status('sms', noa)).toBe('blocked_opted_out');
  expect(['delivered', 'read']).toContain(await status('whatsapp', noa));
});

test('START to the shared number lifts what STOP to it had blocked, and no STOP to a venue', async () => {
  const owner = await app.tenant();
  const oli = somebody();
  await text(oli, SHARED, 'STOP');
  await text(oli, RIVER, 'STOP');
  await text(oli, SHARED, 'START');
  expect(await ended(owner, await send(owner, { to: oli }))).toMatchObject({ status: 'delivered' });
  expect(await ended(tenant, await send(tenant, { to: oli, venueId: river }))).toMatchObject({
    status: 'blocked_opted_out',
  });
});

test('after the provider’s word on an opt-out, the next message is not even tried', async () => {
  const magic = '+15005550004';
  const own = await app.tenant();
  const number = '+15557000013';
  const hall = await venue(own, 'Hall', number);
  expect(await ended(own, await send(own, { to: magic, venueId: hall }))).toMatchObject({
    reason: 'opted_out_at_provider',
  });
  const next = await ended(own, await send(own, { to: magic, venueId: hall }));
  expect(next).toMatchObject({ status: 'blocked_opted_out', reason: 'opted_out', errorCode: null });
});
