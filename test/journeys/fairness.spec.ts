/** Who goes first on a shared lane, and how fast a lane goes: seen in the order in which the messages are taken up. */
import { openTestApp, type TestApp, type Tenant } from '../support/test-app.js';
import { until } from '../../harness/until.js';
import { claimsBeside, firstClaimed, noteClaims } from './claims.js';
import { decide } from '../support/consent.js';
import { read, send, sendAll, whenStatus } from '../support/messages.js';
import { newMailbox, newNumber } from '../support/people.js';
import { faults, followRecord, type RecordedMessage, recordOf } from '../support/sandbox.js';
import { venueWith } from '../support/senders.js';

/** The most that a drain takes up at once, at the 2,000 emails a second that the sandbox grants. */
const WINDOW = 200;
const BACKLOG = 2_000;

let app: TestApp;
beforeAll(async () => {
  app = await openTestApp();
  await noteClaims(app);
});
afterAll(() => app.close());
beforeEach(() => app.http.delete('/sandbox/messages').expect(204));
afterEach(() => faults(app, {}));

const inMs = (ms: number): string => new Date(Date.now() + ms).toISOString();
const ticket = (to = newMailbox()): object => ({
  channel: 'email',
  to,
  content: { subject: 'Your ticket', text: 'Row 4, seat 12' },
});

/** People who all want marketing. */
async function readers(owner: Tenant, count: number): Promise<string[]> {
  const guests = Array.from({ length: count }, newMailbox);
  for (let at = 0; at < count; at += 1_000) await decide(app, owner, guests.slice(at, at + 1_000), 'email');
  return guests;
}

const content = { subject: 'Summer is near', text: 'Early birds save a fifth' };

/** Accepts one marketing email to each. */
async function campaign(owner: Tenant, guests: readonly string[], more: object = {}): Promise<void> {
  const messages = guests.map((to) => ({ channel: 'email', category: 'marketing', to, content, ...more }));
  for (let at = 0; at < messages.length; at += 1_000) await sendAll(app, owner, messages.slice(at, at + 1_000));
}

/** The sandbox's record of emails once it holds `size` of them, with whose each is. */
async function whole(size: number): Promise<(RecordedMessage & { owner: string; category: string })[]> {
  const following = followRecord(app);
  const record = await until(async () => {
    const taken = await following.look();
    return taken.length === size && taken;
  });
  const rows = await app.database.query<{ id: string; tenant_id: string; category: string }>(
    `select id, tenant_id, category from message where id = any($1)`,
    [record.map(({ messageId }) => messageId)],
  );
  const byId = new Map(rows.map((row) => [row.id, row]));
  return record.map((taken) => {
    const row = byId.get(taken.messageId ?? '');
    return { ...taken, owner: row?.tenant_id ?? '', category: row?.category ?? '' };
  });
}

const placesOf = <T>(items: readonly T[], is: (item: T) => boolean): number[] =>
  items.flatMap((item, place) => (is(item) ? [place] : []));

test('tickets go before every tenant’s marketing, and tenants’ marketing takes turns', async () => {
  const [large, small, third] = [await app.tenant(), await app.tenant(), await app.tenant()];
  const [many, few] = [await readers(large, BACKLOG), await readers(small, 300)];
  const sendAt = inMs(3_600_000); // all at once, however long accepting takes
  const tickets = (count: number): object[] => Array.from({ length: count }, () => ({ ...ticket(), sendAt }));
  await campaign(large, many, { sendAt });
  await campaign(small, few, { sendAt });
  await sendAll(app, large, tickets(30));
  const [one = ''] = await sendAll(app, third, tickets(WINDOW));
  await app.database.query(`update pending set ready_at = now() where tenant_id = any($1::uuid[])`, [
    [large.id, small.id, third.id],
  ]);

  const record = await whole(BACKLOG + 300 + WINDOW + 30);
  expect(placesOf(record, ({ category }) => category === 'transactional')).toHaveLength(WINDOW + 30);
  expect(placesOf(record, ({ owner }) => owner === small.id)).toHaveLength(300);
  const byId = new Map(record.map((taken) => [taken.messageId, taken]));
  const windows = (await claimsBeside(app, one)).map(({ messageIds }) =>
    messageIds.flatMap((id) => byId.get(id) ?? []),
  );
  expect(windows.flat()).toHaveLength(record.length);
  // A window that has room behind the last tickets is filled up.
  const withTickets = windows.filter((window) => window.some(({ category }) => category === 'transactional'));
  expect(windows.slice(0, withTickets.length)).toEqual(withTickets);
  const full = withTickets.slice(0, -1).flat();
  expect(full.length).toBeGreaterThan(0);
  expect(full.filter(({ category }) => category === 'marketing')).toEqual([]);
  // The small tenant has every second place of each window, until all of its own are gone.
  let [seen, turns] = [0, 0];
  for (const window of windows) {
    const marketing = window.filter(({ category }) => category === 'marketing');
    seen += marketing.length;
    turns += marketing.filter(({ owner }) => owner === small.id).length;
    expect(turns).toBeGreaterThanOrEqual(Math.min(300, Math.floor(seen / 2) - 1));
    expect(turns).toBeLessThanOrEqual(Math.ceil(seen / 2) + 1);
  }
});

