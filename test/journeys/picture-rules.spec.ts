/** Pictures that their provider takes, and those that it does not, on a host of our own: what is known not to be taken goes out as a text. */
import { until } from '../../harness/until.js';
import { PictureInspector } from '../../src/dispatch/messages/picture-inspector.js';
import { openTestApp, type TestApp, type Tenant } from '../support/test-app.js';
import { email, read, send, sendAll, text, whenStatus } from '../support/messages.js';
import { newAmericanNumber, newMailbox } from '../support/people.js';
import { faults, recordOf } from '../support/sandbox.js';
import { newSender, venueWith } from '../support/senders.js';
import { Loopback, type Reply } from '../providers/loopback.js';

const MB = 1_024 * 1_024;

let app: TestApp;
let host: Loopback;
let tenant: Tenant;
let venueId: string;
let made = 0;
/** What the host answers, by path. */
const answers = new Map<string, (method: string) => Reply>();

beforeAll(async () => {
  host = await Loopback.open();
  host.script = ({ path, method }) => answers.get(path)?.(method) ?? { status: 404, body: '' };
  app = await openTestApp();
});
beforeEach(async () => {
  tenant = await app.tenant();
  ({ venueId } = await venueWith(app, tenant, 'mms', { ratePerSecond: 100 }));
});
afterAll(async () => {
  await app.close();
  await host.close();
});

const ok = (type: string | undefined, bytes: number | undefined, more: Record<string, string> = {}): Reply => ({
  status: 200,
  body: '',
  headers: {
    ...(type !== undefined && { 'content-type': type }),
    ...(bytes !== undefined && { 'content-length': String(bytes) }),
    ...more,
  },
});

/** A picture that nobody has seen yet. */
function picture(answer: Reply | ((method: string) => Reply)): string {
  const path = `/${(made += 1)}`;
  answers.set(path, typeof answer === 'function' ? answer : () => answer);
  return `${host.origin}${path}`;
}

const mms = (mediaUrls: string[], more: object = {}): object => ({
  channel: 'mms',
  to: newAmericanNumber(),
  venueId,
  content: { body: 'The way in', mediaUrls },
  ...more,
});
const asked = (url: string): string[] =>
  host.received.filter(({ path }) => url.endsWith(path)).map(({ method }) => method);
const links = (...urls: string[]): string => ['The way in', ...urls].join('\n');

/** What the provider took of a message. */
const taken = async (id: string): Promise<object[]> =>
  (await recordOf(app)).filter(({ messageId }) => messageId === id);

async function deliveredAs(id: string): Promise<unknown> {
  await whenStatus(app, tenant, id, 'delivered');
  return (await taken(id)).map((message) => {
    const { channel, body, mediaUrls } = message as { channel: string; body: string; mediaUrls?: string[] };
    return [channel, body, mediaUrls ?? []];
  });
}

const svg = (): string => picture(ok('image/svg+xml', 5_000));
const png = (bytes = 20_000): string => picture(ok('image/png', bytes));

describe('A text with links goes out at once, in place of', () => {
  test.each<[string, () => string[]]>([
    ['a type that is not taken', () => [svg()]],
    ['a type with parameters, in capitals', () => [picture(ok('Image/SVG+XML; charset=utf-8', 5_000))]],
    ['a picture that is too large', () => [png(6 * MB)]],
    ['a film that is too large', () => [picture(ok('video/mp4', 600_000))]],
    ['pictures that are too large together', () => [png(2 * MB), png(2 * MB), png(2 * MB)]],
    ['one picture of several', () => [png(), svg()]],
    ['a type without a size', () => [picture(ok('image/svg+xml', undefined))]],
    ['a size without a type', () => [picture(ok('application/octet-stream', 6 * MB))]],
  ])('%s', async (_, pictures) => {
    const urls = pictures();
    const id = await send(app, tenant, mms(urls));
    expect(await deliveredAs(id)).toEqual([['sms', links(...urls), []]]);
    const view = await whenStatus(app, tenant, id, 'delivered');
    expect(view).toMatchObject({ channel: 'sms', segments: 1, followedBy: null });
    expect(view.events.slice(0, 3)).toMatchObject([
      { kind: 'queued' },
      { kind: 'became_text', reason: 'picture_not_taken', source: 'dispatch' },
      { kind: 'sent' },
    ]);
    const { body } = await app.as(tenant).get(`/api/messages/${id}/content`).expect(200);
    expect(body).toMatchObject({ channel: 'sms', content: { body: links(...urls) } });
  });

  test('a picture whose host knows no HEAD', async () => {
    const url = picture((method) =>
      method === 'HEAD'
        ? { status: 405, body: '' }
        : { status: 206, body: 'x', headers: { 'content-type': 'image/png', 'content-range': `bytes 0-0/${6 * MB}` } },
    );
    const id = await send(app, tenant, mms([url]));
    expect(await deliveredAs(id)).toEqual([['sms', links(url), []]]);
    expect(asked(url)).toEqual(['HEAD', 'GET']);
    expect(host.received.at(-1)?.headers).toMatchObject({ range: 'bytes=0-0' });
  });

  test('the same picture by Plivo, which takes less', async () => {
    const url = png(3 * MB);
    const { venueId: hall } = await venueWith(app, tenant, 'mms', { provider: 'plivo', ratePerSecond: 100 });
    const byPlivo = await send(app, tenant, mms([url], { venueId: hall }));
    const byTwilio = await send(app, tenant, mms([url]));
    expect(await deliveredAs(byPlivo)).toEqual([['sms', links(url), []]]);
    expect(await deliveredAs(byTwilio)).toEqual([['mms', 'The way in', [url]]]);
  });

  test('a picture in a fallback', async () => {
    await faults(app, { outcomes: { bounce: 1 } });
    const [to, url] = [newAmericanNumber(), svg()];
    const fallback = [{ channel: 'mms', content: { body: 'The way in', mediaUrls: [url] } }];
    await send(app, tenant, email({ to: newMailbox(), venueId, alternateTo: to, fallback }));
    await until(async () => (await recordOf(app, to)).length > 0);
    await faults(app, {});
    expect(await recordOf(app, to)).toMatchObject([{ channel: 'sms', body: links(url) }]);
  });
});

