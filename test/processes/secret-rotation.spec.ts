/** Secrets that become others under a running service: no request fails. */
import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { KeyRing } from '../../src/kernel/config/key-ring.js';
import { query } from '../../harness/query.js';
import type { ServiceProcess } from '../../harness/service-process.js';
import { until } from '../../harness/until.js';
import { databaseOfTwo, runMigrate, type DatabaseOfTwo } from '../support/database-roles.js';
import { endProcesses, startService } from '../support/process.js';

type SecretName = 'DATABASE_URL' | 'CALLBOARD_ADMIN_KEY' | 'CALLBOARD_ENCRYPTION_KEYS';

const [OLD_ADMIN, NEW_ADMIN] = ['cb_admin_before_the_rotation', 'cb_admin_after_the_rotation'];
const [OLD_KEY = '', NEW_KEY = ''] = ['k1', 'k2'].map((id) => KeyRing.generate().replace(/^[^:]+/, id));

/** Files as Kubernetes mounts a Secret: links to a folder that is swapped as a whole. */
class Mount {
  private readonly folder = mkdtempSync(join(tmpdir(), 'callboard-mount-'));
  private version = 0;

  constructor(private content: Record<SecretName, string>) {
    this.write({});
    for (const name of Object.keys(content)) symlinkSync(join('..data', name), join(this.folder, name));
  }

  get environment(): Record<string, string> {
    return Object.fromEntries(Object.keys(this.content).map((name) => [`${name}_FILE`, join(this.folder, name)]));
  }

  write(changes: Partial<Record<SecretName, string>>): void {
    this.content = { ...this.content, ...changes };
    this.version += 1;
    const [data, next] = [`..v${this.version}`, join(this.folder, '..next')];
    mkdirSync(join(this.folder, data));
    for (const [name, text] of Object.entries(this.content)) writeFileSync(join(this.folder, data, name), `${text}\n`);
    symlinkSync(data, next);
    renameSync(next, join(this.folder, '..data'));
  }

  remove(): void {
    rmSync(this.folder, { recursive: true });
  }
}

const withPassword = (url: string, password: string): string => Object.assign(new URL(url), { password }).href;

let database: DatabaseOfTwo;
let mount: Mount;
let service: ServiceProcess;
let adminKey = OLD_ADMIN;
let tenantId: string;

beforeAll(async () => {
  database = await databaseOfTwo();
  expect(await runMigrate(database.owner, '--grant-to', database.role)).toMatchObject({ code: 0 });
  mount = new Mount({
    DATABASE_URL: database.service,
    CALLBOARD_ADMIN_KEY: OLD_ADMIN,
    CALLBOARD_ENCRYPTION_KEYS: OLD_KEY,
  });
  service = await (await startService({ ...mount.environment, CALLBOARD_SANDBOX: 'on' })).ready();
  tenantId = (await call<{ id: string }>('POST', '/api/tenants', { name: 'Riverside', slug: 'riverside' })).id;
});

afterAll(async () => {
  stream.end();
  await endProcesses();
  mount.remove();
});

async function call<Body>(method: string, path: string, body?: object, more = {}): Promise<Body> {
  const answer = await service.call<Body>(method, path, { key: adminKey, tenantId, ...(body && { body }), ...more });
  if (answer.status >= 400) throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
  return answer.body;
}

/** Requests without pause, of the platform and for a tenant, by all pools. */
class Stream {
  readonly failures: string[] = [];
  answered = 0;
  private running = true;
  private readonly callers = [0, 1, 2].map(() => this.ask());

  end(): void {
    this.running = false;
  }

  async ended(): Promise<void> {
    this.end();
    await Promise.all(this.callers);
  }

  /** Resolves when so many more rounds were answered. Raises an Error with the first failure. */
  async goesOn(rounds = 5): Promise<void> {
    const enough = this.answered + rounds;
    await until(() => this.answered >= enough || this.failures.length > 0);
    if (this.failures[0] !== undefined) throw new Error(this.failures[0]);
  }

  private async ask(): Promise<void> {
    for (let count = 0; this.running; count += 1) {
      try {
        await call('GET', '/api/tenants');
        await call('GET', '/api/messages');
        await call('POST', '/api/suppressions', {
          channel: 'email',
          address: `guest${count}@example.com`,
          reason: 'manual',
        });
        this.answered += 1;
      } catch (error) {
        this.failures.push(String(error));
      }
    }
  }
}

let stream: Stream;
beforeEach(() => {
  stream = new Stream();
});
afterEach(async () => {
  await stream.ended();
  expect(stream.failures).toEqual([]);
  expect(stream.answered).toBeGreaterThan(0);
});

const metrics = async (): Promise<string> => (await service.call<string>('GET', '/metrics')).body;

/** Resolves when the service has taken up so many changes since it started. */
const adopted = (count: number): Promise<unknown> =>
  until(async () => (await metrics()).includes(`callboard_secret_changes_total{result="adopted"} ${count}`));

