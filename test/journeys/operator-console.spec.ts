/** The operator console: what is stuck is shown with its reason, decided with a click, and every action is on record. */
import type { AuditView } from '../../src/operations/audit.dto.js';
import type { DeskView, DoneView, DoubtView } from '../../src/operations/operations-views.dto.js';
import { openTestApp, type TestApp, type Tenant } from '../support/test-app.js';
import { until } from '../../harness/until.js';
import { email, read, send, sendAll, text, whenStatus } from '../support/messages.js';
import { newNumber } from '../support/people.js';
import { faults, recordOf, timesTaken } from '../support/sandbox.js';
import { newSender, releaseSender, venueWith } from '../support/senders.js';
import { usageOf } from '../support/usage.js';

let app: TestApp;
let tenant: Tenant;
let other: Tenant;
beforeAll(async () => {
  app = await openTestApp();
  tenant = await app.tenant();
  other = await app.tenant();
});
afterAll(() => app.close());
afterEach(() => faults(app, {}));

/** An email that nobody knows the fate of; SES keeps no list. */
async function doubtful(owner = tenant, more: object = {}): Promise<string> {
  await faults(app, { calls: [{ provider: 'ses', nth: { badGateway: 1 } }] });
  const id = await send(app, owner, email(more));
  await whenStatus(app, owner, id, 'unknown');
  await faults(app, {});
  await wakeLanes();
  return id;
}

const settle = (id: string, decision: string, owner = tenant) =>
  app.as(owner).post(`/api/messages/${id}/settle`).send({ decision });

async function post<T>(path: string, body: object, agent = app.as(tenant)): Promise<T> {
  const answer = await agent.post(path).send(body);
  expect([path, answer.status, answer.body]).toEqual([path, 200, expect.anything()]);
  return answer.body as T;
}

const overview = async (agent = app.as(tenant)): Promise<DeskView> =>
  (await agent.get('/api/desk').expect(200)).body as DeskView;

async function doubts(agent = app.as(tenant)): Promise<DoubtView[]> {
  const { body } = await agent.get('/api/desk/doubts').expect(200);
  return (body as { items: DoubtView[] }).items;
}

async function audit(agent = app.as(tenant)): Promise<AuditView[]> {
  const { items } = (await agent.get('/api/audit').expect(200)).body as { items: AuditView[] };
  return items.filter(({ objectKind }) => !['tenant', 'api_key'].includes(objectKind ?? '')); // made for the test
}

/** What one test leaves resting must not hold up another. */
const wakeLanes = (): Promise<unknown> =>
  app.database.query(`update lane set rest_until = '-infinity', rests = 0, setbacks = 0`);

/** Messages that wait because their sender is misconfigured: its lane rests. */
async function putOff(owner: Tenant, count: number, more: object = {}): Promise<string[]> {
  const unfit = '+15005550007'; // Twilio's magic number for one that cannot send
  const { venueId, senderId } = await venueWith(app, owner, 'sms', { address: unfit });
  await wakeLanes();
  const ids = await sendAll(
    app,
    owner,
    Array.from({ length: count }, () => text({ venueId, ...more })),
  );
  await until(async () => {
    const waiting = await app.database.query(
      `select from pending where message_id = any($1) and waits_for is not null`,
      [ids],
    );
    return waiting.length === count;
  });
  await releaseSender(app, owner, senderId);
  return ids;
}

