/** Double opt-in: a person is asked with one message, and only what they do themselves opts them in. */
import { Browser } from '../../harness/browser.js';
import { until } from '../../harness/until.js';
import type { OptInRequestView } from '../../src/opt-ins/opt-ins.dto.js';
import { consentOf, decide } from '../support/consent.js';
import { email, read, send, text, whenEnded, whenStatus } from '../support/messages.js';
import { newMailbox, newNumber } from '../support/people.js';
import { receive, recordOf } from '../support/sandbox.js';
import { venueWith } from '../support/senders.js';
import { openTestApp, type TestApp, type Tenant } from '../support/test-app.js';
import { logOf } from './support.js';

let app: TestApp;
let owner: Tenant;
beforeAll(async () => {
  app = await openTestApp();
  owner = await app.tenant();
  await publish(owner, {});
});
afterAll(() => app.close());

const TEMPLATE = { key: 'confirm', channel: 'email', category: 'transactional', subject: 'Please confirm' };
const publish = (tenant: Tenant, input: object) =>
  app
    .as(tenant)
    .post('/api/templates')
    .send({ ...TEMPLATE, html: '<a href="{{ confirm_url }}">Yes</a>', ...input })
    .expect(201);

const FORM = { form: 'footer', ip: '192.0.2.7' };
const request = (address: string, more: object = {}, tenant = owner) =>
  app
    .as(tenant)
    .post('/api/opt-in-requests')
    .send({
      venueId: tenant.defaultVenueId,
      address,
      source: 'newsletter form',
      evidence: FORM,
      template: { key: 'confirm' },
      ...more,
    });

interface Asked extends OptInRequestView {
  /** Of the link in its mail. */
  readonly path: string;
}

/** Somebody who was asked by email. */
async function asked(address = newMailbox(), more: object = {}, tenant = owner): Promise<Asked> {
  const { body } = await request(address, more, tenant).expect(202);
  const view = body as OptInRequestView;
  await whenStatus(app, tenant, view.messageId, 'sent');
  const mail = (await recordOf(app, address)).find(({ messageId }) => messageId === view.messageId);
  const link = /href="([^"]+)"/.exec(mail?.html ?? '')?.[1] ?? '';
  expect(link).toMatch(new RegExp(`^${app.url}/u/confirm/[\\w-]{80,160}$`));
  return { ...view, path: link.slice(app.url.length) };
}

const click = (path: string) =>
  app.http.post(path).set({ 'content-type': 'application/x-www-form-urlencoded', 'user-agent': 'Browser/1.0' });
const stateOf = (address: string, channel = 'email', tenant = owner, venueId = tenant.defaultVenueId) =>
  consentOf(app, tenant, venueId, address, channel);
const view = async (id: string): Promise<OptInRequestView> =>
  (await app.as(owner).get(`/api/opt-in-requests/${id}`).expect(200)).body as OptInRequestView;
/** As if so much time had passed since a person was asked. */
const later = (address: string, interval: string): Promise<unknown> =>
  app.database.query(
    `update opt_in_request set created_at = created_at - $2::interval, expires_at = expires_at - $2::interval where address = $1`,
    [address, interval],
  );

test('A person who signs up is asked once, and opted in by their own click, with all that proves it', async () => {
  const address = newMailbox();
  const { id, path, messageId, createdAt } = await asked(address);
  expect(await read(app, owner, messageId)).toMatchObject({ category: 'transactional', messageType: 'opt_in_request' });
  expect(await stateOf(address)).toMatchObject({ status: 'unknown' });
  expect(await view(id)).toMatchObject({ status: 'pending', confirmedAt: null, confirmedBy: null, evidence: FORM });

  for (const method of ['get', 'head', 'get'] as const) await app.http[method](path).expect(200);
  expect(await stateOf(address)).toMatchObject({ status: 'unknown' });

  const answer = await click(path).set('accept-language', 'de').expect(200);
  expect(answer.text).toContain('Vielen Dank');
  expect(answer.text).not.toContain(address);
  expect(await stateOf(address)).toMatchObject({ status: 'opted_in', source: 'newsletter form' });
  expect((await logOf(app, owner, address, 'email')).at(-1)).toMatchObject({
    actor: 'recipient',
    evidence: {
      optInRequestId: id,
      messageId,
      requestedAt: createdAt,
      confirmedBy: 'link',
      userAgent: 'Browser/1.0',
      request: FORM,
    },
  });
  expect(await view(id)).toMatchObject({ status: 'confirmed', confirmedBy: 'link' });
  const news = await send(app, owner, email({ to: address, category: 'marketing' }));
  await whenStatus(app, owner, news, 'sent');
  await request(address).expect(409, /already_opted_in/);
});

