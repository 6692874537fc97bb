/** Reports by email: at the tenant's hour, once, on a clock that the test tells. */
import { until } from '../../harness/until.js';
import type { NoticeView } from '../../src/notices/notices.dto.js';
import { DueReports } from '../../src/reports/schedules/due-reports.js';
import type { ReportScheduleView } from '../../src/reports/schedules/schedules.dto.js';
import { consume } from '../support/consumers.js';
import { text, send, whenStatus } from '../support/messages.js';
import { holdSchedule } from '../support/past.js';
import { newMailbox, newSenderNumber } from '../support/people.js';
import { recordOf, type RecordedMessage } from '../support/sandbox.js';
import { newSender, newVenue } from '../support/senders.js';
import { openTestApp, type Tenant, type TestApp } from '../support/test-app.js';

let app: TestApp;
beforeAll(async () => {
  app = await openTestApp();
  await holdSchedule(app, 'report-schedules');
});
afterAll(() => app.close());

const TERMS = { report: 'delivery', period: 'yesterday', every: 'day', hour: 8 };

async function schedule(tenant: Tenant, terms: object = {}): Promise<ReportScheduleView> {
  const { body } = await app
    .as(tenant)
    .post('/api/report-schedules')
    .send({ ...TERMS, to: [newMailbox()], ...terms })
    .expect(201);
  return body as ReportScheduleView;
}

async function look(tenant: Tenant, id: string): Promise<ReportScheduleView> {
  const { body } = await app.as(tenant).get('/api/report-schedules').expect(200);
  const found = (body as { items: ReportScheduleView[] }).items.find((one) => one.id === id);
  if (!found) throw new Error('there is such a schedule');
  return found;
}

/** What was written to a schedule's address, once so much was. */
const mailsTo = (to: string | undefined, count: number): Promise<RecordedMessage[]> =>
  until(async () => {
    const mails = await recordOf(app, to);
    return mails.length >= count && mails;
  });

const run = (at: string): Promise<void> => app.nest.get(DueReports).send(new Date(at));
/** As if the clock had stood there when it was made. */
async function madeAt(id: string, at: string): Promise<void> {
  await app.database.query(`update report_schedule set due_at = $2 where id = $1`, [id, at]);
  await run(at);
}

/** The periods that were written of, in their order. */
async function periodsOf(tenant: Tenant): Promise<string[]> {
  const { body } = await app.as(tenant).get('/api/notices?kind=report.scheduled').expect(200);
  return (body as { items: NoticeView[] }).items
    .toReversed()
    .map(({ data }) => `${data['since'] as string} ${data['until'] as string}`);
}

test('a report comes every day at the tenant’s hour, through both changes of the clocks', async () => {
  const tenant = await app.tenant({ timezone: 'Europe/Berlin' });
  const { id } = await schedule(tenant);
  await madeAt(id, '2027-03-26T07:00:00Z');
  const due: (string | null)[] = [];
  for (let days = 0; days < 3; days += 1) {
    const { dueAt } = await look(tenant, id);
    due.push(dueAt);
    await run(dueAt ?? '');
  }
  // The clocks go forward on the 28th.
  expect(due).toEqual(['2027-03-27T07:00:00.000Z', '2027-03-28T06:00:00.000Z', '2027-03-29T06:00:00.000Z']);
  expect(await periodsOf(tenant)).toEqual(['25', '26', '27', '28'].map((day) => `2027-03-${day} 2027-03-${day}`));
  await madeAt(id, '2027-10-30T06:00:00Z');
  expect((await look(tenant, id)).dueAt).toBe('2027-10-31T07:00:00.000Z');
});

