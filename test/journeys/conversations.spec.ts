/** What people write to venues, and what venues answer. */
import type { ConversationMessageView, ConversationView } from '../../src/conversations/conversations.dto.js';
import type { AcceptedMessage } from '../../src/dispatch/messages/messages.dto.js';
import { openTestApp, type TestApp, type Tenant } from '../support/test-app.js';
import { send, text, whenEnded, whenStatus } from '../support/messages.js';
import { newAmericanNumber, newNumber } from '../support/people.js';
import { receive, recordOf } from '../support/sandbox.js';
import { newSender, venueWith } from '../support/senders.js';
import { inboundForm, postTwilio } from '../support/twilio.js';

let app: TestApp;
let tenant: Tenant;
let venueId: string;
let number: string;
beforeAll(async () => {
  app = await openTestApp();
  tenant = await app.tenant();
  ({ venueId, number } = await venueWith(app, tenant, 'sms'));
  for (const channel of ['mms', 'whatsapp']) await newSender(app, tenant, { venueId, channel, address: number });
});
afterAll(() => app.close());

interface Page<Item> {
  readonly items: readonly Item[];
  readonly nextCursor: string | null;
}

const listed = async (query: object, by: Tenant = tenant): Promise<Page<ConversationView>> =>
  (await app.as(by).get('/api/conversations').query(query).expect(200)).body as Page<ConversationView>;

/** The conversation with a person, on the texts. */
async function withPerson(person: string, channel = 'sms'): Promise<ConversationView> {
  const { items } = await listed({ person, channel });
  expect(items).toHaveLength(1);
  return items[0] as ConversationView;
}

const said = async (id: string, query: object = {}): Promise<Page<ConversationMessageView>> =>
  (await app.as(tenant).get(`/api/conversations/${id}/messages`).query(query).expect(200))
    .body as Page<ConversationMessageView>;

const answer = async (id: string, body: object): Promise<AcceptedMessage> =>
  (await app.as(tenant).post(`/api/conversations/${id}/messages`).send(body).expect(202)).body as AcceptedMessage;

const bodiesOf = async (id: string): Promise<(string | null)[]> => (await said(id)).items.map(({ text: body }) => body);

test('A person’s text is read beside what the venue wrote, and answered from the number that they wrote to', async () => {
  const ana = newNumber();
  // Another number of the venue would speak by default.
  await newSender(app, tenant, { venueId, channel: 'sms', address: '+12125559001' });
  await whenStatus(
    app,
    tenant,
    await send(app, tenant, text({ venueId, to: ana, content: { body: 'Order A-1' } })),
    'delivered',
  );
  await receive(app, { from: ana, to: number, body: 'When do doors open?' });
  const conversation = await withPerson(ana);
  expect(conversation).toEqual({
    id: expect.any(String) as string,
    venueId,
    channel: 'sms',
    person: ana,
    number,
    received: 1,
    unread: 1,
    lastReceivedAt: expect.stringMatching(/Z$/) as string,
  });

  const { id, from } = await answer(conversation.id, { text: 'At 19:00.' });
  expect(from).toBe(number);
  await whenStatus(app, tenant, id, 'delivered');
  expect((await said(conversation.id)).items).toEqual([
    expect.objectContaining({ id, direction: 'outbound', text: 'At 19:00.', status: 'delivered', keyword: null }),
    expect.objectContaining({ direction: 'inbound', text: 'When do doors open?', status: null, channel: 'sms' }),
    expect.objectContaining({ direction: 'outbound', text: 'Order A-1', status: 'delivered' }),
  ]);
  expect((await recordOf(app, ana)).map(({ body, from: sender }) => [sender, body])).toContainEqual([
    number,
    'At 19:00.',
  ]);
  expect(await withPerson(ana)).toMatchObject({ received: 1, unread: 0 });
});

test('Pages of both directions hold each message once, in order', async () => {
  const ben = newNumber();
  const expected: string[] = [];
  for (const n of [1, 2, 3]) {
    await receive(app, { from: ben, to: number, body: `asked ${n}` });
    const conversation = await withPerson(ben);
    await whenStatus(app, tenant, (await answer(conversation.id, { text: `answered ${n}` })).id, 'delivered');
    expected.unshift(`answered ${n}`, `asked ${n}`);
  }
  const { id } = await withPerson(ben);
  const found: (string | null)[] = [];
  let cursor: string | null | undefined;
  do {
    const page = await said(id, { limit: 2, ...(cursor && { cursor }) });
    expect(page.items.length).toBeLessThanOrEqual(2);
    found.push(...page.items.map(({ text: body }) => body));
    cursor = page.nextCursor;
  } while (cursor !== null);
  expect(found).toEqual(expected);
});

test('STOP is kept as it came and asks for no answer, and an answer to it is not sent', async () => {
  const cem = newNumber();
  await receive(app, { from: cem, to: number, body: 'Stop' });
  const conversation = await withPerson(cem);
  expect(conversation).toMatchObject({ received: 1, unread: 0 });
  const { id } = await answer(conversation.id, { text: 'Why?' });
  expect(await whenEnded(app, tenant, id)).toMatchObject({ status: 'blocked_opted_out' });
  expect((await said(conversation.id)).items).toEqual([
    expect.objectContaining({ id, status: 'blocked_opted_out' }),
    expect.objectContaining({ text: 'Stop', keyword: 'stop' }),
  ]);
});

