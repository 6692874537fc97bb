/** Counted links: what people get in an email or a text, where it leads, and what is known of who followed it. */
import { request } from 'undici';
import { v7 as uuidv7 } from 'uuid';
import { ClickLog } from '../../src/links/click-log.js';
import { LinkKey } from '../../src/links/link-key.js';
import { LinkResolver } from '../../src/links/link-resolver.js';
import { messagePart } from '../../src/links/link-token.js';
import { PurgeLinksSchedule } from '../../src/links/purge-links.schedule.js';
import { ClickBuffer } from '../../src/links/click-buffer.js';
import { Envelopes } from '../../src/dispatch/drain/envelopes.js';
import type { ClaimedMessage } from '../../src/ledger/index.js';
import { act, audience, draft, mailbox, whenAll } from '../campaigns/campaign.support.js';
import { consume } from '../support/consumers.js';
import { email, read, send, text, whenStatus } from '../support/messages.js';
import { newMailbox, newNumber } from '../support/people.js';
import { recordOf, type RecordedMessage } from '../support/sandbox.js';
import { venueWith } from '../support/senders.js';
import { openTestApp, type TestApp, type Tenant } from '../support/test-app.js';

const PHONE =
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Mobile/15E148 Safari/604.1';
const TICKETS = 'https://tickets.example.com/order?id=1&seat=2';
const HTML = `<p>Z&uuml;rich\r\n<a class=b href='https://tickets.example.com/order?id=1&amp;seat=2'>Tickets</a>
  <a href="https://elsewhere.example/">x</a> <a href="mailto:hall@example.com">write</a> <a href="https://example.com/u/x">off</a></p>`;

let app: TestApp;
let tenant: Tenant;
let neighbour: Tenant;
/** Counts as tenants do that say nothing of categories. */
let advertiser: Tenant;
let venueId: string;
beforeAll(async () => {
  app = await openTestApp();
  tenant = await app.tenant();
  ({ venueId } = await venueWith(app, tenant, 'sms'));
  [neighbour, advertiser] = [await app.tenant(), await app.tenant()];
  await count(tenant);
  await count(neighbour);
  await count(advertiser, { linkCategories: undefined });
});
afterAll(() => app.close());

const count = (owner: Tenant, settings: object = {}): Promise<unknown> =>
  app
    .as(owner)
    .patch(`/api/tenants/${owner.id}/settings`)
    .send({ linkHosts: ['example.com'], linkCategories: ['transactional', 'marketing'], ...settings })
    .expect(200);

interface Sent {
  readonly id: string;
  readonly record: RecordedMessage;
  /** The counted links in it. */
  readonly links: readonly string[];
}

/** A message that was delivered a minute ago. */
async function sent(input: object, owner = tenant): Promise<Sent> {
  const id = await send(app, owner, input);
  await whenStatus(app, owner, id, 'delivered');
  await app.database.query(`update message set sent_at = now() - interval '1 minute' where id = $1`, [id]);
  const { to } = input as { to: string };
  const record = (await recordOf(app, to)).find(({ messageId }) => messageId === id);
  if (!record) throw new Error('a message that was delivered is in the record');
  return { id, record, links: linksIn(record) };
}
const linksIn = (record: RecordedMessage | undefined): string[] =>
  (record?.html ?? record?.body ?? '').match(/http:\/\/127\.0\.0\.1:\d+\/l\/[\w-]+/g) ?? [];
const mail = (html = HTML, more: object = {}): object =>
  email({ to: newMailbox(), content: { subject: 'Doors', html, text: TICKETS }, ...more });
const texted = (body: string): object => text({ to: newNumber(), venueId, content: { body } });

interface Visit {
  readonly method?: 'GET' | 'HEAD';
  readonly headers?: Readonly<Record<string, string>>;
}

async function visit(
  url: string,
  { method = 'GET', headers = {} }: Visit = {},
): Promise<{ status: number; to: unknown }> {
  const answer = await request(url, { method, headers: { 'user-agent': PHONE, ...headers } });
  await answer.body.dump();
  return { status: answer.statusCode, to: answer.headers['location'] };
}

/** What follows the delivery in a message's timeline, once all clicks are written. */
async function sequel(id: string, owner = tenant): Promise<string[]> {
  await app.nest.get(ClickBuffer).write();
  return (await read(app, owner, id)).events.map(({ kind }) => kind).slice(3);
}

test('An email has counted links to the tenant’s hosts, and is otherwise byte for byte what it was', async () => {
  const { record, links, id } = await sent(mail());
  expect(links).toHaveLength(1);
  const [link = ''] = links;
  expect(record.html).toBe(HTML.replace('https://tickets.example.com/order?id=1&amp;seat=2', link));
  expect(record.text).toBe(TICKETS);
  expect(await visit(link)).toEqual({ status: 302, to: TICKETS });
  const { body } = await app.as(tenant).get(`/api/messages/${id}/content`).expect(200);
  expect((body as { content: { html: string } }).content.html).toBe(HTML);
});

