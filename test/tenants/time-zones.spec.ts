/** Time zones of tenants, which the database and this process must both know. */
import { TimeZones } from '../../src/tenants/time-zones.js';
import { openTestApp, type TestApp } from '../support/test-app.js';

/** Names that Node.js still knows, and PostgreSQL no longer. */
const FORGOTTEN = ['US/Pacific-New', 'Canada/East-Saskatchewan'];

let app: TestApp;
beforeAll(async () => {
  app = await openTestApp({ role: 'api' });
});
afterAll(() => app.close());

test.each(FORGOTTEN)('A tenant cannot have %s, which would stop the usage of all', async (timezone) => {
  const refusal = {
    code: 'invalid_request',
    errors: [{ path: 'timezone', message: 'timezone must be one that the database knows, such as Europe/Berlin' }],
  };
  const body = { name: 'Riverside', slug: 'forgotten', timezone };
  const created = await app.admin().post('/api/tenants').set('idempotency-key', timezone).send(body);
  expect(created).toMatchObject({ status: 400, body: refusal });
  const { id } = await app.tenant();
  const changed = await app.admin().patch(`/api/tenants/${id}`).send({ timezone });
  expect(changed).toMatchObject({ status: 400, body: refusal });
  expect((await app.admin().get(`/api/tenants/${id}`)).body).toMatchObject({ timezone: 'UTC' });
});

test('A zone in use that only one of the two knows is warned of at start', async () => {
  await app.tenant({ timezone: 'Asia/Tokyo' });
  const forgotten = await app.tenant();
  await app.database.query(`update tenant set timezone = 'US/Pacific-New' where id = $1`, [forgotten.id]);
  const lines: string[] = [];
  app.nest.useLogger({ log: () => undefined, error: () => undefined, warn: (line) => lines.push(String(line)) });
  await app.nest.get(TimeZones).onApplicationBootstrap();
  expect(lines).toEqual([
    'PostgreSQL or Node.js does not know the time zone US/Pacific-New: update both. Until then days of usage are those of ' +
      'America/Los_Angeles',
  ]);
});
