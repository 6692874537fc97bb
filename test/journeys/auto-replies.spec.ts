/** What venues answer by themselves to people who write. */
import { CommandBus } from '@nestjs/cqrs';
import type { AutoReplyView } from '../../src/conversations/auto-replies/auto-replies.dto.js';
import { AutoReplyStore } from '../../src/conversations/auto-replies/auto-reply-store.js';
import { SendAutoReplies } from '../../src/conversations/auto-replies/send-auto-replies.command.js';
import type { ConversationMessageView } from '../../src/conversations/conversations.dto.js';
import { until } from '../../harness/until.js';
import { newNumber } from '../support/people.js';
import { receive, recordOf, timesTakenBy } from '../support/sandbox.js';
import { newSender, venueWith } from '../support/senders.js';
import { openTestApp, type TestApp, type Tenant } from '../support/test-app.js';
import { inboundForm, postTwilio } from '../support/twilio.js';

const SAYS = 'We are closed now, and answer tomorrow.';
const EVERY_DAY = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];

let app: TestApp;
let tenant: Tenant;
let venueId: string;
let number: string;
let reply: AutoReplyView;
beforeAll(async () => {
  app = await openTestApp();
  tenant = await app.tenant();
  ({ venueId, number } = await venueWith(app, tenant, 'sms'));
  await newSender(app, tenant, { venueId, channel: 'whatsapp', address: number });
  reply = await newReply({ venueId, channel: 'sms', text: SAYS });
});
afterAll(() => app.close());

const newReply = async (body: object, by = tenant): Promise<AutoReplyView> =>
  (await app.as(by).post('/api/auto-replies').send(body).expect(201)).body as AutoReplyView;

const change = async (changes: object, id = reply.id): Promise<AutoReplyView> =>
  (await app.as(tenant).patch(`/api/auto-replies/${id}`).send(changes).expect(200)).body as AutoReplyView;

/** Once every message that came has been answered, or is not to be. */
const allConsidered = (): Promise<unknown> =>
  until(async () => (await app.database.query('select from auto_reply_due')).length === 0);

async function automatic(person: string, channel = 'sms'): Promise<ConversationMessageView[]> {
  await allConsidered();
  const { body } = await app.as(tenant).get('/api/conversations').query({ person, channel }).expect(200);
  const [{ id } = { id: '' }] = (body as { items: { id: string }[] }).items;
  const said = await app.as(tenant).get(`/api/conversations/${id}/messages`).expect(200);
  return (said.body as { items: ConversationMessageView[] }).items.filter(({ isAutomatic }) => isAutomatic);
}

test('Whoever writes is answered at once from the number they wrote to, and only once within the hours', async () => {
  const ana = newNumber();
  await newSender(app, tenant, { venueId, channel: 'sms', address: '+12125559002' });
  await receive(app, { from: ana, to: number, body: 'When do doors open?' });
  await receive(app, { from: ana, to: number, body: 'Hello?' });
  expect(await automatic(ana)).toMatchObject([{ direction: 'outbound', text: SAYS, isAutomatic: true, keyword: null }]);
  await until(async () => (await timesTakenBy(app, ana)) === 1);
  expect((await recordOf(app, ana)).map(({ from, body }) => [from, body])).toEqual([[number, SAYS]]);

  await app.database.query(
    `update venue_conversation set auto_replied_at = now() - interval '12 hours 1 second' where person = $1`,
    [ana],
  );
  await receive(app, { from: ana, to: number, body: 'Anybody?' });
  expect(await automatic(ana)).toHaveLength(2);
});

test('A template answers on WhatsApp, each channel for itself', async () => {
  const ben = newNumber();
  await app
    .as(tenant)
    .post('/api/templates')
    .send({ key: 'closed', channel: 'whatsapp', category: 'transactional', contentSid: `HX${'e'.repeat(32)}` })
    .expect(201);
  await newReply({ venueId, channel: 'whatsapp', template: { key: 'closed' } });
  for (const channel of ['whatsapp', undefined] as const)
    await receive(app, { ...(channel && { channel }), from: ben, to: number, body: 'Hello' });
  expect(await automatic(ben, 'whatsapp')).toHaveLength(1);
  expect(await automatic(ben)).toMatchObject([{ text: SAYS }]);
});

test('Within opening hours nobody is answered by a machine', async () => {
  const [cem, dana] = [newNumber(), newNumber()];
  await change({ openingHours: [{ days: EVERY_DAY, from: '00:00', to: '24:00' }], timezone: 'Europe/Berlin' });
  await receive(app, { from: cem, to: number, body: 'Hello' });
  expect(await automatic(cem)).toEqual([]);
  await change({ openingHours: null });
  await receive(app, { from: dana, to: number, body: 'Hello' });
  expect(await automatic(dana)).toHaveLength(1);
});

