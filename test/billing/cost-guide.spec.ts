/** The cost guide reckons right: each of its examples is quoted by the example price lists. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { openTestApp, type Tenant, type TestApp } from '../support/test-app.js';

const ROOT = join(import.meta.dirname, '../..');
const LISTS = join(ROOT, 'examples/price-lists');
const GUIDE = readFileSync(join(ROOT, 'docs/costs.md'), 'utf8');

const EXAMPLES = [...GUIDE.matchAll(/^\| (.+?) +\| `(\{.+?\})` +\| (\d+) +\| ([\d.]+) +\| ([\d.]+) +\|$/gm)].map(
  ([, what = '', quote = '', units, cost, charge]) => ({ what, quote, units, cost, charge }),
);

let app: TestApp;
let tenant: Tenant;
beforeAll(async () => {
  app = await openTestApp({ role: 'api' });
  tenant = await app.tenant({ country: 'US' });
  for (const file of readdirSync(LISTS).filter((name) => name.endsWith('.csv'))) {
    const [kind = '', name = ''] = file.replace('.csv', '').split(/-(.*)/);
    await app
      .admin()
      .put(`/api/prices?kind=${kind}&name=${name}&validFrom=2026-01-01T00:00:00Z`)
      .set('content-type', 'text/csv')
      .send(readFileSync(join(LISTS, file), 'utf8'))
      .expect(200);
  }
});
afterAll(() => app.close());

test('The guide has examples of every channel', () => {
  const channels = EXAMPLES.map(({ quote }) => (JSON.parse(quote) as { channel: string }).channel);
  expect([...new Set(channels)].toSorted()).toEqual(['email', 'mms', 'number', 'sms', 'voice', 'whatsapp']);
});

test.each(EXAMPLES)('$what costs $cost and is charged $charge', async ({ quote, units, cost, charge }) => {
  const { body } = await app
    .admin(tenant.id)
    .post('/api/prices/quote')
    .send(JSON.parse(quote) as object)
    .expect(200);
  const micros = (decimal: string | undefined): number => Math.round(Number(decimal) * 1e6);
  expect(body).toMatchObject({
    cost: { micros: micros(cost), currency: 'USD', units: Number(units) },
    charge: { micros: micros(charge), currency: 'USD', units: Number(units) },
  });
});
