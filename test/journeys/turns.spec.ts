/** Who goes first on a shared lane, and how fast a lane goes: seen in the order in which the provider took the messages. */
import { openHouse, type House, type Tenant } from '../support/house.js';
import { until } from '../support/until.js';
import {
  decide,
  faults,
  newMailbox,
  newNumber,
  read,
  recordOf,
  send,
  sendAll,
  venueWith,
  whenStatus,
  type Recorded,
} from './support.js';

/** What a drain of the sandbox's 2,000 a second takes at once: a burst of a tenth of a second. */
const WINDOW = 200;
/** Windows of a drain on their way at once: what is in them arrives in any order. */
const UNDER_WAY = 3;
const BACKLOG = 2_000;

let house: House;
beforeAll(async () => {
  house = await openHouse();
});
afterAll(() => house.close());
beforeEach(() => house.http.delete('/sandbox/messages').expect(204));
afterEach(() => faults(house, {}));

const inMs = (ms: number): string => new Date(Date.now() + ms).toISOString();
const ticket = (to = newMailbox()): object => ({
  channel: 'email',
  to,
  content: { subject: 'Your ticket', text: 'Row 4, seat 12' },
});

/** People who all want marketing. */
async function readers(owner: Tenant, count: number): Promise<string[]> {
  const guests = Array.from({ length: count }, newMailbox);
  for (let at = 0; at < count; at += 1_000) await decide(house, owner, guests.slice(at, at + 1_000), 'email');
  return guests;
}

const content = { subject: 'Summer is near', text: 'Early birds save a fifth' };

/** Accepts one marketing email to each. */
async function campaign(owner: Tenant, guests: readonly string[], more: object = {}): Promise<void> {
  const messages = guests.map((to) => ({ channel: 'email', category: 'marketing', to, content, ...more }));
  for (let at = 0; at < messages.length; at += 1_000) await sendAll(house, owner, messages.slice(at, at + 1_000));
}

/** The sandbox's record of emails once it holds `size` of them, with whose each is. */
async function whole(size: number): Promise<(Recorded & { owner: string; category: string })[]> {
  const record = await until(async () => {
    const taken = await recordOf(house);
    return taken.length === size && taken;
  }, 60_000);
  const rows = await house.database.query<{ id: string; tenant_id: string; category: string }>(
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
  const [large, small, third] = [await house.tenant(), await house.tenant(), await house.tenant()];
  const [many, few] = [await readers(large, BACKLOG), await readers(small, 300)];
  const sendAt = inMs(6_000); // all at once, however long accepting takes
  const tickets = (count: number): object[] => Array.from({ length: count }, () => ({ ...ticket(), sendAt }));
  await campaign(large, many, { sendAt });
  await campaign(small, few, { sendAt });
  await sendAll(house, large, tickets(30));
  await sendAll(house, third, tickets(150));
  expect(Date.now()).toBeLessThan(Date.parse(sendAt));

  const record = await whole(BACKLOG + 300 + 180);
  const first = placesOf(record, ({ category }) => category === 'transactional');
  expect(first).toHaveLength(180);
  expect(Math.max(...first)).toBeLessThan(UNDER_WAY * WINDOW); // claimed first; the windows behind it may overtake some calls
  const marketing = record.filter(({ category }) => category === 'marketing');
  const turns = placesOf(marketing, ({ owner }) => owner === small.id);
  // But for one call of fifty, which may dawdle while others overtake it.
  expect(turns).toHaveLength(300);
  expect(turns.at(-51)).toBeLessThan(2 * 300 + (UNDER_WAY - 1) * WINDOW);
  // From window to window as well, not only at the end.
  for (let seen = WINDOW; seen <= 600; seen += WINDOW) {
    const share = turns.filter((place) => place < seen).length;
    expect(share).toBeGreaterThanOrEqual(seen / 2 - WINDOW / 2);
  }
}, 60_000);

test('a ticket that comes while 2,000 marketing emails are under way overtakes them', async () => {
  const [busy, buyer] = [await house.tenant(), await house.tenant()];
  await faults(house, { calls: [{ provider: 'ses', latencyMs: { min: 150, max: 150 } }] });
  await campaign(busy, await readers(busy, BACKLOG));
  await until(async () => (await recordOf(house)).length >= WINDOW);
  const id = await send(house, buyer, ticket());
  const ahead = (await recordOf(house)).length;
  expect(ahead).toBeLessThan(BACKLOG - 3 * WINDOW); // else there was nothing to overtake
  const record = await whole(BACKLOG + 1);
  const place = record.findIndex(({ messageId }) => messageId === id);
  expect(place).toBeLessThan(ahead + UNDER_WAY * WINDOW); // those under way, and its own
}, 60_000);

test('a ticket does not wait for the slow call of another on its lane', async () => {
  const owner = await house.tenant();
  const { venueId } = await venueWith(house, owner, 'sms');
  const text = (): object => ({ channel: 'sms', to: newNumber(), venueId, content: { body: 'Row 4, seat 12' } });
  await faults(house, { calls: [{ provider: 'twilio', nth: { hangAfter: 2 } }], callbacks: { drop: 1 } });
  await whenStatus(house, owner, await send(house, owner, text()), 'sent');
  const slow = await send(house, owner, text());
  await whenStatus(house, owner, slow, 'sending');
  await whenStatus(house, owner, await send(house, owner, text()), 'sent');
  expect(await read(house, owner, slow)).toMatchObject({ status: 'sending' });
  await whenStatus(house, owner, slow, 'unknown', 15_000);
}, 30_000);

describe('A sender with five segments a second', () => {
  const PER_SECOND = 5;
  let owner: Tenant;
  beforeAll(async () => {
    owner = await house.tenant();
  });

  /** When the provider took each of so many texts, in ms after the first. */
  async function times(count: number, body: string): Promise<number[]> {
    const { venueId, number } = await venueWith(house, owner, 'sms', { ratePerSecond: PER_SECOND });
    const messages = Array.from({ length: count }, () => ({
      channel: 'sms',
      to: newNumber(),
      venueId,
      content: { body },
    }));
    const ids = await sendAll(house, owner, messages);
    for (const id of ids) await whenStatus(house, owner, id, 'delivered');
    expect((await read(house, owner, ids[0] ?? '')).segments).toBe(body.length > 160 ? 3 : 1);
    const taken = (await recordOf(house))
      .filter(({ from }) => from === number)
      .map(({ acceptedAt }) => Date.parse(acceptedAt));
    expect(taken).toHaveLength(count);
    return taken.map((time) => time - Math.min(...taken)).sort((left, right) => left - right);
  }

  test.each([
    ['15 texts of one segment', 15, 'Doors open at 19:00', 1],
    ['5 texts of three segments, which count triple', 5, 'x'.repeat(400), 3],
  ])('takes its time for %s', async (_, count, body, segments) => {
    const taken = await times(count, body);
    const least = ((count - 1) * segments * 1_000) / PER_SECOND;
    expect(taken.at(-1)).toBeGreaterThanOrEqual(least - 300); // 2.5 s and 2.1 s
    expect(taken.at(-1)).toBeLessThan(least + 3_000);
    for (const from of taken) {
      const inOneSecond = taken.filter((time) => time >= from && time < from + 1_000).length * segments;
      expect(inOneSecond).toBeLessThanOrEqual(PER_SECOND + 1 + segments);
    }
  });
});
