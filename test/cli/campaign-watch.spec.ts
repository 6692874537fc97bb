/** `campaign watch`: a campaign in the terminal, by the built program. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { connect, createServer as createWire, type AddressInfo, type Socket } from 'node:net';
import { callboardOnTerminal } from '../support/cli.js';
import { stripVTControlCharacters } from 'node:util';
import { freePort, listenOnLoopback } from '../../harness/ports.js';
import { openTestApp, type TestApp, type Tenant } from '../support/test-app.js';
import { until } from '../../harness/until.js';
import { act, audience, draft, look, template } from '../campaigns/campaign.support.js';

let app: TestApp;
let tenant: Tenant;
beforeAll(async () => {
  app = await openTestApp();
  tenant = await app.tenant();
});
afterAll(() => app.close());

interface Watched {
  readonly code: number | null;
  readonly output: string;
}

interface Watching {
  /** What it has printed so far. */
  output(): string;
  readonly ended: Promise<Watched>;
}

function startWatch(id: string, key: string, url: string, ...options: readonly string[]): Watching {
  const args = ['dist/bundle/main.cli.js', 'callboard', 'campaign', 'watch', id, ...options];
  const program = spawn(process.execPath, args, {
    env: { CALLBOARD_URL: url, CALLBOARD_KEY: key },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [program.stdout, program.stderr]) {
    stream.setEncoding('utf8').on('data', (chunk: string) => (output += chunk));
  }
  const ended = once(program, 'close').then(([code]) => ({ code: code as number | null, output }));
  return { output: () => output, ended };
}

const watch = (id: string, key = tenant.key, url = app.url, ...options: readonly string[]): Promise<Watched> =>
  startWatch(id, key, url, ...options).ended;

test('shows how far a campaign has come until its end, and what came of it', async () => {
  const templateKey = await template(app, tenant, 'email');
  const audienceId = await audience(app, tenant, 300);
  const { id } = await draft(app, tenant, { templateKey, audienceId, messagesPerMinute: 6_000 });
  const watching = watch(id);
  await act(app, tenant, id, 'launch');
  const { code, output } = await watching;
  expect({ code, output }).toEqual({ code: 0, output: expect.stringContaining('Spring opening') as string });
  expect(output).toContain('300 of 300 sent');
  expect(output).toContain('300 in the audience = 0 left out + 300 messages');
});

test('tells those of a cancelled campaign that were sent from those that never will be', async () => {
  const templateKey = await template(app, tenant, 'email');
  const audienceId = await audience(app, tenant, 300);
  const { id } = await draft(app, tenant, { templateKey, audienceId, messagesPerMinute: 60 });
  const watching = watch(id);
  await act(app, tenant, id, 'launch');
  await until(async () => ((await look(app, tenant, id)).progress.byStatus['delivered'] ?? 0) > 0);
  await act(app, tenant, id, 'cancel');
  const { code, output } = await watching;
  const { delivered = 0, cancelled = 0 } = (await look(app, tenant, id)).progress.byStatus;
  expect([code, delivered + cancelled]).toEqual([0, 300]);
  expect(output).toContain(`300 messages: ${delivered} sent, ${cancelled} cancelled`);
  expect(output).not.toContain('300 of 300 sent');
});

test('on a terminal draws a bar in place, in one line beside what is said', async () => {
  const templateKey = await template(app, tenant, 'email');
  const audienceId = await audience(app, tenant, 300);
  const { id } = await draft(app, tenant, { templateKey, audienceId, messagesPerMinute: 6_000 });
  const environment = { CALLBOARD_URL: app.url, CALLBOARD_KEY: tenant.key };
  const watching = callboardOnTerminal(environment, 80, 'campaign', 'watch', id);
  await act(app, tenant, id, 'launch');
  const { code, out } = await watching;
  expect(code).toBe(0);
  const shown = stripVTControlCharacters(out).split(/[\r\n]+/);
  expect(shown.filter((line) => /^ {5}█*░+ \d+ of 300 sent/.test(line)).length).toBeGreaterThan(0);
  expect(shown.filter((line) => line.length > 80)).toEqual([]);
  expect(shown).toEqual(expect.arrayContaining(['     SENDING', '     SENT']));
});

test('with --json prints each change on a line, the last of them finished', async () => {
  const templateKey = await template(app, tenant, 'email');
  const { id } = await draft(app, tenant, { templateKey, audienceId: await audience(app, tenant, 20) });
  await act(app, tenant, id, 'launch');
  const { code, output } = await watch(id, tenant.key, app.url, '--json');
  const changes = output
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as { id: string; status: string });
  expect(code).toBe(0);
  expect(changes.at(-1)).toMatchObject({ id, status: 'SENT', progress: { messages: 20, remaining: 0 } });
});

test('goes on after its connection broke', async () => {
  const templateKey = await template(app, tenant, 'email');
  const audienceId = await audience(app, tenant, 100);
  const { id } = await draft(app, tenant, { templateKey, audienceId, messagesPerMinute: 60 });
  await act(app, tenant, id, 'launch');
  const sockets = new Set<Socket>();
  const wire = createWire((socket) => {
    sockets.add(socket);
    const service = connect(app.config.port, '127.0.0.1');
    for (const each of [socket, service])
      each.on('error', () => undefined).on('close', () => [socket, service].map((end) => end.destroy()));
    socket.pipe(service).pipe(socket);
  });
  const url = `http://127.0.0.1:${await listenOnLoopback(wire, 0)}`;
  const watching = startWatch(id, tenant.key, url);
  await until(() => watching.output().includes('SENDING'));
  for (const socket of sockets) socket.destroy();
  await until(() => sockets.size === 2);
  await act(app, tenant, id, 'cancel');
  const { code, output } = await watching.ended;
  wire.close();
  expect({ code, output }).toEqual({ code: 0, output: expect.stringContaining('100 in the audience = ') as string });
});

describe('without a service', () => {
  const id = crypto.randomUUID();

  test('names the address, without a password in it, and how to start one', async () => {
    const port = await freePort();
    const { code, output } = await watch(id, tenant.key, `http://ana:secret@127.0.0.1:${port}`);
    expect({ code, output }).toEqual({ code: 1, output: expect.stringContaining('npm start') as string });
    expect(output).toContain(`No service answers at http://127.0.0.1:${port}.`);
    expect(output).not.toContain('secret');
  });

  test.each(['127.0.0.1:3000', 'localhost', 'ftp://127.0.0.1', 'http://'])(
    'says that %s is no address',
    async (url) => {
      const { code, output } = await watch(id, tenant.key, url);
      expect({ code, output }).toEqual({
        code: 1,
        output: expect.stringContaining('CALLBOARD_URL is not a URL') as string,
      });
    },
  );

  test('says that another program answers', async () => {
    const other = createServer((_, reply) => void reply.writeHead(404).end('<h1>Not here</h1>')).listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    const { code, output } = await watch(id, tenant.key, `http://127.0.0.1:${port}/`);
    other.close();
    expect({ code, output }).toEqual({ code: 1, output: expect.stringContaining('is not Callboard') as string });
    expect(output).toContain(`http://127.0.0.1:${port}`);
  });
});

test('says why it cannot be followed', async () => {
  const { code, output } = await watch(crypto.randomUUID());
  expect({ code, output }).toEqual({ code: 1, output: expect.stringContaining('no campaign with this id') as string });
  expect((await watch(crypto.randomUUID(), 'cb_wrong')).output).toContain(
    'Set CALLBOARD_KEY to a key of this deployment.',
  );
});
