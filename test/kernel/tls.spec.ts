/** TLS to the database and to Redis: real servers, with certificates that they signed themselves. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../../harness/ports.js';
import { PostgresServer } from '../../harness/postgres-server.js';
import { query, withClient } from '../../harness/query.js';
import { RedisServer } from '../../harness/redis-server.js';
import { until } from '../../harness/until.js';
import { pingRedis } from '../../src/kernel/index.js';
import { checkDatabase } from '../../src/kernel/postgres/check-database.js';
import { CurrentRedis } from '../../src/kernel/queue/current-redis.js';
import { createSelfSignedCertificate } from '../../src/kernel/self-signed-certificate.js';
import { send, text, whenStatus } from '../support/messages.js';
import { openTestApp } from '../support/test-app.js';

const folder = mkdtempSync(join(tmpdir(), 'callboard-tls-'));
const { privateKey, certificatePem } = createSelfSignedCertificate('localhost');
const keyPem = String(privateKey.export({ type: 'pkcs8', format: 'pem' }));
const stored = (name: string, content: string): string => {
  writeFileSync(join(folder, name), content, { mode: 0o644 });
  return join(folder, name);
};
const ca = stored('ca.crt', certificatePem);
const key = stored('own.key', keyPem);
const otherCa = stored('other.crt', createSelfSignedCertificate('localhost').certificatePem);

/** A URL by the name in the certificate, with these parameters. */
function over(url: string, parameters: Record<string, string>): string {
  const changed = new URL(url);
  changed.hostname = 'localhost';
  for (const [name, value] of Object.entries(parameters)) changed.searchParams.set(name, value);
  return changed.href;
}

afterAll(() => rmSync(folder, { recursive: true }));

describe('The database', () => {
  let server: PostgresServer;
  let url: string;
  const only = (databaseUrl: string) => ({ databaseUrl, databaseDirectUrl: databaseUrl });

  beforeAll(async () => {
    server = await PostgresServer.open({ durable: false });
    url = await server.createMigrated('callboard_tls');
    // As the server's own user, who alone may read the key.
    for (const [file, pem] of Object.entries({ 'server.crt': certificatePem, 'server.key': keyPem })) {
      await query(
        server.url,
        `copy (select unnest(string_to_array('${pem.trim()}', e'\\n'))) to program 'umask 077 && cat > ${file}'`,
      );
    }
    await withClient(server.url, async (client) => {
      await client.query('alter system set ssl = on');
      await client.query('select pg_reload_conf()');
    });
    await until(() =>
      query(over(url, { sslmode: 'no-verify' }), 'select 1').then(
        () => true,
        () => false,
      ),
    );
  });
  afterAll(() => server.close());

  test('is reached by TLS alone where the URL says so: by every pool, the queue and who listens', async () => {
    const databaseUrl = over(url, { sslmode: 'verify-full', sslrootcert: ca });
    const app = await openTestApp({ databaseUrl, databaseDirectUrl: databaseUrl, queueUrl: undefined });
    try {
      const tenant = await app.tenant();
      await app.as(tenant).get('/api/messages').expect(200);
      await whenStatus(app, tenant, await send(app, tenant, text()), 'delivered');
      const connections = (): Promise<{ name: string; tls: boolean }[]> =>
        query(
          url,
          `select application_name as name, ssl as tls from pg_stat_ssl join pg_stat_activity using (pid)
           where datname = current_database() and application_name <> ''`,
        );
      const names = ['callboard', 'callboard-changes', 'callboard-queue', 'lanes'];
      await until(async () => {
        const open = await connections();
        return names.every((name) => open.some((one) => one.name === name));
      });
      expect((await connections()).filter(({ tls }) => !tls)).toEqual([]);
    } finally {
      await app.close();
    }
  });

  test('is not taken with a certificate of another authority, or of another host, and what to change is said', async () => {
    const advice = 'Name the authority of its certificate in the URL, `sslmode=verify-full&sslrootcert=/path`';
    const refused = [
      over(url, { sslmode: 'verify-full', sslrootcert: otherCa }),
      over(url, { sslmode: 'verify-full' }),
      over(url, { sslmode: 'verify-full', sslrootcert: ca }).replace('localhost', '127.0.0.1'),
    ];
    for (const each of refused) {
      const thrown = await checkDatabase(only(each)).then(
        () => 'nothing',
        (error: unknown) => String(error),
      );
      expect(thrown).toContain(advice);
      expect(thrown).not.toContain(new URL(each).password || 'postgres://');
    }
    await checkDatabase(only(over(url, { sslmode: 'verify-full', sslrootcert: ca })));
  });

  test('of a URL that names a file that is not there is told so', async () => {
    const without = over(url, { sslmode: 'verify-full', sslrootcert: join(folder, 'none') });
    await expect(checkDatabase(only(without))).rejects.toThrow(
      'a file that the URL names for TLS cannot be read: ENOENT.',
    );
  });
});

describe('Redis', () => {
  let redis: RedisServer | undefined;
  let url: string;
  const trusted = { sslrootcert: ca, sslcert: ca, sslkey: key };

  beforeAll(async () => {
    const port = await freePort();
    const files = ['--tls-cert-file', ca, '--tls-key-file', key, '--tls-ca-cert-file', ca];
    redis = await RedisServer.open({ args: ['--tls-port', String(port), ...files, '--tls-auth-clients', 'yes'] });
    url = `rediss://localhost:${port}`;
  });
  afterAll(() => redis?.close());

  test('is reached by TLS with a certificate of our own, and refused with another authority or without one', async () => {
    if (!redis) return; // this machine has none
    await pingRedis(over(url, trusted));
    await expect(pingRedis(over(url, { ...trusted, sslrootcert: otherCa }))).rejects.toThrow(
      'DEPTH_ZERO_SELF_SIGNED_CERT',
    );
    await expect(pingRedis(url)).rejects.toThrow('DEPTH_ZERO_SELF_SIGNED_CERT');
    await expect(pingRedis(over(url, { sslrootcert: ca }))).rejects.toThrow();
    await expect(pingRedis(over(url, { sslrootcert: join(folder, 'none') }))).rejects.toThrow(
      'QUEUE_URL: the file of `sslrootcert` cannot be read: ENOENT',
    );
  });

  test('carries messages', async () => {
    if (!redis) return;
    const app = await openTestApp({ queueUrl: over(url, trusted) });
    try {
      const tenant = await app.tenant();
      await whenStatus(app, tenant, await send(app, tenant, text()), 'delivered');
    } finally {
      await app.close();
    }
  });

  test('that ends connections and has another password gets it: from each client, and those that BullMQ makes of it', async () => {
    if (!redis) return;
    let password = 'one';
    const now = (): string => over(url, trusted).replace('//', `//:${password}@`);
    const operator = new CurrentRedis(() => over(url, trusted), {});
    await operator.config('SET', 'requirepass', 'one');
    const clients = [new CurrentRedis(now, {})];
    clients.push(...clients.map((client) => client.duplicate({ maxRetriesPerRequest: null }) as CurrentRedis));
    for (const client of clients) {
      client.on('error', () => undefined);
      expect(await client.ping()).toBe('PONG');
    }
    await operator.config('SET', 'requirepass', 'another');
    password = 'another';
    await operator.call('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes');
    for (const client of clients)
      await until(() =>
        client.ping().then(
          () => true,
          () => false,
        ),
      );
    for (const client of [operator, ...clients]) client.disconnect();
  });
});
