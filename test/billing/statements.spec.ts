/** Months that are closed: each amount is on one statement, whatever becomes known when, and a statement stays as it is. */
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { until } from '../../harness/until.js';
import { query } from '../../harness/query.js';
import { StatementStore } from '../../src/billing/statements/statement-store.js';
import type { ClosingView, CloseMonthView, StatementSummary } from '../../src/billing/statements/statements.dto.js';
import { EventConsumers } from '../../src/ledger/index.js';
import { openTestApp, type TestApp, type Tenant } from '../support/test-app.js';
import {
  chargeOf,
  close,
  count,
  openBooks,
  PER_SEGMENT,
  priced,
  putPrices,
  sent,
  statement,
} from './statement.support.js';

const MONTHS = ['2026-06', '2026-07', '2026-08', '2026-09', '2026-10'] as const;
const [JUNE, JULY, AUGUST] = MONTHS;

let app: TestApp;
beforeAll(async () => {
  app = await openTestApp({ role: 'api', databasePoolSize: 20 }); // its schedules rest: counts and closes are this test's
  await openBooks(app, ...MONTHS);
});
afterAll(() => app.close());

const inMonth = (month: string, day = '15'): string => `${month}-${day}T12:00:00Z`;

/** A tenant that sent so many segments in a month. */
async function tenantWith(month: string, ...segments: readonly number[]): Promise<Tenant> {
  const tenant = await app.tenant();
  await sent(
    app,
    tenant,
    segments.map((each) => ({ at: inMonth(month), segments: each })),
  );
  await count(app);
  return tenant;
}

const post = (tenant: Tenant, month: string) => app.admin(tenant.id).post(`/api/statements/${month}/close`);

