/** `listen` and `trigger`: what a tenant is told, in a terminal. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { Webhook } from 'standardwebhooks';
import { until } from '../../harness/until.js';
import type { EndpointView } from '../../src/outbound/endpoints.dto.js';
import { json, Loopback } from '../providers/loopback.js';
import { callboard, type Environment, type Said } from '../support/cli.js';
import { send, text } from '../support/messages.js';
import { openTestApp, type Tenant, type TestApp } from '../support/test-app.js';

let app: TestApp;
let tenant: Tenant;
let environment: Environment;
beforeAll(async () => {
  app = await openTestApp();
});
beforeEach(async () => {
  tenant = await app.tenant();
  environment = { CALLBOARD_URL: app.url, CALLBOARD_KEY: tenant.key };
});
afterAll(() => app.close());

const endpoints = async (): Promise<EndpointView[]> =>
  ((await app.as(tenant).get('/api/webhook-endpoints').expect(200)).body as { items: EndpointView[] }).items;
const whenListening = (): Promise<EndpointView> => until(async () => (await endpoints())[0]);
const listen = (...options: readonly string[]): Promise<Said> => callboard(environment, 'listen', ...options);

test('prints a message’s events in their order, and removes its endpoint', async () => {
  const listening = listen('--count', '3');
  await whenListening();
  const message = await send(app, tenant, text());
  const { code, out } = await listening;
  expect({ code, lines: out.split('\n').map((line) => line.split(/ {2,}/).slice(1)) }).toEqual({
    code: 0,
    lines: [
      ['message.accepted', `${message} queued`],
      ['message.sent', `${message} sent`],
      ['message.delivered', `${message} delivered`],
    ],
  });
  expect(await endpoints()).toEqual([]);
});

test('posts each event to a program of one’s own, as it came, and answers as that does', async () => {
  const own = await Loopback.open();
  own.script = () => json(500, {});
  const listening = listen('--events', 'message.failed', '--forward', `${own.origin}/hooks`, '--count', '1');
  const { id } = await whenListening();
  const { code, out } = await callboard(environment, 'trigger', 'message.failed');
  expect({ code, out }).toEqual({ code: 0, out: expect.stringContaining(`${id} is told message.failed`) as string });
  expect((await listening).out).toMatch(
    /message\.failed {2,}\S+ undelivered provider_report {2}\(test\) {2}\(answered 500\)$/,
  );
  expect(own.received).toMatchObject([{ path: '/hooks', headers: { 'webhook-id': expect.any(String) } }]);
  await own.close();
});

test('says of what is not signed by its secret that it is not, and ends with 1', async () => {
  const listening = listen('--count', '1', '--json');
  const { url } = await whenListening();
  const body = '{"type":"message.sent"}';
  const now = new Date();
  const signature = new Webhook(`whsec_${Buffer.alloc(32, 'x').toString('base64')}`).sign('forged', now, body);
  const answer = await fetch(url, {
    method: 'POST',
    body,
    headers: {
      'webhook-id': 'forged',
      'webhook-timestamp': String(Math.floor(now.getTime() / 1_000)),
      'webhook-signature': signature,
    },
  });
  expect(answer.status).toBe(401);
  expect(await listening).toEqual({
    code: 1,
    out: '',
    err: expect.stringContaining('What came as forged is not signed by this endpoint’s secret') as string,
  });
});

test('Ctrl-C ends it, and removes the endpoint', async () => {
  const program = spawn(process.execPath, ['dist/bundle/main.cli.js', 'callboard', 'listen', '--test'], {
    env: { ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let out = '';
  program.stdout.setEncoding('utf8').on('data', (chunk: string) => (out += chunk));
  await until(() => out.includes('endpoint.test'));
  program.kill('SIGINT');
  const [code] = await once(program, 'close');
  expect({ code: code as number | null, left: await endpoints() }).toEqual({ code: 0, left: [] });
});

test('says what to do where the service cannot reach it, or the tenant has no endpoint', async () => {
  const refused = await listen('--url', 'http://10.0.0.1:8080');
  expect(refused).toMatchObject({ code: 1, err: expect.stringContaining('such as that of a tunnel') as string });
  const none = await callboard(environment, 'trigger', 'message.sent');
  expect(none).toMatchObject({ code: 1, err: expect.stringContaining('`listen` makes one') as string });
  expect(await listen('--url', 'nowhere')).toMatchObject({ code: 2 });
});