test('an hour that a spring leaves out is the one after it, and one that an autumn repeats comes once', async () => {
  const tenant = await app.tenant({ timezone: 'Europe/Berlin' });
  const { id } = await schedule(tenant, { hour: 2 });
  const visited = async (from: string): Promise<string[]> => {
    await madeAt(id, from);
    const due: string[] = [];
    for (let days = 0; days < 2; days += 1) {
      due.push((await look(tenant, id)).dueAt ?? '');
      await run(due.at(-1) ?? '');
    }
    return due;
  };
  expect(await visited('2027-03-27T01:00:00Z')).toEqual(['2027-03-28T01:00:00.000Z', '2027-03-29T00:00:00.000Z']);
  expect(await visited('2027-10-30T00:00:00Z')).toEqual(['2027-10-31T01:00:00.000Z', '2027-11-01T01:00:00.000Z']);
  expect(await periodsOf(tenant)).toHaveLength(6);
  // It is half past two there, for the first time: two o'clock is yet to come.
  await madeAt(id, '2027-10-31T00:30:00Z');
  expect((await look(tenant, id)).dueAt).toBe('2027-10-31T01:00:00.000Z');
});

test('a week begins with the weekday asked for, and a month with its day', async () => {
  const weekly = await app.tenant({ timezone: 'America/Los_Angeles' });
  const week = await schedule(weekly, { every: 'week', on: 5, period: 'last_7_days' });
  await madeAt(week.id, '2026-12-04T16:00:00Z');
  expect((await look(weekly, week.id)).dueAt).toBe('2026-12-11T16:00:00.000Z');
  expect(await periodsOf(weekly)).toEqual(['2026-11-27 2026-12-03']);
  const monthly = await app.tenant({ timezone: 'America/Los_Angeles' });
  const month = await schedule(monthly, { every: 'month', on: 28, hour: 0, period: 'last_month' });
  await madeAt(month.id, '2027-01-28T08:00:00Z');
  expect((await look(monthly, month.id)).dueAt).toBe('2027-02-28T08:00:00.000Z');
  expect(await periodsOf(monthly)).toEqual(['2026-12-01 2026-12-31']);
});

test('after an outage one report is written, about the last time that it was due', async () => {
  const tenant = await app.tenant({ timezone: 'UTC' });
  const { id } = await schedule(tenant, { every: 'week', on: 1, period: 'last_7_days' });
  await madeAt(id, '2027-01-04T08:00:00Z');
  await run('2027-02-03T11:30:00Z'); // a Wednesday, four weeks later
  expect(await periodsOf(tenant)).toEqual(['2026-12-28 2027-01-03', '2027-01-25 2027-01-31']);
  expect((await look(tenant, id)).dueAt).toBe('2027-02-08T08:00:00.000Z');
});

test('several processes write each report once', async () => {
  const tenant = await app.tenant({ timezone: 'UTC' });
  const made = await Promise.all([1, 2, 3, 4].map(() => schedule(tenant)));
  await app.database.query(`update report_schedule set due_at = '2027-01-04T08:00:00Z' where id = any($1)`, [
    made.map(({ id }) => id),
  ]);
  await Promise.all([1, 2, 3].map(() => run('2027-01-04T08:00:01Z')));
  expect(await periodsOf(tenant)).toHaveLength(4);
  await Promise.all(made.map(({ to }) => mailsTo(to[0], 1)));
  await run('2027-01-04T08:00:02Z');
  for (const { to } of made) expect(await recordOf(app, to[0])).toHaveLength(1);
});

test('a tenant that moves to another zone gets its report at its hour there', async () => {
  const tenant = await app.tenant({ timezone: 'UTC' });
  const { id } = await schedule(tenant);
  await madeAt(id, '2027-01-04T08:00:00Z');
  await app.admin().patch(`/api/tenants/${tenant.id}`).send({ timezone: 'Asia/Tokyo' }).expect(200);
  await run('2027-01-04T09:00:00Z');
  expect((await look(tenant, id)).dueAt).toBe('2027-01-04T23:00:00.000Z');
});

test('nothing is written while it is disabled, nor of the time before it is enabled again', async () => {
  const tenant = await app.tenant({ timezone: 'UTC' });
  const { id } = await schedule(tenant, { enabled: false });
  expect((await look(tenant, id)).dueAt).toBeNull();
  await run('2099-01-01T00:00:00Z');
  expect(await periodsOf(tenant)).toEqual([]);
  const { body } = await app.as(tenant).patch(`/api/report-schedules/${id}`).send({ enabled: true }).expect(200);
  expect(new Date((body as ReportScheduleView).dueAt ?? 0).getTime()).toBeGreaterThan(Date.now());
});

