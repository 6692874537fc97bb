/** The price book over HTTP: lists, versions, charges and quotes. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { query } from '../../harness/query.js';
import { PriceBooks } from '../../src/billing/prices/price-books.js';
import type { PriceLine } from '../../src/billing/prices/price-line.js';
import { PriceStore } from '../../src/billing/prices/price-store.js';
import { openTestApp, type Tenant, type TestApp } from '../support/test-app.js';

const EXAMPLES = join(import.meta.dirname, '../../examples/price-lists');

interface Amount {
  readonly isKnown: boolean;
  readonly unknown: string | null;
  readonly micros: number | null;
  readonly included: number | null;
  readonly lines: readonly number[];
}
interface Quote {
  readonly charge: Amount;
  readonly cost: Amount | null;
}
interface Version {
  readonly version: number;
  readonly isNew: boolean;
  readonly contentHash: string;
}

let app: TestApp;
let tenant: Tenant;

beforeAll(async () => {
  app = await openTestApp();
  tenant = await app.tenant();
});
afterAll(() => app.close());

const csv = (...rows: string[]): string => rows.map((row) => `${row}\n`).join('');
const COLUMNS = 'channel,country,unit,price,carrier_fee,currency';
const COSTS = csv(COLUMNS, 'sms,US,segment,0.0083,0.003,USD', 'sms,,segment,0.05,,USD');

const send = (list: string, body: string, more = '') =>
  app.admin().put(`/api/prices?${list}${more}`).set('content-type', 'text/csv').send(body);
const costs = 'kind=cost&name=twilio';
const plan = (name: string): string => `kind=plan&name=${name}`;

async function put(list: string, body: string, more = ''): Promise<Version> {
  const { body: answer, status } = await send(list, body, more);
  expect({ status, answer: answer as object }).toMatchObject({ status: 200 });
  return answer as Version;
}

/** A tenant of a plan of its own, with these prices. */
async function tenantOf(name: string, prices?: string): Promise<Tenant> {
  const own = await app.tenant();
  await app.admin().patch(`/api/tenants/${own.id}/settings`).send({ plan: name }).expect(200);
  if (prices !== undefined) await put(plan(name), prices);
  return own;
}

/** A quote, by the operator. */
async function quoteFor({ id }: Tenant, asked: object = {}): Promise<Quote> {
  const body = { channel: 'sms', to: '+14155550100', provider: 'twilio', ...asked };
  return (await app.admin(id).post('/api/prices/quote').send(body).expect(200)).body as Quote;
}

