/** The host behind a URL: the contract, and all that can come back over HTTP. */
import { randomUUID } from 'node:crypto';
import { Webhook } from 'standardwebhooks';
import { HostReader } from '../../src/host-data/host-reader.js';
import { html, json, type Reply } from '../providers/loopback.js';
import { hostDataContract } from './host-data.contract.js';
import { HttpHost, SECRET } from './http-host.js';

hostDataContract('HTTP', () => HttpHost.open());

let host: HttpHost;
let data: HostReader;
beforeAll(async () => {
  host = await HttpHost.open();
  data = new HostReader(host.source());
});
afterAll(async () => {
  await data.onApplicationShutdown();
  await host.close();
});
afterEach(() => {
  host.server.script = host.healthy;
});

const REFS = [{ kind: 'order', id: 'o-1' }] as const;

test('A question is one signed POST with the ids of each kind', async () => {
  const tenant = randomUUID();
  await data.read(tenant, [...REFS, { kind: 'event', id: 'e-1' }, { kind: 'event', id: 'e-2' }]);
  const { method, path, headers, body } = host.server.received.at(-1) ?? { headers: {}, body: '' };
  expect([method, path]).toEqual(['POST', '/host-data']);
  expect(JSON.parse(body)).toEqual({ tenantId: tenant, orders: ['o-1'], events: ['e-1', 'e-2'] });
  expect(headers).toMatchObject({ 'content-type': 'application/json', accept: 'application/json' });
  expect(() => new Webhook(SECRET).verify(body, headers as Record<string, string>)).not.toThrow();
  expect(() => new Webhook(SECRET).verify(`${body} `, headers as Record<string, string>)).toThrow();
});

test('Every question has an id of its own', async () => {
  const before = host.server.received.length;
  await Promise.all([data.read('t', REFS), data.read('t', REFS), data.read('t', REFS)]);
  const ids = host.server.received.slice(before).map(({ headers }) => headers['webhook-id']);
  expect(new Set(ids).size).toBe(3);
});

test('A host with another secret refuses us, and nothing is known', async () => {
  const stranger = new HostReader(host.knowing(`whsec_${Buffer.alloc(24, 'x').toString('base64')}`));
  await expect(stranger.read('t', REFS)).rejects.toMatchObject({ reason: 'HTTP 401' });
  await stranger.onApplicationShutdown();
});

const BROKEN = /^(UND_ERR_SOCKET|ECONNRESET)$/;
const HUGE = { orders: [{ id: 'o-1', attributes: { text: 'x'.repeat(9 * 1024 * 1024) } }] };

test.each<[string, Reply, string | RegExp]>([
  ['that it knows no such thing', json(404, {}), 'HTTP 404'],
  ['that we ask too much', json(429, {}), 'HTTP 429'],
  ['that it is broken', json(500, {}), 'HTTP 500'],
  ['a proxy’s page', html(502), 'HTTP 502'],
  ['a page that says all is well', html(200), 'its answer is no JSON object'],
  ['that it moved', { status: 302, body: '', headers: { location: '/elsewhere' } }, 'HTTP 302'],
  ['nothing', { status: 204, body: '' }, 'HTTP 204'],
  ['no list', json(200, {}), 'its answer has no list of records "orders"'],
  ['an object for a list', json(200, { orders: {} }), 'its answer has no list of records "orders"'],
  ['texts for records', json(200, { orders: ['o-1'] }), 'its answer has no list of records "orders"'],
  ['a list and no more', json(200, []), 'its answer has no list of records "orders"'],
  ['more than we read', json(200, HUGE), 'its answer has more than 8388608 bytes'],
  ['and breaks off', 'cut', BROKEN],
  ['with a reset', 'reset', BROKEN],
])('A host that answers %s is not taken for one that knows nothing', async (_, reply, reason) => {
  host.server.script = () => reply;
  await expect(data.read('t', REFS)).rejects.toMatchObject({
    code: 'host_data_unavailable',
    reason: expect.stringMatching(reason),
  });
});

test.each<Reply>(['hang', 'drip', 'stall'])('A host that answers too slowly (%s) is given up', async (reply) => {
  const hasty = new HostReader(host.source(250));
  host.server.script = () => reply;
  await expect(hasty.read('t', REFS)).rejects.toMatchObject({ reason: 'no answer within 250 ms' });
  await hasty.onApplicationShutdown();
});

test('Fields of another type are faults of their record alone', async () => {
  const good = { id: 'o-2', status: 'open', customerId: 12 };
  host.server.script = () => json(200, { orders: [{ id: 'o-1', status: 'open', customerId: {} }, good] });
  const found = await data.read('t', [...REFS, { kind: 'order', id: 'o-2' }]);
  expect(() => found.get('order', 'o-1')).toThrow('orders.customerId is no id');
  expect(found.get('order', 'o-2')).toMatchObject({ customerId: '12' });
});

test('An examination tells whether the host takes our signature', async () => {
  const [known, stranger] = [host.source(), host.knowing(`whsec_${Buffer.alloc(24, 'x').toString('base64')}`)];
  expect(await known.examine()).toEqual([{ subject: '', result: 'ok', detail: 'answers, and takes our signature' }]);
  expect(await stranger.examine()).toEqual([
    { subject: '', result: 'failed', detail: 'HTTP 401', advice: expect.stringContaining('HOST_DATA_SECRET') },
  ]);
  await Promise.all([known.close(), stranger.close()]);
});
