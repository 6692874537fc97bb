/** One run: a service of its own, asked by many connections at once what a seed says. */
import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Agent, request } from 'undici';
import { PostgresServer } from '../harness/postgres-server.js';
import { MAIN, ServiceProcess } from '../harness/service-process.js';
import { KeyRing } from '../src/kernel/index.js';
import type { Stalls } from './event-loop-probe.js';
import { faultOf } from './judge.js';
import { KnownIds } from './known-ids.js';
import { operationsOf, type OpenApiDocument } from '../harness/openapi-operations.js';
import { draftsOf, requestOf, type Caller, type FuzzRequest } from './requests.js';

const ADMIN_KEY = 'cb_admin_of_the_fuzz_only';
const PROBE = new URL('event-loop-probe.js', import.meta.url);
const CONNECTIONS = 8;
/** Whoever waits longer for an answer takes the service for dead. */
const HANG_MS = 10_000;
/** How long the loop may belong to one piece of work. */
const STALL_MS = 200;

export interface Plan {
  readonly seed: number;
  readonly requests: number;
}

export interface Finding {
  readonly fault: string;
  readonly request: FuzzRequest;
}

export interface Report {
  readonly plan: Plan;
  readonly seconds: number;
  readonly operations: number;
  /** Operations that did what was asked at least once. */
  readonly done: number;
  readonly byStatus: ReadonlyMap<number, number>;
  readonly slowestMs: number;
  readonly slowest: string;
  readonly stalls: Stalls;
  readonly findings: readonly Finding[];
}

export const hasStalled = ({ stalls }: Report): boolean => stalls.worstMs > STALL_MS;

/** Sends them to a service that is started for it, with an empty database and the sandbox, and no worker: nothing leaves the machine. */
export async function run(plan: Plan): Promise<Report> {
  const home = await mkdtemp(join(tmpdir(), 'callboard-fuzz-'));
  const postgres = await PostgresServer.open({ durable: false });
  try {
    const stallsFile = join(home, 'stalls');
    const service = await startOn(await postgres.createMigrated('fuzz'), home, stallsFile);
    try {
      return await ask(service, plan, async () => JSON.parse(await readFile(stallsFile, 'utf8')) as Stalls);
    } finally {
      await service.kill();
    }
  } finally {
    await postgres.close();
    await rm(home, { recursive: true, force: true });
  }
}

async function startOn(databaseUrl: string, home: string, stallsFile: string): Promise<ServiceProcess> {
  const noLimit = ['KEY_SENDS', 'KEY_READS', 'KEY_WRITES', 'ADDRESS_REQUESTS'];
  const environment = {
    LOG_LEVEL: 'silent',
    CALLBOARD_ROLE: 'api',
    CALLBOARD_SANDBOX: 'on',
    CALLBOARD_HOME: home,
    CALLBOARD_ADMIN_KEY: ADMIN_KEY,
    CALLBOARD_ENCRYPTION_KEYS: KeyRing.generate(),
    DATABASE_URL: databaseUrl,
    ...Object.fromEntries(noLimit.map((name) => [`CALLBOARD_${name}_PER_MINUTE`, '0'])),
  };
  const preload = `${PROBE.href}?file=${encodeURIComponent(stallsFile)}`;
  const service = await ServiceProcess.start(environment, { args: ['--import', preload, MAIN], showErrors: true });
  return service.ready();
}

interface Tenant {
  readonly id: string;
  readonly key: string;
}

/** One that is not itself changed by what is asked. */
async function newTenant(service: ServiceProcess): Promise<Tenant> {
  const as = { key: ADMIN_KEY };
  const slug = `t-${randomBytes(6).toString('hex')}`;
  const made = await service.call<Tenant>('POST', '/api/tenants', { ...as, body: { name: 'Riverside', slug } });
  const body = { name: 'fuzz', scopes: ['*'] };
  const issued = await service.call<Tenant>('POST', `/api/tenants/${made.body.id}/api-keys`, { ...as, body });
  if (issued.status !== 201) throw new Error(`There is no key: ${issued.status}`);
  return { id: made.body.id, key: issued.body.key };
}

async function ask(service: ServiceProcess, plan: Plan, stalls: () => Promise<Stalls>): Promise<Report> {
  const [tenant, expendable] = [await newTenant(service), await newTenant(service)];
  const known = new KnownIds(new Set([tenant.id]));
  known.add('/api/tenants id', expendable.id);
  const document = await service.call<OpenApiDocument>('GET', '/docs-json');
  // Faults of providers are another matter: they may well end in a 502.
  const operations = operationsOf(document.body).filter(({ path }) => path !== '/sandbox/faults');
  // The first requests compile what is asked of them, which a running service has behind it.
  const waiting = draftsOf(operations, plan.seed, plan.requests).values();
  service.child.kill('SIGUSR2');

  const agent = new Agent({ connections: CONNECTIONS, pipelining: 1, headersTimeout: HANG_MS, bodyTimeout: HANG_MS });
  const byStatus = new Map<number, number>();
  const done = new Set<string>();
  const findings: Finding[] = [];
  let [slowestMs, slowest] = [0, ''];
  const begun = performance.now();
  const connection = async (): Promise<void> => {
    for (const draft of waiting) {
      const asked = requestOf(draft, known);
      const started = performance.now();
      const { fault, status, json } = await answerTo(service.url, agent, asked, tenant);
      const ms = performance.now() - started;
      const name = `${asked.method} ${asked.operation.path}`;
      if (ms > slowestMs) [slowestMs, slowest] = [ms, name];
      if (fault !== undefined) findings.push({ fault, request: asked });
      byStatus.set(status, (byStatus.get(status) ?? 0) + 1);
      if (status >= 300) continue;
      known.learn(asked.operation.path.replaceAll(/\{\w+\}/g, '{}'), json);
      if (asked.method === asked.operation.method) done.add(name);
    }
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, connection));
  const seconds = (performance.now() - begun) / 1_000;
  if (service.hasEnded) throw new Error('The service has ended');
  await agent.close();
  return {
    plan,
    seconds,
    operations: operations.length,
    done: done.size,
    byStatus,
    slowestMs,
    slowest,
    stalls: await stalls(),
    findings,
  };
}

/** Status 0 where there was no answer. */
interface Outcome {
  readonly status: number;
  readonly fault?: string;
  readonly json?: unknown;
}

async function answerTo(origin: string, agent: Agent, asked: FuzzRequest, tenant: Tenant): Promise<Outcome> {
  const { method, path, headers, body } = asked;
  try {
    const answer = await request(`${origin}${path}`, {
      dispatcher: agent,
      method,
      headers: { ...credentials(asked.caller, tenant), ...headers },
      ...(body !== undefined && { body }),
    });
    const text = await answer.body.text();
    const contentType = String(answer.headers['content-type'] ?? '');
    const fault = faultOf({ status: answer.statusCode, contentType, text }, method, `${path} ${String(body)}`);
    const json: unknown = contentType.startsWith('application/json') && text !== '' ? JSON.parse(text) : undefined;
    return { status: answer.statusCode, json, ...(fault !== undefined && { fault }) };
  } catch (error) {
    return { status: 0, fault: `did not answer: ${String(error)}` };
  }
}

function credentials(caller: Caller, tenant: Tenant): Record<string, string> {
  if (caller === 'nobody') return {};
  if (caller === 'tenant') return { authorization: `Bearer ${tenant.key}` };
  return {
    authorization: `Bearer ${ADMIN_KEY}`,
    ...(caller === 'platform-for-tenant' && { 'x-tenant-id': tenant.id }),
  };
}
