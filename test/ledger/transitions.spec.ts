/** News on the real ledger: whatever the order, the repetition and the batches it comes in, the end is that of the rules. */
import fc from 'fast-check';
import { Transitions, type MessageEventKind, type News } from '../../src/ledger/index.js';
import { PROVES_SENT, SETTLED, outranks, type MessageStatus } from '../../src/ledger/message.status.js';
import { countsOf, type Counts } from '../../src/billing/usage/usage.rules.js';
import { openTestApp, type TestApp, type Tenant } from '../support/test-app.js';
import { sendAll } from '../support/messages.js';

/** News of one message, without its id. A provider that reports on a message names it, which proves that it has it. */
type Word = Omit<News, 'messageId'>;
const BY_PROVIDER: readonly Word[] = (['sent', 'failed', 'delivered', 'undelivered', 'read'] as const).map(
  (status) => ({ status, providerMessageId: 'SM1' }),
);
/** Given up after doubt, it counts as failed, until a report says that it was sent after all. */
const BY_US: readonly Word[] = [
  { status: 'unknown', reason: 'no_answer' },
  { status: 'failed', reason: 'never_known' },
];
const REFUSED: Word = { status: 'failed', reason: 'recipient_refused', code: '21211' };

const words = fc.array(fc.constantFrom(...BY_PROVIDER, ...BY_US), { minLength: 1, maxLength: 7 });
const disorder = (news: readonly Word[]): fc.Arbitrary<Word[]> =>
  fc.shuffledSubarray([...news, ...news], { minLength: news.length * 2, maxLength: news.length * 2 });
const twoOrders = words.chain((news) => fc.tuple(fc.constant(news), disorder(news)));

interface Row {
  readonly id: string;
  readonly status: MessageStatus;
  readonly taken: boolean;
  readonly settled: boolean;
  readonly provider_message_id: string | null;
  readonly waits: boolean;
}

interface Fact {
  readonly message_id: string;
  readonly kind: MessageEventKind;
  readonly previous: MessageStatus | null;
  readonly segments: number;
}

let app: TestApp;
let tenant: Tenant;
let transitions: Transitions;
beforeAll(async () => {
  app = await openTestApp({ role: 'api' });
  tenant = await app.tenant();
  transitions = app.nest.get(Transitions, { strict: false });
});
afterAll(() => app.close());

/** Messages as a drain holds them. They are accepted for tomorrow, so that no real drain takes them. */
async function claimed(count: number): Promise<string[]> {
  const sendAt = new Date(Date.now() + 86_400_000).toISOString();
  const one = { channel: 'sms', to: '+4915112345678', content: { body: 'x'.repeat(200) }, sendAt };
  const messages = Array.from({ length: count }, () => one);
  const ids = await sendAll(app, tenant, messages);
  await app.database.query(
    `with taken as (update pending set claim = uuidv7() where message_id = any($1))
     update message set status = 'sending', attempts = 1 where id = any($1)`,
    [ids],
  );
  return ids;
}

const rowsOf = (ids: readonly string[]): Promise<Row[]> =>
  app.database.query<Row>(
    `select id, status, sent_at is not null as taken, settled_at is not null as settled, provider_message_id,
       exists (select from pending where message_id = id) as waits
     from message where id = any($1) order by array_position($1, id)`,
    [ids],
  );

async function usageOf(ids: readonly string[]): Promise<Counts[]> {
  const facts = await app.database.query<Fact>(
    `select message_id, kind, previous, segments from message_event where message_id = any($1) order by seq`,
    [ids],
  );
  const byMessage = Map.groupBy(facts, ({ message_id: messageId }) => messageId);
  return ids.map((id) =>
    (byMessage.get(id) ?? [])
      .map(({ kind, previous, segments }) => countsOf(kind, previous, segments))
      .reduce((left, right) => ({
        messages: left.messages + right.messages,
        segments: left.segments + right.segments,
        delivered: left.delivered + right.delivered,
        failed: left.failed + right.failed,
        stopped: left.stopped + right.stopped,
      })),
  );
}

/** Tells every message its news, the first of each together, then the second of each, and so on; `size` at a time. */
async function apply(ids: readonly string[], news: readonly (readonly Word[])[], size: number): Promise<void> {
  const longest = Math.max(...news.map(({ length }) => length));
  const line = Array.from({ length: longest }, (_, turn) =>
    ids.flatMap((messageId, index) => {
      const word = news[index]?.[turn];
      return word ? [{ messageId, ...word }] : [];
    }),
  ).flat();
  for (let from = 0; from < line.length; from += size) {
    await transitions.apply(line.slice(from, from + size), 'webhook');
  }
}

const endOf = (news: readonly Word[]): MessageStatus =>
  news.reduce<MessageStatus>((status, word) => (outranks(word.status, status) ? word.status : status), 'sending');

