/** Somebody who says STOP hears no more from that venue on that channel, also of what was on its way. */
import { openTestApp, type TestApp, type Tenant } from '../support/test-app.js';
import type { MessageView, MessageWithEvents } from '../../src/dispatch/messages/messages.dto.js';
import { until } from '../../harness/until.js';
import { consentOf } from '../support/consent.js';
import { due, farOff, list, read, send, sendAll, text, whenEnded } from '../support/messages.js';
import { newAmericanNumber, newNumber } from '../support/people.js';
import { faults, receive, recordOf, type RecordedMessage } from '../support/sandbox.js';
import { newSender, newVenue, releaseSender } from '../support/senders.js';
import { inboundForm, postTwilio } from '../support/twilio.js';

const RIVER = '+15557000001';
const HILL = '+15557000002';
const SHARED = '+15005550006';

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
afterEach(() => faults(app, {}));

async function venue(owner: Tenant, name: string, number: string): Promise<string> {
  const venueId = await newVenue(app, owner, name);
  await newSender(app, owner, { venueId, channel: 'sms', address: number });
  return venueId;
}

const texted = (owner: Tenant, input: object): Promise<string> => send(app, owner, text(input));
const ended = (owner: Tenant, id: string): Promise<MessageView> => whenEnded(app, owner, id);

/** How a text to somebody who says STOP may end: in doubt, where a slow machine has let its call time out. */
const ENDS: readonly string[] = ['delivered', 'blocked_opted_out', 'unknown'];

/** What became of everything the tenant wrote to somebody. */
async function statusesTo(to: string): Promise<string[]> {
  return (await list(app, tenant, { to, limit: 500 })).items.map(({ status }) => status);
}

const taken = (to: string): Promise<RecordedMessage[]> => recordOf(app, to);

/** Waits until all to somebody has ended, and answers what was taken beyond the first so many: but for calls in doubt, which nobody can take back. */
async function takenBeyond(before: number, to: string): Promise<MessageWithEvents[]> {
  await until(async () => (await statusesTo(to)).every((status) => ENDS.includes(status)));
  const late = (await taken(to)).slice(before);
  const views = await Promise.all(late.map(({ messageId = '' }) => read(app, tenant, messageId)));
  return views.filter(({ events }) => !events.some(({ kind }) => kind === 'unknown'));
}
const consentAt = async (venueId: string, address: string): Promise<string> =>
  (await consentOf(app, tenant, venueId, address)).status;

test('a STOP to a venue’s number blocks that venue, in every category, and no other', async () => {
  const ana = newNumber();
  await receive(app, { from: ana, to: RIVER, body: 'stop' });
  expect(await consentAt(river, ana)).toBe('opted_out');
  expect(await consentAt(hill, ana)).toBe('unknown');
  const blocked = await ended(tenant, await texted(tenant, { to: ana, venueId: river }));
  expect(blocked).toMatchObject({
    status: 'blocked_opted_out',
    reason: 'opted_out',
    explanation: expect.stringContaining('opted out of this venue'),
  });
  expect(await ended(tenant, await texted(tenant, { to: ana, venueId: hill }))).toMatchObject({ status: 'delivered' });
  const mail = await texted(tenant, {
    channel: 'email',
    to: 'ana@example.com',
    venueId: river,
    content: { subject: 's', text: 't' },
  });
  expect(await ended(tenant, mail)).toMatchObject({ status: 'delivered' });
});

test('a STOP to a number counts for pictures from it as well', async () => {
  const ben = newNumber();
  await receive(app, { from: ben, to: RIVER, body: 'STOP' });
  const mms = await texted(tenant, {
    channel: 'mms',
    to: ben,
    venueId: river,
    content: { mediaUrls: ['https://example.com/plan.png'] },
  });
  expect(await ended(tenant, mms)).toMatchObject({ status: 'blocked_opted_out' });
});