test('A text follows a picture that Plivo reports as too large (120)', async () => {
  const url = picture(ok(undefined, undefined));
  const { venueId: hall } = await venueWith(app, tenant, 'mms', { provider: 'plivo', ratePerSecond: 100 });
  const id = await send(app, tenant, mms([url], { to: '+15005551120', venueId: hall }));
  const { followedBy } = await until(async () => {
    const view = await read(app, tenant, id);
    return view.followedBy !== null && view;
  });
  expect(await read(app, tenant, id)).toMatchObject({ channel: 'mms', errorMessage: 'The pictures are too large.' });
  await until(async () => (await taken(followedBy ?? '')).length > 0);
  expect(await taken(followedBy ?? '')).toMatchObject([{ channel: 'sms', body: links(url) }]);
});

describe('An MMS is left to the carrier', () => {
  test.each<[string, () => string]>([
    ['with a picture that is taken', () => png()],
    ['with a picture that is not there', () => picture({ status: 404, body: '' })],
    ['whose host fails', () => picture({ status: 500, body: '', headers: { 'content-type': 'image/svg+xml' } })],
    ['whose host breaks off', () => picture('reset')],
    ['whose host leads elsewhere', () => picture({ status: 302, body: '', headers: { location: svg() } })],
    ['whose host names neither type nor size', () => picture(ok(undefined, undefined))],
    ['whose host knows no type', () => picture(ok('binary/octet-stream', 20_000))],
    ['whose host counts in words', () => picture(ok('image/png', undefined, { 'transfer-encoding': 'chunked' }))],
    ['whose host is not there', () => 'http://127.0.0.1:1/map.png'],
    ['whose host may not be asked', () => 'http://169.254.169.254/map.svg'],
  ])('%s', async (_, url) => {
    const mediaUrls = [url()];
    const id = await send(app, tenant, mms(mediaUrls));
    expect(await deliveredAs(id)).toEqual([['mms', 'The way in', mediaUrls]]);
  });

  test('if it is too long for a text with links', async () => {
    const content = { body: 'x'.repeat(1_590), mediaUrls: [svg()] };
    const id = await send(app, tenant, mms([], { content }));
    expect(await deliveredAs(id)).toEqual([['mms', content.body, content.mediaUrls]]);
  });

  test.each(['hang', 'drip'] as const)('if its host does no more than %s, and waits for it once', async (reply) => {
    const [first, second] = [picture(reply), picture(reply)];
    const inspector = app.nest.get(PictureInspector);
    const { deadlineMs } = inspector;
    inspector.deadlineMs = 200;
    expect(await deliveredAs(await send(app, tenant, mms([first])))).toEqual([['mms', 'The way in', [first]]]);
    inspector.deadlineMs = deadlineMs;
    expect(await deliveredAs(await send(app, tenant, mms([second])))).toEqual([['mms', 'The way in', [second]]]);
    expect([asked(first), asked(second)]).toEqual([['HEAD'], []]);
    // Another tenant has nothing to do with it.
    tenant = await app.tenant();
    ({ venueId } = await venueWith(app, tenant, 'mms'));
    const url = svg();
    expect(await deliveredAs(await send(app, tenant, mms([url])))).toEqual([['sms', links(url), []]]);
  });
});

