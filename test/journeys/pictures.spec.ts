/** Messages with pictures, from a template and from their own content, as far as the provider. */
import type { PreviewView, TemplateView } from '../../src/templates/templates.dto.js';
import { until } from '../../harness/until.js';
import { consume } from '../support/consumers.js';
import { openTestApp, type TestApp, type Tenant } from '../support/test-app.js';
import { read, send, whenStatus } from '../support/messages.js';
import { newAmericanNumber, newNumber, newSenderNumber } from '../support/people.js';
import { faults, receive, recordOf } from '../support/sandbox.js';
import { newSender, newVenue, venueWith } from '../support/senders.js';

const SEAT = 'https://img.example/seats/{{ seat | url_encode }}.png';
const MAP = 'https://img.example/map.png';

let app: TestApp;
let tenant: Tenant;
let venueId: string;
beforeAll(async () => {
  app = await openTestApp();
  tenant = await app.tenant();
  ({ venueId } = await venueWith(app, tenant, 'mms'));
});
afterAll(() => app.close());

async function template(input: object): Promise<TemplateView> {
  const whole = { channel: 'mms', category: 'transactional', ...input };
  return (await app.as(tenant).post('/api/templates').send(whole).expect(201)).body as TemplateView;
}

const mms = (key: string, data: object = {}, more: object = {}): object => ({
  channel: 'mms',
  to: newAmericanNumber(),
  venueId,
  template: { key, data },
  ...more,
});

/** What the provider took of a message. */
const taken = async (id: string): Promise<object[]> =>
  (await recordOf(app)).filter(({ messageId }) => messageId === id);

async function written(): Promise<number> {
  const [row] = await app.database.query<{ rows: number }>(`select count(*)::int as rows from message`);
  return row?.rows ?? 0;
}

describe('A template for MMS', () => {
  test('brings its pictures to the phone, each made for its recipient', async () => {
    const texts = { body: 'Hi {{ name }}', mediaUrls: [SEAT, '{% if map %}{{ map }}{% endif %}'] };
    const view = await template({ key: 'seat', ...texts });
    expect(view).toMatchObject({ ...texts, requiredVariables: ['name', 'seat'] });
    const ana = await send(app, tenant, mms('seat', { name: 'Ana', seat: 'F 12' }));
    const bea = await send(app, tenant, mms('seat', { name: 'Bea', seat: 'A1', map: MAP }));
    await whenStatus(app, tenant, ana, 'delivered');
    await whenStatus(app, tenant, bea, 'delivered');
    expect(await taken(ana)).toMatchObject([
      { channel: 'mms', body: 'Hi Ana', mediaUrls: ['https://img.example/seats/F+12.png'] },
    ]);
    expect(await taken(bea)).toMatchObject([
      { channel: 'mms', body: 'Hi Bea', mediaUrls: ['https://img.example/seats/A1.png', MAP] },
    ]);
  });

  test('shows them in a preview, and keeps those of each version', async () => {
    await template({ key: 'plan', mediaUrls: [SEAT] });
    const next = await app
      .as(tenant)
      .put('/api/templates/plan')
      .send({ body: 'The hall', mediaUrls: [MAP] });
    expect(next.body).toMatchObject({ version: 2, mediaUrls: [MAP], requiredVariables: [] });
    const preview = async (version: number): Promise<PreviewView> => {
      const path = `/api/templates/plan/preview?version=${version}`;
      const { body } = await app
        .as(tenant)
        .post(path)
        .send({ data: { seat: 'F12' } })
        .expect(200);
      return body as PreviewView;
    };
    expect(await preview(1)).toEqual({ body: '', mediaUrls: ['https://img.example/seats/F12.png'] });
    expect(await preview(2)).toEqual({ body: 'The hall', mediaUrls: [MAP] });
    const { body: first } = await app.as(tenant).get('/api/templates/plan?version=1').expect(200);
    expect(first).toMatchObject({ mediaUrls: [SEAT] });
    expect(first).not.toHaveProperty('body');
  });

  test('that makes no address any more when it is sent fails, before any call', async () => {
    const untilThen = `{% assign now = 'now' | date: '%s' | plus: 0 %}{% if now < end %}${MAP}{% else %}over{% endif %}`;
    await template({ key: 'clock', mediaUrls: [untilThen] });
    const at = Date.now() + 6_000;
    const sendAt = new Date(at).toISOString();
    const id = await send(app, tenant, mms('clock', { end: Math.floor(at / 1_000) }, { sendAt }));
    expect(await whenStatus(app, tenant, id, 'failed')).toMatchObject({ reason: 'render_failed' });
    expect(await taken(id)).toEqual([]);
  });
});