test('once a STOP is answered, nothing more is taken: neither what was queued nor what was on its way', async () => {
  const cem = newNumber();
  await faults(app, { calls: [{ provider: 'twilio', latencyMs: { min: 500, max: 4_000 } }] });
  const messages = Array.from({ length: 400 }, () => ({
    channel: 'sms',
    to: cem,
    venueId: river,
    content: { body: 'Doors at 19:00' },
  }));
  await sendAll(app, tenant, messages);
  await until(async () => (await taken(cem)).length > 2);
  expect(await postTwilio(app, inboundForm(cem, RIVER, 'Stop'))).toBe(200); // not by the sandbox, which would block it too
  const answeredAt = Date.now();
  const before = (await taken(cem)).length;
  expect(before).toBeLessThan(400);
  expect(await takenBeyond(before, cem)).toEqual([]);
  const times = (await taken(cem)).slice(0, before).map(({ acceptedAt }) => Date.parse(acceptedAt));
  expect(Math.max(...times)).toBeLessThanOrEqual(answeredAt);
});

test('START lets messages through again', async () => {
  const dora = newNumber();
  await receive(app, { from: dora, to: RIVER, body: 'STOP' });
  expect(await ended(tenant, await texted(tenant, { to: dora, venueId: river }))).toMatchObject({
    status: 'blocked_opted_out',
  });
  await receive(app, { from: dora, to: RIVER, body: 'START' });
  expect(await consentAt(river, dora)).toBe('opted_in');
  expect(await ended(tenant, await texted(tenant, { to: dora, venueId: river }))).toMatchObject({
    status: 'delivered',
  });
});

test('YES reopens only for somebody who is out, and is no opt-in from anybody else', async () => {
  const [eli, fay] = [newNumber(), newNumber()];
  await receive(app, { from: eli, to: RIVER, body: 'YES' });
  expect(await consentAt(river, eli)).toBe('unknown');
  await receive(app, { from: fay, to: RIVER, body: 'STOP' });
  await receive(app, { from: fay, to: RIVER, body: 'yes' });
  expect(await consentAt(river, fay)).toBe('opted_in');
});

test('a STOP to the platform’s shared number blocks that number for every tenant, and no number of a venue’s own', async () => {
  const gil = newNumber();
  const [first, second] = [await app.tenant(), await app.tenant()];
  await receive(app, { from: gil, to: SHARED, body: 'STOP' });
  for (const owner of [first, second]) {
    expect(await ended(owner, await texted(owner, { to: gil }))).toMatchObject({
      status: 'blocked_opted_out',
      reason: 'number_opted_out',
    });
  }
  expect(await ended(tenant, await texted(tenant, { to: gil, venueId: river }))).toMatchObject({ status: 'delivered' });
});

test('a number that moved to another venue speaks for the venue that has it now', async () => {
  const moved = '+15557000009';
  const old = await venue(tenant, 'Old hall', moved);
  const { body } = await app.as(tenant).get('/api/senders').query({ venueId: old }).expect(200);
  const [sender] = (body as { items: { id: string }[] }).items;
  await releaseSender(app, tenant, sender?.id ?? '');
  const next = await venue(tenant, 'New hall', moved);
  const hal = newNumber();
  await receive(app, { from: hal, to: moved, body: 'STOP' });
  expect(await consentAt(next, hal)).toBe('opted_out');
  expect(await consentAt(old, hal)).toBe('unknown');
});

