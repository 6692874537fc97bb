/** WhatsApp: the 24 hours, what Meta declines, and what people tap. */
import { act, draft, emptyAudience, look, whenState } from '../campaigns/campaign.support.js';
import { until } from '../../harness/until.js';
import { openTestApp, type TestApp, type Tenant } from '../support/test-app.js';
import { consentOf } from '../support/consent.js';
import { read, send, whenEnded, whenStatus } from '../support/messages.js';
import { newNumber } from '../support/people.js';
import { faults, receive, recordOf } from '../support/sandbox.js';
import { newSender, newVenue, venueWith } from '../support/senders.js';
import { inboundForm, postTwilio } from '../support/twilio.js';

const SID = `HX${'c'.repeat(32)}`;

let app: TestApp;
let tenant: Tenant;
let venueId: string;
let number: string;
beforeAll(async () => {
  app = await openTestApp();
  tenant = await app.tenant();
  ({ venueId, number } = await venueWith(app, tenant, 'whatsapp'));
  await newSender(app, tenant, { venueId, channel: 'sms', address: number });
  const transactional = { category: 'transactional' };
  await save({
    key: 'approved',
    channel: 'whatsapp',
    contentSid: SID,
    contentVariables: { 1: '{{ name }}' },
    ...transactional,
  });
  await save({ key: 'text', channel: 'sms', body: 'Hi {{ name }}, gate 5', ...transactional });
  await save({
    key: 'free',
    channel: 'whatsapp',
    body: 'Hi {{ name }}',
    fallback: ['approved', 'text'],
    ...transactional,
  });
});
afterAll(() => app.close());
afterEach(() => faults(app, {}));

async function save(template: object): Promise<void> {
  await app.as(tenant).post('/api/templates').send(template).expect(201);
}

const hears = (from: string, body = 'Hello'): Promise<void> =>
  receive(app, { channel: 'whatsapp', from, to: number, body });
/** So long ago did the person last write to us. */
async function wrote(from: string, ago: string): Promise<void> {
  await app.database.query(
    `update conversation set last_inbound_at = now() - $2::interval where address = $1 and channel = 'whatsapp'`,
    [from, ago],
  );
}
const got = async (to: string): Promise<unknown[]> =>
  (await recordOf(app, to)).map(({ channel, body, contentSid }) => contentSid ?? [channel, body]);

test('a campaign of free text reaches those inside the 24 hours so, and those whose window closes meanwhile by a template', async () => {
  const [inside, closing, late, never] = [newNumber(), newNumber(), newNumber(), newNumber()];
  for (const person of [inside, closing, late]) await hears(person);
  await wrote(late, '24 hours 1 second');
  const audienceId = await emptyAudience(app, tenant);
  await app.database.query(
    `insert into contact (audience_id, kind, address, attributes, import_id)
     select $1, 'phone', number, '{"name":"Ana"}', uuidv7() from unnest($2::text[]) as number`,
    [audienceId, [inside, closing, late, never]],
  );
  const { id } = await draft(app, tenant, { channel: 'whatsapp', venueId, templateKey: 'free', audienceId });
  await app.database.query(`update lane set rest_until = now() + interval '1 hour' where sender_address = $1`, [
    number,
  ]);
  await act(app, tenant, id, 'launch');
  await until(async () => (await look(app, tenant, id)).progress.messages === 4);
  await wrote(closing, '24 hours 1 second');
  await app.database.query(`update lane set rest_until = now() where sender_address = $1`, [number]);
  await whenState(app, tenant, id, 'SENT');
  await until(async () => {
    const open = await app.database.query(
      `select from message where recipient = any($1) and status in ('queued', 'sending', 'sent', 'failed') and followed_by is null`,
      [[inside, closing, late, never]],
    );
    return open.length === 0;
  });
  expect(await got(inside)).toEqual([['whatsapp', 'Hi Ana']]);
  for (const person of [closing, late, never]) expect(await got(person)).toEqual([SID]);
});

test.each([
  ['+15005550624', '63024'],
  ['+15005550649', '63049'],
  ['+15005550616', '63016'],
])('who is not reached (%s, %s) gets a text in its place', async (to, errorCode) => {
  const id = await send(app, tenant, {
    channel: 'whatsapp',
    to,
    venueId,
    template: { key: 'approved', data: { name: 'Bea' } },
    fallback: [{ channel: 'sms', template: { key: 'text' } }],
  });
  const view = await until(async () => {
    const now = await read(app, tenant, id);
    return now.followedBy !== null && now;
  });
  expect(view).toMatchObject({ errorCode, channel: 'whatsapp' });
  await whenStatus(app, tenant, view.followedBy ?? '', 'delivered');
  expect((await got(to)).at(-1)).toEqual(['sms', 'Hi Bea, gate 5']);
});

test('who reads a message has read it', async () => {
  const to = newNumber();
  await hears(to);
  const id = await send(app, tenant, { channel: 'whatsapp', to, venueId, content: { body: 'Gate 5' } });
  expect((await whenStatus(app, tenant, id, 'read')).events.map(({ kind }) => kind)).toEqual([
    'queued',
    'sent',
    'delivered',
    'read',
  ]);
});

test('a tap on “Stop promotions” opts out of that venue on WhatsApp alone; any other opens the 24 hours', async () => {
  const [stops, asks] = [newNumber(), newNumber()];
  const tap = (from: string, text: string): Promise<number> =>
    postTwilio(app, {
      ...inboundForm(`whatsapp:${from}`, `whatsapp:${number}`, text),
      ButtonText: text,
      ButtonPayload: 'spring',
    });
  expect(await tap(stops, 'Stop promotions')).toBe(200);
  expect(await tap(asks, 'Tell me more')).toBe(200);
  expect((await consentOf(app, tenant, venueId, stops, 'whatsapp')).status).toBe('opted_out');
  expect((await consentOf(app, tenant, venueId, stops, 'sms')).status).toBe('unknown');
  expect((await consentOf(app, tenant, venueId, asks, 'whatsapp')).status).toBe('unknown');
  const id = await send(app, tenant, { channel: 'whatsapp', to: asks, venueId, content: { body: 'Gladly' } });
  await whenEnded(app, tenant, id);
  expect(await got(asks)).toEqual([['whatsapp', 'Gladly']]); // the sandbox itself was told of no message
});

test('a venue without a WhatsApp sender speaks from the platform’s, and never from its number for texts', async () => {
  const to = newNumber();
  const hall = await newVenue(app, tenant);
  const template = { key: 'approved', data: { name: 'Cem' } };
  const id = await send(app, tenant, { channel: 'whatsapp', to, venueId: hall, template });
  expect(await whenStatus(app, tenant, id, 'delivered')).toMatchObject({
    from: app.config.platform.twilio?.whatsappFrom,
  });
  expect(app.config.platform.twilio?.whatsappFrom).not.toBe(app.config.platform.twilio?.from);
});

test.each([
  ['an approved template', { contentSid: SID, contentVariables: {} }, 'approved'],
  ['free text', { body: 'Hi' }, 'free'],
])('after %s no template like it may follow on WhatsApp', async (_, texts, follower) => {
  const template = { key: 'again', channel: 'whatsapp', category: 'transactional', ...texts, fallback: [follower] };
  const { body } = await app.as(tenant).post('/api/templates').send(template).expect(422);
  expect(body).toMatchObject({ code: 'fallback_template_unfit' });
});
