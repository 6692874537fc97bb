/** A message that reaches nobody is followed by another on the next channel: once, with consent of its own, and never out of doubt. */
import { act, draft, emptyAudience, whenAll } from '../campaigns/campaign.support.js';
import { openTestApp, type TestApp, type Tenant } from '../support/test-app.js';
import { until } from '../../harness/until.js';
import { decide } from '../support/consent.js';
import { due, farOff, read, send, whenStatus } from '../support/messages.js';
import { newMailbox, newNumber } from '../support/people.js';
import { faults, recordOf } from '../support/sandbox.js';
import { newSender, releaseSender, venueWith } from '../support/senders.js';

let app: TestApp;
let tenant: Tenant;
let venueId: string;
beforeAll(async () => {
  app = await openTestApp();
  tenant = await app.tenant();
  ({ venueId } = await venueWith(app, tenant, 'whatsapp'));
  for (const [channel, address] of Object.entries({ sms: '+12125559000', email: 'box@riverside.example' }))
    await newSender(app, tenant, { venueId, channel, address });
});
afterAll(() => app.close());
afterEach(() => faults(app, {}));

const SID = `HX${'a'.repeat(32)}`;
let templates = 0;

async function template(channel: string, more: object = {}): Promise<string> {
  const key = `order-${(templates += 1)}`;
  const texts = {
    whatsapp: { contentSid: SID, contentVariables: { 1: '{{ name }}' } },
    sms: { body: 'Hi {{ name }}' },
    email: { subject: 'Your order', text: 'Hi {{ name }}' },
  }[channel];
  const input = { key, channel, category: 'transactional', ...texts, ...more };
  await app.as(tenant).post('/api/templates').send(input).expect(201);
  return key;
}

/** A message on WhatsApp that falls back to SMS and to email. */
async function chained(more: object = {}): Promise<{ input: object; phone: string; box: string }> {
  const [phone, box] = [newNumber(), newMailbox()];
  const input = {
    channel: 'whatsapp',
    venueId,
    to: phone,
    alternateTo: box,
    reference: 'order:A-1',
    template: { key: await template('whatsapp'), data: { name: 'Ana' } },
    fallback: [
      { channel: 'sms', template: { key: await template('sms') } },
      { channel: 'email', content: { subject: 'Your order', text: 'See you at 19:00' } },
    ],
    ...more,
  };
  return { input, phone, box };
}

const whenFollowed = (id: string): Promise<string> =>
  until(async () => (await read(app, tenant, id)).followedBy ?? undefined);

const takenBy = async (address: string): Promise<string[]> =>
  (await recordOf(app, address)).map(({ channel }) => channel);

/** Waits until the schedule of fallbacks has run, from its beginning, after now. */
async function whenLooked(): Promise<void> {
  const [{ now } = { now: '' }] = await app.database.query<{ now: string }>(`select clock_timestamp()::text as now`);
  await until(async () => {
    const ran = await app.database.query(
      `select from schedule where name = 'fall-back' and last_started_at > $1::timestamptz + interval '1 second'`,
      [now],
    );
    return ran.length > 0;
  });
}

test('WhatsApp that ends undelivered is followed by SMS, and that by email, each message telling of the other', async () => {
  await faults(app, { outcomes: { undelivered: 1 } });
  const { input, phone, box } = await chained();
  const id = await send(app, tenant, input);
  expect(await read(app, tenant, id)).toMatchObject({ fallback: ['sms', 'email'], followedBy: null });
  const second = await whenFollowed(id);
  const third = await whenFollowed(second);
  const last = await whenStatus(app, tenant, third, 'delivered');
  expect(last).toMatchObject({ channel: 'email', to: box, fallbackOf: second, fallback: [], reference: 'order:A-1' });
  expect(await read(app, tenant, second)).toMatchObject({ channel: 'sms', to: phone, fallbackOf: id, fallback: [] });
  const first = await read(app, tenant, id);
  expect(first).toMatchObject({ status: 'undelivered', followedBy: second });
  expect(first.events.at(-1)).toMatchObject({ kind: 'fell_back', reason: 'sms', source: 'dispatch' });
  expect(await takenBy(phone)).toEqual(['whatsapp', 'sms']);
  expect((await recordOf(app, phone))[1]?.body).toBe('Hi Ana'); // the data of the first message
  expect(await takenBy(box)).toEqual(['email']);
});

test('a message that arrives is followed by nothing', async () => {
  const { input, box } = await chained();
  const id = await send(app, tenant, input);
  await whenStatus(app, tenant, id, 'delivered');
  await whenLooked();
  expect(await read(app, tenant, id)).toMatchObject({ followedBy: null, fallback: ['sms', 'email'] });
  expect(await takenBy(box)).toEqual([]);
});