describe('A version of a price list', () => {
  test('is made of a CSV, and exported as CSV that is the same version', async () => {
    const first = await put(costs, COSTS);
    expect(first).toMatchObject({ version: 1, isNew: true, lines: 2, currency: 'USD', createdBy: 'admin' });
    const { text } = await app.admin().get(`/api/prices/export?${costs}`).expect(200);
    expect(text).toContain('sms,outbound,US,,,,,segment,,,0.0083,0.003,,,,USD');
    expect(await put(costs, text)).toMatchObject({ version: 1, isNew: false, contentHash: first.contentHash });
  });

  test('is followed by the next one, and stays readable, as the one that was put again after it', async () => {
    const [one, other] = ['0.01', '0.02'].map((price) => csv(COLUMNS, `sms,,segment,${price},,EUR`));
    const made = [await put(plan('turns'), one ?? ''), await put(plan('turns'), other ?? '')];
    made.push(await put(plan('turns'), one ?? ''));
    expect(made.map(({ version, isNew }) => [version, isNew])).toEqual([1, 2, 3].map((version) => [version, true]));
    const versions = await app
      .admin()
      .get(`/api/prices/versions?${plan('turns')}&limit=2`)
      .expect(200);
    const { items, nextCursor } = versions.body as { items: Version[]; nextCursor: string };
    expect(items.map(({ version }) => version)).toEqual([3, 2]);
    const rest = await app
      .admin()
      .get(`/api/prices/versions?${plan('turns')}&cursor=${nextCursor}`)
      .expect(200);
    expect(rest.body).toMatchObject({ items: [{ version: 1 }], nextCursor: null });
    const lines = await app
      .admin()
      .get(`/api/prices/lines?${plan('turns')}&version=2`)
      .expect(200);
    expect(lines.body).toMatchObject({ items: [{ line: 1, priceMicros: 20_000, currency: 'EUR' }] });
  });

  test('cannot be changed or removed, not even in the database', async () => {
    await put(plan('fixed'), csv(COLUMNS, 'sms,,segment,0.01,,EUR'));
    for (const statement of [
      'update price_line set price_micros = 1',
      'delete from price_line',
      'delete from price_list_version',
    ])
      await expect(query(app.config.databaseUrl, statement)).rejects.toThrow('append-only');
  });

  test('is taken whole or not at all: faults are named by row, field and code, and a dry run names them too', async () => {
    const body = csv(COLUMNS, 'sms,US,segment,0.01,,EUR', 'sms,DE,segment,0.00000001,,EUR', 'fax,,message,1,,EUR');
    const { body: problem, status } = await send(plan('broken'), body);
    expect({ status, problem: problem as object }).toMatchObject({
      status: 422,
      problem: {
        code: 'price_list_refused',
        errors: [
          { path: 'rows[3].price', code: 'too_precise' },
          { path: 'rows[4].channel', code: 'unclear_channel' },
        ],
      },
    });
    await app
      .admin()
      .get(`/api/prices/lines?${plan('broken')}`)
      .expect(404);
    const dry = await app
      .admin()
      .post(`/api/prices/dry-run?${plan('broken')}`)
      .set('content-type', 'text/csv')
      .send(body);
    expect(dry.body).toMatchObject({
      rejected: 2,
      lines: 0,
      contentHash: null,
      errors: [
        { line: 3, code: 'too_precise', field: 'price' },
        { line: 4, code: 'unclear_channel', field: 'channel' },
      ],
    });
  });

  test('is not made by a dry run', async () => {
    const body = csv(COLUMNS, 'sms,,segment,0.01,,EUR');
    const path = `/api/prices/dry-run?${plan('dry')}`;
    const dry = (): Promise<{ body: object }> => app.admin().post(path).set('content-type', 'text/csv').send(body);
    expect((await dry()).body).toMatchObject({ lines: 1, currency: 'EUR', isNew: true, rejected: 0, errors: [] });
    await app
      .admin()
      .get(`/api/prices/versions?${plan('dry')}`)
      .expect(404);
    const { contentHash } = await put(plan('dry'), body);
    expect((await dry()).body).toMatchObject({ isNew: false, contentHash });
  });

  test('comes after another that is put at the same time, and each has all of its lines', async () => {
    const prices = Array.from({ length: 6 }, (_, at) =>
      csv(COLUMNS, `sms,,segment,0.0${at + 1},,EUR`, 'sms,DE,segment,1,,EUR'),
    );
    const made = await Promise.all(prices.map((body) => put(plan('together'), body)));
    expect(new Set(made.map(({ version }) => version))).toEqual(new Set([1, 2, 3, 4, 5, 6]));
    for (const { version } of made) {
      const { body } = await app
        .admin()
        .get(`/api/prices/lines?${plan('together')}&version=${version}`)
        .expect(200);
      expect((body as { items: object[] }).items).toHaveLength(2);
    }
    const own = await tenantOf('together');
    const last = made.findIndex(({ version }) => version === 6);
    const { charge } = await quoteFor(own, { to: '+33612345678' });
    expect(charge).toMatchObject({ version: 6, micros: 10_000 * (last + 1) });
    const same = csv(COLUMNS, 'sms,,segment,9,,EUR');
    const twice = await Promise.all([put(plan('together'), same), put(plan('together'), same)]);
    expect(twice.map(({ version }) => version)).toEqual([7, 7]);
    expect(new Set(twice.map(({ isNew }) => isNew))).toEqual(new Set([false, true]));
  });

  test('counts over another that was put while its own transaction was waiting', async () => {
    const own = await tenantOf('waiting', csv(COLUMNS, 'sms,,segment,0.01,,EUR'));
    const line: PriceLine = {
      channel: 'sms',
      direction: 'outbound',
      country: null,
      prefix: null,
      senderType: null,
      category: null,
      provider: null,
      fromUnit: 1,
      validFrom: null,
      rate: { kind: 'price', unit: 'segment', price: 30_000n, carrierFee: 0n },
    };
    const list = { kind: 'plan', name: 'waiting' } as const;
    await app.database.transaction(async () => {
      await app.database.query('select now()'); // from here on it is as old as this
      await put(plan('waiting'), csv(COLUMNS, 'sms,,segment,0.02,,EUR'));
      const content = { lines: [line], currency: 'EUR', hash: 'of-the-third' };
      await app.nest.get(PriceStore).put(list, content, undefined, 'admin');
    });
    app.nest.get(PriceBooks).forget(list);
    expect((await quoteFor(own)).charge).toMatchObject({ version: 3, micros: 30_000 });
  });

  test('of costs is of a provider that there is, and of nothing in an empty list', async () => {
    const { body } = await send('kind=cost&name=acme', COSTS).expect(400);
    expect(body).toMatchObject({ code: 'invalid_request', errors: [{ path: 'name' }] });
    expect((await send(costs, csv(COLUMNS)).expect(422)).body).toMatchObject({ code: 'price_list_empty' });
    expect((await send(costs, csv('price', '1')).expect(422)).body).toMatchObject({ code: 'import_unreadable' });
  });

  test.each(readdirSync(EXAMPLES).filter((name) => name.endsWith('.csv')))(
    'is made of the example %s',
    async (file) => {
      const body = readFileSync(join(EXAMPLES, file), 'utf8');
      const [kind = '', name = ''] = file.replace('.csv', '').split('-');
      const dry = await app
        .admin()
        .post(`/api/prices/dry-run?kind=${kind}&name=${name}`)
        .set('content-type', 'text/csv')
        .send(body);
      expect(dry.body).toMatchObject({ rejected: 0, errors: [] });
    },
  );
});