describe('A month', () => {
  test('is closed once while reports pour in and two processes close it: nothing is missed, and later news are on the next', async () => {
    const tenant = await tenantWith(JUNE, 1);
    const other = await openTestApp({ role: 'api', databaseUrl: app.config.databaseUrl });
    let [writing, segments] = [true, 1];
    const writers = Array.from({ length: 4 }, async (_, writer) => {
      for (let turn = 0; turn < 25; turn += 1) {
        const each = 1 + ((writer + turn) % 4);
        await app.database.transaction(async () => {
          await sent(app, tenant, [{ at: inMonth(JUNE), segments: each }]);
          if (writer === 0) await app.database.query('select pg_sleep(0.02)');
        });
        segments += each;
      }
    });
    const consumers = [app, other].map(async ({ nest }) => {
      while (writing) await nest.get(EventConsumers).run('usage');
    });
    const closers = [app, other].map((each) =>
      until(async () => {
        const { status, body } = await each.admin(tenant.id).post(`/api/statements/${JUNE}/close`);
        expect([200, 503]).toContain(status); // until what was sent is counted
        return status === 200 ? (body as CloseMonthView) : undefined;
      }),
    );
    const closed = await Promise.all(closers);
    const file = async () => (await app.as(tenant).get(`/api/statements/${JUNE}/export?format=json`).expect(200)).text;
    const first = await file();
    await sent(app, tenant, [{ at: inMonth(JUNE) }]);
    segments += 1;
    await Promise.all(writers);
    writing = false;
    await Promise.all(consumers);
    await other.close();
    await count(app);
    expect(closed.filter(({ isNew }) => isNew)).toHaveLength(1);
    expect(closed[0]?.contentHash).toBe(closed[1]?.contentHash);
    await close(app, tenant, JULY);
    expect(await file()).toBe(first);
    const [june, july] = [await statement(app, tenant, JUNE), await statement(app, tenant, JULY)];
    expect(chargeOf(june) + chargeOf(july)).toBe(segments * PER_SEGMENT);
    const messages = [...june.lines, ...july.lines].reduce((sum, line) => sum + line.messages, 0);
    expect(messages).toBe(102);
    expect(july.lines).not.toEqual([]);
    expect(july.lines.map(({ kind, month }) => [kind, month])).toEqual(july.lines.map(() => ['adjustment', JUNE]));
    const statements = await app.database.query('select from statement where tenant_id = $1', [tenant.id]);
    expect(statements).toHaveLength(2);
  });

  test('and the adjustments of later ones are what the facts say, to the micro, in whatever order they come', async () => {
    const steps = fc.array(
      fc.oneof(
        { weight: 4, arbitrary: fc.record({ send: fc.nat({ max: 3 }), segments: fc.integer({ min: 1, max: 5 }) }) },
        { weight: 3, arbitrary: fc.record({ price: fc.nat(), micros: fc.integer({ min: 0, max: 40_000 }) }) },
        { weight: 2, arbitrary: fc.constant('count' as const) },
        { weight: 1, arbitrary: fc.constant('close' as const) },
      ),
      { minLength: 4, maxLength: 14 },
    );
    await fc.assert(
      fc.asyncProperty(steps, async (some) => {
        const tenant = await app.tenant();
        const charges = new Map<string, number>();
        let closed = 0;
        const closeNext = async (): Promise<void> => {
          const { status, body } = await post(tenant, MONTHS[closed] ?? '');
          if (status === 200) closed += 1;
          else expect((body as { code: string }).code).toMatch(/^(month_not_next|usage_behind)$/);
        };
        await sent(app, tenant, [{ at: inMonth(JUNE), channel: 'email' }]); // without a price, so that June is the first month
        for (const step of some) {
          if (step === 'count') await count(app);
          else if (step === 'close') await closeNext();
          else if ('send' in step) {
            const [id = ''] = await sent(app, tenant, [
              { at: inMonth(MONTHS[step.send] ?? JUNE), segments: step.segments },
            ]);
            charges.set(id, step.segments * PER_SEGMENT);
          } else {
            const id = [...charges.keys()][step.price % Math.max(1, charges.size)];
            if (id === undefined) continue;
            await priced(app, tenant, id, step.micros);
            charges.set(id, 2 * step.micros);
          }
        }
        await count(app);
        while (closed < MONTHS.length) await closeNext();
        const statements = await Promise.all(MONTHS.map((month) => statement(app, tenant, month)));
        const facts = [...charges.values()].reduce((sum, charge) => sum + charge, 0);
        expect(statements.reduce((sum, each) => sum + chargeOf(each), 0)).toBe(facts);
        const messages = statements.flatMap(({ lines }) => lines).reduce((sum, line) => sum + line.messages, 0);
        expect(messages).toBe(charges.size + 1);
        const [written] = await app.database.query<{ charge: number }>(
          'select sum(charge_micros)::float8 as charge from billing_amount where tenant_id = $1',
          [tenant.id],
        );
        expect(written?.charge).toBe(facts);
      }),
      { numRuns: 12 },
    );
  });

  test('is closed after those before it, and not before it has ended where the tenant is', async () => {
    const tenant = await tenantWith(JUNE, 1);
    const early = await post(tenant, JULY).expect(409);
    expect(early.body).toMatchObject({ code: 'month_not_next', errors: [{ path: 'month' }] });
    expect((early.body as { detail: string }).detail).toContain('2026-06');
    for (const month of MONTHS) await close(app, tenant, month);
    const [now] = await app.database.query<{ month: string }>(
      `update billing_close set closed_through = date_trunc('month', now() - interval '1 month') where tenant_id = $1
       returning to_char(now(), 'YYYY-MM') as month`,
      [tenant.id],
    );
    const open = await post(tenant, now?.month ?? '').expect(409);
    expect(open.body).toMatchObject({ code: 'month_not_over' });
    await post(tenant, '2026-13').expect(400);
  });

  test('whose sums were changed by hand is not closed: its lines would not be its amounts', async () => {
    const tenant = await tenantWith(JUNE, 1);
    const note = `insert into credit_note (tenant_id, day, period, micros, currency, reason, created_by)
      values ($1, '2026-06-01', '2026-06-01', 5, 'EUR', 'By hand', 'admin')`;
    await app.database.query(note, [tenant.id]); // without its amount
    await post(tenant, JUNE).expect(500);
    expect(await app.database.query('select from statement where tenant_id = $1', [tenant.id])).toEqual([]);
  });

  test('waits until all that was sent in it is counted', async () => {
    const tenant = await tenantWith(JUNE, 1);
    await sent(app, tenant, [{ at: inMonth(JUNE, '30') }]);
    const { body, headers } = await post(tenant, JUNE).expect(503);
    expect(body).toMatchObject({ code: 'usage_behind' });
    expect(headers['retry-after']).toBe('5');
    await count(app);
    await close(app, tenant, JUNE);
    expect(chargeOf(await statement(app, tenant, JUNE))).toBe(2 * PER_SEGMENT);
  });

  test('of a tenant that sent nothing has an empty statement, from the month on in which it was made', async () => {
    const tenant = await app.tenant();
    const before = await post(tenant, JUNE).expect(409);
    expect(before.body).toMatchObject({ code: 'month_not_next' });
    await app.database.query(`update tenant set created_at = '2026-07-20' where id = $1`, [tenant.id]);
    expect(await close(app, tenant, JULY)).toMatchObject({ totals: [], unpriced: 0, isNew: true });
    expect((await statement(app, tenant, JULY)).lines).toEqual([]);
    await close(app, tenant, AUGUST);
  });

  test('of a plan in two currencies has a total for each', async () => {
    const tenant = await tenantWith(JUNE, 3);
    const dollars = 'channel,unit,price,currency\nsms,segment,0.0079,USD\n';
    await putPrices(app, 'kind=plan&name=dollars', dollars);
    await app.admin().patch(`/api/tenants/${tenant.id}/settings`).send({ plan: 'dollars' }).expect(200);
    await sent(app, tenant, [{ at: inMonth(JUNE), segments: 2 }]);
    await count(app);
    expect((await close(app, tenant, JUNE)).totals).toEqual([
      { currency: 'EUR', sumMicros: 30_000, totalMicros: 30_000 },
      { currency: 'USD', sumMicros: 15_800, totalMicros: 20_000 },
    ]);
  });

  test('names messages without a known price apart, and charges nothing for them', async () => {
    const tenant = await tenantWith(JUNE, 1);
    await sent(app, tenant, [{ at: inMonth(JUNE), channel: 'email' }]);
    await count(app);
    expect(await close(app, tenant, JUNE)).toMatchObject({ unpriced: 1, totals: [{ sumMicros: PER_SEGMENT }] });
    expect((await statement(app, tenant, JUNE)).lines).toMatchObject([
      { channel: 'email', messages: 1, chargeMicros: null, currency: null },
      { channel: 'sms', messages: 1, unit: 'segment', units: 1, chargeMicros: PER_SEGMENT, currency: 'EUR' },
    ]);
  });
});