test('a STOP to a number that moved is one to the venue that last wrote from it as well, and not to one before that', async () => {
  const moved = '+15557000010';
  const leave = async (venueId: string): Promise<void> => {
    const { body } = await app.as(tenant).get('/api/senders').query({ venueId }).expect(200);
    await releaseSender(app, tenant, (body as { items: { id: string }[] }).items[0]?.id ?? '');
  };
  const person = newNumber();
  const first = await venue(tenant, 'First hall', moved);
  await ended(tenant, await texted(tenant, { to: person, venueId: first }));
  await leave(first);
  const second = await venue(tenant, 'Second hall', moved);
  await ended(tenant, await texted(tenant, { to: person, venueId: second }));
  await leave(second);
  const third = await venue(tenant, 'Third hall', moved);
  await receive(app, { from: person, to: moved, body: 'STOP' });
  expect(await consentAt(third, person)).toBe('opted_out');
  expect(await consentAt(second, person)).toBe('opted_out');
  expect(await consentAt(first, person)).toBe('unknown');
  await receive(app, { from: person, to: moved, body: 'START' });
  expect(await consentAt(third, person)).toBe('opted_in');
  expect(await consentAt(second, person)).toBe('opted_out');
});

test('a provider that says the person has opted out is believed and logged', async () => {
  const magic = '+15005550004'; // Twilio's test number that answers 21610
  expect(await ended(tenant, await texted(tenant, { to: magic, venueId: river }))).toMatchObject({
    status: 'blocked_opted_out',
    reason: 'opted_out_at_provider',
  });
  expect(await consentAt(river, magic)).toBe('opted_out');
  const { body } = await app
    .as(tenant)
    .get(`/api/consent/${river}/${encodeURIComponent(magic)}/log?channel=sms`)
    .expect(200);
  expect((body as { items: object[] }).items[0]).toMatchObject({ source: 'provider', evidence: { code: '21610' } });
});

test('what is queued for later is stopped by a STOP that comes before its hour', async () => {
  const ida = newNumber();
  const id = await texted(tenant, { to: ida, venueId: river, sendAt: farOff() });
  await receive(app, { from: ida, to: RIVER, body: 'STOP' });
  await due(app, [id]);
  expect(await ended(tenant, id)).toMatchObject({ status: 'blocked_opted_out' });
  expect(await taken(ida)).toEqual([]);
});

test('a STOP reaches pictures and texts of a number alike, whichever of the two it answers, and also those on their way', async () => {
  const number = '+15557000011';
  const both = await venue(tenant, 'Both stages', number);
  await newSender(app, tenant, { venueId: both, channel: 'mms', address: number });
  const jan = newAmericanNumber();
  await faults(app, { calls: [{ provider: 'twilio', latencyMs: { min: 1_000, max: 3_000 } }] });
  const sms = { channel: 'sms', to: jan, venueId: both, content: { body: 'Doors at 19:00' } };
  const mms = { channel: 'mms', to: jan, venueId: both, content: { mediaUrls: ['https://example.com/plan.png'] } };
  const messages = Array.from({ length: 500 }, () => [sms, mms]).flat(); // more than are on their way at once
  await sendAll(app, tenant, messages);
  await until(async () => (await taken(jan)).length > 10);
  expect(await postTwilio(app, { ...inboundForm(jan, number, 'STOP'), NumMedia: '1' })).toBe(200);
  const before = (await taken(jan)).length;
  expect(before).toBeLessThan(1_000);
  expect(await takenBeyond(before, jan)).toEqual([]);
});

test('a STOP reaches what waits to be tried again', async () => {
  const kim = newNumber();
  await faults(app, { calls: [{ provider: 'twilio', nth: { tooMany: 1 } }] });
  const id = await texted(tenant, { to: kim, venueId: river });
  await until(async () => (await read(app, tenant, id)).reason === 'deferred');
  expect(await postTwilio(app, inboundForm(kim, RIVER, 'STOP'))).toBe(200);
  await faults(app, {});
  expect(await ended(tenant, id)).toMatchObject({ status: 'blocked_opted_out', reason: 'opted_out' });
  expect(await taken(kim)).toEqual([]);
});

