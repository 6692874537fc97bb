/** `grants`: roles of the database, seen and granted from the command line. */
import { query } from '../../harness/query.js';
import { migrateDatabase } from '../../src/app.database.js';
import { callboard, type Said } from '../support/cli.js';
import { databaseOfTwo, newRole, sqlState, type DatabaseOfTwo } from '../support/database-roles.js';
import { deployment } from '../support/process.js';

let database: DatabaseOfTwo;
let tenant: string;
beforeAll(async () => {
  database = await databaseOfTwo();
  await migrateDatabase(database.owner);
  const [made] = await query<{ id: string }>(
    database.owner,
    `insert into tenant (id, name, slug, timezone, currency, email_enabled) values (uuidv7(), 'Riverside', 'riverside', 'UTC', 'EUR', true) returning id`,
  );
  tenant = String(made?.id);
});

const grants = (url: string, ...args: readonly string[]): Promise<Said> =>
  callboard(deployment(url), 'grants', ...args);

test('The service’s role is granted what it needs, and what it lacks later is told', async () => {
  const { owner, service, role } = database;
  expect(await grants(owner, 'list')).toEqual({ code: 0, out: '', err: 'There are none.' });
  expect(await sqlState(service, 'select from message')).toBe('42501');
  expect(await grants(owner, 'service', role)).toEqual({
    code: 0,
    out: `The role ${role} may do what the service needs, and no more.`,
    err: '',
  });
  expect(await sqlState(service, 'select from message')).toBe('done');
  expect(await sqlState(service, 'delete from audit_event')).toBe('42501');
  expect((await grants(owner, 'list')).out).toMatch(new RegExp(`^${role} +service +- +-$`, 'm'));
  await query(owner, `revoke update on message from ${role}; revoke delete on pending from ${role}`);
  const { code, out } = await grants(owner, 'list', '--json');
  const lacks = ['public.message', 'public.pending'];
  expect([code, JSON.parse(out)]).toEqual([1, [{ role, of: 'service', tenantId: null, lacks }]]);
  expect((await grants(owner, 'service', role)).code).toBe(0);
  expect((await grants(owner, 'list')).code).toBe(0);
});

test('A role of the reports reads those of all tenants, or of one', async () => {
  const { owner, superuser, role } = database;
  const reader = `reader_of_${role}`;
  const url = await newRole(superuser, reader);
  expect((await grants(owner, 'reports', reader)).out).toBe(
    `The role ${reader} may read the reports of all tenants, and no more.`,
  );
  expect(await sqlState(url, 'select from email_log')).toBe('done');
  expect((await grants(owner, 'reports', reader, '--tenant', tenant)).code).toBe(0);
  expect(await sqlState(url, 'select from email_log')).toBe('42501');
  expect((await grants(owner, 'list')).out).toMatch(new RegExp(`^${reader} +reports +${tenant} +-$`, 'm'));
  expect(await grants(owner, 'reports', reader, '--tenant', 'riverside')).toMatchObject({ code: 2, out: '' });
});

test('What cannot be granted is said, and what to do', async () => {
  const { owner, service } = database;
  const nobody = await grants(owner, 'service', 'nobody');
  expect(nobody).toMatchObject({ code: 1, out: '' });
  expect(nobody.err).toContain('There is no role "nobody": create it first');
  const nowhere = new URL(owner);
  nowhere.port = '1';
  expect((await grants(nowhere.href, 'list')).err).toContain('The database of DATABASE_URL cannot be used');
  const reader = await grants(service, 'service', `reader_of_${database.role}`);
  expect([reader.code, reader.err]).toEqual([1, expect.stringContaining('run this as that role')]);
});

test('A database that is behind is to be migrated first', async () => {
  const { owner, role } = await databaseOfTwo();
  const { code, err } = await grants(owner, 'service', role);
  expect([code, err]).toEqual([
    1,
    expect.stringMatching(/lacks migrations of this release \(\d+\): run `npm run migrate`/),
  ]);
});