test('Neither keywords nor whoever may not be written to get one', async () => {
  const [eli, fay, gus, hal] = [newNumber(), newNumber(), newNumber(), newNumber()];
  await receive(app, { from: eli, to: number, body: 'STOP' });
  await receive(app, { from: eli, to: number, body: 'You still there?' });
  await receive(app, { from: fay, to: number, body: 'help' });
  await app
    .as(tenant)
    .post('/api/suppressions')
    .send({ channel: 'sms', address: gus, reason: 'manual' })
    .expect((response) => expect(response.status).toBeLessThan(300));
  await receive(app, { from: gus, to: number, body: 'Hello' });
  await allConsidered();
  await change({ enabled: false });
  await receive(app, { from: hal, to: number, body: 'Hello' });
  for (const person of [eli, fay, gus, hal]) expect(await automatic(person)).toEqual([]);
  await change({ enabled: true });
});

test('Two desks do not answer each other, nor does one a short code', async () => {
  const other = await app.tenant();
  const desk = await venueWith(app, other, 'sms');
  await newReply({ venueId: desk.venueId, channel: 'sms', text: 'We are closed too.' }, other);
  expect(await postTwilio(app, inboundForm(desk.number, number, 'We are closed too.'))).toBe(200);
  expect(await postTwilio(app, inboundForm(number, desk.number, SAYS))).toBe(200);
  expect(await postTwilio(app, inboundForm('24365', number, 'Your code is 1234'))).toBe(200);
  expect(await automatic(desk.number)).toEqual([]);
  expect(await timesTakenBy(app, number)).toBe(0);
  expect(await timesTakenBy(app, '24365')).toBe(0);
});

test('A worker that dies over a reply, and others beside it, answer once', async () => {
  const ida = newNumber();
  const store = app.nest.get(AutoReplyStore);
  const commands = app.nest.get(CommandBus);
  const form = inboundForm(ida, number, 'Hello');
  expect([await postTwilio(app, form), await postTwilio(app, form)]).toEqual([200, 200]);
  const dying = app.database.transaction(async () => {
    const [id] = await store.due(1);
    if (id !== undefined) await store.take(id);
    throw new Error('killed');
  });
  await expect(dying).rejects.toThrow('killed');
  await Promise.all([1, 2, 3].map(() => commands.execute(new SendAutoReplies())));
  expect(await automatic(ida)).toHaveLength(1);
});

test('A reply that cannot be sent now holds up no other, and is not sent when it is of no use any more', async () => {
  const owner = await app.tenant();
  const hall = await venueWith(app, owner, 'sms');
  const { id } = await newReply({ venueId: hall.venueId, channel: 'sms', text: SAYS }, owner);
  await app.database.query(`update auto_reply set body = null, template = '{ "key": "gone" }' where id = $1`, [id]);
  const [jan, kim] = [newNumber(), newNumber()];
  await receive(app, { from: jan, to: hall.number, body: 'Hello' });
  await receive(app, { from: kim, to: number, body: 'Hello' });
  await until(async () => (await timesTakenBy(app, kim)) === 1);
  const waiting = (): Promise<object[]> => app.database.query(`select from auto_reply_due where attempts > 0`);
  await until(async () => (await waiting()).length === 1);
  await app.as(owner).patch(`/api/auto-replies/${id}`).send({ text: SAYS }).expect(200);
  await app.database.query(
    `update received_text set received_at = now() - interval '61 minutes' where received_id in (select received_id from auto_reply_due)`,
  );
  await app.database.query(`update auto_reply_due set due_at = now()`);
  await allConsidered();
  expect(await timesTakenBy(app, jan)).toBe(0);
});

test('A reply says one thing that can be sent, there is one for each channel, and it is listed, changed and removed', async () => {
  const owner = await app.tenant();
  const hall = await venueWith(app, owner, 'sms');
  const refused = async (body: object): Promise<[number, string]> => {
    const response = await app.as(owner).post('/api/auto-replies').send(body);
    return [response.status, (response.body as { code: string }).code];
  };
  const sms = { venueId: hall.venueId, channel: 'sms' };
  expect(await refused(sms)).toEqual([400, 'invalid_request']);
  expect(await refused({ ...sms, text: SAYS, template: { key: 'x' } })).toEqual([400, 'invalid_request']);
  expect(await refused({ ...sms, template: { key: 'nothing-like-it' } })).toEqual([404, 'template_not_found']);
  expect(await refused({ ...sms, text: SAYS, openingHours: [{ days: ['mon'], from: '9', to: '18:00' }] })).toEqual([
    400,
    'invalid_request',
  ]);
  const made = await newReply({ ...sms, text: SAYS }, owner);
  expect(await refused({ ...sms, text: SAYS })).toEqual([409, 'auto_reply_exists']);
  const listed = await app.as(owner).get('/api/auto-replies').query({ venueId: hall.venueId }).expect(200);
  expect((listed.body as { items: AutoReplyView[] }).items).toEqual([made]);
  const reader = await app.keyOf(owner, ['conversations:read']);
  await app.as(reader).delete(`/api/auto-replies/${made.id}`).expect(403);
  await app.as(owner).delete(`/api/auto-replies/${made.id}`).expect(204);
  await app.as(reader).get(`/api/auto-replies/${made.id}`).expect(404);
});
