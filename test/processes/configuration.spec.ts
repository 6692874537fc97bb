/** The service's errors about an invalid configuration, or a database that cannot be used. */
import type { Environment } from '../../harness/service-process.js';
import { freePort } from '../../harness/ports.js';
import { emptyDatabase } from '../support/databases.js';
import { query } from '../../harness/query.js';
import { deployment, endProcesses, occupy, startService } from '../support/process.js';

afterAll(endProcesses);

/** Starts it in vain; answers what it said. */
async function refused(environment: Environment): Promise<string> {
  const service = await startService(environment);
  expect(await service.ended).toEqual({ code: 1, signal: null });
  expect(service.out).toBe('');
  expect(service.err).toContain('Callboard did not start.');
  expect(service.err).not.toMatch(/^\s+at /m);
  return service.err;
}

test('every bad variable is named at once, and no value is quoted', async () => {
  const bad = [
    'PORT',
    'CALLBOARD_ROLE',
    'LOG_LEVEL',
    'DATABASE_URL',
    'DATABASE_DIRECT_URL',
    'DATABASE_POOL_SIZE',
    'DATABASE_REPLICA_URL',
    'DATABASE_REPLICA_LAG_SECONDS',
    'QUEUE_URL',
    'CALLBOARD_ADMIN_KEY',
    'CALLBOARD_ENCRYPTION_KEYS',
    'PUBLIC_URL',
    'CALLBOARD_SANDBOX',
    'TWILIO_ACCOUNT_SID',
    'TWILIO_AUTH_TOKEN',
    'TWILIO_PHONE_NUMBER',
    'TWILIO_WHATSAPP_NUMBER',
    'TWILIO_WEBHOOK_BASE_URL',
    'TWILIO_API_BASE_URL',
    'AWS_REGION',
    'AWS_ACCESS_KEY_ID',
    'AWS_SECRET_ACCESS_KEY',
    'AWS_ENDPOINT_URL_SESV2',
    'SES_FROM',
    'SES_TOPIC_ARNS',
    'SES_CONFIGURATION_SET',
  ];
  const said = await refused(Object.fromEntries(bad.map((name) => [name, '!psst'])));
  for (const name of bad) expect(said).toMatch(new RegExp(`^  - ${name}\\b`, 'm'));
  expect(said).not.toContain('psst');
});

test('the sandbox is refused beside real providers', async () => {
  const twilio = { TWILIO_ACCOUNT_SID: `AC${'0'.repeat(32)}`, TWILIO_AUTH_TOKEN: 'a-real-secret' };
  const said = await refused({ CALLBOARD_SANDBOX: 'on', ...twilio });
  expect(said).toContain(
    'CALLBOARD_SANDBOX=on cannot stand beside real providers: unset TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN',
  );
  expect(said).not.toContain('a-real-secret');
});

test('a database of one’s own needs keys of one’s own', async () => {
  const said = await refused({ DATABASE_URL: 'postgres://desk:psst@127.0.0.1/desk' });
  expect(said).toContain('CALLBOARD_ADMIN_KEY is missing');
  expect(said).toContain('CALLBOARD_ENCRYPTION_KEYS is missing');
  expect(said).not.toContain('psst');
});

test('a worker needs the database of its api', async () => {
  expect(await refused({ CALLBOARD_ROLE: 'worker' })).toContain('set DATABASE_URL');
});

describe('DATABASE_URL', () => {
  test('where nothing listens is reported at once', async () => {
    const said = await refused(deployment(`postgres://desk:psst@127.0.0.1:${await freePort()}/desk`));
    expect(said).toContain('The database of DATABASE_URL cannot be used: connect ECONNREFUSED');
    expect(said).not.toContain('psst');
  });

  test('where something listens and never answers is reported within seconds', async () => {
    const silent = await occupy();
    const startedAt = performance.now();
    const said = await refused(deployment(`postgres://desk:psst@127.0.0.1:${silent.port}/desk`));
    expect(said).toContain('The database of DATABASE_URL cannot be used: timeout');
    expect(performance.now() - startedAt).toBeLessThan(120_000);
    silent.release();
  });

  test('with a wrong password is reported', async () => {
    const said = await refused(deployment((await emptyDatabase()).replace(/:[\w-]+@/, ':psst@')));
    expect(said).toContain('password authentication failed');
    expect(said).not.toContain('psst');
  });

  test('to a database that is read-only is reported, with what to do', async () => {
    const url = await emptyDatabase();
    await query(url, `alter database ${new URL(url).pathname.slice(1)} set default_transaction_read_only = on`);
    const said = await refused(deployment(url));
    expect(said).toContain('it is read-only. Lead the URL to the primary, or let the database be written to.');
  });

  test('to a PostgreSQL older than 18 is reported, with both versions', async () => {
    const url = await emptyDatabase();
    // This server is new enough, so its database is made to say otherwise.
    await query(url, 'create schema old');
    await query(
      url,
      `create function old.current_setting(text) returns text language sql as $$ select '17.6 (Debian)' $$`,
    );
    await query(url, `alter database ${new URL(url).pathname.slice(1)} set search_path = old, pg_catalog`);
    expect(await refused(deployment(url))).toContain('it is PostgreSQL 17.6 (Debian), and Callboard needs 18 or newer');
  });
});
