/** Requests to addresses that callers name, over real connections and a real look-up of names. */
import { ForbiddenAddress, GuardedFetch } from '../../src/kernel/http/guarded-fetch.js';
import { Loopback } from '../providers/loopback.js';
import { NameServer } from '../support/name-server.js';

const LONG = 10_000;
const picture = { status: 200, body: 'x'.repeat(5_000), headers: { 'content-type': 'image/png' } };

let host: Loopback;
let closed: GuardedFetch;
let open: GuardedFetch;
beforeAll(async () => {
  host = await Loopback.open();
  closed = new GuardedFetch({ privateHosts: [] });
  open = new GuardedFetch({ privateHosts: ['LocalHost', '127.0.0.1', '0:0:0:0:0:0:0:1'] });
});
beforeEach(() => {
  host.received.length = 0;
  host.script = () => picture;
});
afterAll(async () => {
  await closed.onApplicationShutdown();
  await open.onApplicationShutdown();
  await host.close();
});

const port = (): string => new URL(host.origin).port;
const ask = (fetch: GuardedFetch, url: string): Promise<unknown> =>
  fetch.ask(url, { method: 'HEAD', signal: AbortSignal.timeout(LONG) });

describe('An address that is not of the public internet is never connected to:', () => {
  test.each([
    ['loopback', 'http://127.0.0.1'],
    ['loopback in other words', 'http://0x7f.1'],
    ['loopback as a number', 'http://2130706433'],
    ['loopback by IPv6', 'http://[::1]'],
    ['loopback mapped into IPv6', 'http://[::ffff:127.0.0.1]'],
    ['every address of this machine', 'http://0.0.0.0'],
    ['the metadata of a cloud', 'http://169.254.169.254'],
    ['a name of this machine', 'http://localhost'],
    ['a name below it', 'https://pictures.LocalHost.'],
    ['a name that nobody can have', 'https://img.example'],
  ])('%s', async (_, origin) => {
    const before = host.connections;
    await expect(ask(closed, `${origin}:${port()}/`)).rejects.toThrow(ForbiddenAddress);
    expect(host.connections).toBe(before);
  });

  test.each([
    ['loopback', ['127.0.0.1']],
    ['loopback by IPv6', ['::1']],
    ['loopback mapped into IPv6', ['::ffff:127.0.0.1']],
    ['several private addresses', ['10.0.0.1', '192.168.0.1', 'fd00::1']],
  ])('a name that leads to %s', async (_, addresses) => {
    const names = await NameServer.open(addresses);
    closed.resolver.setServers([names.address]);
    const before = host.connections;
    await expect(ask(closed, `http://pictures.example.org:${port()}/`)).rejects.toThrow(ForbiddenAddress);
    expect(host.connections).toBe(before);
    await names.close();
  });

  test('another protocol', async () => {
    await expect(ask(open, 'file:///etc/passwd')).rejects.toThrow(ForbiddenAddress);
  });

  test('and the error does not name it', async () => {
    await expect(ask(closed, 'http://10.1.2.3/ana.png')).rejects.not.toThrow(/10\.1\.2\.3|ana/);
  });
});

describe('A host that the configuration allows is asked,', () => {
  test.each(['localhost', '127.0.0.1'])('by the spelling %s', async (name) => {
    expect(await ask(open, `http://${name}:${port()}/map.png`)).toMatchObject({
      status: 200,
      headers: { 'content-type': 'image/png' },
    });
    expect(host.received).toMatchObject([{ method: 'HEAD', path: '/map.png' }]);
  });

  test('with our name and the headers given', async () => {
    const headers = { range: 'bytes=0-0' };
    await open.ask(`${host.origin}/map.png`, { method: 'GET', headers, signal: AbortSignal.timeout(LONG) });
    expect(host.received).toMatchObject([
      { method: 'GET', headers: { ...headers, 'user-agent': expect.stringMatching(/^Callboard\/\d/) as string } },
    ]);
  });

  test('by a POST with a body', async () => {
    host.script = () => ({ status: 202, body: '' });
    const post = { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"gate":4}' } as const;
    const signal = AbortSignal.timeout(LONG);
    expect(await open.ask(`${host.origin}/hook`, { ...post, signal })).toMatchObject({ status: 202 });
    expect(host.received).toMatchObject([{ method: 'POST', path: '/hook', body: '{"gate":4}' }]);
    await expect(closed.ask(`${host.origin}/hook`, { ...post, signal })).rejects.toThrow(ForbiddenAddress);
  });

  test('and its redirect is an answer that leads nowhere', async () => {
    host.script = () => ({ status: 302, body: '', headers: { location: `${host.origin}/elsewhere` } });
    expect(await ask(open, `${host.origin}/map.png`)).toMatchObject({ status: 302 });
    expect(host.received).toHaveLength(1);
  });

  test('and its body is not waited for', async () => {
    host.script = () => 'stall';
    expect(
      await open.ask(`${host.origin}/map.png`, { method: 'GET', signal: AbortSignal.timeout(LONG) }),
    ).toMatchObject({
      status: 200,
      headers: { 'content-length': '1000' },
    });
  });
});

describe('The deadline ends', () => {
  test.each(['hang', 'drip'] as const)('a host that only does %s', async (reply) => {
    host.script = () => reply;
    const asked = open.ask(host.origin, { method: 'HEAD', signal: AbortSignal.timeout(200) });
    await expect(asked).rejects.toThrow('timeout');
  });

  test('a look-up that nobody answers', async () => {
    const silent = await NameServer.open([]);
    closed.resolver.setServers([silent.address]);
    const asked = closed.ask('http://pictures.example.org/', { method: 'HEAD', signal: AbortSignal.timeout(200) });
    await expect(asked).rejects.toThrow('timeout');
    await silent.close();
  });
});

describe('A download', () => {
  const get = (url: string, limit: number) => open.download(url, { signal: AbortSignal.timeout(LONG), limit });

  test('has the body of a success, and nothing of another answer', async () => {
    const found = await get(`${host.origin}/map.png`, 5_000);
    expect([found.status, found.body?.toString()]).toEqual([200, 'x'.repeat(5_000)]);
    host.script = () => ({ status: 404, body: 'no such picture' });
    expect(await get(`${host.origin}/map.png`, 5_000)).not.toHaveProperty('body');
  });

  test('ends at its limit, whether the answer tells its length or not', async () => {
    expect(await get(`${host.origin}/map.png`, 4_999)).toMatchObject({ status: 200, body: undefined });
    host.script = () => ({ ...picture, headers: { 'transfer-encoding': 'chunked' } });
    expect(await get(`${host.origin}/map.png`, 4_999)).toMatchObject({ status: 200, body: undefined });
  });

  test('is made of no address of a private network', async () => {
    const download = closed.download(`${host.origin}/`, { signal: AbortSignal.timeout(LONG), limit: 1 });
    await expect(download).rejects.toThrow(ForbiddenAddress);
  });
});
