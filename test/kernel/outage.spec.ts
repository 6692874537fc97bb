/** The database goes away and comes back, as seen over HTTP. */
import { cloneDatabase } from '../support/databases.js';
import { openTestApp, type TestApp, type Tenant } from '../support/test-app.js';
import { TcpProxy } from '../../harness/tcp-proxy.js';
import { until } from '../../harness/until.js';
import { send, text, whenStatus } from '../support/messages.js';

let proxy: TcpProxy;
let app: TestApp;
let tenant: Tenant;
let names = 0;

beforeAll(async () => {
  const database = new URL(await cloneDatabase());
  proxy = await TcpProxy.to(Number(database.port));
  database.port = String(proxy.port);
  app = await openTestApp({ databaseUrl: database.href, databasePoolSize: 4 });
  tenant = await app.tenant();
});
afterAll(async () => {
  proxy.restore();
  await app.close();
  await proxy.close();
});

const post = () => {
  const name = `hall-${(names += 1)}`;
  return app.as(tenant).post('/api/venues').set('idempotency-key', name).send({ name });
};

async function expectRecovery(): Promise<void> {
  proxy.restore();
  await until(async () => (await app.http.get('/health/ready')).status === 200);
  const answers = await Promise.all(Array.from({ length: 8 }, () => post()));
  expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 8 }, () => 201));
}

test('Requests are asked to be repeated, and the process is alive but not ready', async () => {
  proxy.cut();
  const answer = await post();
  expect(answer).toMatchObject({ status: 503, type: 'application/problem+json', body: { code: 'unavailable' } });
  expect(answer.headers['retry-after']).toBe('1');
  await app.http.get('/health/live').expect(200);
  const ready = await app.http.get('/health/ready').expect(503);
  expect(ready.body).toMatchObject({ status: 'down', checks: { database: { status: 'down' } } });
  await expectRecovery();
});

test('Connections that die unnoticed cost their request, and not their place in the pool', async () => {
  for (let round = 0; round < 4; round += 1) {
    await Promise.all(Array.from({ length: 4 }, () => post().expect(201)));
    proxy.cut({ silently: true });
    const answers = await Promise.all(Array.from({ length: 4 }, () => post()));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([503]));
    proxy.restore();
  }
  await expectRecovery();
});

test('Messages go out again afterwards', async () => {
  proxy.cut();
  await post().expect(503);
  await expectRecovery();
  const id = await send(app, tenant, text());
  await whenStatus(app, tenant, id, 'sent'); // a job that was cut off is held for a while by nobody
});