test('reports of the end that come many times lead to one step', async () => {
  await faults(app, { outcomes: { undelivered: 1 }, callbacks: { duplicate: 1, copies: 10, shuffle: true } });
  const { input, phone } = await chained({ fallback: [{ channel: 'sms', content: { body: 'See you' } }] });
  const id = await send(app, tenant, input);
  await whenStatus(app, tenant, await whenFollowed(id), 'undelivered');
  await whenLooked();
  expect(await takenBy(phone)).toEqual(['whatsapp', 'sms']);
});

test('a message that is due once more, as a report was read while its step was made, is followed once', async () => {
  const number = newNumber();
  const fallback = [{ channel: 'email', content: { subject: 'Your order', text: 'See you at 19:00' } }];
  const content = { body: 'See you at 19:00' };
  await faults(app, { outcomes: { undelivered: 1 } });
  const first = await send(app, tenant, {
    channel: 'sms',
    venueId,
    to: number,
    content,
    alternateTo: newMailbox(),
    fallback,
  });
  const follower = await whenFollowed(first);
  await app.database.query(`insert into fallback_due (message_id) values ($1)`, [first]);
  await until(
    async () => (await app.database.query(`select from fallback_due where message_id = $1`, [first])).length === 0,
  );
  expect((await read(app, tenant, first)).followedBy).toBe(follower);
  expect(await app.database.query(`select id from message where fallback_of = $1`, [first])).toEqual([
    { id: follower },
  ]);
});

test('who has no opt-in on one channel and one on the next is written to there', async () => {
  const { input, phone } = await chained({ category: 'marketing' });
  await decide(app, tenant, [phone], 'sms', 'opted_in', venueId);
  const id = await send(app, tenant, input);
  const next = await whenFollowed(id);
  expect(await read(app, tenant, id)).toMatchObject({ status: 'skipped_no_consent' });
  await whenStatus(app, tenant, next, 'delivered');
  expect(await takenBy(phone)).toEqual(['sms']);
});

test('who said STOP on one channel is not followed to another', async () => {
  const { input, phone, box } = await chained();
  await decide(app, tenant, [phone], 'whatsapp', 'opted_out', venueId);
  const id = await send(app, tenant, input);
  await whenStatus(app, tenant, id, 'blocked_opted_out');
  await whenLooked();
  expect(await read(app, tenant, id)).toMatchObject({ followedBy: null });
  expect([...(await takenBy(phone)), ...(await takenBy(box))]).toEqual([]);
});

test('a message in doubt is followed by nothing', async () => {
  await faults(app, { calls: [{ provider: 'twilio', nth: { resetAfter: 1 } }], callbacks: { drop: 1 } });
  const { input, box } = await chained({ fallback: [{ channel: 'email', content: { subject: 'Hi', text: 'Hi' } }] });
  const id = await send(app, tenant, input);
  await whenStatus(app, tenant, id, 'unknown');
  await whenLooked();
  expect(await read(app, tenant, id)).toMatchObject({ status: 'unknown', followedBy: null });
  expect(await takenBy(box)).toEqual([]);
});

test('a step whose sender is gone is passed over, and the timeline shows it', async () => {
  const { venueId: hall } = await venueWith(app, tenant, 'whatsapp');
  const senderId = await newSender(app, tenant, { venueId: hall, channel: 'sms', address: '+12125559001' });
  await newSender(app, tenant, { venueId: hall, channel: 'email', address: 'hall@riverside.example' });
  const { input, box } = await chained({ venueId: hall, sendAt: farOff() });
  await faults(app, { outcomes: { undelivered: 1 } });
  const id = await send(app, tenant, input);
  await releaseSender(app, tenant, senderId);
  await due(app, [id]);
  const next = await whenFollowed(id);
  await whenStatus(app, tenant, next, 'delivered');
  expect(await takenBy(box)).toEqual(['email']);
  const { events } = await read(app, tenant, id);
  expect(events.slice(-2)).toMatchObject([
    { kind: 'fallback_refused', reason: 'no_sender' },
    { kind: 'fell_back', reason: 'email' },
  ]);
});

test('a message that another has followed is not sent again, but its follower is', async () => {
  await faults(app, { outcomes: { undelivered: 1 } });
  const { input } = await chained({ fallback: [{ channel: 'sms', content: { body: 'See you' } }] });
  const id = await send(app, tenant, input);
  const next = await whenFollowed(id);
  await whenStatus(app, tenant, next, 'undelivered');
  const refused = await app.as(tenant).post(`/api/messages/${id}/resend`).expect(409);
  expect(refused.body).toMatchObject({ code: 'already_followed' });
  expect((refused.body as { detail: string }).detail).toContain(next);
  const again = await app.as(tenant).post(`/api/messages/${next}/resend`).expect(202);
  expect(await read(app, tenant, next)).toMatchObject({ followedBy: (again.body as { id: string }).id });
  await app.as(tenant).post(`/api/messages/${next}/resend`).expect(409);
});