test('News comes to the end that the rules say, in any order, batch and repetition, and its facts add up to that end', async () => {
  const property = fc.asyncProperty(
    fc.array(twoOrders, { minLength: 1, maxLength: 12 }),
    fc.integer({ min: 1, max: 40 }),
    async (lives, size) => {
      const ids = await claimed(lives.length * 2);
      const inOrder = lives.map(([news]) => news);
      const mixed = lives.map(([, news]) => news);
      await apply(ids, [...inOrder, ...mixed], size);
      const rows = await rowsOf(ids);
      const usage = await usageOf(ids);
      [...inOrder, ...inOrder].forEach((news, index) => {
        const status = endOf(news);
        const taken = news.some(({ providerMessageId }) => providerMessageId !== undefined);
        expect(rows[index]).toEqual({
          id: ids[index],
          status,
          taken,
          settled: SETTLED.includes(status),
          provider_message_id: taken ? 'SM1' : null,
          waits: false,
        });
        expect(usage[index]).toEqual({
          messages: Number(taken),
          segments: taken ? 2 : 0,
          delivered: Number(['delivered', 'read'].includes(status)),
          failed: Number(['failed', 'undelivered'].includes(status)),
          stopped: 0,
        });
      });
    },
  );
  await fc.assert(property, { numRuns: 25 });
});

test('News of the same messages that many report at once is applied once, and nobody waits for another for good', async () => {
  const ids = (await Promise.all([claimed(400), claimed(400), claimed(400)])).flat();
  await app.database.query('analyze message'); // now rows are fetched in the order of the news, unless something orders them
  for (const word of BY_PROVIDER) {
    // Each teller has its own order and its own part of the messages.
    const tellers = Array.from({ length: 8 }, (_, teller) => {
      const [order] = fc.sample(
        fc.shuffledSubarray(ids, { minLength: 240 + teller * 40, maxLength: 240 + teller * 40 }),
        1,
      );
      return transitions.apply(
        (order ?? []).map((messageId) => ({ messageId, ...word })),
        'webhook',
      );
    });
    await Promise.all(tellers);
    await transitions.apply(
      ids.map((messageId) => ({ messageId, ...word })),
      'webhook',
    );
  }
  const rows = await rowsOf(ids);
  expect(rows.every(({ status, taken }) => status === 'read' && taken)).toBe(true);
  const usage = await usageOf(ids);
  expect(new Set(usage.map((counts) => JSON.stringify(counts))).size).toBe(1);
  expect(usage[0]).toEqual({ messages: 1, segments: 2, delivered: 1, failed: 0, stopped: 0 });
});

test('A refusal is a failure that no provider took, and is not billed', async () => {
  const [id = ''] = await claimed(1);
  const moved = await transitions.apply([{ messageId: id, ...REFUSED }], 'dispatch');
  expect(moved).toMatchObject([{ id, status: 'failed', previous: 'sending' }]);
  expect(await usageOf([id])).toEqual([{ messages: 0, segments: 0, delivered: 0, failed: 1, stopped: 0 }]);
  expect(await transitions.apply([{ messageId: id, ...REFUSED }], 'dispatch')).toEqual([]);
});

test('What we stopped ourselves hears no news', async () => {
  const ids = await claimed(5);
  const stopped = ['skipped_no_consent', 'blocked_opted_out', 'suppressed', 'expired', 'cancelled'] as const;
  await transitions.apply(
    ids.map((messageId, index) => ({ messageId, status: stopped[index] ?? 'cancelled', reason: 'no_opt_in' as const })),
    'dispatch',
  );
  await transitions.apply(
    ids.map((messageId) => ({ messageId, status: 'unknown' as const })),
    'dispatch',
  );
  expect((await rowsOf(ids)).map(({ status }) => status)).toEqual(stopped);
});

test('News of a message that does not exist, and no news at all, do nothing', async () => {
  expect(await transitions.apply([], 'webhook')).toEqual([]);
  const nobody = '0199f3a0-7c1e-7b3a-9d1c-2f4b6a8c0e12';
  expect(await transitions.apply([{ messageId: nobody, status: 'delivered' }], 'webhook')).toEqual([]);
});

test('A deferred message is back in the line with its reason, and no usage comes of it', async () => {
  const [id = ''] = await claimed(1);
  await transitions.defer([{ messageId: id, reason: 'deferred', code: '20429', retryInMs: 60_000 }]);
  expect(await rowsOf([id])).toMatchObject([{ status: 'queued', taken: false, waits: true }]);
  expect(await usageOf([id])).toEqual([{ messages: 0, segments: 0, delivered: 0, failed: 0, stopped: 0 }]);
  const [line] = await app.database.query<{ claim: string | null; later: boolean }>(
    `select claim, ready_at > now() + interval '50 seconds' as later from pending where message_id = $1`,
    [id],
  );
  expect(line).toEqual({ claim: null, later: true });
});

test('A message that was delivered meanwhile is not deferred', async () => {
  const [id = ''] = await claimed(1);
  await transitions.apply([{ messageId: id, status: 'delivered', providerMessageId: 'SM1' }], 'webhook');
  await transitions.defer([{ messageId: id, reason: 'deferred', code: 'late', retryInMs: 0 }]);
  expect(await rowsOf([id])).toMatchObject([{ status: 'delivered', waits: false }]);
});

test('Every status that proves a send comes from a provider that names the message', () => {
  expect(PROVES_SENT.every((status) => BY_PROVIDER.some((word) => word.status === status))).toBe(true);
});
