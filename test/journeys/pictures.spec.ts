/** Messages with pictures, from a template and from their own content, as far as the provider. */
import type { PreviewView, TemplateView } from '../../src/templates/templates.dto.js';
import { openTestApp, type TestApp, type Tenant } from '../support/test-app.js';
import { send, whenStatus } from '../support/messages.js';
import { newNumber } from '../support/people.js';
import { receive, recordOf } from '../support/sandbox.js';
import { venueWith } from '../support/senders.js';

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
  to: newNumber(),
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