describe('A statement', () => {
  test('is given as CSV, page, PDF and JSON, the same each time, and its hash is that of the JSON', async () => {
    const tenant = await tenantWith(JUNE, 2, 3);
    const { contentHash } = await close(app, tenant, JUNE);
    const get = (format: string) =>
      app.as(tenant).get(`/api/statements/${JUNE}/export?format=${format}&language=de`).buffer(true).expect(200);
    const json = await get('json');
    expect(createHash('sha256').update(json.text).digest('hex')).toBe(contentHash);
    const csv = await get('csv');
    expect(csv.headers['content-disposition']).toBe('attachment; filename="statement-2026-06.csv"');
    expect(csv.text).toContain('usage,2026-06,sms,outbound,transactional,,twilio,segment,2,5,0,0.05,EUR,\r\n');
    const page = await get('html');
    expect(page.headers).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'x-content-type-options': 'nosniff',
    });
    expect(page.headers['content-security-policy']).toContain(`default-src 'none'`);
    expect(page.text).toContain('<h1>Abrechnung für Juni 2026</h1>');
    const [pdf, again] = [await get('pdf'), await get('pdf')];
    expect(pdf.headers['content-type']).toBe('application/pdf');
    expect((pdf.body as Buffer).subarray(0, 5).toString()).toBe('%PDF-');
    expect((pdf.body as Buffer).equals(again.body as Buffer)).toBe(true);
    await app.as(tenant).get(`/api/statements/${JUNE}/export?format=docx`).expect(400);
  });

  test('cannot be changed or removed, and one that was changed past the database is not shown', async () => {
    const tenant = await tenantWith(JUNE, 1);
    await close(app, tenant, JUNE);
    for (const change of [
      `update statement set content_hash = 'x'`,
      'delete from statement',
      'update statement_line set charge_micros = 1',
      'delete from statement_line',
    ])
      await expect(query(app.config.databaseUrl, change)).rejects.toThrow('append-only');
    await app.database.transaction(async () => {
      await app.database.query('set local session_replication_role = replica');
      await app.database.query(
        `update statement_line set charge_micros = 1 where statement_id = (select id from statement where tenant_id = $1)`,
        [tenant.id],
      );
    });
    await expect(app.nest.get(StatementStore).find(tenant.id, JUNE)).rejects.toThrow('differs from its hash');
  });

  test('is listed newest first, page by page, and hidden from other tenants and from keys that may not read usage', async () => {
    const [tenant, stranger] = [await tenantWith(JUNE, 1), await app.tenant()];
    for (const month of [JUNE, JULY, AUGUST]) await close(app, tenant, month);
    const page = async (cursor = ''): Promise<{ items: StatementSummary[]; nextCursor: string | null }> =>
      (
        await app
          .as(tenant)
          .get(`/api/statements?limit=2${cursor && `&cursor=${cursor}`}`)
          .expect(200)
      ).body;
    const first = await page();
    const rest = await page(first.nextCursor ?? '');
    expect([...first.items, ...rest.items].map(({ month }) => month)).toEqual([AUGUST, JULY, JUNE]);
    expect(rest).toMatchObject({
      items: [{ closedBy: 'admin', totals: [{ currency: 'EUR', sumMicros: 10_000, totalMicros: 10_000 }] }],
      nextCursor: null,
    });
    await app.as(stranger).get(`/api/statements/${JUNE}`).expect(404);
    const sender = await app.keyOf(tenant, ['messages:write']);
    await app.as(sender).get(`/api/statements/${JUNE}`).expect(403);
    await app.as(tenant).post(`/api/statements/${JUNE}/close`).expect(403);
  });
});

