/** What the journeys share: people nobody else knows, venues with numbers, and the books as seen from outside. */
import { randomUUID } from 'node:crypto';
import type { ConsentView } from '../../src/consent/consent.dto.js';
import type { SuppressionView } from '../../src/consent/suppressions/suppressions.dto.js';
import type { AcceptedMessage, MessageWithEvents } from '../../src/dispatch/messages/messages.dto.js';
import type { MessageStatus } from '../../src/ledger/message.status.js';
import type { FaultPlan } from '../../src/sandbox/fault-plan.dto.js';
import { recordedMessages, type RecordedMessage } from '../../harness/sandbox-record.js';
import type { TestApp, Tenant } from '../support/test-app.js';
import { until } from '../../harness/until.js';

let people = 0;

/** A German mobile number that no other test of the file has. */
export const newNumber = (): string => `+${4_915_200_000_000 + (people += 1)}`;

/** A mailbox that no other test of the file has. */
export const newMailbox = (): string => `guest${(people += 1)}@example.com`;

let numbers = 0;

/** A new venue of a tenant with a number of its own. */
export async function venueWith(
  app: TestApp,
  owner: Tenant,
  channel: 'sms' | 'mms' | 'whatsapp',
  more: object = {},
): Promise<{ venueId: string; senderId: string; number: string }> {
  const number = `+1212555${String((numbers += 1)).padStart(4, '0')}`;
  const venue = await app.as(owner).post('/api/venues').send({ name: 'Hall' }).expect(201);
  const { id: venueId } = venue.body as { id: string };
  const sender = await app
    .as(owner)
    .post('/api/senders')
    .send({ venueId, channel, address: number, ...more })
    .expect(201);
  return { venueId, senderId: (sender.body as { id: string }).id, number };
}

/** Puts a fault plan in force until the next one. */
export async function faults(app: TestApp, plan: FaultPlan): Promise<void> {
  await app.http.put('/sandbox/faults').send(plan).expect(200);
}

/** Accepts one message and answers its id. */
export async function send(app: TestApp, owner: Tenant, input: object): Promise<string> {
  const { body } = await app.as(owner).post('/api/messages').send(input).expect(202);
  return (body as AcceptedMessage).id;
}

/** Accepts up to 1,000 messages, all of which must be good, and answers their ids in order. */
export async function sendAll(app: TestApp, owner: Tenant, messages: readonly object[]): Promise<string[]> {
  const { body } = await app.as(owner).post('/api/messages/batch').send({ messages }).expect(202);
  const { items } = body as { items: (AcceptedMessage & { error?: object })[] };
  expect(items.filter(({ error }) => error)).toEqual([]);
  return items.map(({ id }) => id);
}

export async function read(app: TestApp, owner: Tenant, id: string): Promise<MessageWithEvents> {
  return (await app.as(owner).get(`/api/messages/${id}`).expect(200)).body as MessageWithEvents;
}

/** What a message is only for as long as news needs to come: it counts as seen where the timeline tells of it. */
const PASSING: readonly string[] = ['sent', 'delivered'] satisfies MessageStatus[];

/** Waits until a message has this status, or has had it and gone on, and answers it. */
export const whenStatus = (
  app: TestApp,
  owner: Tenant,
  id: string,
  status: MessageStatus,
): Promise<MessageWithEvents> =>
  until(async () => {
    const view = await read(app, owner, id);
    const isSo =
      view.status === status || (PASSING.includes(status) && view.events.some(({ kind }) => kind === status));
    return isSo && view;
  });

/** As if the hour of these messages had come, or comes in so many ms; answers when. Theirs is far off: no machine is so slow. */
export async function due(app: TestApp, ids: readonly string[], inMs = 0): Promise<number> {
  const rows = await app.database.query<{ at: number }>(
    `update pending set ready_at = now() + make_interval(secs => $2::float8 / 1000) where message_id = any($1::uuid[])
     returning (extract(epoch from ready_at) * 1000)::float8 as at`,
    [ids, inMs],
  );
  expect(rows).toHaveLength(ids.length);
  return Math.floor(rows[0]?.at ?? 0);
}

/** An hour that does not come while a test runs. */
export const farOff = (): string => new Date(Date.now() + 3_600_000).toISOString();

/** Leaves a message that waits as a worker does that died with it in its hands, before its call was begun or after. */
export async function abandon(app: TestApp, id: string, begun: boolean): Promise<void> {
  await app.database.query(`update pending set claim = $2 where message_id = $1`, [id, randomUUID()]);
  if (begun) await app.database.query(`update message set status = 'sending', attempts = 1 where id = $1`, [id]);
}

/** One send as the sandbox took it, over HTTP. */
export type Recorded = RecordedMessage;

/** Everything the sandbox took, or all to one recipient, in the order it was taken. */
export const recordOf = (app: TestApp, to?: string): Promise<Recorded[]> => recordedMessages(app.url, to);

export async function consentOf(
  app: TestApp,
  owner: Tenant,
  venueId: string,
  address: string,
  channel = 'sms',
): Promise<ConsentView> {
  const path = `/api/consent/${venueId}/${encodeURIComponent(address)}`;
  return (await app.as(owner).get(path).query({ channel }).expect(200)).body as ConsentView;
}

/** Records what people decided, up to 1,000 of them. */
export async function decide(
  app: TestApp,
  owner: Tenant,
  addresses: readonly string[],
  channel: string,
  status: 'opted_in' | 'opted_out' = 'opted_in',
  venueId = owner.defaultVenueId,
): Promise<void> {
  const contacts = addresses.map((address) => ({ address, status }));
  const input = { venueId, channel, source: 'journey', contacts };
  const { body } = await app.as(owner).post('/api/consent/import').send(input).expect(200);
  expect(body).toMatchObject({ imported: addresses.length });
}

/** Why an address must not be written to, if so. */
export async function suppressionOf(
  app: TestApp,
  owner: Tenant,
  address: string,
): Promise<SuppressionView | undefined> {
  const { body } = await app.as(owner).get('/api/suppressions').query({ address }).expect(200);
  return (body as { items: SuppressionView[] }).items[0];
}