describe('An MMS that would arrive without its picture is refused', () => {
  beforeAll(async () => {
    await template({ key: 'hello', channel: 'sms', body: 'Hi' });
    await template({ key: 'any', body: 'Hi', mediaUrls: ['{{ map }}'] });
  });

  test.each<[string, object, number, string, RegExp]>([
    ['from a template for SMS', mms('hello'), 422, 'template_mismatch', /for sms: use a template for mms/],
    ['whose data leave no address', mms('any', { map: '' }), 400, 'content_required', /picture/],
    ['whose data lack the address', mms('any'), 422, 'missing_variables', /`map`/],
    ['whose data make no address', mms('any', { map: 'map.png' }), 422, 'invalid_media_url', /mediaUrls\[0\].*https/],
  ])('%s', async (_how, message, status, code, says) => {
    const before = await written();
    const alone = await app
      .as(tenant)
      .post('/api/messages')
      .send({ ...message, venueId });
    expect(alone.body).toMatchObject({ status, code, detail: expect.stringMatching(says) as string });
    const batch = await app
      .as(tenant)
      .post('/api/messages/batch')
      .send({ messages: [{ ...message, venueId }] });
    expect(batch.body).toMatchObject({ items: [{ error: { status, code } }] });
    expect(await written()).toBe(before);
  });

  test.each([
    ['without a protocol', 'map.png'],
    ['of another protocol', 'ftp://img.example/map.png'],
    ['with a blank', 'https://img.example/a b.png'],
    ['of over 2,000 characters', `${MAP}?${'x'.repeat(2_000)}`],
  ])('with an own address %s', async (_how, url) => {
    const message = { channel: 'mms', to: newNumber(), venueId, content: { mediaUrls: [url] } };
    const { body } = await app.as(tenant).post('/api/messages').send(message).expect(400);
    const says = expect.stringContaining('must be an http or https address') as string;
    expect(body).toMatchObject({ errors: [{ path: 'content.mediaUrls', message: says }] });
  });
});

test('A template in which the data leave nothing to say is refused', async () => {
  await template({ key: 'maybe', channel: 'sms', body: '{% if late %}We begin at {{ late }}{% endif %}' });
  const message = { channel: 'sms', to: newNumber(), template: { key: 'maybe', data: {} } };
  const { body } = await app.as(tenant).post('/api/messages').send(message).expect(400);
  expect(body).toMatchObject({ code: 'content_required', detail: expect.stringContaining('says nothing') as string });
});