test('A text has a short link, and is billed by what it then takes', async () => {
  const long = `https://example.com/programme/${'spring-'.repeat(30)}`;
  const { record, links, id } = await sent(texted(`Programme: ${long}.`));
  const [link = ''] = links;
  expect(link).toMatch(/\/l\/[A-Za-z0-9]{11}$/);
  expect(record.body).toBe(`Programme: ${link}.`);
  expect(await visit(link)).toEqual({ status: 302, to: long });
  expect((await read(app, tenant, id)).segments).toBe(1);
});

test('A click is an event once, however often and on however many processes the link is followed', async () => {
  const { id, links } = await sent(mail(`${HTML}<a href="https://example.com/map">map</a>`));
  const [first = '', second = ''] = links;
  for (const link of [first, first, second]) await visit(link);
  expect(await sequel(id)).toEqual(['clicked', 'clicked']);
  await Promise.all([visit(first), visit(second), visit(first)]);
  expect(await sequel(id)).toEqual(['clicked', 'clicked']);
  const { events } = await read(app, tenant, id);
  expect(events.at(-1)).toMatchObject({ source: 'link', occurredAt: expect.any(String), reason: null, code: null });
});

test.each<[string, Visit]>([
  ['HEAD', { method: 'HEAD' }],
  ['a scanner', { headers: { 'user-agent': 'BarracudaCentral.org URL checker' } }],
  ['a messenger’s preview', { headers: { 'user-agent': 'WhatsApp/2.23.20.0 A' } }],
  ['a prefetch', { headers: { 'sec-purpose': 'prefetch;prerender' } }],
  ['nobody that says who it is', { headers: { 'user-agent': '' } }],
])('%s is led on and is told apart from the person who clicks afterwards', async (_, machine) => {
  const { id, links } = await sent(mail());
  const [link = ''] = links;
  expect(await visit(link, machine)).toEqual({ status: 302, to: TICKETS });
  expect(await sequel(id)).toEqual(['machine_clicked']);
  await visit(link);
  expect(await sequel(id)).toEqual(['machine_clicked', 'clicked']);
});

test('A click right after an email has left is a machine’s', async () => {
  const { id, links } = await sent(mail());
  await app.database.query(`update message set sent_at = now() where id = $1`, [id]);
  await visit(links[0] ?? '');
  expect(await sequel(id)).toEqual(['machine_clicked']);
});

test('A message has the same links each time that it is rendered, so that a repeated call is the same', async () => {
  const { id, record } = await sent(texted(`Map: https://example.com/map`));
  const [row] = await app.database.query<ClaimedMessage>(`select * from message where id = $1`, [id]);
  const [again] = row ? await app.nest.get(Envelopes).prepare([row]) : [];
  expect(again).toMatchObject({ envelope: { content: { body: record.body } } });
});

test('What nobody has made leads nowhere, and costs no look at the database', async () => {
  const { links } = await sent(mail());
  const [link = ''] = links;
  const forged = link.replace(/.{5}$/, 'AAAAA');
  const stranger = link.replace(/\/l\/.{10}/, '/l/AAAAAAAAAA');
  for (const wrong of [forged, stranger, `${app.url}/l/AAAAAAAAAAA`, `${app.url}/l/x`, `${app.url}/l/${TICKETS}`]) {
    const { status, to } = await visit(wrong);
    expect([wrong, status, to]).toEqual([wrong, 404, undefined]);
  }
});

test('A link ends with its time', async () => {
  const [link = ''] = (await sent(mail())).links;
  const token = link.slice(link.lastIndexOf('/') + 1);
  const key = await app.nest.get(LinkKey).get();
  const days = (ago: number): string =>
    messagePart(key, uuidv7({ msecs: Date.now() - ago * 86_400_000 })) + token.slice(28);
  expect((await visit(`${app.url}/l/${days(364)}`)).status).toBe(302);
  expect(await visit(`${app.url}/l/${days(366)}`)).toEqual({ status: 410, to: undefined });
});

test('What links of old messages need is deleted, and what later ones need is not', async () => {
  const [{ links: inMail }, { links: inText }] = [await sent(mail()), await sent(texted('https://example.com/late'))];
  const summerOf2024 = `('0190a3f0' || substr(message_id::text, 9))::uuid`;
  await app.database.query(`update short_link set message_id = ${summerOf2024} where code <> $1`, [
    inText[0]?.slice(-11),
  ]);
  await app.database.query(`update link_click set message_id = ${summerOf2024}`);
  await app.database.query(`update link set used_on = current_date - 368 where url like '%/map'`);
  await app.nest.get(PurgeLinksSchedule).purge();
  const left = await app.database.query(
    `select (select count(*)::int from short_link) as shorts, (select count(*)::int from link_click) as clicks,
       (select count(*)::int from link where url like '%/map') as maps`,
  );
  expect(left).toEqual([{ shorts: 1, clicks: 0, maps: 0 }]);
  for (const link of [...inMail, ...inText]) expect((await visit(link)).status).toBe(302);
});

