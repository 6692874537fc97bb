/** More than the service can take: many clients that post batches without pause, against a real process. */
import { readFileSync } from 'node:fs';
import { Agent, request } from 'undici';
import { query } from '../../harness/query.js';
import { until } from '../../harness/until.js';
import type { ServiceProcess } from '../../harness/service-process.js';
import { cloneDatabase } from '../support/databases.js';
import { deployment, endProcesses, startService } from '../support/process.js';

const CLIENTS = 50;
const LOAD_MS = 5_000;
const BATCH = 1_000;
const BEAT_MS = 20;
const MEGABYTES = 700;

let common: ReturnType<typeof deployment>;
let api: ServiceProcess;
let tenants: readonly string[];

const batch = (category: string): string =>
  JSON.stringify({
    messages: Array.from({ length: BATCH }, (_, index) => ({
      channel: 'sms',
      category,
      to: `+1415555${String(index).padStart(4, '0')}`,
      content: { body: 'Doors open at 19:00.' },
    })),
  });

interface Answer {
  readonly status: number;
  readonly code: string | undefined;
  readonly retryAfter: unknown;
  readonly ms: number;
}

async function ask(path: string, tenantId?: string, body?: string, dispatcher?: Agent): Promise<Answer> {
  const begun = performance.now();
  const { statusCode, headers, ...answer } = await request(`${api.url}${path}`, {
    method: body === undefined ? 'GET' : 'POST',
    headers: {
      'content-type': 'application/json',
      authorization: `Bearer ${common.CALLBOARD_ADMIN_KEY}`,
      ...(tenantId !== undefined && { 'x-tenant-id': tenantId }),
    },
    ...(body !== undefined && { body }),
    ...(dispatcher && { dispatcher }),
  });
  const { code } = (await answer.body.json()) as { code?: string };
  return { status: statusCode, code, retryAfter: headers['retry-after'], ms: performance.now() - begun };
}

const medianOf = (values: readonly number[]): number =>
  values.toSorted((one, other) => one - other)[values.length >> 1] ?? Infinity;

async function newTenant(slug: string): Promise<string> {
  const call = { key: common.CALLBOARD_ADMIN_KEY, body: { name: 'Riverside', slug } };
  return (await api.call<{ id: string }>('POST', '/api/tenants', call)).body.id;
}

beforeAll(async () => {
  common = deployment(await cloneDatabase());
  api = await (await startService({ ...common, CALLBOARD_ROLE: 'api' })).ready();
  tenants = [await newTenant('riverside'), await newTenant('lakeside')];
});

afterAll(endProcesses);

test('50 clients that post batches without pause are taken or told to come later; whatever is taken is kept, and others are answered', async () => {
  const [riverside = '', lakeside = ''] = tenants;
  const quiet = medianOf(await Promise.all(Array.from({ length: 5 }, async () => (await ask('/health/live')).ms)));
  const dispatcher = new Agent({ connections: CLIENTS });
  const body = batch('transactional');
  const end = performance.now() + LOAD_MS;
  const isOn = (): boolean => performance.now() < end;
  const answers: Answer[] = [];
  const beats: number[] = [];
  const client = async (): Promise<void> => {
    while (isOn()) answers.push(await ask('/api/messages/batch', riverside, body, dispatcher));
  };
  const heart = async (): Promise<void> => {
    while (isOn()) {
      const { ms } = await ask('/health/live');
      beats.push(ms);
      const last = performance.now();
      await until(() => performance.now() - last > BEAT_MS);
    }
  };
  const single = { channel: 'sms', to: '+14155550100', content: { body: 'Your code is 4711' } };
  const neighbours = async (): Promise<Answer[]> => {
    await until(() => answers.some(({ status }) => status === 503));
    return Promise.all([
      ask('/api/messages', lakeside, JSON.stringify(single)),
      ask('/api/messages/batch', lakeside, batch('emergency')),
    ]);
  };
  const [others] = await Promise.all([neighbours(), heart(), ...Array.from({ length: CLIENTS }, client)]);
  await dispatcher.close();

  const taken = answers.filter(({ status }) => status === 202);
  const shed = answers.filter(({ status }) => status !== 202);
  expect(taken.length).toBeGreaterThan(0);
  expect(shed.length).toBeGreaterThan(0);
  expect(new Set(shed.map(({ status, code, retryAfter }) => `${status} ${code} ${String(retryAfter)}`))).toEqual(
    new Set(['503 overloaded 1']),
  );
  expect(others.map(({ status }) => status)).toEqual([202, 202]);
  const kept = await query<{ tenant: string; count: number }>(
    common.DATABASE_URL,
    `select tenant_id as tenant, count(*)::int as count from message group by tenant_id`,
  );
  expect(new Map(kept.map(({ tenant, count }) => [tenant, count]))).toEqual(
    new Map([
      [riverside, taken.length * BATCH],
      [lakeside, 1 + BATCH],
    ]),
  );
  expect(medianOf(beats)).toBeLessThan(Math.max(200, 10 * quiet)); // the machine of a test has others to serve
  const [, kilobytes] = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${api.child.pid}/status`, 'utf8')) ?? [];
  expect(Number(kilobytes) / 1_024).toBeLessThan(MEGABYTES);
  const metrics = await (await fetch(`${api.url}/metrics`)).text();
  expect(metrics).toContain(`callboard_requests_shed_total{kind="batch"} ${shed.length}`);
}, 60_000);
