/** Clients that send byte by byte, on real sockets: they are told to hurry, and nobody waits for them. */
import { connect, type Socket } from 'node:net';
import { until } from '../../harness/until.js';
import { openTestApp, type TestApp } from '../support/test-app.js';

const ARRIVAL_SECONDS = 1;

let app: TestApp;
beforeAll(async () => {
  app = await openTestApp({
    limits: { requests: 10, batches: 1, connections: 12, arrivalSeconds: ARRIVAL_SECONDS },
  });
});
afterAll(() => app.close());

interface Client {
  readonly socket: Socket;
  heard: string;
  closed: boolean;
}

function open(): Client {
  const client: Client = { socket: connect(app.config.port, '127.0.0.1'), heard: '', closed: false };
  client.socket
    .on('data', (text) => (client.heard += text.toString()))
    .on('error', () => undefined)
    .on('close', () => (client.closed = true));
  return client;
}

/** Writes something now and then, so that the connection is never idle. */
function trickle({ socket }: Client, text: string): NodeJS.Timeout {
  return setInterval(() => socket.writable && socket.write(text), 50);
}

test('headers that come byte by byte are answered 408, and the connection is closed', async () => {
  const client = open();
  client.socket.write('GET /health/live HTTP/1.1\r\nHost: callboard\r\n');
  const drip = trickle(client, 'X-More: 1\r\n');
  await until(() => client.closed);
  clearInterval(drip);
  expect(client.heard).toMatch(/^HTTP\/1\.1 408 /);
  expect(client.heard).toContain('"code":"request_timeout"');
});

test('a body that comes byte by byte is answered 408, and the connection is closed; others are answered meanwhile', async () => {
  const client = open();
  client.socket.write(
    'POST /api/messages HTTP/1.1\r\nHost: callboard\r\nContent-Type: application/json\r\nContent-Length: 100000\r\n\r\n{',
  );
  const drip = trickle(client, ' ');
  await app.http.get('/health/live').expect(200);
  await until(() => client.closed);
  clearInterval(drip);
  expect(client.heard).toMatch(/^HTTP\/1\.1 408 /);
  expect(client.heard).toContain('"code":"request_timeout"');
});

test('an answer may take longer than a request may take to come', async () => {
  const { id } = await app.tenant();
  const body = JSON.stringify({ name: 'Lakeside' });
  await app.database.query('select 1');
  const locked = app.database.transaction(async () => {
    await app.database.query('select 1 from tenant where id = $1 for update', [id]);
    await app.database.query('select pg_sleep($1)', [ARRIVAL_SECONDS * 1.5]);
  });
  const answer = app.admin().patch(`/api/tenants/${id}`).type('json').send(body).expect(200);
  await Promise.all([locked, answer]);
});

test('connections beyond the limit are closed at once, and those that are open go on', async () => {
  const first = open();
  await until(() => first.socket.readyState === 'open');
  const more = Array.from({ length: 20 }, open);
  await until(() => more.some(({ closed }) => closed));
  first.socket.write('GET /health/live HTTP/1.1\r\nHost: callboard\r\n\r\n');
  await until(() => first.heard.includes('200 OK'));
  for (const { socket } of [first, ...more]) socket.destroy();
});