test('WhatsApp carries pictures too, with and without words, from a template and from own content', async () => {
  const { venueId: hall, number } = await venueWith(app, tenant, 'whatsapp');
  const ana = newNumber();
  await receive(app, { channel: 'whatsapp', from: ana, to: number, body: 'Hi' });
  await template({ key: 'gate', channel: 'whatsapp', body: 'Gate {{ gate }}', mediaUrls: [MAP] });
  await template({ key: 'gate-map', channel: 'whatsapp', mediaUrls: [MAP] });
  const whatsapp = (more: object): object => ({ channel: 'whatsapp', to: ana, venueId: hall, ...more });
  const all: [object, object][] = [
    [{ content: { body: 'Gate B', mediaUrls: [MAP] } }, { body: 'Gate B', mediaUrls: [MAP] }],
    [{ content: { mediaUrls: [MAP] } }, { body: '', mediaUrls: [MAP] }],
    [{ template: { key: 'gate', data: { gate: 'C' } } }, { body: 'Gate C', mediaUrls: [MAP] }],
    [{ template: { key: 'gate-map' } }, { body: '', mediaUrls: [MAP] }],
  ];
  for (const [message, arrived] of all) {
    const id = await send(app, tenant, whatsapp(message));
    await whenStatus(app, tenant, id, 'read');
    expect(await taken(id)).toMatchObject([{ channel: 'whatsapp', ...arrived }]);
  }
});

describe('Where no picture arrives, a text with a link to it does:', () => {
  const PLAN = { body: 'The way in', mediaUrls: [MAP, 'https://img.example/seat.png'] };
  const LINKS = `The way in\n${MAP}\nhttps://img.example/seat.png`;
  const asText = { channel: 'sms', body: LINKS };

  test('a number in a country without MMS', async () => {
    const id = await send(app, tenant, { channel: 'mms', to: newNumber(), venueId, content: PLAN });
    const view = await whenStatus(app, tenant, id, 'delivered');
    expect(view).toMatchObject({ channel: 'sms', segments: 1 });
    expect(await taken(id)).toEqual([expect.objectContaining({ ...asText, from: view.from })]);
    const { body } = await app.as(tenant).get(`/api/messages/${id}/content`).expect(200);
    expect(body).toMatchObject({ channel: 'sms', content: { body: LINKS, sms: { segments: 1 } } });
  });

  test('a template’s picture, made for its recipient', async () => {
    await template({ key: 'abroad', body: 'Hi {{ name }}', mediaUrls: [SEAT] });
    const data = { name: 'Ana', seat: 'F 12' };
    const id = await send(app, tenant, mms('abroad', data, { to: newNumber() }));
    await whenStatus(app, tenant, id, 'delivered');
    expect(await taken(id)).toMatchObject([{ channel: 'sms', body: 'Hi Ana\nhttps://img.example/seats/F+12.png' }]);
  });

  test('a sender that can send none', async () => {
    const hall = await newVenue(app, tenant);
    await newSender(app, tenant, { venueId: hall, channel: 'mms', address: '+4915299990001' });
    const id = await send(app, tenant, { channel: 'mms', to: newAmericanNumber(), venueId: hall, content: PLAN });
    await whenStatus(app, tenant, id, 'delivered');
    expect(await taken(id)).toMatchObject([{ ...asText, from: '+4915299990001' }]);
  });

  test.each([
    ['+15005550111', '30011'],
    ['+15005550119', '30019'],
  ])('%s, whose carrier takes no such picture (%s)', async (to, errorCode) => {
    const id = await send(app, tenant, { channel: 'mms', to, venueId, content: PLAN });
    const view = await until(async () => {
      const now = await read(app, tenant, id);
      return now.followedBy !== null && now;
    });
    expect(view).toMatchObject({ channel: 'mms', errorCode, fallback: [] });
    const next = await whenStatus(app, tenant, view.followedBy ?? '', 'delivered');
    expect(next).toMatchObject({ channel: 'sms', fallbackOf: id, from: view.from });
    expect(await taken(next.id)).toMatchObject([asText]);
  });

  test('a picture of a template that the carrier does not take', async () => {
    await template({ key: 'large', body: 'Hi {{ name }}', mediaUrls: [SEAT] });
    const id = await send(app, tenant, mms('large', { name: 'Bea', seat: 'A1' }, { to: '+15005550111' }));
    const next = await until(async () => (await read(app, tenant, id)).followedBy ?? undefined);
    await whenStatus(app, tenant, next, 'delivered');
    expect(await taken(next)).toMatchObject([{ channel: 'sms', body: 'Hi Bea\nhttps://img.example/seats/A1.png' }]);
  });

  test('and no text follows a picture that failed for another reason', async () => {
    const id = await send(app, tenant, { channel: 'mms', to: '+15005550103', venueId, content: PLAN });
    expect(await whenStatus(app, tenant, id, 'undelivered')).toMatchObject({ errorCode: '30003' });
    await consume(app, 'channel-fallback');
    const due = await app.database.query(`select from fallback_due where message_id = $1`, [id]);
    expect(due).toEqual([]);
  });

  test('a text that is too long with its links is refused', async () => {
    const content = { body: 'x'.repeat(1_590), mediaUrls: [MAP] };
    const refused = await app
      .as(tenant)
      .post('/api/messages')
      .send({ channel: 'mms', to: newNumber(), venueId, content });
    expect(refused.body).toMatchObject({ status: 422, code: 'message_too_long', errors: [{ path: 'content.body' }] });
    await send(app, tenant, { channel: 'mms', to: newAmericanNumber(), venueId, content });
  });

  test('a message is sent again as it was', async () => {
    const to = newNumber();
    const number = newSenderNumber();
    const hall = await newVenue(app, tenant);
    await newSender(app, tenant, { venueId: hall, channel: 'mms', address: number });
    await faults(app, { outcomes: { undelivered: 1 } });
    const id = await send(app, tenant, { channel: 'mms', to, venueId: hall, content: PLAN });
    await whenStatus(app, tenant, id, 'undelivered');
    await faults(app, {});
    const { body } = await app.as(tenant).post(`/api/messages/${id}/resend`).expect(202);
    const again = (body as { id: string }).id;
    await whenStatus(app, tenant, again, 'delivered');
    expect(await taken(again)).toMatchObject([{ ...asText, from: number }]);
  });
});

