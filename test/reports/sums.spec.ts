/** The sums of reports against the ledger: whatever is reported of messages, in whatever order and batches. */
import fc from 'fast-check';
import { EventConsumers, Transitions, type News } from '../../src/ledger/index.js';
import { CheckReportsSchedule } from '../../src/reports/check-reports.schedule.js';
import { ReportRecount } from '../../src/reports/report-recount.js';
import type { FailuresLine, LatencyLine } from '../../src/reports/reports.dto.js';
import { consume } from '../support/consumers.js';
import { farOff, sendAll, text } from '../support/messages.js';
import { newSenderNumber } from '../support/people.js';
import { newSender } from '../support/senders.js';
import { openTestApp, type TestApp, type Tenant } from '../support/test-app.js';

/** News of one message, without its id. A provider that names the message has taken it; a refusal names none. */
type Word = Omit<News, 'messageId'>;
const REFUSED: readonly Word[] = [
  { status: 'failed', reason: 'recipient_refused', code: '21211' },
  { status: 'failed', reason: 'given_up' },
];
const TAKEN: readonly Word[] = [
  { status: 'sent', providerMessageId: 'SM1' },
  { status: 'failed', providerMessageId: 'SM1', reason: 'provider_report', code: '30008' },
  { status: 'delivered', providerMessageId: 'SM1' },
  { status: 'undelivered', providerMessageId: 'SM1', reason: 'provider_report', code: '30003' },
  { status: 'read', providerMessageId: 'SM1' },
];
const DOUBT: Word = { status: 'unknown', reason: 'no_answer' };
const STOPPED: readonly Word[] = [
  { status: 'suppressed', reason: 'hard_bounce', uncalled: true },
  { status: 'cancelled', reason: 'cancelled_by_caller', uncalled: true },
];

/** Reports of some of the messages, by their number, that are applied together. */
const MESSAGES = 12;
const batch = fc.array(
  fc.tuple(fc.nat({ max: MESSAGES - 1 }), fc.constantFrom(...REFUSED, ...TAKEN, DOUBT, ...STOPPED)),
  { minLength: 1, maxLength: 10 },
);
const batches = fc.array(fc.tuple(batch, fc.boolean()), { minLength: 1, maxLength: 8 });

let app: TestApp;
beforeAll(async () => {
  app = await openTestApp({ role: 'api', databasePoolSize: 20 }); // its schedules rest: batches are this test's
});
afterAll(() => app.close());

const recount = (): ReportRecount => app.nest.get(ReportRecount, { strict: false });

async function tenantWithNumber(): Promise<Tenant> {
  const tenant = await app.tenant({ timezone: 'UTC' });
  await newSender(app, tenant, { channel: 'sms', address: newSenderNumber() });
  return tenant;
}

/** Writes an event of a message nobody asks about. */
const write = (owner: Tenant, id: string, event: object): Promise<object[]> =>
  app.database.query(
    `insert into message_event (message_id, tenant_id, at, kind, previous, channel, category, provider, segments, source, reason, code)
     select $3, $1, at, kind, previous, 'sms', 'transactional', 'twilio', 1, 'test', reason, code
     from jsonb_to_record($2::jsonb) as event (kind text, previous text, at timestamptz, reason text, code text)`,
    [owner.id, JSON.stringify(event), id],
  );

/** Half of them are with a drain, which has begun their calls. */
async function messages(tenant: Tenant): Promise<string[]> {
  const ids = await sendAll(
    app,
    tenant,
    Array.from({ length: MESSAGES }, () => text({ sendAt: farOff() })),
  );
  await app.database.query(`update message set status = 'sending', attempts = 1 where id = any($1)`, [
    ids.slice(0, MESSAGES / 2),
  ]);
  return ids;
}

async function report<Line>(tenant: Tenant, name: string, query: object = {}): Promise<{ items: Line[]; total: Line }> {
  const { body } = await app.as(tenant).get(`/api/reports/${name}`).query(query).expect(200);
  return body as { items: Line[]; total: Line };
}

const failuresInLedger = ({ id }: Tenant): Promise<object[]> =>
  app.database.query(
    `select status as kind, reason, error_code as code, count(*)::int as messages from message
     where tenant_id = $1
       and status in ('failed', 'undelivered', 'skipped_no_consent', 'blocked_opted_out', 'suppressed', 'expired', 'cancelled')
     group by 1, 2, 3 order by status collate "C", coalesce(reason, '') collate "C", coalesce(error_code, '') collate "C"`,
    [id],
  );

