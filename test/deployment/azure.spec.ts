/** deploy/azure: what can be told of it without Azure. Its properties are those of Microsoft.App@2024-03-01, compared by hand. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadAppConfig } from '../../src/app.config.js';
import { KeyRing } from '../../src/kernel/config/key-ring.js';
import { query } from '../../harness/query.js';
import { openTestApp, type TestApp } from '../support/test-app.js';

const ROOT = join(import.meta.dirname, '..', '..');
const bicep = readFileSync(join(ROOT, 'deploy', 'azure', 'callboard.bicep'), 'utf8');
const page = readFileSync(join(ROOT, 'docs', 'deploy-azure.md'), 'utf8');

let app: TestApp;
beforeAll(async () => {
  app = await openTestApp();
});
afterAll(() => app.close());

test('workers are scaled by a question that the database answers: how long the oldest message has waited', async () => {
  const [, oldest = ''] = /var oldest = '''\n([\s\S]+?)'''/.exec(bicep) ?? [];
  expect(await query(app.config.databaseUrl, oldest)).toEqual([{ coalesce: 0 }]);
});

test('every process has what it needs to start, by variables that the service reads', () => {
  const [, names = ''] = /param secrets array = \[(.+)\]/.exec(bicep) ?? [];
  const values: Record<string, string> = {
    DATABASE_URL:
      'postgres://callboard_service:x@example.postgres.database.azure.com:5432/callboard?sslmode=verify-full',
    CALLBOARD_ADMIN_KEY: 'an-admin-key-of-ones-own',
    CALLBOARD_ENCRYPTION_KEYS: KeyRing.generate(),
  };
  const given = [...names.matchAll(/'(\w+)'/g)].map(([, name = '']) => [name, values[name] ?? ''] as const);
  const plain = { PUBLIC_URL: 'https://messages.example.com', CALLBOARD_SANDBOX: 'off' };
  for (const role of ['api', 'worker']) {
    const config = loadAppConfig({ ...Object.fromEntries(given), ...plain, CALLBOARD_ROLE: role });
    expect(config).toMatchObject({ role, sandbox: false, warnings: [] });
    expect(bicep).toContain(`{ name: 'CALLBOARD_ROLE', value: '${role}' }`);
  }
  for (const name of Object.keys(plain)) expect(bicep).toContain(`{ name: '${name}', value: `);
});

test('a stop has more time than the service takes, and probes go where the service answers', () => {
  const graces = [...bicep.matchAll(/terminationGracePeriodSeconds: (\d+)/g)].map(([, seconds]) => Number(seconds));
  expect(graces).toHaveLength(2);
  for (const seconds of graces) expect(seconds).toBeGreaterThan(30);
  const paths = [...bicep.matchAll(/path: '([^']+)', port: 3000/g)].map(([, path]) => path);
  expect(paths).toEqual(['/health/live', '/health/live', '/health/ready']);
});

test('the page names every parameter that has no default, and every secret of the vault', () => {
  const needed = [...bicep.matchAll(/^param (\w+) \w+$/gm)].map(([, name = '']) => name);
  expect(needed.length).toBeGreaterThan(4);
  expect(needed.filter((name) => !page.includes(`${name}=`))).toEqual([]);
  for (const secret of ['DATABASE-URL', 'OWNER-DATABASE-URL', 'SCALING-DATABASE-URL']) expect(page).toContain(secret);
  expect(existsSync(join(ROOT, 'deploy', 'azure', 'callboard.bicep'))).toBe(true);
});
