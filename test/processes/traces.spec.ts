/** Traces of the built service, in processes of their own: one variable turns them on, and without it nothing of the SDK is loaded. */
import { readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { OtlpReceiver } from '../../harness/otlp-receiver.js';
import { MAIN } from '../../harness/service-process.js';
import { until } from '../../harness/until.js';
import { cloneDatabase } from '../support/databases.js';
import { deployment, endProcesses, startService } from '../support/process.js';

/** Words of the SDK's queue, and of each exporter. */
const OF_THE_SDK = [
  'maxQueueSize reached, dropping spans',
  'application/x-protobuf',
  '/opentelemetry.proto.collector.trace',
];

let receiver: OtlpReceiver;
beforeAll(async () => {
  receiver = await OtlpReceiver.open();
});
afterAll(async () => {
  await endProcesses();
  await receiver.close();
});

/** What the launcher starts. */
const PROGRAM = join(dirname(MAIN), 'program.main.js');

/** The text of a bundle and of all that it imports, without what it only loads when it wants it. */
function loadedAtStart(file: string, seen = new Set<string>()): string {
  if (seen.has(file)) return '';
  seen.add(file);
  const text = readFileSync(file, 'utf8');
  const imported = [...text.matchAll(/\b(?:import|from)\s*"(\.\/[^"]+\.js)"/g)].map(([, path = '']) => path);
  return [text, ...imported.map((path) => loadedAtStart(join(dirname(file), path), seen))].join('\n');
}

test('a process that exports nothing loads nothing of the SDK', () => {
  const text = loadedAtStart(PROGRAM);
  expect(readFileSync(MAIN, 'utf8')).toContain(`import('./${basename(PROGRAM)}')`);
  expect(text).toContain('OTEL_EXPORTER_OTLP_ENDPOINT');
  expect(OF_THE_SDK.filter((words) => text.includes(words))).toEqual([]);
});

test('one message is one trace over an api process and a worker, and a stop sends the last spans', async () => {
  const environment = {
    ...deployment(await cloneDatabase()),
    CALLBOARD_SANDBOX: 'on',
    OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
    OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
    OTEL_SERVICE_NAME: 'desk',
  };
  const api = await startService({ ...environment, CALLBOARD_ROLE: 'api' });
  await api.ready();
  const worker = await startService({ ...environment, CALLBOARD_ROLE: 'worker', PUBLIC_URL: api.url });
  await worker.ready();
  const admin = { key: environment.CALLBOARD_ADMIN_KEY };
  const tenant = await api.call<{ id: string }>('POST', '/api/tenants', {
    ...admin,
    body: { name: 'Riverside', slug: 'riverside' },
  });
  const ofTenant = { ...admin, tenantId: tenant.body.id };
  const traceId = '0af7651916cd43dd8448eb211c80319c';
  const sent = await api.call<{ id: string }>('POST', '/api/messages', {
    ...ofTenant,
    headers: { traceparent: `00-${traceId}-b7ad6b7169203331-01` },
    body: { channel: 'email', to: 'ana@example.com', content: { subject: 'Doors', text: 'At 19:00' } },
  });
  await until(async () => {
    const { body } = await api.call<{ status: string }>('GET', `/api/messages/${sent.body.id}`, ofTenant);
    return body.status === 'delivered';
  });
  await expect(worker.stop()).resolves.toEqual({ code: 0, signal: null });
  await expect(api.stop()).resolves.toEqual({ code: 0, signal: null });

  const names = receiver.spans.filter((span) => span.traceId === traceId).map(({ name }) => name);
  expect(new Set(names)).toEqual(
    new Set(['POST /api/messages', 'messages.accept', 'lane.batch', 'provider.call', 'report.apply']),
  );
  expect(receiver.resource).toMatchObject({ 'service.name': 'desk' });
  expect(`${worker.out}${worker.err}${api.out}${api.err}`).not.toMatch(/opentelemetry|"level":"(?:warn|error)"/i);
});
