/** `doctor`: what it finds in a deployment that is well, and in some that are not. */
import { resolve } from 'node:path';
import type { Check } from '../../src/cli/report.js';
import { KeyRing } from '../../src/kernel/index.js';
import { freePort } from '../../harness/ports.js';
import { callboard, environmentOf, type Environment } from '../support/cli.js';
import { emptyDatabase } from '../support/databases.js';
import { endProcesses, newHome, startService } from '../support/process.js';
import { SqlHost } from '../host-data/sql-host.js';
import { json, Loopback } from '../providers/loopback.js';
import { openTestApp, type TestApp, type Tenant } from '../support/test-app.js';

let app: TestApp;
let environment: Environment;
beforeAll(async () => {
  app = await openTestApp();
  environment = environmentOf(app);
});
afterAll(() => app.close());
afterAll(endProcesses);

interface Diagnosis {
  readonly code: number;
  readonly ok: boolean;
  /** By name: the result and what was found. */
  readonly found: Readonly<Record<string, string>>;
  readonly checks: readonly Check[];
}

async function diagnose(given: Environment, ...args: readonly string[]): Promise<Diagnosis> {
  const { code, out, err } = await callboard(given, 'doctor', '--json', ...args);
  expect(err).toBe('');
  const { ok, checks } = JSON.parse(out) as Pick<Diagnosis, 'ok' | 'checks'>;
  expect(code).toBe(ok ? 0 : 1);
  return {
    code,
    ok,
    checks,
    found: Object.fromEntries(checks.map(({ name, result, detail }) => [name, `${result}: ${detail}`])),
  };
}

/** What a failed or doubtful check says to do. */
const adviceOf = ({ checks }: Diagnosis, name: string): string | undefined =>
  checks.find((check) => check.name === name)?.advice;

const TWILIO = { TWILIO_ACCOUNT_SID: `AC${'0'.repeat(32)}`, TWILIO_AUTH_TOKEN: 'a-wrong-secret' };

test('A deployment in the sandbox is found well, provider by provider', async () => {
  const { code, ok, found } = await diagnose(environment);
  expect(Object.entries(found).filter(([, result]) => !/^(ok|skipped): /.test(result))).toEqual([]);
  expect({ code, ok }).toEqual({ code: 0, ok: true });
  expect(found).toMatchObject({
    configuration: 'ok: complete, with the sandbox in place of providers',
    'database migrations': 'ok: none pending',
    host: 'ok: the sample of the sandbox stands in for it',
    'public URL': `ok: ${app.url} answers`,
    'ses sender': 'ok: verified, signed with DKIM',
    'ses events': 'ok: published to a topic of ours',
    'ses signature': 'skipped: only the provider can sign',
    'sendgrid webhook': 'ok: leads here, signed with our key',
    'resend webhook': 'ok: leads here, signed with our secret',
    'resend signature': 'ok: a signed webhook is taken',
    'twilio webhook': 'ok: leads here',
    'twilio signature': 'ok: a signed webhook is taken',
    'twilio forgery': 'ok: an unsigned webhook is refused',
    'plivo webhook': 'ok: leads here',
    'plivo signature': 'ok: a signed webhook is taken',
  });
});

test('For people there is a line for each check, what to do about it, and the sum', async () => {
  const { code, out } = await callboard(environment, 'doctor');
  expect(code).toBe(0);
  expect(out).toMatch(/^ok {7}database migrations {6}none pending$/m);
  expect(out).toMatch(/^skipped {2}sendgrid signature {7}only the provider can sign\n {9}→ SendGrid signs/m);
  expect(out).toMatch(/\n\n\d+ ok, 0 warning, 0 failed, 2 skipped$/);
});