test('The operator sees of every tenant what is closed next, when, and what it comes to', async () => {
  const tenant = await tenantWith(JULY, 2);
  await sent(app, tenant, [{ at: inMonth(JULY), channel: 'email' }]);
  await count(app);
  const find = async (): Promise<ClosingView | undefined> => {
    let cursor: string | null = null;
    do {
      const { body } = await app
        .admin()
        .get(`/api/statements/closing?limit=2${cursor ? `&cursor=${cursor}` : ''}`)
        .expect(200);
      const { items, nextCursor } = body as { items: ClosingView[]; nextCursor: string | null };
      const found = items.find(({ tenantId }) => tenantId === tenant.id);
      if (found) return found;
      cursor = nextCursor;
    } while (cursor !== null);
    return undefined;
  };
  expect(await find()).toMatchObject({
    month: JULY,
    until: '2026-08-01T00:00:00.000Z',
    closesAt: '2026-08-04T00:00:00.000Z',
    isOver: true,
    charges: [{ currency: 'EUR', micros: 20_000 }],
    costs: [{ currency: 'EUR', micros: 10_000 }],
    withoutCharge: 1,
    withoutCost: 1,
  });
  await close(app, tenant, JULY);
  expect(await find()).toMatchObject({ month: AUGUST, charges: [] });
  await app.as(tenant).get('/api/statements/closing').expect(403);
});
