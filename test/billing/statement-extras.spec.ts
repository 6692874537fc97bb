/** What is on a statement beside messages: the rent of numbers, and credits. */
import { query } from '../../harness/query.js';
import { CommandBus } from '@nestjs/cqrs';
import { CloseMonth } from '../../src/billing/statements/close-month.command.js';
import { RentsSchedule } from '../../src/billing/rents/rents.schedule.js';
import { openTestApp, type TestApp, type Tenant } from '../support/test-app.js';
import { close, count, credit, openBooks, putPrices, sent, statement } from './statement.support.js';

let app: TestApp;
beforeAll(async () => {
  app = await openTestApp({ role: 'api' }); // its schedules rest: rents and closes are this test's
  await openBooks(app, '2026-08', '2026-09', '2026-10');
});
afterAll(() => app.close());

interface Tenancy {
  readonly address: string;
  readonly from: string;
  readonly to?: string;
  /** An account of the tenant's own, by its id. */
  readonly account?: string;
}

/** Writes that a number was a tenant's from when until when, as module `numbers` does. */
async function had({ id }: Tenant, ...tenancies: readonly Tenancy[]): Promise<void> {
  for (const { address, from, to = null, account = null } of tenancies) {
    await app.database.query(
      `insert into phone_number
         (tenant_id, venue_id, provider_account_id, provider, channels, bought, address, provider_id, status, ordered_by, assigned_at, released_at)
       select $1, venue.id, account.id, 'twilio', '{voice}', true, $2, 'PN1', case when $4::timestamptz is null then 'active' else 'released' end,
         'admin', $3::timestamptz, $4::timestamptz
       from venue, provider_account as account
       where venue.tenant_id = $1 and is_default
         and account.id = coalesce($5::uuid, (select id from provider_account where tenant_id is null and provider = 'twilio' limit 1))`,
      [id, address, from, to, account],
    );
  }
}

interface Rent {
  readonly month: string;
  readonly charge: number;
  readonly cost: number;
  readonly included: number;
}

const rents = ({ id }: Tenant): Promise<Rent[]> =>
  app.database.query<Rent>(
    `select to_char(period, 'YYYY-MM') as month, charge_micros::int as charge, cost_micros::int as cost, included
     from billing_amount where tenant_id = $1 and kind = 'rent' order by day, charge_micros`,
    [id],
  );

const charge = (): Promise<void> => app.nest.get(RentsSchedule).charge();

/** Months until now, of a number that is still the tenant's. */
const until = async (month: string): Promise<number> => {
  const [row] = await app.database.query<{ months: number }>(
    `select (12 * extract(year from age) + extract(month from age))::int as months
     from age(date_trunc('month', now() at time zone 'utc'), $1::timestamp) as age`,
    [`${month}-01`],
  );
  return row?.months ?? 0;
};

describe('The rent of a number', () => {
  test('is charged once for each month of which it was the tenant’s for any part, however often it is looked for', async () => {
    const tenant = await app.tenant({ timezone: 'America/New_York' });
    await had(
      tenant,
      { address: '+14155550101', from: '2026-08-20T00:00:00Z', to: '2026-10-01T04:00:00Z' }, // until midnight, in New York
      { address: '+14155550102', from: '2026-10-01T03:00:00Z', to: '2026-10-01T05:00:00Z' }, // September and October there
    );
    await Promise.all([charge(), charge()]);
    await charge();
    expect(await rents(tenant)).toEqual([
      { month: '2026-08', charge: 0, cost: 750_000, included: 1 },
      { month: '2026-09', charge: 0, cost: 750_000, included: 1 },
      { month: '2026-09', charge: 1_000_000, cost: 750_000, included: 0 },
      { month: '2026-10', charge: 0, cost: 750_000, included: 1 },
    ]);
  });

  test('is charged once where the number passes to another venue within the month, and goes on while it is the tenant’s', async () => {
    const tenant = await app.tenant();
    await had(
      tenant,
      { address: '+14155550103', from: '2026-09-02T00:00:00Z', to: '2026-09-10T00:00:00Z' },
      { address: '+14155550103', from: '2026-09-20T00:00:00Z' },
    );
    await charge();
    expect(await rents(tenant)).toHaveLength(1 + (await until('2026-09')));
  });

  test('is on the statement of its month, also where it is written by the close, and costs nothing at the tenant’s own account', async () => {
    const tenant = await app.tenant();
    const own = await app
      .as(tenant)
      .post('/api/provider-accounts')
      .send({
        provider: 'twilio',
        name: 'own',
        credentials: { accountSid: `AC${'c'.repeat(32)}`, authToken: 'a-token-of-theirs' },
      })
      .expect(201);
    await had(
      tenant,
      { address: '+14155550104', from: '2026-09-02T00:00:00Z', to: '2026-09-30T00:00:00Z' },
      {
        address: '+14155550105',
        from: '2026-09-03T00:00:00Z',
        to: '2026-09-30T00:00:00Z',
        account: (own.body as { id: string }).id,
      },
    );
    await app.database.query(`update tenant set created_at = '2026-09-01' where id = $1`, [tenant.id]);
    await close(app, tenant, '2026-09');
    expect((await statement(app, tenant, '2026-09')).lines).toEqual([
      {
        kind: 'rent',
        month: '2026-09',
        channel: 'number',
        direction: null,
        category: null,
        country: 'US',
        provider: 'twilio',
        unit: 'number_month',
        messages: 0,
        units: 2,
        included: 1,
        chargeMicros: 1_000_000,
        currency: 'EUR',
        note: null,
      },
    ]);
    expect((await rents(tenant)).map(({ cost }) => cost)).toEqual([750_000, 0]);
    await charge();
    expect(await rents(tenant)).toHaveLength(2);
  });

  test('without a price is shown apart, and is never zero', async () => {
    const tenant = await app.tenant();
    await putPrices(app, 'kind=plan&name=texts', 'channel,unit,price,currency\nsms,segment,0.01,EUR\n');
    await app.admin().patch(`/api/tenants/${tenant.id}/settings`).send({ plan: 'texts' }).expect(200);
    await had(tenant, { address: '+14155550106', from: '2026-09-02T00:00:00Z', to: '2026-09-30T00:00:00Z' });
    await charge();
    expect(await close(app, tenant, '2026-09')).toMatchObject({ totals: [], unpriced: 1 });
    expect((await statement(app, tenant, '2026-09')).lines).toMatchObject([
      { kind: 'rent', units: 1, chargeMicros: null, currency: null },
    ]);
  });
});

