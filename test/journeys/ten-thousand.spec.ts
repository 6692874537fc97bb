/** The main job at a size where counting errors would show: what providers took, what the ledger says and what is billed agree. */
import { openTestApp, type TestApp, type Tenant } from '../support/test-app.js';
import { until } from '../../harness/until.js';
import { decide } from '../support/consent.js';
import { list, sendAll } from '../support/messages.js';
import { faults, type RecordedMessage, recordOf } from '../support/sandbox.js';
import { usageOf } from '../support/usage.js';

const CHANNELS = ['email', 'sms', 'whatsapp'] as const;
type Channel = (typeof CHANNELS)[number];

const PER_TENANT_AND_CHANNEL = 1_112; // 3 × 3 × 1,112 = 10,008
const INDEXES = Array.from({ length: PER_TENANT_AND_CHANNEL }, (_, index) => index);
const TWO_SEGMENTS = 'Doors open at 19:00, the first act begins at 20:00. '.repeat(4);
const FOUR_SEGMENTS = `${'Türen ab 19 Uhr, Beginn um 20 Uhr. '.repeat(7)}😀`; // UCS-2: 67 characters to a segment

/** Of everybody: every fourth gets marketing, every eighth of all has opted in, every sixteenth has said no. */
const isMarketing = (index: number): boolean => index % 4 === 0;
const hasOptIn = (index: number): boolean => index % 8 === 0;
const hasOptedOut = (index: number): boolean => index % 16 === 1;
const mayGo = (index: number): boolean => (isMarketing(index) ? hasOptIn(index) : !hasOptedOut(index));

/** What one tenant's messages on one channel come to, in any of the books. */
interface Sum {
  readonly messages: number;
  readonly segments: number;
  readonly delivered: number;
  readonly failed: number;
  readonly stopped: number;
}
type Book = Readonly<Record<string, Sum>>;

let app: TestApp;
beforeAll(async () => {
  app = await openTestApp({ databasePoolSize: 20 });
});
afterAll(() => app.close());

const recipient = (channel: Channel, tenant: number, index: number): string =>
  channel === 'email' ? `guest${index}.t${tenant}@example.com` : `+1555${String(2_000_000 + tenant * 10_000 + index)}`;

async function furnish(tenant: Tenant, number: number): Promise<void> {
  const contentSid = `HX${'a'.repeat(32)}`;
  for (const template of [
    {
      key: 'news',
      channel: 'email',
      category: 'marketing',
      subject: 'News for {{ name }}',
      html: '<p>{{ name }}</p><a href="{{ unsubscribe_url }}">Unsubscribe</a>',
    },
    { key: 'gate', channel: 'sms', category: 'transactional', body: '{{ name }}: {{ words }}' },
    { key: 'wa', channel: 'whatsapp', category: 'transactional', contentSid, contentVariables: { '1': '{{ name }}' } },
  ]) {
    await app.as(tenant).post('/api/templates').send(template).expect(201);
  }
  for (const channel of CHANNELS) {
    const of = (who: (index: number) => boolean): string[] =>
      INDEXES.filter(who).map((index) => recipient(channel, number, index));
    await decide(
      app,
      tenant,
      of((index) => isMarketing(index) && hasOptIn(index)),
      channel,
      'opted_in',
    );
    await decide(app, tenant, of(hasOptedOut), channel, 'opted_out');
  }
}

function message(channel: Channel, tenant: number, index: number): object {
  const to = recipient(channel, tenant, index);
  const category = isMarketing(index) ? 'marketing' : 'transactional';
  const data = { name: `Guest ${index}`, words: TWO_SEGMENTS };
  if (channel === 'whatsapp') return { channel, to, category, template: { key: 'wa', data } };
  if (channel === 'email') {
    const own = { channel, to, content: { subject: 'Tonight', text: 'See you' } };
    return isMarketing(index) ? { channel, to, template: { key: 'news', data } } : own;
  }
  const own = { channel, to, category, content: { body: index % 3 === 0 ? FOUR_SEGMENTS : 'See you tonight' } };
  return index % 3 === 1 ? { channel, to, category, template: { key: 'gate', data } } : own;
}