test('one whose report fails keeps no other from its reader', async () => {
  const tenant = await app.tenant({ timezone: 'UTC' });
  const [broken, well] = [await schedule(tenant), await schedule(tenant)];
  await app.database.query(`update report_schedule set filter = '{"campaignId": "no id"}' where id = $1`, [broken.id]);
  await app.database.query(`update report_schedule set due_at = '2027-01-04T08:00:00Z' where id = any($1)`, [
    [broken.id, well.id],
  ]);
  await run('2027-01-04T08:00:01Z');
  expect(await periodsOf(tenant)).toHaveLength(1);
  expect((await look(tenant, broken.id)).dueAt).toBe('2027-01-04T08:00:00.000Z');
  await app.database.query(`delete from report_schedule where id = $1`, [broken.id]);
});

describe('The email', () => {
  const MOST = 100;

  test('has a hundred lines of the table, says how many more there are, and where', async () => {
    const tenant = await app.tenant({ timezone: 'UTC', name: 'Lakeside Events' });
    await app.database.query(
      `insert into failure_rollup (tenant_id, day, channel, provider, kind, reason, code, messages)
       select $1, '2026-11-28', 'sms', 'twilio', 'undelivered', 'provider_report', (30000 + n)::text, n from generate_series(1, 1234) as n`,
      [tenant.id],
    );
    const { id, to } = await schedule(tenant, { report: 'failures', by: ['code'], filter: { channel: 'sms' } });
    await madeAt(id, '2026-11-29T08:00:00Z');
    const [mail] = await mailsTo(to[0], 1);
    expect(mail?.subject).toBe('Failures: Lakeside Events, November 28, 2026');
    const lines = (mail?.text ?? '').split('\n');
    expect(lines.filter((line) => /^30\d{3} +[\d,]+$/.test(line))).toHaveLength(MOST);
    expect(lines).toContain('1,134 more lines are not shown here.');
    expect(lines).toContain(
      'All lines as CSV: GET /api/reports/failures?since=2026-11-28&until=2026-11-28&by=code&channel=sms&format=csv',
    );
    expect(mail?.text).toMatch(/In all:\n\nMessages\n 761,995\n/);
    expect((mail?.html ?? '').match(/<tr>/g)).toHaveLength(MOST + 3);
    const path = lines.find((line) => line.includes('GET /api/reports'))?.split('GET ')[1] ?? '';
    const csv = await app.as(tenant).get(path).expect(200);
    expect(csv.text.trimEnd().split('\n')).toHaveLength(1_234 + 1);
  });

  test('shows rates and charges as people write them, and no cost of the platform', async () => {
    const tenant = await app.tenant({ timezone: 'UTC' });
    await app.admin().patch(`/api/tenants/${tenant.id}/settings`).send({ plan: 'by-email' }).expect(200);
    const price = { channel: 'sms', unit: 'segment', price: '0.02', currency: 'EUR' };
    await app.admin().put('/api/prices?kind=plan&name=by-email').send([price]).expect(200);
    await app
      .admin()
      .put('/api/prices?kind=cost&name=twilio')
      .send([{ ...price, price: '0.013' }])
      .expect(200);
    const venueId = await newVenue(app, tenant, 'River stage');
    await newSender(app, tenant, { venueId, channel: 'sms', address: newSenderNumber() });
    for (const input of [text({ venueId }), text({ venueId })])
      await whenStatus(app, tenant, await send(app, tenant, input), 'delivered');
    await consume(app, 'usage', 'reports');
    const [cost, delivery] = [
      await schedule(tenant, { report: 'cost', by: ['venue'] }),
      await schedule(tenant, { by: ['channel', 'venue'], language: 'de' }),
    ];
    const tomorrow = new Date(Date.now() + 86_400_000).toISOString().slice(0, 10);
    await app.database.query(`update report_schedule set due_at = $2 where id = any($1)`, [
      [cost.id, delivery.id],
      `${tomorrow}T08:00:00Z`,
    ]);
    await run(`${tomorrow}T08:00:00Z`);
    const [charges] = await mailsTo(cost.to[0], 1);
    expect(charges?.text?.replaceAll('\u00a0', ' ')).toMatch(/River stage +2 +2 +0 +EUR 0\.04 +EUR 0\.02 +0\n/);
    expect(charges?.text).not.toContain('0.013');
    expect(charges?.text).not.toContain('0.026');
    const [rates] = await mailsTo(delivery.to[0], 1);
    expect(rates?.subject).toMatch(/^Zustellung: Riverside Festivals, /);
    expect(rates?.text?.replaceAll('\u00a0', ' ')).toMatch(/sms +River stage +2 +2 +2 +0 +0 +100 % +0 %\n/);
    expect(rates?.text).toContain('Insgesamt:');
  });

  test('says so where there is nothing to report', async () => {
    const tenant = await app.tenant({ timezone: 'UTC' });
    const { id, to } = await schedule(tenant, { report: 'latency' });
    await madeAt(id, '2026-11-29T08:00:00Z');
    const [mail] = await mailsTo(to[0], 1);
    expect(mail?.text).toContain('There is nothing to report.');
    expect(mail?.text).not.toContain('In all');
  });
});

