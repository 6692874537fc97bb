/** Pages of history, also where little or nothing is what is asked for. */
import { openTestApp, type TestApp, type Tenant } from '../support/test-app.js';
import { email, list, type MessagePage, send, whenStatus } from '../support/messages.js';

/** More than two pages look at. */
const MANY = 45_000;

let app: TestApp;
let owner: Tenant;
let oldest: string;

beforeAll(async () => {
  app = await openTestApp();
  owner = await app.tenant();
  oldest = await send(app, owner, email({ reference: 'order:1' }));
  await whenStatus(app, owner, oldest, 'delivered');
  await copies(MANY);
  await app.database.query(`update message set status = 'failed' where id = $1`, [oldest]);
});
afterAll(() => app.close());

/** So many more messages like the oldest, without its reference. */
async function copies(count: number): Promise<void> {
  await app.database.query(
    `insert into message (id, tenant_id, venue_id, channel, category, lane_id, provider, sender_address, recipient, status, segments)
     select uuidv7(), tenant_id, venue_id, channel, category, lane_id, provider, sender_address, recipient, status, segments
     from message, generate_series(1, $2) where id = $1`,
    [oldest, count],
  );
}

async function pagesOf(query: object): Promise<MessagePage[]> {
  const pages: MessagePage[] = [];
  for (let cursor: string | null | undefined; cursor !== null;) {
    const page = await list(app, owner, { ...query, ...(cursor && { cursor }) }, '/api/history');
    pages.push(page);
    cursor = page.nextCursor;
  }
  return pages;
}

const idsOf = (pages: readonly MessagePage[]): string[] => pages.flatMap(({ items }) => items.map(({ id }) => id));

test('a status that few have is found by looking further back, page after page', async () => {
  const pages = await pagesOf({ status: 'failed' });
  expect(pages.map(({ items }) => items.length)).toEqual([0, 0, 1]);
  expect(idsOf(pages)).toEqual([oldest]);
});

test('what nothing matches ends without an item', async () => {
  const pages = await pagesOf({ channel: 'voice' });
  expect(pages.map(({ items }) => items.length)).toEqual([0, 0, 0]);
});

test('what everything matches fills each page, and lists all once', async () => {
  const pages = await pagesOf({ channel: 'email', limit: 500 });
  expect(pages.slice(0, -1).every(({ items }) => items.length === 500)).toBe(true);
  const ids = idsOf(pages);
  expect(ids).toHaveLength(MANY + 1);
  expect(ids).toEqual([...new Set(ids)].toSorted().toReversed());
});

test('a reference is found at once, however old it is', async () => {
  expect(await pagesOf({ reference: 'order:1' })).toMatchObject([{ items: [{ id: oldest }], nextCursor: null }]);
  expect(await pagesOf({ reference: 'order:1', status: 'sent' })).toEqual([{ items: [], nextCursor: null }]);
  expect(await pagesOf({ reference: 'order:2' })).toEqual([{ items: [], nextCursor: null }]);
});