async function send(tenant: Tenant, number: number): Promise<void> {
  const messages = CHANNELS.flatMap((channel) => INDEXES.map((index) => message(channel, number, index)));
  for (let at = 0; at < messages.length; at += 1_000) await sendAll(app, tenant, messages.slice(at, at + 1_000));
}

const bookOf = (sums: readonly (Sum & { readonly key: string })[]): Book =>
  Object.fromEntries(
    sums.map(({ key, messages, segments, delivered, failed, stopped }) => [
      key,
      { messages, segments, delivered, failed, stopped },
    ]),
  );

/** The providers' view: what they accepted, and what became of it. */
function providersBook(record: readonly RecordedMessage[], tenants: readonly Tenant[]): Book {
  const owner = ({ channel, to }: RecordedMessage): number =>
    channel === 'email' ? Number(/\.t(\d)@/.exec(to)?.[1]) : Math.floor((Number(to.slice(-7)) - 2_000_000) / 10_000);
  return bookOf(
    tenants.flatMap(({ id }, number) =>
      CHANNELS.map((channel) => {
        const taken = record.filter((each) => each.channel === channel && owner(each) === number);
        const ended = (...statuses: string[]): number => taken.filter(({ status }) => statuses.includes(status)).length;
        return {
          key: `${id} ${channel}`,
          messages: taken.length,
          segments: taken.reduce((sum, { segments = 1 }) => sum + segments, 0),
          delivered: ended('delivered', 'read', 'complained'),
          failed: ended('undelivered', 'failed', 'bounced'),
          stopped: INDEXES.filter((index) => !mayGo(index)).length,
        };
      }),
    ),
  );
}

const ledgersBook = async (): Promise<Book> =>
  bookOf(
    await app.database.query<Sum & { key: string }>(
      `select tenant_id || ' ' || channel as key, count(sent_at)::int as messages, (sum(segments) filter (where sent_at is not null))::int as segments,
         (count(*) filter (where status in ('delivered', 'read')))::int as delivered,
         (count(*) filter (where status in ('failed', 'undelivered')))::int as failed,
         (count(*) filter (where status in ('skipped_no_consent', 'blocked_opted_out')))::int as stopped
       from message group by 1`,
    ),
  );

/** From the facts alone, by what each moved a message from and to. */
const factsBook = async (): Promise<Book> =>
  bookOf(
    await app.database.query<Sum & { key: string }>(
      `with step as (
         select tenant_id || ' ' || channel as key, segments, kind = 'sent' as sent,
           (kind in ('delivered', 'read'))::int - coalesce(previous in ('delivered', 'read'), false)::int as delivered,
           (kind in ('failed', 'undelivered'))::int - coalesce(previous in ('failed', 'undelivered'), false)::int as failed,
           (kind in ('skipped_no_consent', 'blocked_opted_out'))::int as stopped
         from message_event
       )
       select key, (count(*) filter (where sent))::int as messages, (sum(segments) filter (where sent))::int as segments,
         sum(delivered)::int as delivered, sum(failed)::int as failed, sum(stopped)::int as stopped
       from step group by key`,
    ),
  );

/** As GET /api/usage bills it. */
async function bill(tenants: readonly Tenant[]): Promise<Book> {
  const books = tenants.map(async (tenant) => {
    const usage = await usageOf(app, tenant);
    return CHANNELS.map((channel) => {
      const lines = usage.lines.filter((line) => line.channel === channel);
      const total = (name: keyof Sum): number => lines.reduce((sum, line) => sum + line[name], 0);
      return {
        key: `${tenant.id} ${channel}`,
        messages: total('messages'),
        segments: total('segments'),
        delivered: total('delivered'),
        failed: total('failed'),
        stopped: total('stopped'),
      };
    });
  });
  return bookOf((await Promise.all(books)).flat());
}