describe('The routes', () => {
  test('make, change, list and remove schedules', async () => {
    const tenant = await app.tenant({ timezone: 'Europe/Berlin' });
    const made = await schedule(tenant, { to: ['Finance@Example.com', 'finance@example.com'], every: 'week' });
    expect(made).toMatchObject({
      ...TERMS,
      every: 'week',
      on: 1,
      by: ['day'],
      filter: {},
      to: ['finance@example.com'],
      language: 'en',
      enabled: true,
      lastSentAt: null,
    });
    const change = { report: 'failures', filter: { code: '30003' }, every: 'day', hour: 9 };
    const { body } = await app.as(tenant).patch(`/api/report-schedules/${made.id}`).send(change).expect(200);
    expect(body).toMatchObject({ ...change, by: ['kind', 'reason', 'code'], to: made.to, period: 'yesterday' });
    expect(await look(tenant, made.id)).toEqual(body);
    await app.as(tenant).delete(`/api/report-schedules/${made.id}`).expect(204);
    await app.as(tenant).delete(`/api/report-schedules/${made.id}`).expect(404);
    await app.as(tenant).patch(`/api/report-schedules/${made.id}`).send({ hour: 1 }).expect(404);
    const { body: left } = await app.as(tenant).get('/api/report-schedules').expect(200);
    expect(left).toEqual({ items: [], nextCursor: null });
  });

  test('send one now, also while it is disabled, and leave its time as it is', async () => {
    const tenant = await app.tenant({ timezone: 'UTC' });
    const { id, to, dueAt } = await schedule(tenant);
    const { body } = await app.as(tenant).post(`/api/report-schedules/${id}/test`).expect(202);
    await mailsTo(to[0], 1);
    const { body: notices } = await app.as(tenant).get('/api/notices').expect(200);
    expect(notices).toMatchObject({ items: [{ id: (body as { noticeId: string }).noticeId }] });
    expect(await look(tenant, id)).toMatchObject({ dueAt, lastSentAt: null });
    await app.as(tenant).patch(`/api/report-schedules/${id}`).send({ enabled: false }).expect(200);
    await app.as(tenant).post(`/api/report-schedules/${id}/test`).expect(202);
    await mailsTo(to[0], 2);
  });

  test.each<[string, object, string]>([
    ['a breakdown of another report', { report: 'latency', by: ['venue'] }, 'by'],
    ['a filter of another report', { report: 'latency', filter: { country: 'DE' } }, 'filter.country'],
    ['a weekday that no week has', { every: 'week', on: 8 }, 'on'],
    ['a day that not every month has', { every: 'month', on: 31 }, 'on'],
    ['an hour that no day has', { hour: 24 }, 'hour'],
    ['nobody to write to', { to: [] }, 'to'],
    ['an address that is none', { to: ['ana'] }, 'to'],
  ])('refuse %s', async (_, terms, path) => {
    const tenant = await app.tenant();
    const { body } = await app
      .as(tenant)
      .post('/api/report-schedules')
      .send({ ...TERMS, to: [newMailbox()], ...terms })
      .expect(400);
    expect(body).toMatchObject({ code: 'invalid_request', errors: [{ path }] });
  });
});