test('failures are the ledger’s, each under its last end, and every message that was taken or delivered is timed once', async () => {
  const transitions = app.nest.get(Transitions, { strict: false });
  await fc.assert(
    fc.asyncProperty(batches, async (told) => {
      const tenant = await tenantWithNumber();
      const ids = await messages(tenant);
      for (const [news, isCounted] of told) {
        await transitions.apply(
          news.map(([place, word]) => ({ ...word, messageId: ids[place] ?? '' })),
          'webhook',
        );
        if (isCounted) await app.nest.get(EventConsumers).run('reports');
      }
      await consume(app, 'reports');
      const { items } = await report<FailuresLine>(tenant, 'failures', { by: 'kind,reason,code', limit: 500 });
      expect(items).toEqual(await failuresInLedger(tenant));
      const [taken] = await app.database.query(
        `select count(*) filter (where kind = 'sent')::int as sent, count(*) filter (where kind = 'delivered')::int as delivered
         from message_event where tenant_id = $1`,
        [tenant.id],
      );
      const { total } = await report<LatencyLine>(tenant, 'latency');
      expect({ sent: total.toProvider.messages, delivered: total.toDelivery.messages }).toEqual(taken);
      const days = { tenantId: tenant.id, from: '2026-01-01', to: '2100-01-01' };
      expect(await recount().differences(days)).toEqual({ failures: 0, latencies: 0 });
    }),
    { numRuns: 25 },
  );
});

test('a failure is taken from the day on which it became known, when the message turns out to have arrived later', async () => {
  const other = await app.tenant({ timezone: 'UTC' });
  const today = new Date().toISOString().slice(0, 10);
  const yesterday = new Date(Date.parse(today) - 86_400_000).toISOString().slice(0, 10);
  const failed = { reason: 'provider_report', code: '30008' };
  const [one, two] = ['0199f3a0-7c1e-7b3a-9d1c-2f4b6a8c0e12', '0199f3a0-7c1e-7b3a-9d1c-2f4b6a8c0e13'];
  for (const id of [one, two])
    await write(other, id, { kind: 'failed', previous: 'sent', at: `${yesterday}T23:00:00Z`, ...failed });
  await consume(app, 'reports');
  const daily = async (): Promise<object[]> => {
    const query = { since: yesterday, by: 'day,reason,code' };
    return (await report<object>(other, 'failures', query)).items;
  };
  expect(await daily()).toEqual([{ day: yesterday, ...failed, messages: 2 }]);
  await write(other, one, { kind: 'delivered', previous: 'failed', at: `${today}T00:00:00Z` });
  await consume(app, 'reports');
  expect(await daily()).toEqual([{ day: yesterday, ...failed, messages: 1 }]);
});

test('times are those between the events, and a clock that is behind takes nothing from them', async () => {
  const other = await tenantWithNumber();
  const [slow = '', early = ''] = await sendAll(app, other, [text(), text()]);
  const transitions = app.nest.get(Transitions, { strict: false });
  const accepted = await app.database.query<{ at: string }>(
    `select uuid_extract_timestamp(id)::text as at from message where id = any($1) order by id`,
    [[slow, early]],
  );
  const after = (ms: number): Date => new Date(Date.parse(accepted[0]?.at ?? '') + ms);
  await app.database.query(`update message set status = 'sending', attempts = 1 where id = any($1)`, [[slow, early]]);
  await transitions.apply(
    [
      { messageId: slow, status: 'sent', occurredAt: after(40_000) },
      { messageId: early, status: 'sent', occurredAt: after(-5_000) },
    ],
    'dispatch',
  );
  const [{ at: sentAt } = { at: '' }] = await app.database.query<{ at: string }>(
    `select sent_at::text as at from message where id = $1`,
    [slow],
  );
  await transitions.apply(
    [
      { messageId: slow, status: 'delivered', occurredAt: new Date(Date.parse(sentAt) + 3_600_000) },
      { messageId: early, status: 'delivered', occurredAt: new Date(Date.parse(sentAt) - 1_000) },
    ],
    'webhook',
  );
  await consume(app, 'reports');
  const [line] = (await report<LatencyLine>(other, 'latency', { by: 'channel,provider' })).items;
  expect(line).toMatchObject({ channel: 'sms', provider: 'twilio' });
  expect(line?.toProvider).toMatchObject({ messages: 2, p50Ms: 1 });
  expect(line?.toDelivery).toMatchObject({ messages: 2, p50Ms: 1 });
  const within = (ms: number | null | undefined, exact: number): void =>
    expect(Math.abs((ms ?? 0) - exact)).toBeLessThan(exact / 10);
  within(line?.toProvider.p99Ms, 40_000);
  within(line?.toDelivery.p99Ms, 3_600_000);
});