test('a template brings its own fallback, for the addresses that are known', async () => {
  await faults(app, { outcomes: { undelivered: 1 } });
  const [sms, email] = [await template('sms'), await template('email')];
  const key = await template('whatsapp', { fallback: [sms, email] });
  const [phone, box] = [newNumber(), newMailbox()];
  const message = { channel: 'whatsapp', venueId, to: phone, template: { key, data: { name: 'Ana' } } };
  const both = await send(app, tenant, { ...message, alternateTo: box });
  const one = await send(app, tenant, message);
  const none = await send(app, tenant, { ...message, alternateTo: box, fallback: [] });
  expect(await read(app, tenant, both)).toMatchObject({ fallback: ['sms', 'email'] });
  expect(await read(app, tenant, one)).toMatchObject({ fallback: ['sms'] });
  expect(await read(app, tenant, none)).toMatchObject({ fallback: [] });
  const last = await whenFollowed(await whenFollowed(both));
  expect(await whenStatus(app, tenant, last, 'delivered')).toMatchObject({ to: box, channel: 'email' });
});

test('a campaign’s people are followed on their number, each once, and count once', async () => {
  await faults(app, { outcomes: { undelivered: 0.5 } });
  const templateKey = await template('whatsapp', { fallback: [await template('sms'), await template('email')] });
  const audienceId = await emptyAudience(app, tenant);
  const numbers = Array.from({ length: 20 }, newNumber);
  await app.database.query(
    `insert into contact (audience_id, kind, address, attributes, import_id)
     select $1, 'phone', number, '{"name":"Ana"}', uuidv7() from unnest($2::text[]) as number`,
    [audienceId, numbers],
  );
  const { id } = await draft(app, tenant, { channel: 'whatsapp', venueId, templateKey, audienceId });
  await act(app, tenant, id, 'launch');
  await whenAll(app, tenant, id, ['read', 'undelivered']);
  await until(async () => {
    const open = await app.database.query(
      `select from message where (campaign_id = $1 and status = 'undelivered' or fallback_of is not null)
         and recipient = any($2) and (fallback is not null or status in ('queued', 'sending', 'sent'))`,
      [id, numbers],
    );
    return open.length === 0;
  });
  const pairs = await app.database.query<{ status: string; channel: string }>(
    `select message.status, next.channel from message left join message as next on next.fallback_of = message.id
     where message.campaign_id = $1`,
    [id],
  );
  expect(pairs).toHaveLength(20);
  for (const { status, channel } of pairs) expect(channel).toBe(status === 'undelivered' ? 'sms' : null);
  expect(new Set(pairs.map(({ status }) => status))).toEqual(new Set(['read', 'undelivered']));
});

describe('What can be wrong with a fallback', () => {
  test.each([
    ['an address that nobody gave', { alternateTo: undefined }, 400, 'content_required'],
    ['an address of the wrong kind', { alternateTo: '+4915200000001' }, 400, 'invalid_address'],
    ['a step that says nothing', { fallback: [{ channel: 'sms' }] }, 400, 'content_required'],
    [
      'a template that is not there',
      { fallback: [{ channel: 'sms', template: { key: 'gone' } }] },
      404,
      'template_not_found',
    ],
    [
      'a channel nobody speaks on',
      { fallback: [{ channel: 'mms', content: { mediaUrls: ['https://a.example/1.png'] } }] },
      202,
      '',
    ],
    [
      'a channel that nobody carries',
      { fallback: [{ channel: 'fax', content: { body: 'Hi' } }] },
      400,
      'invalid_request',
    ],
    [
      'too many steps',
      { fallback: Array.from({ length: 4 }, () => ({ channel: 'sms', content: { body: 'Hi' } })) },
      400,
      'invalid_request',
    ],
    ['a step that is no object', { fallback: ['sms'] }, 400, 'invalid_request'],
    [
      'words for another channel',
      { fallback: [{ channel: 'sms', content: { subject: 'Hi' } }] },
      400,
      'content_required',
    ],
  ])('is reported when the message is accepted: %s', async (_, wrong, status, code) => {
    const { input } = await chained(wrong);
    const answer = await app.as(tenant).post('/api/messages').send(input);
    expect([answer.status, (answer.body as { code?: string }).code ?? '']).toEqual([status, code || expect.anything()]);
  });

  test('is reported when the template is saved: itself, twice, its own channel, marketing, and one that is not there', async () => {
    const sms = await template('sms');
    const marketing = await template('sms', { category: 'marketing' });
    const whatsapp = await template('whatsapp');
    for (const fallback of [['own'], [sms, sms], [whatsapp], [marketing], ['gone']]) {
      const input = { key: 'own', channel: 'whatsapp', category: 'transactional', contentSid: SID, fallback };
      const refused = await app.as(tenant).post('/api/templates').send(input).expect(422);
      expect(refused.body).toMatchObject({ code: 'fallback_template_unfit' });
    }
  });
});