describe('A message in doubt', () => {
  test('is on the console with its reason, and in the list with when its provider is asked next', async () => {
    const owner = await app.tenant();
    const id = await doubtful(owner);
    expect(await overview(app.as(owner))).toEqual({
      waiting: [],
      doubts: [
        { reason: 'no_answer', channel: 'email', provider: 'ses', messages: 1, oldest: expect.any(String) as string },
      ],
      lanes: null,
      inbox: null,
      events: null,
      processes: null,
    });
    expect(await doubts(app.as(owner))).toMatchObject([
      { message: { id, status: 'unknown', errorCode: 'http-502' }, tenantId: owner.id, looks: 0 },
    ]);
    expect(await doubts(app.as(other))).toEqual([]);
    const ofAll = await overview(app.admin());
    expect(ofAll.doubts[0]?.messages).toBeGreaterThan(0);
    expect(ofAll.inbox).toMatchObject({ events: 0, oldest: null });
  });

  test('that the provider has is sent by a decision, and billed', async () => {
    const owner = await app.tenant();
    const id = await doubtful(owner);
    const { body } = await settle(id, 'sent', owner).expect(200);
    expect(body).toEqual({ id, status: 'sent' });
    const message = await read(app, owner, id);
    expect(message).toMatchObject({ status: 'sent', reason: 'settled_by_hand', attempts: 1 });
    expect(message.events.at(-1)).toMatchObject({ kind: 'sent', source: 'desk' });
    await until(async () => (await usageOf(app, owner)).total.messages === 1);
    expect(await timesTaken(app, [id])).toEqual([0]);
    expect(await doubts(app.as(owner))).toEqual([]);
    expect(await audit(app.as(owner))).toMatchObject([
      {
        actor: expect.stringMatching(/^key:/) as string,
        tenantId: owner.id,
        action: 'doubt.settle',
        details: { messageId: id },
      },
    ]);
  });

  test('that the provider has not is sent by a decision, once', async () => {
    const id = await doubtful();
    await settle(id, 'requeue').expect(200);
    const { events, attempts } = await whenStatus(app, tenant, id, 'delivered');
    expect(attempts).toBe(2);
    expect(events.map(({ kind, source }) => [kind, source])).toEqual([
      ['queued', 'api'],
      ['unknown', 'dispatch'],
      ['deferred', 'desk'],
      ['sent', 'dispatch'],
      ['delivered', 'webhook'],
    ]);
    expect(await timesTaken(app, [id])).toEqual([1]);
  });

  test('that is given up ends, and its fallback follows', async () => {
    const to = newNumber();
    const { venueId } = await venueWith(app, tenant, 'sms');
    await newSender(app, tenant, { venueId, channel: 'email', address: 'hall@riverside.example' });
    const fallback = [{ channel: 'sms', content: { body: 'Doors at 19:00' } }];
    const id = await doubtful(tenant, { venueId, alternateTo: to, fallback });
    await settle(id, 'fail').expect(200);
    expect(await read(app, tenant, id)).toMatchObject({ status: 'failed', reason: 'given_up' });
    await until(async () => (await recordOf(app, to)).length === 1);
  });

  test('is decided once: a second decision is refused, and so is one on a message that is not in doubt', async () => {
    const id = await doubtful();
    const answers = await Promise.all([settle(id, 'requeue'), settle(id, 'sent'), settle(id, 'requeue')]);
    expect(answers.map(({ status }) => status).toSorted((one, next) => one - next)).toEqual([200, 409, 409]);
    const refused = answers.find(({ status }) => status === 409);
    expect(refused?.body).toMatchObject({ code: 'not_in_doubt' });
    await settle(id, 'requeue', other).expect(404);
    await settle(id, 'perhaps').expect(400);
    await until(async () => ['sent', 'delivered'].includes((await read(app, tenant, id)).status));
    expect((await timesTaken(app, [id]))[0]).toBeLessThan(2);
  });

  test('is decided together with all that fit a filter, and none of another tenant', async () => {
    const owner = await app.tenant();
    const ids = [await doubtful(owner), await doubtful(owner), await doubtful(owner)];
    const strange = await doubtful(other);
    const none = await post<DoneView>(
      '/api/desk/doubts/settle',
      { decision: 'requeue', errorCode: 'http-500' },
      app.as(owner),
    );
    expect(none).toEqual({ messages: 0, more: false });
    const some = { decision: 'requeue', errorCode: 'http-502', channel: 'email', limit: 2 };
    expect(await post('/api/desk/doubts/settle', some, app.as(owner))).toEqual({ messages: 2, more: true });
    expect(await post('/api/desk/doubts/settle', some, app.as(owner))).toEqual({ messages: 1, more: false });
    for (const id of ids) await whenStatus(app, owner, id, 'delivered');
    expect(await read(app, other, strange)).toMatchObject({ status: 'unknown' });
    const all = await post<DoneView>('/api/desk/doubts/settle', { decision: 'fail' }, app.admin());
    expect(all.messages).toBeGreaterThan(0);
    expect(await read(app, other, strange)).toMatchObject({ status: 'failed' });
    expect((await audit(app.admin()))[0]).toMatchObject({
      actor: 'admin',
      tenantId: null,
      details: { decision: 'fail' },
    });
  });
});

describe('Messages that were put off', () => {
  test('are on the console with what must be fixed, and given up together', async () => {
    const owner = await app.tenant();
    const ids = await putOff(owner, 4);
    const waiting = await overview(app.as(owner));
    expect(waiting.waiting).toMatchObject([
      { reason: 'sender_misconfigured', channel: 'sms', provider: 'twilio', messages: 4 },
    ]);
    const untouched = await post('/api/desk/waiting/give-up', { reason: 'deferred' }, app.as(owner));
    expect(untouched).toEqual({ messages: 0, more: false });
    const done = await post('/api/desk/waiting/give-up', { reason: 'sender_misconfigured' }, app.as(owner));
    expect(done).toEqual({ messages: 4, more: false });
    for (const id of ids) expect(await read(app, owner, id)).toMatchObject({ status: 'failed', reason: 'given_up' });
    expect((await overview(app.as(owner))).waiting).toEqual([]);
    expect((await audit(app.as(owner)))[0]).toMatchObject({ action: 'waiting.give_up', details: { messages: 4 } });
  });

  test('are tried at once when somebody asks for it', async () => {
    const owner = await app.tenant();
    const ids = await putOff(owner, 2);
    await app.database.query(`update pending set ready_at = now() + interval '1 hour' where message_id = any($1)`, [
      ids,
    ]);
    await wakeLanes();
    expect(await post('/api/desk/waiting/retry', {}, app.as(owner))).toEqual({ messages: 2, more: false });
    for (const id of ids) await whenStatus(app, owner, id, 'cancelled'); // their sender was released: the gate says so
  });
});