test('A post that comes twice is one message', async () => {
  const dana = newNumber();
  const form = inboundForm(dana, number, 'Hello');
  expect([await postTwilio(app, form), await postTwilio(app, form)]).toEqual([200, 200]);
  const conversation = await withPerson(dana);
  expect(conversation).toMatchObject({ received: 1, unread: 1 });
  expect(await bodiesOf(conversation.id)).toEqual(['Hello']);
});

test('Pictures belong to the texts, both ways', async () => {
  const eli = newAmericanNumber();
  expect(await postTwilio(app, { ...inboundForm(eli, number, 'See'), NumMedia: '1' })).toBe(200);
  const conversation = await withPerson(eli);
  const { id } = await answer(conversation.id, { text: 'Map', mediaUrls: ['https://riverside.example/map.png'] });
  await whenEnded(app, tenant, id);
  expect((await said(conversation.id)).items.map(({ channel, text: body }) => [channel, body])).toEqual([
    ['mms', 'Map'],
    ['mms', 'See'],
  ]);
});

test('On WhatsApp free text is an answer for 24 hours, and a template afterwards too', async () => {
  const fay = newNumber();
  await receive(app, { channel: 'whatsapp', from: fay, to: number, body: 'Is there a cloakroom?' });
  const conversation = await withPerson(fay, 'whatsapp');
  await whenStatus(app, tenant, (await answer(conversation.id, { text: 'Yes.' })).id, 'delivered');
  await app.database.query(
    `update conversation set last_inbound_at = now() - interval '24 hours 1 second' where address = $1`,
    [fay],
  );
  const late = await app.as(tenant).post(`/api/conversations/${conversation.id}/messages`).send({ text: 'And free.' });
  expect([late.status, (late.body as { code: string }).code]).toEqual([409, 'whatsapp_window_closed']);
  await app
    .as(tenant)
    .post('/api/templates')
    .send({ key: 'news', channel: 'whatsapp', category: 'transactional', contentSid: `HX${'d'.repeat(32)}` })
    .expect(201);
  await whenStatus(app, tenant, (await answer(conversation.id, { template: { key: 'news' } })).id, 'delivered');
});

test('Conversations are listed by who wrote last, unread ones alone, and by venue', async () => {
  const owner = await app.tenant();
  const hall = await venueWith(app, owner, 'sms');
  const club = await venueWith(app, owner, 'sms');
  const [gus, hal, ida] = [newNumber(), newNumber(), newNumber()];
  for (const [from, to] of [
    [gus, hall.number],
    [hal, hall.number],
    [ida, club.number],
    [gus, hall.number],
  ] as const)
    await receive(app, { from, to, body: 'Hello' });
  const people = async (query: object): Promise<string[]> =>
    (await listed(query, owner)).items.map(({ person }) => person);
  expect(await people({})).toEqual([gus, ida, hal]);
  expect(await people({ venueId: hall.venueId })).toEqual([gus, hal]);
  const [{ id } = { id: '' }] = (await listed({ person: hal }, owner)).items;
  const { body } = await app.as(owner).post(`/api/conversations/${id}/read`).send({}).expect(200);
  expect(body).toMatchObject({ id, unread: 0 });
  expect(await people({ unread: true })).toEqual([gus, ida]);
  const first = await listed({ limit: 2 }, owner);
  expect(first.items.map(({ person }) => person)).toEqual([gus, ida]);
  expect(await people({ limit: 2, cursor: first.nextCursor })).toEqual([hal]);
});

test('What comes after the last that was read stays unread', async () => {
  const jan = newNumber();
  await receive(app, { from: jan, to: number, body: 'One' });
  const { id } = await withPerson(jan);
  const [one] = (await said(id)).items;
  await receive(app, { from: jan, to: number, body: 'Two' });
  const { body } = await app.as(tenant).post(`/api/conversations/${id}/read`).send({ upTo: one?.id }).expect(200);
  expect(body).toMatchObject({ unread: 1 });
});

test('An answer says one thing, and a key without its scope neither reads nor writes', async () => {
  const kim = newNumber();
  await receive(app, { from: kim, to: number, body: 'Hello' });
  const { id } = await withPerson(kim);
  for (const body of [{}, { text: 'Hi', template: { key: 'news' } }]) {
    const refused = await app.as(tenant).post(`/api/conversations/${id}/messages`).send(body);
    expect([refused.status, (refused.body as { code: string }).code]).toEqual([400, 'invalid_request']);
  }
  const reader = await app.keyOf(tenant, ['messages:read', 'messages:write', 'content:read']);
  await app.as(reader).get('/api/conversations').expect(403);
  await app.as(reader).post(`/api/conversations/${id}/messages`).send({ text: 'Hi' }).expect(403);
});

test('A number that is nobody’s begins no conversation', async () => {
  const lea = newNumber();
  await receive(app, { from: lea, to: '+12125550000', body: 'Anybody there?' });
  expect((await listed({ person: lea })).items).toEqual([]);
});