test('a ticket that comes while 2,000 marketing emails are under way overtakes them', async () => {
  const [busy, buyer] = [await app.tenant(), await app.tenant()];
  // The provider holds the first calls until the ticket is accepted, however long that takes.
  await faults(app, { calls: [{ provider: 'ses', latencyMs: { min: 3_000, max: 3_000 } }] });
  const guests = await readers(busy, BACKLOG);
  await campaign(busy, guests, { sendAt: inMs(3_600_000) });
  await app.database.query(`update pending set ready_at = now() where tenant_id = $1`, [busy.id]);
  const first = await firstClaimed(app, busy.id);
  const id = await send(app, buyer, ticket());
  const before = (await claimsBeside(app, first)).length;
  await faults(app, {});
  await whole(BACKLOG + 1);
  const claims = await claimsBeside(app, first);
  const place = claims.findIndex(({ messageIds }) => messageIds.includes(id));
  expect(place).toBeGreaterThanOrEqual(0);
  expect(place).toBeLessThanOrEqual(before + 1); // at most one claim was being made that could not see it
  const behind = claims.slice(place + 1).flatMap(({ messageIds }) => messageIds);
  expect(behind.length).toBeGreaterThan(3 * WINDOW); // else there was nothing to overtake
});

test('a ticket does not wait for the slow call of another on its lane', async () => {
  const owner = await app.tenant();
  const { venueId } = await venueWith(app, owner, 'sms');
  const text = (): object => ({ channel: 'sms', to: newNumber(), venueId, content: { body: 'Row 4, seat 12' } });
  await faults(app, { calls: [{ provider: 'twilio', nth: { hangAfter: 2 } }], callbacks: { drop: 1 } });
  await whenStatus(app, owner, await send(app, owner, text()), 'sent');
  const slow = await send(app, owner, text());
  await whenStatus(app, owner, slow, 'sending');
  const quick = await send(app, owner, text());
  await whenStatus(app, owner, quick, 'sent');
  await whenStatus(app, owner, slow, 'unknown');
  const timeOf = async (id: string, kind: string): Promise<number> =>
    Date.parse((await read(app, owner, id)).events.find((event) => event.kind === kind)?.at ?? '');
  expect(await timeOf(quick, 'sent')).toBeLessThan(await timeOf(slow, 'unknown'));
});

describe('A sender with five segments a second', () => {
  const PER_SECOND = 5;
  let owner: Tenant;
  beforeAll(async () => {
    owner = await app.tenant();
  });

  /** When the lane took each of so many texts up, and when the provider had each, in ms after the first was taken up. */
  async function times(count: number, body: string): Promise<{ up: number[]; taken: number[] }> {
    const { venueId, number } = await venueWith(app, owner, 'sms', { ratePerSecond: PER_SECOND });
    const messages = Array.from({ length: count }, () => ({
      channel: 'sms',
      to: newNumber(),
      venueId,
      content: { body },
    }));
    const ids = await sendAll(app, owner, messages);
    for (const id of ids) await whenStatus(app, owner, id, 'delivered');
    expect((await read(app, owner, ids[0] ?? '')).segments).toBe(body.length > 160 ? 3 : 1);
    const claims = await claimsBeside(app, ids[0] ?? '');
    const up = claims.flatMap(({ at, messageIds }) => messageIds.map(() => at));
    const taken = (await recordOf(app))
      .filter(({ from }) => from === number)
      .map(({ acceptedAt }) => Date.parse(acceptedAt));
    expect([up.length, taken.length]).toEqual([count, count]);
    const ofFirst = (all: number[]): number[] =>
      all.map((time) => time - (claims[0]?.at ?? 0)).sort((left, right) => left - right);
    return { up: ofFirst(up), taken: ofFirst(taken) };
  }

  test.each([
    ['15 texts of one segment', 15, 'Doors open at 19:00', 1],
    ['5 texts of three segments, which count triple', 5, 'x'.repeat(400), 3],
  ])('takes its time for %s', async (_, count, body, segments) => {
    const { up, taken } = await times(count, body);
    const least = ((count - 1) * segments * 1_000) / PER_SECOND;
    expect(taken.at(-1)).toBeGreaterThanOrEqual(least - 300); // 2.5 s and 2.1 s
    expect(taken.at(-1)).toBeLessThan(least + 60_000);
    // What is taken up waits for the provider as long as the machine pleases: so many may be with it, and no more.
    const allowed = (ms: number): number => (PER_SECOND * ms) / 1_000 + 1 + segments;
    for (const time of taken)
      expect(taken.filter((at) => at <= time).length * segments).toBeLessThanOrEqual(allowed(time));
    for (const from of up) {
      const inOneSecond = up.filter((time) => time >= from && time < from + 1_000).length * segments;
      expect(inOneSecond).toBeLessThanOrEqual(PER_SECOND + 1 + segments);
    }
  });
});

test('emergencies go before everybody’s tickets, whatever was first', async () => {
  const [owner, other] = [await app.tenant(), await app.tenant()];
  const sendAt = inMs(3_600_000);
  const many = (count: number, more: object): object[] =>
    Array.from({ length: count }, () => ({ ...ticket(), sendAt, ...more }));
  await sendAll(app, owner, many(WINDOW, {}));
  const [one = ''] = await sendAll(app, other, many(WINDOW + 20, { category: 'emergency' }));
  await app.database.query(`update pending set ready_at = now() where tenant_id = any($1::uuid[])`, [
    [owner.id, other.id],
  ]);
  const byId = new Map((await whole(2 * WINDOW + 20)).map((taken) => [taken.messageId, taken]));
  const windows = (await claimsBeside(app, one))
    .map(({ messageIds }) => messageIds.flatMap((id) => byId.get(id)?.category ?? []))
    .filter(({ length }) => length > 0);
  expect(windows.flat()).toHaveLength(2 * WINDOW + 20);
  // A window that has room behind the last emergencies is filled up.
  const withEmergencies = windows.filter((window) => window.includes('emergency'));
  expect(windows.slice(0, withEmergencies.length)).toEqual(withEmergencies);
  expect(new Set(withEmergencies.slice(0, -1).flat())).toEqual(new Set(['emergency']));
});