describe('Hosts are asked', () => {
  test('once about a picture of many messages', async () => {
    const url = svg();
    const ids = await sendAll(
      app,
      tenant,
      [1, 2, 3, 4, 5].map(() => mms([url])),
    );
    for (const id of ids) expect(await deliveredAs(id)).toEqual([['sms', links(url), []]]);
    expect(asked(url)).toEqual(['HEAD']);
  });

  test('by the sender of a message alone, never while it is accepted or where it goes as a text anyway', async () => {
    const url = svg();
    await send(app, tenant, mms([url], { sendAt: new Date(Date.now() + 3_600_000).toISOString() }));
    await whenStatus(app, tenant, await send(app, tenant, mms([url], { to: '+4915123456789' })), 'delivered');
    await whenStatus(app, tenant, await send(app, tenant, text({ content: { body: url } })), 'delivered');
    expect(asked(url)).toEqual([]);
  });
});

test('A text in place of an MMS whose sender cannot send leaves from its fallback', async () => {
  const { venueId: hall, senderId, number } = await venueWith(app, tenant, 'mms', { ratePerSecond: 100 });
  // Twilio's magic number for one that cannot send.
  await newSender(app, tenant, { venueId: hall, channel: 'mms', address: '+15005550007', fallbackSenderId: senderId });
  const url = svg();
  const id = await send(app, tenant, mms([url], { venueId: hall }));
  const { events, ...view } = await whenStatus(app, tenant, id, 'delivered');
  expect(view).toMatchObject({ channel: 'sms', from: number });
  expect(events.map(({ kind }) => kind)).toEqual(['queued', 'became_text', 'diverted', 'sent', 'delivered']);
  const lanes = await app.database.query(`select channel from lane where sender_address = $1`, [number]);
  expect(lanes).toEqual([{ channel: 'sms' }]);
});

test('A tenant does not wait for the host of another’s picture, on the number that they share', async () => {
  const silent = await Loopback.open();
  silent.script = () => 'hang';
  const inspector = app.nest.get(PictureInspector);
  const { deadlineMs } = inspector;
  inspector.deadlineMs = 60_000;
  const other = await app.tenant();
  const sendAt = new Date(Date.now() + 3_600_000).toISOString();
  const onShared = (owner: Tenant, url: string): Promise<string> =>
    send(app, owner, mms([url], { venueId: owner.defaultVenueId, sendAt }));
  const slow = await onShared(other, `${silent.origin}/map.png`);
  const quick = await onShared(tenant, png());
  // Both at once, and on a lane that is fast enough to take them together.
  await app.database.query(`update lane set rate_per_second = 100, concurrency = 50 where channel = 'mms'`);
  await app.database.query(`update pending set ready_at = now() where message_id = any($1::uuid[])`, [[slow, quick]]);
  await whenStatus(app, tenant, quick, 'delivered');
  expect(await read(app, other, slow)).toMatchObject({ channel: 'mms', events: [{ kind: 'scheduled' }] });
  expect(silent.received).toHaveLength(1);
  inspector.deadlineMs = deadlineMs;
  await silent.close();
  await whenStatus(app, other, slow, 'delivered');
});

test('A campaign reaches everybody: by MMS with a picture that is taken, else by a text with a link', async () => {
  const [poster, plan] = [svg(), png()];
  const texts = { body: 'The way in', mediaUrls: ['{{ picture }}'] };
  const template = { key: 'way', channel: 'mms', category: 'transactional', ...texts };
  await app.as(tenant).post('/api/templates').send(template).expect(201);
  const audience = await app.as(tenant).post('/api/audiences').send({ name: 'Guests' }).expect(201);
  const audienceId = (audience.body as { id: string }).id;
  const people = [poster, poster, plan, plan].map((url) => ({
    address: newAmericanNumber(),
    attributes: { picture: url },
  }));
  await app.as(tenant).post(`/api/audiences/${audienceId}/contacts`).send({ contacts: people }).expect(200);
  const input = { name: 'Way', channel: 'mms', venueId, templateKey: 'way', audienceId };
  const { body } = await app.as(tenant).post('/api/campaigns').send(input).expect(201);
  const { id } = body as { id: string };
  await app.as(tenant).post(`/api/campaigns/${id}/launch`).expect(200);
  await until(async () => {
    const view = await app.as(tenant).get(`/api/campaigns/${id}`).expect(200);
    return (view.body as { status: string }).status === 'SENT';
  });
  const got = await Promise.all(
    people.map(async ({ address }) => (await recordOf(app, address)).map(({ channel, body: said }) => [channel, said])),
  );
  expect(got).toEqual([
    [['sms', links(poster)]],
    [['sms', links(poster)]],
    [['mms', 'The way in']],
    [['mms', 'The way in']],
  ]);
  expect([asked(poster), asked(plan)]).toEqual([['HEAD'], ['HEAD']]);
});