test('a STOP of one person holds up nobody else: the rest of a batch is delivered', async () => {
  const [lea, others] = [newNumber(), Array.from({ length: 120 }, newNumber)];
  await faults(app, { calls: [{ provider: 'twilio', latencyMs: { min: 100, max: 200 } }] });
  const messages = others
    .flatMap((to) => [to, lea])
    .map((to) => ({ channel: 'sms', to, venueId: river, content: { body: 'Doors at 19:00' } }));
  await sendAll(app, tenant, messages);
  await until(async () => (await taken(lea)).length > 3);
  expect(await postTwilio(app, inboundForm(lea, RIVER, 'STOP'))).toBe(200);
  const before = (await taken(lea)).length;
  await until(async () => (await Promise.all(others.map(statusesTo))).flat().every((status) => status === 'delivered'));
  expect(await takenBeyond(before, lea)).toEqual([]);
});

test('a STOP on WhatsApp is none for texts, and the other way round', async () => {
  const number = '+15557000012';
  const chat = await newVenue(app, tenant, 'Chat hall');
  for (const channel of ['sms', 'whatsapp']) {
    await newSender(app, tenant, { venueId: chat, channel, address: number });
  }
  const [mia, noa] = [newNumber(), newNumber()];
  const hello = { ...inboundForm(`whatsapp:${noa}`, `whatsapp:${number}`, 'Hi'), NumMedia: '0' };
  await receive(app, { channel: 'whatsapp', from: noa, to: number, body: 'Hi' });
  expect(await postTwilio(app, hello)).toBe(200);
  expect(await postTwilio(app, inboundForm(`whatsapp:${mia}`, `whatsapp:${number}`, 'STOP'))).toBe(200);
  expect(await postTwilio(app, inboundForm(noa, number, 'STOP'))).toBe(200);
  const status = async (channel: string, to: string): Promise<string> =>
    (await ended(tenant, await texted(tenant, { channel, to, venueId: chat }))).status;
  expect(await status('sms', mia)).toBe('delivered');
  expect(await status('whatsapp', mia)).toBe('blocked_opted_out');
  expect(await status('sms', noa)).toBe('blocked_opted_out');
  expect(['delivered', 'read']).toContain(await status('whatsapp', noa));
});

test('START to the shared number lifts what STOP to it had blocked, and no STOP to a venue', async () => {
  const owner = await app.tenant();
  const oli = newNumber();
  await receive(app, { from: oli, to: SHARED, body: 'STOP' });
  await receive(app, { from: oli, to: RIVER, body: 'STOP' });
  await receive(app, { from: oli, to: SHARED, body: 'START' });
  expect(await ended(owner, await texted(owner, { to: oli }))).toMatchObject({ status: 'delivered' });
  expect(await ended(tenant, await texted(tenant, { to: oli, venueId: river }))).toMatchObject({
    status: 'blocked_opted_out',
  });
});

test('after the provider’s word on an opt-out, the next message is not even tried', async () => {
  const magic = '+15005550004';
  const own = await app.tenant();
  const number = '+15557000013';
  const hall = await venue(own, 'Hall', number);
  expect(await ended(own, await texted(own, { to: magic, venueId: hall }))).toMatchObject({
    reason: 'opted_out_at_provider',
  });
  const next = await ended(own, await texted(own, { to: magic, venueId: hall }));
  expect(next).toMatchObject({ status: 'blocked_opted_out', reason: 'opted_out', errorCode: null });
});

