/** A message that is of no use once its event has begun, or is over: it goes by when that is, as the platform has it right before its call. */
import { until } from '../../harness/until.js';
import { change, newCustomer, newEvent, openHost, type Person } from '../support/host.js';
import { due, farOff, list, read, send, whenEnded } from '../support/messages.js';
import { newMailbox, newSenderNumber } from '../support/people.js';
import { faults, recordOf, timesTaken } from '../support/sandbox.js';
import { newSender } from '../support/senders.js';
import { openTestApp, type TestApp, type Tenant } from '../support/test-app.js';

const PAST = '2026-01-01T20:00';
const FUTURE = '2027-03-27T20:00';

let app: TestApp;
let tenant: Tenant;
let ana: Person;
beforeAll(async () => {
  app = await openTestApp();
  tenant = await app.tenant();
  await openHost(app, tenant);
  await newSender(app, tenant, { channel: 'sms', address: newSenderNumber() });
});
beforeEach(async () => {
  ana = await newCustomer(app, tenant);
});
afterEach(() => faults(app, {}));
afterAll(() => app.close());

/** A time on the clocks of UTC, in so many ms. */
const inMs = (ms: number): string => new Date(Date.now() + ms).toISOString().slice(0, -1);
const newUtcEvent = (startsAt: string, more: object = {}): Promise<string> =>
  newEvent(app, tenant, startsAt, { timezone: 'UTC', ...more });
const reminder = (eventId: string, more: object = {}): object => ({
  channel: 'sms',
  content: { body: 'It begins soon' },
  hostData: { customerId: ana.id, eventId, notAfter: 'event.startsAt' },
  ...more,
});
const toTheEnd = (eventId: string): object => ({ customerId: ana.id, eventId, notAfter: 'event.endsAt' });

/** A message whose first call was in vain, and whose event was to begin, as it was read then, at a time that is past by now. */
async function deferred(eventId: string): Promise<string> {
  await faults(app, { calls: [{ provider: 'twilio', nth: { tooMany: 1 } }] });
  const id = await send(app, tenant, reminder(eventId));
  await until(async () => (await read(app, tenant, id)).events.some(({ kind }) => kind === 'deferred'));
  await app.database.query(`update pending set ready_at = now() + interval '1 hour' where message_id = $1`, [id]);
  await app.database.query(
    `update message set host_data = jsonb_set(host_data, '{event,startsAt}', to_jsonb($2::text)) where id = $1`,
    [id, `${PAST}:00.000Z`],
  );
  await faults(app, {});
  return id;
}
/** Its turn again. */
async function again(id: string): Promise<void> {
  await app.database.query(`update lane set rest_until = now() where rest_until > now()`);
  await due(app, [id]);
}
const waitsFor = async (id: string): Promise<string | null> =>
  (
    await app.database.query<{ waits: string | null }>(
      `select waits_for as waits from pending where message_id = $1 and claim is null`,
      [id],
    )
  )[0]?.waits ?? null;

test('a reminder that waits while its event is moved to a time that is past ends as expired, and says why', async () => {
  const eventId = await newUtcEvent(FUTURE);
  const id = await send(app, tenant, reminder(eventId, { sendAt: farOff() }));
  await change(app, tenant, 'events', eventId, { starts_at: PAST, status: 'rescheduled' });
  await due(app, [id]);
  expect(await whenEnded(app, tenant, id)).toMatchObject({
    status: 'expired',
    reason: 'event_started',
    explanation: expect.stringContaining('had begun'),
  });
  expect((await list(app, tenant, { to: ana.phone }, '/api/history')).items).toMatchObject([
    { id, status: 'expired', reason: 'event_started' },
  ]);
  expect(await timesTaken(app, [id])).toEqual([0]);
});

test('a reminder whose event has begun while its provider was away is not sent, and one whose event was moved on is', async () => {
  const [begun, moved] = [await newUtcEvent(FUTURE), await newUtcEvent(FUTURE)];
  const late = await deferred(begun);
  const kept = await deferred(moved);
  await change(app, tenant, 'events', begun, { starts_at: PAST });
  for (const id of [late, kept]) await again(id);
  expect(await whenEnded(app, tenant, late)).toMatchObject({ status: 'expired', reason: 'event_started' });
  expect(await whenEnded(app, tenant, kept)).toMatchObject({ status: 'delivered', expiresAt: null });
});