test('a day is that of the tenant’s zone, and the time zone says when a month begins', async () => {
  const other = await app.tenant({ timezone: 'Pacific/Kiritimati' }); // UTC+14, all the year
  const { since: month } = (await app.as(other).get('/api/reports/failures').expect(200)).body as { since: string };
  const before = new Date(Date.parse(month) - 1).toISOString(); // a month before in UTC
  await write(other, '0199f3a0-7c1e-7b3a-9d1c-2f4b6a8c0e14', { kind: 'failed', previous: 'sending', at: before });
  await consume(app, 'reports');
  const { items } = await report<object>(other, 'failures', { by: 'month,day' });
  expect(items).toEqual([{ month: month.slice(0, 7), day: month, messages: 1 }]);
});

test('counted again, a failure is of its day also when it came to its end weeks later', async () => {
  const other = await app.tenant({ timezone: 'UTC' });
  const day = (daysAgo: number): string => new Date(Date.now() - daysAgo * 86_400_000).toISOString().slice(0, 10);
  await app.database.query('select ensure_month($1::date)', [`${day(20).slice(0, 7)}-01`]);
  const id = '0199f3a0-7c1e-7b3a-9d1c-2f4b6a8c0e15';
  await write(other, id, { kind: 'failed', previous: 'sent', at: `${day(20)}T12:00:00Z` });
  await write(other, id, { kind: 'delivered', previous: 'failed', at: `${day(1)}T12:00:00Z` });
  await consume(app, 'reports');
  const days = { tenantId: other.id, from: day(20), to: day(19) };
  expect(await recount().differences(days)).toEqual({ failures: 0, latencies: 0 });
  await recount().rebuild(days);
  expect((await report<object>(other, 'failures', { since: day(30) })).items).toEqual([]);
});

test('sums that were changed by hand are found at night, told, and put right by an operator', async () => {
  const other = await tenantWithNumber();
  const ids = await messages(other);
  await app.nest.get(Transitions, { strict: false }).apply(
    [...ids].map((messageId, place) => ({ messageId, ...TAKEN[place % 3] }) as News),
    'webhook',
  );
  await consume(app, 'reports');
  const before = [await report(other, 'failures'), await report(other, 'latency')];
  await app.database.query(`update failure_rollup set messages = messages + 1 where tenant_id = $1`, [other.id]);
  await app.database.query(`delete from latency_rollup where tenant_id = $1 and measure = 'delivery'`, [other.id]);
  const check = async (): Promise<string> => {
    await app.nest.get(CheckReportsSchedule, { strict: false }).check();
    return JSON.stringify((await app.http.get('/health/ready')).body);
  };
  expect(await check()).toContain('sums of reports differ from their facts');
  expect((await app.http.get('/metrics')).text).toMatch(/callboard_report_wrong_sums [1-9]/);
  const month = new Date().toISOString().slice(0, 7);
  const { body } = await app.admin(other.id).post(`/api/reports/rebuild?month=${month}`).expect(200);
  expect(body).toMatchObject({ month, corrected: { failures: 1 } });
  expect((body as { corrected: { latencies: number } }).corrected.latencies).toBeGreaterThan(0);
  expect([await report(other, 'failures'), await report(other, 'latency')]).toEqual(before);
  expect(await check()).not.toContain('sums of reports differ');
  await app.as(other).post(`/api/reports/rebuild?month=${month}`).expect(403);
});

test('CSV goes on after the lines that are read at a time', async () => {
  const other = await app.tenant({ timezone: 'UTC' });
  await app.database.query(
    `insert into failure_rollup (tenant_id, day, channel, provider, kind, code, messages)
     select $1, (now() at time zone 'utc')::date, 'sms', 'twilio', 'failed', code::text, code from generate_series(1, 12000) as code`,
    [other.id],
  );
  const query = { by: 'code', format: 'csv' };
  const { text: csv } = await app.as(other).get('/api/reports/failures').query(query).expect(200);
  const [header, ...lines] = csv.split('\n').slice(0, -1);
  expect(header).toBe('code,messages');
  expect(lines).toEqual(Array.from({ length: 12_000 }, (_, place) => `${place + 1},${place + 1}`).toSorted());
});