describe('What is wrong is said, and what to do', () => {
  test('of a configuration, in the words of the service', async () => {
    const found = await diagnose({ PORT: '!psst', TWILIO_ACCOUNT_SID: `AC${'0'.repeat(32)}` });
    expect(found.checks.map(({ name, result, detail }) => [name, result, detail])).toEqual([
      ['configuration', 'failed', 'PORT is not a whole number from 1 to 65535'],
      ['configuration', 'failed', 'TWILIO_AUTH_TOKEN is missing: set the auth token of that account'],
    ]);
  });

  test('of a variable that was probably misspelt', async () => {
    const { found, code } = await diagnose({ ...environment, CALLBOARD_INBOX_DAY: '3' });
    expect(found['configuration']).toMatch(/^warning: .*CALLBOARD_INBOX_DAYS/);
    expect(code).toBe(0);
  });

  test('of a database that nobody listens at, and the rest is checked nonetheless', async () => {
    const port = await freePort();
    const diagnosis = await diagnose({ ...environment, DATABASE_URL: `postgres://desk:psst@127.0.0.1:${port}/desk` });
    expect(diagnosis.found).toMatchObject({
      database: expect.stringMatching(/^failed: .*ECONNREFUSED/) as string,
      'twilio signature': 'ok: a signed webhook is taken',
    });
    expect(JSON.stringify(diagnosis)).not.toContain('psst');
  });

  test('of a database that has not been migrated, which stays as it is', async () => {
    const DATABASE_URL = await emptyDatabase();
    const diagnosis = await diagnose({ ...environment, DATABASE_URL });
    expect(diagnosis.found['database migrations']).toMatch(/^failed: \d+ pending, from /);
    expect(adviceOf(diagnosis, 'database migrations')).toBe('Start the service, or run `npm run migrate`.');
    expect(diagnosis.found['twilio set-up']).toMatch(/^skipped: /);
    const again = await diagnose({ ...environment, DATABASE_URL });
    expect(again.found['database migrations']).toBe(diagnosis.found['database migrations']);
  });

  test('of a host that is not there, and of one that refuses us', async () => {
    const HOST_DATABASE_URL = `postgres://reader:psst@127.0.0.1:${await freePort()}/platform`;
    const diagnosis = await diagnose({ ...environment, HOST_DATABASE_URL });
    expect(diagnosis.found['host']).toBe('failed: ECONNREFUSED');
    expect(adviceOf(diagnosis, 'host')).toContain('HOST_DATABASE_URL');
    const host = await Loopback.open();
    host.script = () => json(401, {});
    const HOST_DATA_SECRET = `whsec_${Buffer.alloc(24, 'psst').toString('base64')}`;
    const refused = await diagnose({ ...environment, HOST_DATA_URL: host.origin, HOST_DATA_SECRET });
    await host.close();
    expect(refused.found['host']).toBe('failed: HTTP 401');
    expect(JSON.stringify([diagnosis, refused])).not.toContain('psst');
  });

  test('of the queries to a host, one by one', async () => {
    const host = await SqlHost.in(await emptyDatabase());
    const diagnosis = await diagnose({ ...environment, HOST_DATABASE_URL: host.ownerUrl });
    await host.close();
    expect(diagnosis.found).toMatchObject({
      host: 'ok: the database answers',
      'host role': 'warning: is a superuser',
      'host orders': 'ok: answers the columns it should',
      'host attendees_of': 'ok: answers the columns it should',
    });
  });

  test('of an embedded database that does not run, and of a service that never has', async () => {
    const { code, found } = await diagnose({ CALLBOARD_HOME: newHome(), PORT: String(await freePort()) });
    expect(code).toBe(1);
    expect(found).toMatchObject({
      database: 'failed: the embedded database does not run',
      'public URL': expect.stringMatching(/^failed: .*no answer \(ECONNREFUSED\)$/) as string,
      twilio: 'skipped: the platform has no account there',
    });
  });

  test('of a queue that does not answer', async () => {
    const diagnosis = await diagnose({ ...environment, QUEUE_URL: `redis://127.0.0.1:${await freePort()}` });
    expect(diagnosis.found['queue']).toBe('failed: Redis does not answer: ECONNREFUSED');
  });

  test('of credentials that the provider and the deployment do not know', async () => {
    const real = { ...environment, ...TWILIO, TWILIO_API_BASE_URL: `${app.url}/sandbox/twilio` };
    const diagnosis = await diagnose(real);
    expect(diagnosis.found).toMatchObject({
      configuration: 'ok: complete',
      'twilio credentials': 'failed: Twilio is not well: 20003',
      'twilio signature': expect.stringMatching(/^failed: a signed webhook is not taken: 403: /) as string,
      'twilio forgery': 'ok: an unsigned webhook is refused',
      plivo: 'skipped: the platform has no account there',
    });
    expect(adviceOf(diagnosis, 'twilio credentials')).toContain('docs/providers/twilio.md');
    expect(adviceOf(diagnosis, 'twilio signature')).toContain('Is TWILIO_AUTH_TOKEN the one the deployment runs with?');
    expect(JSON.stringify(diagnosis)).not.toContain('wrong-secret');
  });

  test('of a webhook without a secret', async () => {
    const resend = { RESEND_API_KEY: 're_12345678', RESEND_FROM: 'no-reply@riverside.example' };
    const diagnosis = await diagnose({ ...environment, ...resend, RESEND_BASE_URL: `${app.url}/sandbox/resend` });
    expect(diagnosis.found['resend signature']).toBe('failed: its webhooks cannot be verified');
    expect(adviceOf(diagnosis, 'resend signature')).toBe('Set RESEND_WEBHOOK_SECRET.');
  });

  test('of a public URL that providers do not reach, and where somebody else takes every webhook', async () => {
    const other = await Loopback.open();
    other.script = () => json(200, {});
    const real = { ...TWILIO, TWILIO_API_BASE_URL: `${app.url}/sandbox/twilio`, PUBLIC_URL: other.origin };
    const { checks, found } = await diagnose({ ...environment, ...real });
    const told = checks.filter(({ name }) => name === 'public URL').map(({ result, detail }) => `${result}: ${detail}`);
    expect(told).toEqual([`warning: ${other.origin} is not public, or not https`, `ok: ${other.origin} answers`]);
    expect(found['twilio forgery']).toBe('failed: an unsigned webhook is taken');
    await other.close();
  });
});