test('while the platform is away past the time that its event had, a reminder waits for what it says then', async () => {
  const [begun, moved] = [await newUtcEvent(FUTURE), await newUtcEvent(FUTURE)];
  const ids = [await deferred(begun), await deferred(moved)];
  await change(app, tenant, 'events', begun, { starts_at: PAST });
  await app.database.query(`alter table sample_host.events rename to events_away`);
  try {
    for (const id of ids) {
      await again(id);
      await until(async () => (await waitsFor(id)) === 'host_data_unavailable');
    }
  } finally {
    await app.database.query(`alter table sample_host.events_away rename to events`);
  }
  const outcomes = await Promise.all(ids.map((id) => whenEnded(app, tenant, id)));
  expect(outcomes.map(({ status, reason }) => [status, reason])).toEqual([
    ['expired', 'event_started'],
    ['delivered', null],
  ]);
});

test('what is of use until the event ends is sent while it is on, and not afterwards', async () => {
  const on = await newUtcEvent(PAST, { ends_at: FUTURE });
  const sent = await send(app, tenant, reminder(on, { hostData: toTheEnd(on) }));
  expect(await whenEnded(app, tenant, sent)).toMatchObject({ status: 'delivered' });
  const id = await send(app, tenant, reminder(on, { hostData: toTheEnd(on), sendAt: farOff() }));
  const other = await newUtcEvent(PAST, { ends_at: FUTURE });
  const open = await send(app, tenant, reminder(other, { hostData: toTheEnd(other), sendAt: farOff() }));
  await change(app, tenant, 'events', on, { ends_at: '2026-01-01T23:00' });
  await change(app, tenant, 'events', other, { ends_at: null });
  await due(app, [id, open]);
  expect(await whenEnded(app, tenant, id)).toMatchObject({ status: 'expired', reason: 'event_ended' });
  expect(await whenEnded(app, tenant, open)).toMatchObject({ status: 'cancelled', reason: 'event_time_unknown' });
});

test('what follows a reminder on another channel, or is sent again, is of use as long', async () => {
  const eventId = await newUtcEvent(FUTURE);
  const fallback = [{ channel: 'email', content: { subject: 'Soon', text: 'It begins soon' } }];
  const id = await send(app, tenant, reminder(eventId, { fallback, sendAt: farOff() }));
  const mailbox = newMailbox();
  await change(app, tenant, 'customers', ana.id, { phone: null, email: mailbox });
  await change(app, tenant, 'events', eventId, { starts_at: PAST });
  await due(app, [id]);
  const next = await until(async () => (await read(app, tenant, id)).followedBy ?? undefined);
  expect(await whenEnded(app, tenant, next)).toMatchObject({ status: 'expired', reason: 'event_started' });
  const { body } = await app.as(tenant).post(`/api/messages/${next}/resend`).expect(202);
  const resent = (body as { id: string }).id;
  expect(await whenEnded(app, tenant, resent)).toMatchObject({ status: 'expired', reason: 'event_started' });
  expect(await recordOf(app, mailbox)).toEqual([]);
});

test.each<[string, string, (eventId: string) => object, number, string, string]>([
  ['the event has begun', PAST, () => ({}), 422, 'not_true_now', 'hostData.notAfter'],
  [
    'the event will have begun by then',
    inMs(1_800_000),
    () => ({ sendAt: farOff() }),
    422,
    'not_true_now',
    'hostData.notAfter',
  ],
  [
    'nobody knows when the event ends',
    FUTURE,
    (id) => ({ hostData: toTheEnd(id) }),
    422,
    'not_true_now',
    'hostData.notAfter',
  ],
  [
    'there is no such moment',
    FUTURE,
    (eventId) => ({ hostData: { customerId: ana.id, eventId, notAfter: 'event.doorsAt' } }),
    400,
    'invalid_request',
    'hostData.notAfter',
  ],
  [
    'it is about no event',
    FUTURE,
    () => ({ hostData: { customerId: ana.id, notAfter: 'event.startsAt' } }),
    400,
    'invalid_request',
    'hostData.notAfter',
  ],
])(
  'a message with a limit is refused where %s, and the field is named',
  async (_, startsAt, more, status, code, path) => {
    const eventId = await newUtcEvent(startsAt);
    const { body } = await app
      .as(tenant)
      .post('/api/messages')
      .send(reminder(eventId, more(eventId)))
      .expect(status);
    expect(body).toMatchObject({ code, errors: [{ path }] });
  },
);
