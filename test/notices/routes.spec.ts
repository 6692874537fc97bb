/** Notices as they are shown and delivered again, and the secrets that sign them. */
import { cloneDatabase } from '../support/databases.js';
import { KeyRing } from '../../src/kernel/index.js';
import { NoticeSecrets } from '../../src/notices/notice-secrets.js';
import type { NoticeView } from '../../src/notices/notices.dto.js';
import { NoticesSchedule } from '../../src/notices/notices.schedule.js';
import { json, Loopback } from '../providers/loopback.js';
import { newMailbox } from '../support/people.js';
import { timesTakenBy } from '../support/sandbox.js';
import { openTestApp, type Tenant, type TestApp } from '../support/test-app.js';
import { newSecret, postsOf, verified, whenAll, write } from './notices.support.js';

let receiver: Loopback;
let app: TestApp;
let tenant: Tenant;
let secret: string;
beforeAll(async () => {
  receiver = await Loopback.open();
  receiver.script = () => json(200, { secret: 'of the receiver' });
  app = await openTestApp({ notices: { secrets: [], emails: ['operations@example.com'] } });
  tenant = await app.tenant();
  secret = await newSecret(app, tenant);
});
afterAll(async () => {
  await receiver.close();
  await app.close();
});

const url = (): string => `${receiver.origin}/hook-of-ana`;
const listed = async (caller: Tenant, query = ''): Promise<NoticeView[]> =>
  ((await app.as(caller).get(`/api/notices${query}`).expect(200)).body as { items: NoticeView[] }).items;

test('a tenant sees its own notices and deliveries, and the operator all of them', async () => {
  const other = await app.tenant();
  const [one, to] = [await app.tenant(), newMailbox()];
  const id = await write(app, one, { emails: [to] }, { toOperator: true });
  await whenAll(app, id, 'delivered');
  expect(await listed(one)).toMatchObject([
    { id, kind: 'gate.closed', tenantId: one.id, data: { gate: 4 }, deliveries: [{ audience: 'tenant' }] },
  ]);
  expect(await listed(other)).toEqual([]);
  const { body } = await app.admin(one.id).get('/api/notices').expect(200);
  expect((body as { items: NoticeView[] }).items[0]?.deliveries).toHaveLength(2);
  const all = await app.admin().get('/api/notices').expect(200);
  expect(JSON.stringify(all.body)).not.toMatch(/@example\.com|hook-of-ana/);
});

test('the list is paged, and filtered by kind and by state', async () => {
  const one = await app.tenant();
  const ids: string[] = [];
  for (const kind of ['gate.closed', 'gate.opened', 'gate.closed'])
    ids.push(await write(app, one, { emails: [newMailbox()] }, { kind }));
  for (const id of ids) await whenAll(app, id, 'delivered');
  const { body } = await app.as(one).get('/api/notices?limit=2').expect(200);
  const { items, nextCursor } = body as { items: NoticeView[]; nextCursor: string };
  const rest = await listed(one, `?limit=2&cursor=${nextCursor}`);
  expect([...items, ...rest].map(({ id }) => id)).toEqual(ids.toReversed());
  expect((await listed(one, '?kind=gate.opened')).map(({ id }) => id)).toEqual([ids[1]]);
  expect(await listed(one, '?state=delivered')).toHaveLength(3);
  expect(await listed(one, '?state=given_up')).toEqual([]);
});

test('what has arrived is delivered again only by the id of its delivery', async () => {
  const to = newMailbox();
  const id = await write(app, tenant, { emails: [to], url: url() });
  const { deliveries } = await whenAll(app, id, 'delivered');
  const { body: refusal } = await app.as(tenant).post(`/api/notices/${id}/redeliver`).send({}).expect(409);
  expect(refusal).toMatchObject({ code: 'notice_delivered' });
  const deliveryId = deliveries.find(({ channel }) => channel === 'url')?.id;
  await app.as(tenant).post(`/api/notices/${id}/redeliver`).send({ deliveryId }).expect(200);
  await whenAll(app, id, 'delivered');
  expect(postsOf(receiver, id).map(({ headers }) => headers['webhook-id'])).toEqual([deliveryId, deliveryId]);
  expect(await timesTakenBy(app, to)).toBe(1);
});