describe('Messages that reached nobody', () => {
  const REFUSED = '+15005550002';
  const failed = async (owner: Tenant): Promise<string> => {
    const id = await send(app, owner, { channel: 'sms', to: REFUSED, content: { body: 'Doors' } });
    await whenStatus(app, owner, id, 'failed');
    return id;
  };

  test('are sent again together, each once however often it is asked for', async () => {
    const owner = await app.tenant();
    const since = new Date(Date.now() - 60_000).toISOString();
    const ids = [await failed(owner), await failed(owner), await failed(owner)];
    const end = new Date().toISOString();
    const asked = { status: 'failed', reason: 'recipient_refused', since, until: end, limit: 2 };
    const first = await post<{ messages: number; nextCursor: string }>('/api/desk/resend', asked, app.as(owner));
    expect(first).toMatchObject({ messages: 2, refused: {} });
    const rest = await post('/api/desk/resend', { ...asked, cursor: first.nextCursor }, app.as(owner));
    expect(rest).toEqual({ messages: 1, refused: {}, nextCursor: null });
    expect(await post('/api/desk/resend', asked, app.as(owner))).toEqual({
      messages: 0,
      refused: {},
      nextCursor: null,
    });
    const followers = await app.database.query<{ of: string }>(
      `select resend_of as of from message where tenant_id = $1 and resend_of is not null order by id`,
      [owner.id],
    );
    expect(followers.map(({ of }) => of)).toEqual(ids);
    expect((await audit(app.as(owner)))[0]).toMatchObject({ action: 'message.resend' });
  });

  test('are counted by what is in the way of those that cannot be', async () => {
    const owner = await app.tenant();
    const { venueId, senderId } = await venueWith(app, owner, 'sms');
    const id = await send(app, owner, { channel: 'sms', venueId, to: REFUSED, content: { body: 'Doors' } });
    await whenStatus(app, owner, id, 'failed');
    await releaseSender(app, owner, senderId);
    const since = new Date(Date.now() - 60_000).toISOString();
    const answer = await post('/api/desk/resend', { status: 'failed', since }, app.as(owner));
    expect(answer).toEqual({ messages: 0, refused: { no_sender: 1 }, nextCursor: null });
    expect(await read(app, owner, id)).toMatchObject({ followedBy: null });
  });
});

describe('Reports of providers', () => {
  test('are applied once more, and change nothing that was right', async () => {
    const since = new Date(Date.now() - 1_000).toISOString();
    const id = await send(app, tenant, email());
    const before = await whenStatus(app, tenant, id, 'delivered');
    // As if a fault of ours had lost the report's effect.
    await app.database.query(`update message set status = 'sent', settled_at = null where id = $1`, [id]);
    const { events } = await post<{ events: number }>('/api/inbox/replay', { since, messageId: id }, app.admin());
    expect(events).toBeGreaterThan(0);
    await whenStatus(app, tenant, id, 'delivered');
    await post('/api/inbox/replay', { since }, app.admin());
    await until(async () => (await overview(app.admin())).inbox?.events === 0);
    expect(await read(app, tenant, id)).toMatchObject({ status: 'delivered', attempts: before.attempts });
    expect((await audit(app.admin()))[0]).toMatchObject({ actor: 'admin', action: 'inbox.replay' });
    await app.as(tenant).post('/api/inbox/replay').send({ since }).expect(403);
  });
});

test('a lane that is woken is on record', async () => {
  const [lane] = await app.database.query<{ id: string }>(`select id from lane limit 1`);
  await app.admin().post(`/api/lanes/${lane?.id}/wake`).expect(204);
  expect((await audit(app.admin()))[0]).toMatchObject({ action: 'lane.wake', details: { laneId: lane?.id } });
});

test('a lane whose messages wait longer than they should is on the platform’s console', async () => {
  const { venueId, number } = await venueWith(app, tenant, 'sms');
  await whenStatus(app, tenant, await send(app, tenant, text({ venueId })), 'delivered');
  await app.database.query(
    `update lane set rest_until = now() + interval '1 hour', rests = 3, rest_reason = 'no_answer' where sender_address = $1`,
    [number],
  );
  const id = await send(app, tenant, text({ venueId }));
  await app.database.query(`update pending set ready_at = now() - interval '5 minutes' where message_id = $1`, [id]);
  const { lanes } = await overview(app.admin());
  expect(lanes).toMatchObject([{ channel: 'sms', provider: 'twilio', resting: true, reason: 'no_answer' }]);
});

test('a key without the console’s scope decides nothing', async () => {
  const shop = await app.keyOf(tenant, ['messages:write']);
  for (const path of [
    '/api/desk/doubts/settle',
    '/api/desk/waiting/retry',
    '/api/desk/waiting/give-up',
    '/api/desk/resend',
  ]) {
    const refused = await app.as(shop).post(path).send({ decision: 'requeue' }).expect(403);
    expect(refused.body).toMatchObject({ code: 'missing_scope' });
  }
  await app.as(shop).get('/api/audit').expect(403);
});