test('STOP in the language of the person’s country is a STOP, and HELP is answered by the venue where the provider is silent', async () => {
  const person = newNumber();
  const number = '+15557000091';
  const venueId = await venue(tenant, 'Quay', number);
  await newSender(app, tenant, { venueId, channel: 'whatsapp', address: number });
  const keywordReplies = { help: 'Quay: write to help@quay.example', start: 'Quay: welcome back' };
  const { body } = await app.as(tenant).patch(`/api/venues/${venueId}`).send({ keywordReplies }).expect(200);
  expect(body).toMatchObject({ keywordReplies });
  const said = async (): Promise<(string | undefined)[]> => (await taken(person)).map((message) => message.body);

  await receive(app, { from: person, to: number, body: 'HELP' }); // the provider's own word, which it answers itself
  await receive(app, { from: person, to: number, body: 'Hilfe!' });
  await until(async () => (await said()).length > 0);
  await receive(app, { from: person, to: number, body: 'help', channel: 'whatsapp' });
  await until(async () => (await said()).length > 1);
  expect((await taken(person)).map(({ channel, from, body: words }) => [channel, from, words])).toEqual([
    ['sms', number, keywordReplies.help],
    ['whatsapp', number, keywordReplies.help],
  ]);

  await receive(app, { from: person, to: number, body: 'Abmelden' });
  expect(await consentAt(venueId, person)).toBe('opted_out');
  expect(await ended(tenant, await texted(tenant, { venueId, to: person }))).toMatchObject({
    status: 'blocked_opted_out',
  });
  await receive(app, { from: person, to: number, body: 'Anmelden' });
  expect(await consentAt(venueId, person)).toBe('opted_out');
  await receive(app, { from: person, to: number, body: 'Start', channel: 'whatsapp' });
  await until(async () => (await said()).includes(keywordReplies.start));
  await app.as(tenant).patch(`/api/venues/${venueId}`).send({ keywordReplies: null }).expect(200);
  await receive(app, { from: person, to: number, body: 'help', channel: 'whatsapp' });
  const [asked] = (await list(app, tenant, { to: person, limit: 1 })).items;
  expect(asked).toMatchObject({ messageType: 'keyword_reply', category: 'transactional', channel: 'whatsapp' });
  expect(await said()).toHaveLength(3);
});

test('A venue confirms a STOP once, past the opt-out, where the provider is silent, and a machine is not answered twice', async () => {
  const [person, other, third] = [newNumber(), newNumber(), newNumber()];
  const number = '+15557000092';
  const venueId = await venue(tenant, 'Pier', number);
  await newSender(app, tenant, { venueId, channel: 'whatsapp', address: number });
  const keywordReplies = { stop: 'Pier: you get no more texts', help: 'Pier: write to help@pier.example' };
  await app.as(tenant).patch(`/api/venues/${venueId}`).send({ keywordReplies }).expect(200);
  const answersTo = async (to: string): Promise<readonly MessageView[]> =>
    (await list(app, tenant, { to, messageType: 'keyword_reply' })).items;

  for (const body of ['Abmelden', 'Stopp!', 'Hilfe']) await receive(app, { from: person, to: number, body });
  const [, confirmation] = await until(async () => {
    const answers = await answersTo(person);
    return answers.length === 2 && answers;
  });
  expect(await ended(tenant, confirmation?.id ?? '')).toMatchObject({ status: 'delivered', category: 'transactional' });
  expect((await taken(person)).map(({ from, body }) => [from, body])).toEqual([[number, keywordReplies.stop]]);
  expect(await ended(tenant, await texted(tenant, { venueId, to: person }))).toMatchObject({ reason: 'opted_out' });
  await app.database.query(
    `update keyword_answer set answered_at = answered_at - interval '6 minutes' where person = $1`,
    [person],
  );
  await receive(app, { from: person, to: number, body: 'Austragen' });
  await until(async () => (await taken(person)).length === 2);

  await receive(app, { from: other, to: number, body: 'STOP' }); // the provider's own word, which it answers itself
  const advanced = { ...inboundForm(other, number, 'Baja'), OptOutType: 'STOP' };
  expect(await postTwilio(app, advanced)).toBeLessThan(300);
  await receive(app, { from: other, to: number, body: 'stop', channel: 'whatsapp' });
  await until(async () => (await taken(other)).length > 0);
  expect((await taken(other)).map(({ channel, body }) => [channel, body])).toEqual([['whatsapp', keywordReplies.stop]]);

  const silent = { keywordReplies: { ...keywordReplies, isProviderSilent: true } };
  await app.as(tenant).patch(`/api/venues/${venueId}`).send(silent).expect(200);
  await receive(app, { from: third, to: number, body: 'HELP' });
  await until(async () => (await taken(third)).some(({ body }) => body === keywordReplies.help));
});