describe('A quote', () => {
  test('has a price of the plan, with the tiers and the allowance that are left', async () => {
    const own = await tenantOf(
      'tiers',
      csv(
        'channel,unit,price,from_unit,included,currency',
        'sms,segment,0.02,,,EUR',
        'sms,segment,0.01,1001,,EUR',
        'sms,segment,,,100,EUR',
      ),
    );
    expect((await quoteFor(own, { segments: 3 })).charge).toMatchObject({ micros: 0, included: 3 });
    expect((await quoteFor(own, { segments: 3, used: 98 })).charge).toMatchObject({ micros: 20_000, included: 2 });
    const { charge } = await quoteFor(own, { segments: 3, used: 999 });
    expect(charge).toMatchObject({
      isKnown: true,
      micros: 40_000,
      included: 0,
      unit: 'segment',
      units: 3,
      currency: 'EUR',
    });
    expect(charge.lines).toHaveLength(2);
  });

  test('marks up the cost of the number that is written to', async () => {
    await put(costs, COSTS);
    const own = await tenantOf('marked', csv('channel,markup_percent,markup_fixed,currency', 'sms,25,0.001,USD'));
    const { charge, cost } = await quoteFor(own, { segments: 2 });
    expect(cost).toMatchObject({ isKnown: true, micros: 22_600, list: 'twilio' });
    expect(charge).toMatchObject({ isKnown: true, micros: 30_250, list: 'marked' });
    expect((await quoteFor(own, { to: '+491713920001' })).cost).toMatchObject({ micros: 50_000 });
  });

  test('says that no price is known, and why, instead of nothing', async () => {
    await put(costs, COSTS);
    const marked = csv('channel,markup_percent,currency', 'sms,25,EUR', 'voice,25,EUR');
    const own = await tenantOf('unknown', marked);
    const nobody = await tenantOf('no-such-plan');
    const reasons = await Promise.all([
      quoteFor(nobody),
      quoteFor(own, { channel: 'email' }),
      quoteFor(own, { channel: 'voice' }),
      quoteFor(own),
    ]);
    expect(reasons.map(({ charge }) => charge.unknown)).toEqual(['no_list', 'no_line', 'no_cost', 'currency_differs']);
    for (const { charge } of reasons) expect(charge).toMatchObject({ isKnown: false, micros: null });
    expect(reasons[2]?.cost).toMatchObject({ isKnown: false, unknown: 'no_line', micros: null });
    expect((await quoteFor(own, { provider: 'plivo' })).cost).toMatchObject({ unknown: 'no_list' });
  });

  test('is by the version and the price that were valid at its time', async () => {
    const dated = csv(
      'channel,unit,price,valid_from,currency',
      'sms,segment,0.01,2026-01-01,EUR',
      'sms,segment,0.02,2026-02-01,EUR',
    );
    const own = await tenantOf('dated');
    await put(plan('dated'), dated, '&validFrom=2026-01-01T00:00:00Z');
    await put(plan('dated'), csv(COLUMNS, 'sms,,segment,0.05,,EUR'), '&validFrom=2026-03-01T00:00:00Z');
    const times = ['2025-12-31T23:59:59Z', '2026-01-31T23:59:59Z', '2026-02-01T00:00:00Z', '2026-03-01T00:00:00Z'];
    const quotes = await Promise.all(times.map((at) => quoteFor(own, { at })));
    expect(quotes.map(({ charge }) => charge.micros)).toEqual([null, 10_000, 20_000, 50_000]);
  });

  test('is as in the documentation, by the example of a plan', async () => {
    const documentation = readFileSync(join(EXAMPLES, '../../docs/prices.md'), 'utf8');
    const asked =
      /api\/prices\/quote[^']*'Content-Type: application\/json' \\\n {2}-d '([^']+)'/.exec(documentation)?.[1] ?? '';
    const [, answer = ''] = /```json\n([^]*?)```/.exec(documentation) ?? [];
    const own = await tenantOf('standard', readFileSync(join(EXAMPLES, 'plan-standard.csv'), 'utf8'));
    const quote = await app
      .as(own)
      .post('/api/prices/quote')
      .send(JSON.parse(asked) as object)
      .expect(200);
    expect(quote.body).toEqual({ ...(JSON.parse(answer) as object), at: expect.any(String) as string });
  });

  test('refuses a number that is none', async () => {
    const asked = { channel: 'sms', to: '12' };
    const { body } = await app.as(tenant).post('/api/prices/quote').send(asked).expect(400);
    expect(body).toMatchObject({ code: 'invalid_address', errors: [{ path: 'to' }] });
  });
});

describe('A tenant', () => {
  test('sees its own charges, and no cost or markup that would tell it', async () => {
    await put(costs, COSTS);
    const own = await tenantOf(
      'secret',
      csv('channel,unit,price,markup_percent,currency', 'email,recipient,0.001,,USD', 'sms,,,37.13,USD'),
    );
    const charges = await app.as(own).get('/api/prices').expect(200);
    expect(charges.body).toMatchObject({
      items: [
        { channel: 'email', priceMicros: 1_000, isQuoted: false },
        { channel: 'sms', priceMicros: null, isQuoted: true },
      ],
      nextCursor: null,
    });
    const body = { channel: 'sms', to: '+14155550100', provider: 'twilio' };
    const quote = await app.as(own).post('/api/prices/quote').send(body).expect(200);
    expect(quote.body).toMatchObject({ cost: null, charge: { isKnown: true, micros: 15_496 } });
    expect(JSON.stringify([charges.body, quote.body])).not.toMatch(/markup|3713|11300|8300/);
  });

  test('without prices is told so', async () => {
    const own = await tenantOf('nothing-yet');
    expect((await app.as(own).get('/api/prices').expect(404)).body).toMatchObject({ code: 'no_prices' });
  });

  test('reads no list, puts none, and does not choose its plan', async () => {
    for (const path of ['lists', `lines?${costs}`, `versions?${costs}`, `export?${costs}`])
      expect((await app.as(tenant).get(`/api/prices/${path}`).expect(403)).body).toMatchObject({ code: 'admin_only' });
    await app.as(tenant).put(`/api/prices?${costs}`).set('content-type', 'text/csv').send(COSTS).expect(403);
    const { body } = await app
      .as(tenant)
      .patch(`/api/tenants/${tenant.id}/settings`)
      .send({ plan: 'cheap' })
      .expect(403);
    expect(body).toMatchObject({ code: 'admin_only', errors: [{ path: 'plan' }] });
    const sender = await app.keyOf(tenant, ['messages:write']);
    await app.as(sender).post('/api/prices/quote').send({ channel: 'sms' }).expect(403);
  });

  test('has the prices of its plan alone, and those of another one from when the operator says', async () => {
    const [one, other] = await Promise.all(
      ['0.01', '0.02'].map((price, at) => tenantOf(`plan-${at}`, csv(COLUMNS, `sms,,segment,${price},,EUR`))),
    );
    if (!one || !other) throw new Error('two tenants');
    expect((await quoteFor(one)).charge.micros).toBe(10_000);
    expect((await quoteFor(other)).charge.micros).toBe(20_000);
    await app.admin().patch(`/api/tenants/${one.id}/settings`).send({ plan: 'plan-1' }).expect(200);
    expect((await quoteFor(one)).charge.micros).toBe(20_000);
  });
});

test('All lists are listed with their newest versions, page by page', async () => {
  await put(costs, COSTS);
  await put(plan('paged'), csv(COLUMNS, 'sms,,segment,0.01,,EUR'));
  const names: string[] = [];
  for (let cursor: string | null = ''; cursor !== null;) {
    const { body } = await app
      .admin()
      .get('/api/prices/lists')
      .query({ limit: 2, ...(cursor && { cursor }) })
      .expect(200);
    const { items, nextCursor } = body as { items: { kind: string; name: string }[]; nextCursor: string | null };
    names.push(...items.map(({ kind, name }) => `${kind} ${name}`));
    cursor = nextCursor;
  }
  expect(names).toEqual(names.toSorted());
  expect(names).toEqual(expect.arrayContaining(['cost twilio', 'plan paged']));
});