type Act = 'click' | 'click the first' | 'stop' | 'wait' | 'again';

test.each<[Act[], string, string]>([
  [['click', 'click'], 'confirmed', 'opted_in'],
  [['stop', 'click'], 'withdrawn', 'opted_out'],
  [['click', 'stop', 'click'], 'confirmed', 'opted_out'],
  [['wait', 'click'], 'expired', 'unknown'],
  [['click', 'wait', 'click'], 'confirmed', 'opted_in'],
  [['again', 'click the first'], 'pending', 'unknown'],
  [['again', 'click the first', 'click'], 'confirmed', 'opted_in'],
  [['wait', 'again', 'click'], 'confirmed', 'opted_in'],
])('After %j the newest request is %s, and the person %s', async (acts, status, consent) => {
  const address = newMailbox();
  const first = await asked(address);
  let newest = first;
  for (const act of acts) {
    if (act === 'click') await click(newest.path).expect(200);
    if (act === 'click the first') await click(first.path).expect(200, /newer link/);
    if (act === 'stop') await decide(app, owner, [address], 'email', 'opted_out');
    if (act === 'wait') await later(address, '73 hours');
    if (act === 'again') {
      await later(address, '6 minutes');
      newest = await asked(address);
    }
  }
  expect((await view(newest.id)).status).toBe(status);
  expect((await stateOf(address)).status).toBe(consent);
  const decisions = (await logOf(app, owner, address, 'email')).filter((entry) => entry.status === 'opted_in');
  expect(decisions).toHaveLength(Number(status === 'confirmed'));
});

test('Two clicks at once are one confirmation', async () => {
  const { address, path } = await asked();
  await Promise.all([click(path).expect(200), click(path).expect(200)]);
  expect(await logOf(app, owner, address, 'email')).toHaveLength(1);
});

test('Nobody is bombarded by a form: one message in five minutes, and three a day', async () => {
  const address = newMailbox();
  const answers = await Promise.all([request(address), request(address)]);
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([202, 429]));
  const refused = answers.find(({ status }) => status === 429);
  expect(refused?.body).toMatchObject({ code: 'opt_in_asked_lately', errors: [{ path: 'address' }] });
  expect(Number(refused?.headers['retry-after'])).toBeGreaterThan(200);
  for (const status of [202, 202, 429]) {
    await later(address, '6 minutes');
    await request(address).expect(status);
  }
  await later(address, '24 hours');
  await request(address).expect(202);
  const { body } = await app.as(owner).get('/api/opt-in-requests').query({ address, limit: 3 }).expect(200);
  const page = body as { items: OptInRequestView[]; nextCursor: string };
  expect(page.items.map(({ status }) => status)).toEqual(['pending', 'replaced', 'replaced']);
  const rest = await app.as(owner).get('/api/opt-in-requests').query({ address, cursor: page.nextCursor }).expect(200);
  expect(rest.body).toMatchObject({ items: [{ status: 'replaced' }], nextCursor: null });
  const pending = await app.as(owner).get('/api/opt-in-requests').query({ address, status: 'pending' }).expect(200);
  expect((pending.body as { items: unknown[] }).items).toHaveLength(1);
});

test('Whom nothing may be sent to is not asked either, and a template must show the link', async () => {
  const [left, bounced] = [newMailbox(), newMailbox()];
  await decide(app, owner, [left], 'email', 'opted_out');
  await app
    .as(owner)
    .post('/api/suppressions')
    .send({ channel: 'email', address: bounced, reason: 'hard_bounce' })
    .expect(200);
  for (const address of [left, bounced])
    expect((await request(address).expect(409)).body).toMatchObject({ code: 'opt_in_not_askable' });

  await publish(owner, { key: 'bare', html: '<p>Confirm</p>' });
  await publish(owner, { key: 'maybe', html: '{% if vip %}{{ confirm_url }}{% endif %}' });
  await publish(owner, {
    key: 'partly',
    html: '{{ confirm_url }}',
    language: 'en',
    translations: [{ language: 'de', subject: 'Bitte', html: '<p>Hallo</p>' }],
  });
  for (const key of ['bare', 'maybe', 'partly'])
    expect((await request(newMailbox(), { template: { key } }).expect(422)).body).toMatchObject({
      code: 'confirm_link_missing',
    });
  await request(newMailbox(), { template: undefined }).expect(400, /opt_in_template_required/);
  await request('12', { channel: 'sms' }).expect(400, /invalid_address/);
  expect((await recordOf(app, left)).concat(await recordOf(app, bounced))).toEqual([]);
});