test('nobody has another tenant’s notice or the operator’s delivery delivered again', async () => {
  const other = await app.tenant();
  const id = await write(app, tenant, {}, { toOperator: true });
  const { deliveries } = await whenAll(app, id, 'delivered');
  await app.as(other).post(`/api/notices/${id}/redeliver`).send({}).expect(404);
  const deliveryId = deliveries[0]?.id;
  await app.as(tenant).post(`/api/notices/${id}/redeliver`).send({ deliveryId }).expect(409);
  await app.admin().post(`/api/notices/${id}/redeliver`).send({ deliveryId }).expect(200);
  await whenAll(app, id, 'delivered');
});

test('a secret is shown once, and a second one signs beside the first for a day', async () => {
  const one = await app.tenant();
  await app.as(one).get('/api/notices/secret').expect(422);
  const first = await newSecret(app, one);
  expect(first).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
  const { body } = await app.as(one).get('/api/notices/secret').expect(200);
  expect(body).toEqual({ createdAt: expect.any(String), previousUntil: null });
  const second = await newSecret(app, one);
  expect(second).not.toBe(first);
  const { body: state } = await app.as(one).get('/api/notices/secret').expect(200);
  expect(state).toMatchObject({ previousUntil: expect.any(String) });

  const both = await write(app, one, { url: url() });
  await whenAll(app, both, 'delivered');
  const [post] = postsOf(receiver, both);
  for (const known of [first, second]) expect(post && verified(known, post)).toMatchObject({ noticeId: both });
  expect(() => post && verified(secret, post)).toThrow('No matching signature');

  await app.database.query(`update notice_secret set previous_until = now() where tenant_id = $1`, [one.id]);
  const later = await write(app, one, { url: url() });
  await whenAll(app, later, 'delivered');
  const [next] = postsOf(receiver, later);
  expect(next && verified(second, next)).toMatchObject({ noticeId: later });
  expect(() => next && verified(first, next)).toThrow('No matching signature');
});

test('secrets are encrypted, and move under a new first key of the ring', async () => {
  const databaseUrl = await cloneDatabase();
  const [old, next] = ['old', 'next'].map((id) => `${id}:${KeyRing.generate().split(':')[1]}`);
  const during = async <T>(encryptionKeys: string, work: (one: TestApp) => Promise<T>): Promise<T> => {
    const one = await openTestApp({ databaseUrl, encryptionKeys });
    try {
      return await work(one);
    } finally {
      await one.close();
    }
  };
  const stored = (one: TestApp): Promise<{ secret: string; previous: string }[]> =>
    one.database.query(`select secret, previous from notice_secret`);
  const { id, secrets } = await during(`${old}`, async (one) => {
    const of = await one.tenant();
    const made = [await newSecret(one, of), await newSecret(one, of)];
    const [row] = await stored(one);
    expect(row).toEqual({ secret: expect.stringMatching(/^old\./), previous: expect.stringMatching(/^old\./) });
    for (const text of made) expect(JSON.stringify(row)).not.toContain(text);
    return { id: of.id, secrets: made };
  });
  await during(`${next},${old}`, async (one) => {
    const [row] = await stored(one);
    expect(row).toEqual({ secret: expect.stringMatching(/^next\./), previous: expect.stringMatching(/^next\./) });
  });
  await during(`${next}`, async (one) => {
    expect(await one.nest.get(NoticeSecrets).of(id)).toEqual(secrets.toReversed());
  });
});

test('notices of more than 90 days ago are forgotten, but for those that wait', async () => {
  const one = await app.tenant();
  const ids = [await write(app, one, { emails: [newMailbox()] }), await write(app, one, { url: 'http://10.0.0.1/' })];
  await whenAll(app, ids[0] ?? '', 'delivered');
  await app.database.query(`alter table notice_delivery drop constraint notice_delivery_notice_id_fkey`);
  for (const id of ids) {
    const [aged] = await app.database.query<{ id: string }>(
      `update notice set id = uuidv7('-91 days'::interval) where id = $1 returning id`,
      [id],
    );
    await app.database.query(`update notice_delivery set notice_id = $2 where notice_id = $1`, [id, aged?.id]);
  }
  await app.nest.get(NoticesSchedule).purge();
  expect(await listed(one)).toMatchObject([{ deliveries: [{ channel: 'url' }] }]);
});