describe('With the tenants’ own accounts', () => {
  let tenant: Tenant;
  const enter = async (owner: Tenant, authToken: string): Promise<string> => {
    const credentials = { accountSid: `AC${'7'.repeat(32)}`, authToken };
    const input = { provider: 'twilio', name: 'Our own', credentials };
    const { body } = await app.as(owner).post('/api/provider-accounts').send(input).expect(201);
    return (body as { id: string }).id;
  };
  beforeAll(async () => {
    tenant = await app.tenant();
  });

  test('each is asked for at its provider, with its own credentials', async () => {
    const right = await enter(tenant, 'token-of-riverside');
    const wrong = await enter(await app.tenant(), 'token-of-nobody');
    const { code, found } = await diagnose(environment, '--tenant-accounts');
    expect(code).toBe(1);
    expect(found[`twilio account ${right}`]).toBe('ok: accepted');
    expect(found[`twilio account ${wrong}`]).toBe('failed: Twilio is not well: 20003');
    expect((await diagnose(environment)).code).toBe(0);
  });

  test('those that the key ring does not open are a finding too', async () => {
    const other = { ...environment, CALLBOARD_ENCRYPTION_KEYS: KeyRing.generate() };
    const { found } = await diagnose(other, '--tenant-accounts');
    expect(found['twilio tenant accounts']).toMatch(/^failed: /);
  });
});

test('As a command beside a service with its own database it finds that, and ends with code 0', async () => {
  const service = await startService({ CALLBOARD_HOME: newHome() });
  const { port } = await service.ready();
  const home = /Database {3}embedded PostgreSQL in (.+)/.exec(service.out)?.[1] ?? '';
  const doctor = await startService(
    { CALLBOARD_HOME: home, PORT: String(port) },
    { args: [resolve('dist', 'bundle', 'main.cli.js'), 'callboard', 'doctor'] },
  );
  expect(await doctor.ended).toEqual({ code: 0, signal: null });
  expect(doctor.err).toBe('');
  expect(doctor.out).toMatch(/^ok {7}database {17}answers, and can be written to$/m);
  expect(doctor.out).toMatch(/ 0 failed, 2 skipped\n$/);
});