describe('A credit', () => {
  /** Closes a month as if it were long over. */
  const closeLater = (tenant: Tenant, month: string) =>
    app.nest.get(CommandBus).execute(new CloseMonth(tenant.id, month, 'admin', new Date('2100-01-01T00:00:00Z')));

  test('is below zero on the statement of the first month that is open, with its reason, and lessens the total', async () => {
    const tenant = await app.tenant();
    await sent(app, tenant, [{ at: new Date().toISOString(), segments: 5 }]);
    await count(app);
    const { month, id } = await credit(app, tenant, '0.042');
    await credit(app, tenant, '1', 'USD');
    const { statement: closed } = await closeLater(tenant, month);
    expect(closed.lines).toMatchObject([
      { kind: 'usage', chargeMicros: 50_000n },
      { kind: 'credit', month, chargeMicros: -42_000n, currency: 'EUR', note: 'Two days without service' },
      { kind: 'credit', month, chargeMicros: -1_000_000n, currency: 'USD' },
    ]);
    expect(closed.totals).toEqual([
      { currency: 'EUR', sumMicros: 8_000n, totalMicros: 10_000n },
      { currency: 'USD', sumMicros: -1_000_000n, totalMicros: -1_000_000n },
    ]);
    const after = await credit(app, tenant, '2'); // today's month is closed
    expect(after.month > month).toBe(true);
    const { body } = await app.as(tenant).get('/api/credits?limit=2').expect(200);
    const { items, nextCursor } = body as { items: { id: string }[]; nextCursor: string };
    expect(items[0]).toMatchObject({ id: after.id, amountMicros: 2_000_000, createdBy: 'admin' });
    const rest = await app.as(tenant).get(`/api/credits?cursor=${nextCursor}`).expect(200);
    expect(rest.body).toMatchObject({ items: [{ id, amountMicros: 42_000 }], nextCursor: null });
  });

  test('is granted once under one Idempotency-Key, by the operator only, and never changed', async () => {
    const tenant = await app.tenant();
    const body = { amount: '12.50', currency: 'EUR', reason: 'Outage' };
    const grant = () =>
      app.admin(tenant.id).post('/api/credits').set('idempotency-key', 'ticket-1').send(body).expect(201);
    const [first, again] = [await grant(), await grant()];
    expect((again.body as { id: string }).id).toBe((first.body as { id: string }).id);
    const { body: page } = await app.as(tenant).get('/api/credits').expect(200);
    expect((page as { items: object[] }).items).toHaveLength(1);
    await app.as(tenant).post('/api/credits').send(body).expect(403);
    for (const change of ['update credit_note set micros = 1', 'delete from credit_note', 'delete from number_month'])
      await expect(query(app.config.databaseUrl, change)).rejects.toThrow('append-only');
  });

  test.each(['0', '-5', '5,00', '1e3', '0.0000001', '100001', 'five'])(
    'of %j is refused, with what to send instead',
    async (amount) => {
      const tenant = await app.tenant();
      const { body } = await app
        .admin(tenant.id)
        .post('/api/credits')
        .send({ amount, currency: 'EUR', reason: 'Outage' })
        .expect(422);
      expect(body).toMatchObject({ code: 'unclear_amount', errors: [{ path: 'amount' }] });
    },
  );
});
