/** Where a month begins and ends: by the tenant's zone, on a clock of the test's. */
import { CommandBus } from '@nestjs/cqrs';
import { Temporal } from 'temporal-polyfill';
import { CloseMonth } from '../../src/billing/statements/close-month.command.js';
import { DueMonths } from '../../src/billing/statements/due-months.js';
import { openTestApp, type TestApp, type Tenant } from '../support/test-app.js';
import { chargeOf, close, count, openBooks, PER_SEGMENT, sent, statement } from './statement.support.js';

const HOUR = 3_600_000;
const GRACE = 3 * 24 * HOUR;

let app: TestApp;
beforeAll(async () => {
  app = await openTestApp({ role: 'api' }); // its schedules rest: the months are closed by this test's clock
  await openBooks(app, '2026-08', '2026-09', '2026-10', '2026-11', '2030-09', '2030-10');
});
afterAll(() => app.close());

/** The statements of a tenant: the month, and its bounds. */
const statements = (
  tenant: Tenant,
): Promise<{ month: string; starts_at: string; ends_at: string; closed_at: string }[]> =>
  app.database.query(
    `select to_char(month, 'YYYY-MM') as month, starts_at, ends_at, closed_at from statement where tenant_id = $1 order by statement.month`,
    [tenant.id],
  );

/** The first moment of a month by Node.js, which knows the zones from another source. */
const startOf = (month: string, zone: string): number =>
  Temporal.PlainDate.from(`${month}-01`).toZonedDateTime(zone).epochMilliseconds;

test('the same send is in November for a tenant in Auckland and in October for one in Los Angeles', async () => {
  const auckland = await app.tenant({ timezone: 'Pacific/Auckland' });
  const losAngeles = await app.tenant({ timezone: 'America/Los_Angeles' });
  for (const tenant of [auckland, losAngeles]) await sent(app, tenant, [{ at: '2026-10-31T12:00:00Z' }]);
  await count(app);
  await close(app, losAngeles, '2026-10');
  expect(await statement(app, losAngeles, '2026-10')).toMatchObject({
    from: '2026-10-01T07:00:00.000Z',
    until: '2026-11-01T07:00:00.000Z',
    lines: [{ kind: 'usage', month: '2026-10', messages: 1 }],
  });
  await app.admin(auckland.id).post('/api/statements/2026-10/close').expect(409); // its first month is November
  const closed = await app.nest
    .get(CommandBus)
    .execute(new CloseMonth(auckland.id, '2026-11', 'admin', new Date('2026-12-01T00:00:00Z')));
  expect(closed.statement).toMatchObject({
    from: new Date('2026-10-31T11:00:00Z'),
    until: new Date('2026-11-30T11:00:00Z'),
    lines: [{ kind: 'usage', month: '2026-11', messages: 1 }],
  });
});

test('a tenant that moves to another zone keeps its messages in the months that they were sent in, each on one statement', async () => {
  const tenant = await app.tenant({ timezone: 'Pacific/Auckland' });
  await app.admin().patch(`/api/tenants/${tenant.id}`).send({ timezone: 'America/Los_Angeles' }).expect(200);
  await app.database.query(
    `update tenant_timezone set since = '2026-09-10' where tenant_id = $1 and since > '-infinity'`,
    [tenant.id],
  );
  await sent(app, tenant, [
    { at: '2026-08-31T13:00:00Z' }, // the first of September, in Auckland
    { at: '2026-10-01T06:00:00Z', segments: 2 }, // the last of September, in Los Angeles
    { at: '2026-10-01T08:00:00Z', segments: 4 },
  ]);
  await count(app);
  for (const month of ['2026-09', '2026-10']) await close(app, tenant, month);
  const charges = await Promise.all(
    ['2026-09', '2026-10'].map(async (month) => chargeOf(await statement(app, tenant, month))),
  );
  expect(charges).toEqual([3 * PER_SEGMENT, 4 * PER_SEGMENT]);
});