test('The admin key is two while its callers change over', async () => {
  mount.write({ CALLBOARD_ADMIN_KEY: `${NEW_ADMIN},${OLD_ADMIN}` });
  await adopted(1);
  adminKey = NEW_ADMIN;
  await stream.goesOn();
  mount.write({ CALLBOARD_ADMIN_KEY: NEW_ADMIN });
  await adopted(2);
  const { status } = await service.call('GET', '/api/tenants', { key: OLD_ADMIN });
  expect(status).toBe(401);
});

test('Requests wait while the database has a new password and the service does not', async () => {
  await stream.ended(); // a statement that the server ends is lost, whatever its password
  await query(database.superuser, `alter role ${database.role} password 'another'`);
  await query(
    database.superuser,
    `select pg_terminate_backend(pid) from pg_stat_activity where usename = '${database.role}'`,
  );
  // Whoever is given a connection before the service has heard of its end is refused like any other lost statement.
  const connections = `select from pg_stat_activity where usename = '${database.role}'`;
  await until(async () => (await query(database.superuser, connections)).length === 0);
  for (let turn = 0; turn < 2; turn += 1) await service.call('GET', '/health/live');
  stream = new Stream();
  mount.write({ DATABASE_URL: withPassword(database.service, 'another') });
  await adopted(3);
  await stream.goesOn();
  await until(async () => (await metrics()).includes('callboard_change_feed_connected 1'));
});

test('Connections with the former password are given up, one after the other', async () => {
  await query(database.superuser, `alter role ${database.role} password 'a-third'`);
  const began = await databaseTime();
  mount.write({ DATABASE_URL: withPassword(database.service, 'a-third') });
  await adopted(4);
  await stream.goesOn();
  const later = await databaseTime();
  await stream.goesOn(20);
  const used = await query(
    database.superuser,
    `select from pg_stat_activity where usename = '${database.role}' and application_name = 'callboard'
       and backend_start < '${began}' and state_change > '${later}'`,
  );
  expect(used).toEqual([]);
});

async function databaseTime(): Promise<string> {
  const [row] = await query<{ now: string }>(database.superuser, 'select clock_timestamp()::text as now');
  return row?.now ?? '';
}

test('The key ring has a new key, then a new first key, and what is stored moves under it', async () => {
  const account = await call<{ id: string }>('POST', '/api/provider-accounts', {
    provider: 'sendgrid',
    name: 'Ours',
    credentials: { apiKey: `SG.${'x'.repeat(22)}.${'y'.repeat(43)}` },
  });
  const stored = async (): Promise<string | undefined> => {
    const sql = `select credentials from provider_account where id = '${account.id}'`;
    return (await query<{ credentials: string }>(database.superuser, sql))[0]?.credentials;
  };
  const once = { 'idempotency-key': 'a-key-of-a-request' };
  const suppress = (): Promise<{ id: string }> =>
    call(
      'POST',
      '/api/suppressions',
      { channel: 'email', address: 'once@example.com', reason: 'manual' },
      { headers: once },
    );
  const ofInstallation = (): Promise<{ value: string }[]> =>
    query(
      database.superuser,
      `select value from deployment where key in ('document_signing_key', 'person_digest_key')`,
    );
  const signingKey = await call('GET', '/api/signing-key');
  const first = await suppress();
  expect(await stored()).toMatch(/^k1\./);
  mount.write({ CALLBOARD_ENCRYPTION_KEYS: `${OLD_KEY},${NEW_KEY}` });
  await adopted(5);
  mount.write({ CALLBOARD_ENCRYPTION_KEYS: `${NEW_KEY},${OLD_KEY}` });
  await adopted(6);
  await until(async () => (await stored())?.startsWith('k2.'));
  await until(async () => (await ofInstallation()).every(({ value }) => value.startsWith('k2.')));
  expect(await ofInstallation()).toHaveLength(2);
  expect(await call('GET', '/api/signing-key')).toEqual(signingKey);
  expect(await suppress()).toEqual(first);
});

test('What cannot be used is kept out, said once and shown; SIGHUP looks at once, and ends nothing', async () => {
  mount.write({ CALLBOARD_ENCRYPTION_KEYS: 'k3:too-short' });
  const reason = async (): Promise<string | undefined> => {
    const { body } = await service.call<{ checks: Record<string, { reason?: string }> }>('GET', '/health/ready');
    return body.checks['secrets']?.reason;
  };
  await until(async () => (await reason()) === 'a secret cannot be read, or not be used');
  await until(() => service.out.includes('Secrets stay as they were'));
  mount.write({ CALLBOARD_ENCRYPTION_KEYS: `${NEW_KEY},${OLD_KEY}` });
  service.child.kill('SIGHUP');
  await until(async () => (await reason()) === undefined);
  expect(service.hasEnded).toBe(false);
  expect(service.out).not.toContain('too-short');
});