test('A campaign of pictures reaches everybody: by MMS where that works, by a text with a link elsewhere', async () => {
  await template({ key: 'spring', category: 'transactional', body: 'Hi {{ name }}', mediaUrls: [MAP] });
  const [american, german, jamaican] = [newAmericanNumber(), newNumber(), '+18765550123'];
  const audience = await app.as(tenant).post('/api/audiences').send({ name: 'Guests' }).expect(201);
  const audienceId = (audience.body as { id: string }).id;
  const contacts = [american, german, jamaican].map((address) => ({ address, attributes: { name: 'Ana' } }));
  await app.as(tenant).post(`/api/audiences/${audienceId}/contacts`).send({ contacts }).expect(200);
  const input = { name: 'Spring', channel: 'mms', venueId, templateKey: 'spring', audienceId };
  const { body } = await app.as(tenant).post('/api/campaigns').send(input).expect(201);
  const { id } = body as { id: string };
  const estimate = await app.as(tenant).get(`/api/campaigns/${id}/estimate`).expect(200);
  expect(estimate.body).toMatchObject({ recipients: 3, segments: 3 });
  const preview = await app.as(tenant).post(`/api/campaigns/${id}/preview`).send({ contact: german }).expect(200);
  expect(preview.body).toMatchObject({ content: { body: `Hi Ana\n${MAP}`, sms: { segments: 1 } } });
  await app.as(tenant).post(`/api/campaigns/${id}/launch`).expect(200);
  await until(async () => {
    const view = await app.as(tenant).get(`/api/campaigns/${id}`).expect(200);
    return (view.body as { status: string }).status === 'SENT';
  });
  const got = async (to: string): Promise<unknown> =>
    (await recordOf(app, to)).map(({ channel, body: said, mediaUrls }) => [channel, said, mediaUrls ?? []]);
  expect(await got(american)).toEqual([['mms', 'Hi Ana', [MAP]]]);
  expect(await got(german)).toEqual([['sms', `Hi Ana\n${MAP}`, []]]);
  expect(await got(jamaican)).toEqual([['sms', `Hi Ana\n${MAP}`, []]]);
});
