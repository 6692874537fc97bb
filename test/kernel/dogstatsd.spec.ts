/** Metrics for a Datadog agent, read from the sockets that one listens on. */
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DgramSocket } from 'node-unix-socket';
import { MetricsExport } from '../../src/kernel/index.js';
import { until } from '../../harness/until.js';
import { send, whenStatus } from '../support/messages.js';
import { venueWith } from '../support/senders.js';
import { openTestApp, type TestApp } from '../support/test-app.js';

const RECIPIENT = '+491713920077';

interface Line {
  readonly name: string;
  readonly value: number;
  /** `c`: a count, `g`: a gauge, `d`: one of a distribution. */
  readonly type: string;
  readonly tags: string;
}

/** An agent: what it was sent, line by line. */
class Agent {
  readonly lines: Line[] = [];
  text = '';

  take(packet: Buffer): void {
    this.text += packet.toString();
    for (const line of packet.toString().split('\n').filter(Boolean)) {
      const [, name = '', value, type = '', tags = ''] =
        /^([^:]+):([^|]+)\|(\w)(?:\|#([^|]*))?(?:\|.*)?$/.exec(line) ?? [];
      this.lines.push({ name, value: Number(value), type, tags });
    }
  }

  of(name: string, tags = ''): Line[] {
    return this.lines.filter((line) => line.name === name && line.tags.includes(tags));
  }

  sum(name: string, tags = ''): number {
    return this.of(name, tags).reduce((total, { value }) => total + value, 0);
  }
}

async function sendText(app: TestApp): Promise<void> {
  const tenant = await app.tenant();
  const { venueId } = await venueWith(app, tenant, 'sms');
  const id = await send(app, tenant, { channel: 'sms', venueId, to: RECIPIENT, content: { body: 'Doors at 19:00' } });
  await whenStatus(app, tenant, id, 'delivered');
}

describe('An agent on a UDP port', () => {
  let socket: Socket;
  let agent: Agent;
  let app: TestApp;

  beforeAll(async () => {
    agent = new Agent();
    socket = createSocket('udp4', (packet) => agent.take(packet));
    socket.bind(0, '127.0.0.1');
    await once(socket, 'listening');
    app = await openTestApp({
      dogStatsD: { host: '127.0.0.1', port: socket.address().port, tags: { env: 'staging' } },
    });
  });
  afterAll(async () => {
    await app.close();
    socket.close();
  });

  const report = (): Promise<void> => app.nest.get(MetricsExport).send();

  test('is told what was sent by the names of the metrics, with their labels as tags, each count once', async () => {
    await sendText(app);
    await until(async () => {
      await report();
      return agent.sum('sms.delivered.total') > 0;
    });
    await report();
    await app.http.get('/health/live').expect(200); // measured after the last report, and sent behind it
    await until(() => agent.of('http.request_duration_seconds', 'route:/health/live').length > 0);
    expect(agent.of('sms.sent.total')).toEqual([
      { name: 'sms.sent.total', value: 1, type: 'c', tags: 'env:staging,provider:twilio' },
    ]);
    expect(agent.sum('callboard.message_moves_total', 'status:delivered')).toBe(1);
  });

  test('gets gauges as they are, and each duration as one of a distribution', () => {
    expect(agent.of('callboard.doubts').at(-1)).toEqual({
      name: 'callboard.doubts',
      value: 0,
      type: 'g',
      tags: 'env:staging',
    });
    expect(agent.of('callboard.workers', 'role:all').at(-1)).toMatchObject({ value: 1, type: 'g' });
    const durations = agent.of('sms.send.duration');
    expect(durations).toMatchObject([{ type: 'd', tags: 'env:staging,provider:twilio' }]);
    expect(durations[0]?.value).toBeGreaterThan(0);
    expect(agent.of('webhook.duration', 'step:receive').length).toBeGreaterThan(0);
  });

  test('gets the last counts when the process stops, and never an address', async () => {
    await app.http.post('/webhook/twilio').type('form').send({}).expect(400);
    await app.close();
    await until(() => agent.sum('webhook.rejected.total', 'reason:malformed') === 1);
    expect(agent.text).not.toContain(RECIPIENT.slice(1));
    expect(agent.lines.every(({ type }) => ['c', 'g', 'd'].includes(type))).toBe(true);
  });
});

describe('An agent on a unix socket', () => {
  const folder = mkdtempSync(join(tmpdir(), 'callboard-dogstatsd-'));
  const socketPath = join(folder, 'dsd.socket');
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  function listen(agent: Agent): DgramSocket {
    rmSync(socketPath, { force: true });
    const socket = new DgramSocket();
    socket.on('data', (packet: Buffer) => agent.take(packet));
    socket.bind(socketPath);
    return socket;
  }

  test('is written to from when it listens, also when it was away at first and starts anew', async () => {
    const app = await openTestApp({ dogStatsD: { socketPath, tags: {} } });
    const report = (): Promise<void> => app.nest.get(MetricsExport).send();
    await report();
    await sendText(app); // nobody listens, and nothing suffers
    for (const agent of [new Agent(), new Agent()]) {
      const socket = listen(agent);
      await until(async () => {
        await report();
        return agent.of('callboard.workers', 'role:all').length > 0;
      });
      socket.close();
    }
    await app.close();
  });
});