/** How many of a tenant's messages have each status, as its history lists them. */
async function historyOf(tenant: Tenant): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (let cursor: string | null | undefined; cursor !== null;) {
    const page = await list(app, tenant, { limit: 500, ...(cursor && { cursor }) }, '/api/history');
    for (const { channel, status } of page.items)
      counts[`${channel} ${status}`] = (counts[`${channel} ${status}`] ?? 0) + 1;
    cursor = page.nextCursor;
  }
  return counts;
}

test('10,000 messages of three tenants on three channels agree in every book, with callbacks repeated and shuffled', async () => {
  const tenants: Tenant[] = [];
  for (const timezone of ['UTC', 'America/Los_Angeles', 'Pacific/Auckland'])
    tenants.push(await app.tenant({ timezone }));
  const outcomes = { undelivered: 0.05, failed: 0.05, bounce: 0.05, complaint: 0.02 };
  await faults(app, { seed: 7, outcomes, callbacks: { duplicate: 0.05, copies: 3, shuffle: true } });
  for (const [number, tenant] of tenants.entries()) await furnish(tenant, number);
  await Promise.all(tenants.map((tenant, number) => send(tenant, number)));

  const total = tenants.length * CHANNELS.length * PER_TENANT_AND_CHANNEL;
  await until(
    async () => {
      const [row] = await app.database.query<{ ended: number }>(
        `select count(*)::int as ended from message where status not in ('queued', 'sending', 'sent')`,
      );
      return row?.ended === total;
    },
    { withinMs: 900_000 }, // a machine that does other work besides
  );
  // The last word may still be on its way: a person reads what was delivered.
  const [record, book] = await until(
    async () => {
      const taken = await recordOf(app);
      const expected = providersBook(taken, tenants);
      return same(await bill(tenants), expected) && ([taken, expected] as const);
    },
    { withinMs: 120_000 },
  ).catch(async () => {
    const taken = await recordOf(app);
    return [taken, providersBook(taken, tenants)] as const; // the comparison below says what differs
  });

  expect(await ledgersBook()).toEqual(book);
  expect(await factsBook()).toEqual(book);
  expect(await bill(tenants)).toEqual(book);
  for (const { delivered, failed, stopped } of Object.values(book)) {
    expect(delivered + failed + stopped).toBe(PER_TENANT_AND_CHANNEL);
    expect(failed).toBeGreaterThan(20);
  }

  // The same messages, each once.
  const ids = record.map(({ messageId }) => messageId);
  expect(new Set(ids).size).toBe(record.length);
  const [known] = await app.database.query<{ count: number }>(
    `select count(*)::int as count from message where id = any($1) and sent_at is not null and provider_message_id is not null`,
    [ids],
  );
  expect(known?.count).toBe(record.length);

  // Nobody without an opt-in got marketing, and nobody who had said no got anything.
  const reached = record.map(({ channel, to }) =>
    channel === 'email' ? Number(/guest(\d+)/.exec(to)?.[1]) : (Number(to.slice(-7)) - 2_000_000) % 10_000,
  );
  expect(reached.filter((index) => !mayGo(index))).toEqual([]);

  // What each tenant is shown is what the ledger holds.
  for (const tenant of tenants) {
    const rows = await app.database.query<{ key: string; count: number }>(
      `select channel || ' ' || status as key, count(*)::int as count from message where tenant_id = $1 group by 1`,
      [tenant.id],
    );
    expect(await historyOf(tenant)).toEqual(Object.fromEntries(rows.map(({ key, count }) => [key, count])));
  }
});

/** Whether two books say the same of everybody. */
function same(left: Book, right: Book): boolean {
  const lines = (book: Book): string =>
    JSON.stringify(Object.entries(book).sort(([one], [other]) => (one < other ? -1 : 1)));
  return lines(left) === lines(right);
}