test('Somebody who only left the news may be asked whether they want them again', async () => {
  const address = newMailbox();
  await decide(app, owner, [address], 'email');
  await app
    .as(owner)
    .put(`/api/consent/${owner.defaultVenueId}/${address}`)
    .send({ status: 'opted_out', category: 'marketing', source: 'form' })
    .expect(200);
  const { path } = await asked(address);
  await click(path).expect(200);
  expect(await stateOf(address)).toMatchObject({ status: 'opted_in', category: null });
});

test('Where a tenant requires an opt-in for everything, the question is sent without, and nothing else is', async () => {
  const strict = await app.tenant();
  await publish(strict, {});
  await app
    .as(strict)
    .patch(`/api/tenants/${strict.id}/settings`)
    .send({ requireOptIn: { email: true } })
    .expect(200);
  const address = newMailbox();
  const { path } = await asked(address, {}, strict);
  const id = await send(app, strict, email({ to: address }));
  expect(await whenEnded(app, strict, id)).toMatchObject({ status: 'skipped_no_consent', reason: 'opt_in_required' });
  await click(path).expect(200);
  expect(await stateOf(address, 'email', strict)).toMatchObject({ status: 'opted_in' });
});

test('A text is confirmed by the word that it asks for, from the number that it came from', async () => {
  const { venueId, number } = await venueWith(app, owner, 'sms');
  const elsewhere = await venueWith(app, owner, 'sms');
  const person = newNumber();
  const more = { venueId, template: undefined, language: 'de-AT', channel: 'sms' };
  const { body } = await request(person, more).expect(202);
  const { id, messageId } = body as OptInRequestView;
  await whenStatus(app, owner, messageId, 'delivered');
  expect((await recordOf(app, person))[0]?.body).toContain('Antworten Sie JA');
  await send(app, owner, text({ to: person, venueId: elsewhere.venueId }));
  await receive(app, { from: person, to: elsewhere.number, body: 'Ja' });
  await receive(app, { from: person, to: number, body: 'Ja, wann?' });
  expect(await view(id)).toMatchObject({ status: 'pending' });
  await receive(app, { from: person, to: number, body: 'ja!' });
  expect(await view(id)).toMatchObject({ status: 'confirmed', confirmedBy: 'reply' });
  expect(await stateOf(person, 'sms', owner, venueId)).toMatchObject({
    status: 'opted_in',
    source: 'newsletter form',
  });
  const said = async (): Promise<number> => (await logOf(app, { ...owner, defaultVenueId: venueId }, person)).length;
  const once = await said();
  await receive(app, { from: person, to: number, body: 'YES' });
  expect(await said()).toBe(once);
});

test('On WhatsApp the question is an approved template, and its answer confirms', async () => {
  const { venueId, number } = await venueWith(app, owner, 'whatsapp');
  const contentSid = `HX${'c'.repeat(32)}`;
  const template = { key: 'wa', channel: 'whatsapp', category: 'transactional', contentSid };
  await app.as(owner).post('/api/templates').send(template).expect(201);
  const person = newNumber();
  const more = { venueId, channel: 'whatsapp', template: { key: 'wa' } };
  const { body } = await request(person, more).expect(202);
  const { id, messageId } = body as OptInRequestView;
  await whenStatus(app, owner, messageId, 'delivered');
  await receive(app, { channel: 'whatsapp', from: person, to: number, body: 'Sí' });
  expect(await view(id)).toMatchObject({ status: 'confirmed', confirmedBy: 'reply' });
  expect(await stateOf(person, 'whatsapp', owner, venueId)).toMatchObject({ status: 'opted_in' });
});

test('A link that was cut, or is of another kind, leads nowhere', async () => {
  const { address, path } = await asked();
  const token = path.split('/').at(-1) ?? '';
  for (const bad of [path.slice(0, -3), `/u/${token}`, '/u/confirm/x']) {
    await app.http.get(bad).expect(404, /This link does not work/);
    await click(bad).expect(404);
  }
  expect(await stateOf(address)).toMatchObject({ status: 'unknown' });
});

test('A person confirms in Chromium, without scripts', async () => {
  const browser = await Browser.open();
  if (!browser) return; // as on a machine without Chromium
  try {
    const { address, path } = await asked();
    const page = await browser.page('en');
    await page.open(`${app.url}${path}`);
    expect(await page.read('document.title')).toContain('Please confirm');
    expect(await stateOf(address)).toMatchObject({ status: 'unknown' });
    await page.submit('button');
    expect(await page.read(`document.querySelector('[role=status]').innerText`)).toBe(
      'Thank you: you get news and offers by email.',
    );
    await until(async () => (await stateOf(address)).status === 'opted_in');
  } finally {
    await browser.close();
  }
});