describe('By the clock', () => {
  /** Their clocks change at a month's end, at midnight, or by half an hour; and those that are furthest from Greenwich. */
  const ZONES = [
    'UTC',
    'America/New_York',
    'Africa/Cairo',
    'America/Santiago',
    'America/Havana',
    'Asia/Beirut',
    'Pacific/Auckland',
    'Australia/Lord_Howe',
    'Pacific/Kiritimati',
    'Pacific/Pago_Pago',
  ];

  test('months follow each other without an hour missing or twice, one statement each, also after an outage of months', async () => {
    const tenants = new Map<string, Tenant>();
    for (const zone of ZONES) {
      const tenant = await app.tenant({ timezone: zone });
      tenants.set(zone, tenant);
      await sent(app, tenant, [{ at: '2030-09-15T12:00:00Z' }]);
    }
    await count(app);
    const months = ['2030-09', '2030-10', '2030-11', '2030-12', '2031-01', '2031-02', '2031-03', '2031-04'];
    const due = app.nest.get(DueMonths);
    await Promise.all([due.close(new Date('2031-05-10T00:00:00Z')), due.close(new Date('2031-05-10T00:00:00Z'))]);
    for (const [zone, tenant] of tenants) {
      const closed = await statements(tenant);
      expect(closed.map(({ month }) => month)).toEqual(months);
      for (const { month, starts_at, ends_at } of closed) {
        expect([zone, month, Date.parse(starts_at)]).toEqual([zone, month, startOf(month, zone)]);
        const next = Temporal.PlainYearMonth.from(month).add({ months: 1 }).toString();
        expect([zone, month, Date.parse(ends_at)]).toEqual([zone, month, startOf(next, zone)]);
      }
    }
  });

  test.each([
    ['Africa/Cairo', '2030-10'],
    ['America/New_York', '2026-10'],
    ['America/Santiago', '2026-08'],
    ['Pacific/Auckland', '2026-09'],
  ])('a month in %s is closed once, at the first look after its grace: %s', async (zone, month) => {
    const tenant = await app.tenant({ timezone: zone });
    const end = startOf(Temporal.PlainYearMonth.from(month).add({ months: 1 }).toString(), zone);
    await sent(app, tenant, [{ at: new Date(end - 1).toISOString() }]);
    await count(app);
    const due = app.nest.get(DueMonths);
    for (let at = end + GRACE - 3 * HOUR; at <= end + GRACE + 3 * HOUR; at += HOUR / 2) await due.close(new Date(at));
    const closed = await statements(tenant);
    expect(closed.map((each) => [each.month, Date.parse(each.closed_at)])).toEqual([[month, end + GRACE]]);
  });

  test('a month that cannot be closed holds up nobody else’s, and is closed by the next look', async () => {
    const [behind, other] = [await app.tenant(), await app.tenant()];
    for (const tenant of [behind, other]) await sent(app, tenant, [{ at: '2026-09-15T12:00:00Z' }]);
    await count(app);
    await sent(app, behind, [{ at: '2026-09-16T12:00:00Z' }]); // not counted yet
    const at = new Date('2026-10-20T00:00:00Z');
    await app.nest.get(DueMonths).close(at);
    expect([(await statements(behind)).length, (await statements(other)).length]).toEqual([0, 1]);
    await count(app);
    await app.nest.get(DueMonths).close(at);
    expect(chargeOf(await statement(app, behind, '2026-09'))).toBe(2 * PER_SEGMENT);
  });
});

test('months that stay open past their grace are told, and no more once they are closed', async () => {
  const tenant = await app.tenant({ timezone: 'UTC' });
  await sent(app, tenant, [{ at: '2026-08-15T12:00:00Z' }]);
  await count(app);
  const told = async (): Promise<string> =>
    JSON.stringify(((await app.http.get('/health/ready')).body as { checks: object }).checks);
  const overdue = async (): Promise<number> =>
    Number(/^callboard_overdue_months (\d+)$/m.exec((await app.http.get('/metrics').expect(200)).text)?.[1]);
  expect(await overdue()).toBeGreaterThan(0);
  expect(await told()).toContain('have a month that should be closed');
  await app.nest.get(DueMonths).close();
  expect(await overdue()).toBe(0);
  expect(await told()).not.toContain('have a month that should be closed');
});