test('Clicks that processes write at the same time, or write again, are one', async () => {
  const { id, links } = await sent(mail());
  const found = await app.nest.get(LinkResolver).resolve(links[0]?.slice(-50) ?? '', '127.0.0.1');
  if (typeof found === 'string') throw new Error('the link is known');
  const clicks = [false, true, false].map((byMachine) => ({ ...found, at: new Date(), byMachine }));
  const log = app.nest.get(ClickLog);
  await Promise.all([log.record(clicks), log.record(clicks), log.record(clicks)]);
  await log.record(clicks);
  expect((await sequel(id)).toSorted()).toEqual(['clicked', 'machine_clicked']);
});

test('A tenant’s link in the name of another’s message leads on, and counts for nobody', async () => {
  const [{ id, links: ours }, { links: theirs }] = [await sent(mail()), await sent(mail(), neighbour)];
  const mixed = `${ours[0]?.slice(0, -22)}${theirs[0]?.slice(-22)}`;
  expect(await visit(mixed)).toEqual({ status: 302, to: TICKETS });
  expect(await sequel(id)).toEqual([]);
});

test('A process that is stopped writes the clicks that it has', async () => {
  const { id, links } = await sent(mail());
  const { databaseUrl, encryptionKeys } = app.config;
  const other = await openTestApp({ databaseUrl, encryptionKeys, role: 'api' });
  await visit((links[0] ?? '').replace(app.url, other.url));
  await other.close();
  expect((await read(app, tenant, id)).events.at(-1)?.kind).toBe('clicked');
});

test('Links of other categories stay, and so do those of a tenant that counts none', async () => {
  for (const owner of [await app.tenant(), advertiser]) expect((await sent(mail(), owner)).record.html).toBe(HTML);
});

interface Followed {
  readonly items: readonly object[];
  readonly nextCursor: string | null;
}
const followed = async (query: object, owner = tenant): Promise<Followed> =>
  (await app.as(owner).get('/api/reports/links').query(query).expect(200)).body as Followed;

test('The links of a campaign are told with how many followed each, as is the campaign’s and its template’s engagement', async () => {
  const html = `<p>{{ name }} <a href="${TICKETS.replace('&', '&amp;')}">a</a> <a href="https://example.com/{{ name }}">b</a></p>`;
  const templateKey = 'links';
  const content = { key: templateKey, channel: 'email', category: 'transactional', subject: 'Doors', html };
  await app.as(tenant).post('/api/templates').send(content).expect(201);
  const audienceId = await audience(app, tenant, 3, `jsonb_build_object('name', 'g' || n)`);
  const { id: campaignId } = await draft(app, tenant, { templateKey, audienceId, category: 'transactional' });
  await act(app, tenant, campaignId, 'launch');
  await whenAll(app, tenant, campaignId, ['delivered']);
  await app.database.query(`update message set sent_at = now() - interval '1 minute' where campaign_id = $1`, [
    campaignId,
  ]);
  const guests = [1, 2, 3].map(async (n) => linksIn((await recordOf(app, mailbox(n))).at(-1)));
  const [first, second, third] = await Promise.all(guests);
  const [tickets1 = '', own1 = ''] = first ?? [];
  const [tickets2 = ''] = second ?? [];
  const [tickets3 = ''] = third ?? [];
  for (const link of [tickets1, tickets1, own1, tickets2]) await visit(link);
  await visit(tickets3, { method: 'HEAD' });
  await app.nest.get(ClickBuffer).write();

  const times = { firstAt: expect.any(String), lastAt: expect.any(String) };
  const items = [
    { url: TICKETS, clicked: 2, machineClicked: 1, ...times },
    { url: 'https://example.com/g1', clicked: 1, machineClicked: 0, ...times },
  ];
  for (const query of [{ campaignId }, { templateKey }])
    expect(await followed(query)).toMatchObject({ items, nextCursor: null });
  const {
    items: [top],
    nextCursor,
  } = await followed({ campaignId, limit: 1 });
  expect([top, (await followed({ campaignId, limit: 1, cursor: nextCursor })).items[0]]).toEqual(items);
  expect(await followed({ campaignId }, neighbour)).toEqual({ items: [], nextCursor: null });
  await app.as(tenant).get('/api/reports/links').expect(400);

  await consume(app, 'usage');
  const { body } = await app
    .as(tenant)
    .get('/api/reports/engagement')
    .query({ by: 'campaign,template', campaignId })
    .expect(200);
  expect((body as Followed).items).toMatchObject([
    { campaignId, templateKey, delivered: 3, clicked: 2, machineClicked: 1, clickRate: 0.6667 },
  ]);
});

test.each([
  ['https://example.com'],
  ['Example.com'],
  ['localhost'],
  ['127.0.0.1'],
  ['example.com:8443'],
  ['*.example.com'],
])('A tenant’s links cannot lead to %s', async (host) => {
  const { body } = await app
    .as(tenant)
    .patch(`/api/tenants/${tenant.id}/settings`)
    .send({ linkHosts: [host] })
    .expect(400);
  expect(body).toMatchObject({ code: 'invalid_request', errors: [{ path: 'linkHosts' }] });
});
