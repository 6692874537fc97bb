/** Migrations at start and by command: from zero, again, and by several processes at once. */
import { resolve } from 'node:path';
import { MikroORM } from '@mikro-orm/postgresql';
import type { Environment } from '../../harness/service-process.js';
import { cloneDatabase, emptyDatabase } from '../support/databases.js';
import { query } from '../../harness/query.js';
import { databaseParts } from '../../src/app.database.js';
import { ormOptions } from '../../src/kernel/postgres/database.module.js';
import { migrate as migrateTo } from '../../src/kernel/postgres/migrate.js';
import { deployment, endProcesses, newHome, startService } from '../support/process.js';

afterAll(endProcesses);

const migrate = async (environment: Environment): Promise<{ code: number | null; out: string; err: string }> => {
  const command = await startService(environment, { args: [resolve('dist', 'bundle', 'main.migrate.js')] });
  const { code } = await command.ended;
  return { code, out: command.out, err: command.err };
};

/** Names of the migrations that were run, once for each time. */
async function migrationsRun(databaseUrl: string): Promise<string[]> {
  const rows = await query<{ name: string }>(databaseUrl, 'select name from schema_migration order by id');
  return rows.map(({ name }) => name);
}

/** Everything the migrations made, in words. */
const shapeOf = (databaseUrl: string): Promise<object[]> =>
  query(
    databaseUrl,
    `select table_schema, table_name, column_name, data_type, column_default from information_schema.columns
     where table_schema in ('public', 'bullmq') order by 1, 2, ordinal_position`,
  );

test('`migrate` brings an empty database up to date, and a second time changes nothing', async () => {
  const environment = deployment(await emptyDatabase());
  const done = { code: 0, out: 'The database is up to date.\n', err: '' };
  expect(await migrate(environment)).toEqual(done);
  const [names, shape] = [await migrationsRun(environment.DATABASE_URL), await shapeOf(environment.DATABASE_URL)];
  expect(names.length).toBeGreaterThan(3);
  expect(new Set(names).size).toBe(names.length);
  expect(await migrate(environment)).toEqual(done);
  expect(await migrationsRun(environment.DATABASE_URL)).toEqual(names);
  expect(await shapeOf(environment.DATABASE_URL)).toEqual(shape);
});

test('`migrate` works on the embedded database too, and stops it again', async () => {
  const environment = { CALLBOARD_HOME: newHome() };
  expect(await migrate(environment)).toMatchObject({ code: 0, err: '' });
  expect(await migrate(environment)).toMatchObject({ code: 0, err: '' });
});

test('of processes that start together on an empty database, one migrates and all are ready', async () => {
  const environment = deployment(await emptyDatabase());
  const roles = ['api', 'worker', 'worker'];
  const services = await Promise.all(roles.map((CALLBOARD_ROLE) => startService({ ...environment, CALLBOARD_ROLE })));
  await Promise.all(services.map((service) => service.ready()));
  const names = await migrationsRun(environment.DATABASE_URL);
  expect(new Set(names).size).toBe(names.length);
  for (const service of services) expect([(await service.stop()).code, service.err]).toEqual([0, '']);
});

const ROLES = ['all', 'api', 'worker'];
const NEWEST = databaseParts.migrations.at(-1)?.name;

/** A database as an older release left it: without the last migration of this one. */
async function olderDatabase(): Promise<string> {
  const url = await emptyDatabase();
  const migrations = databaseParts.migrations.slice(0, -1);
  const orm = await MikroORM.init(ormOptions(url, 2, { ...databaseParts, migrations }));
  try {
    await migrateTo(orm, databaseParts);
  } finally {
    await orm.close(true);
  }
  return url;
}

/** The same database through a role that may read and write all rows, and change no table. */
async function asServant(databaseUrl: string): Promise<string> {
  const role = `servant_${new URL(databaseUrl).pathname.slice(1)}`;
  await query(
    databaseUrl,
    `create role ${role} login password 'servant'; grant usage on schema public, bullmq to ${role};
     grant select, insert, update, delete on all tables in schema public, bullmq to ${role};
     grant usage on all sequences in schema public, bullmq to ${role};
     grant callboard_tenant to ${role} with inherit false, set true;
     alter default privileges grant select, insert, update, delete on tables to ${role}`,
  );
  return Object.assign(new URL(databaseUrl), { username: role, password: 'servant' }).href;
}

/** Starts these roles in vain; answers what each said. */
async function refused(environment: Environment, roles = ROLES): Promise<string[]> {
  return Promise.all(
    roles.map(async (CALLBOARD_ROLE) => {
      const service = await startService({ ...environment, CALLBOARD_ROLE });
      expect(await service.ended).toEqual({ code: 1, signal: null });
      expect(service.out).not.toContain('Callboard is ready.');
      return service.err.trim();
    }),
  );
}

describe('a database that is not at this release', () => {
  test('is brought up to it by whichever role starts first', async () => {
    const environment = deployment(await olderDatabase());
    const service = await (await startService({ ...environment, CALLBOARD_ROLE: 'worker' })).ready();
    expect(await migrationsRun(environment.DATABASE_URL)).toEqual(databaseParts.migrations.map(({ name }) => name));
    expect((await service.stop()).code).toBe(0);
  });

  test('stops every role that may not change tables, and names who may; after `migrate` they start', async () => {
    const older = await olderDatabase();
    const environment = deployment(await asServant(older));
    const shape = await shapeOf(older);
    for (const said of await refused(environment)) {
      expect(said).toContain('Callboard did not start. The database does not have the tables of this release.');
      expect(said).toContain(
        `may not make them (${NEWEST}): run \`npm run migrate\` as the role that owns the tables.`,
      );
    }
    expect(await shapeOf(older)).toEqual(shape);
    expect(await migrate({ ...environment, DATABASE_URL: older })).toMatchObject({ code: 0 });
    const roles = ['api', 'worker'];
    const services = await Promise.all(roles.map((CALLBOARD_ROLE) => startService({ ...environment, CALLBOARD_ROLE })));
    for (const service of services) await service.ready();
  });

  test('keeps nothing of a migration that failed, and the next start says so again', async () => {
    const url = await emptyDatabase();
    await query(url, 'create table message (text text)'); // in the way of 0005-dispatch
    const expected =
      'Callboard did not start. The database does not have the tables of this release. The migration failed at 0005-dispatch ' +
      '(42P07), and nothing of it was kept: fix the cause and start again.';
    expect(await refused(deployment(url))).toEqual(ROLES.map(() => expected));
    expect(await migrationsRun(url)).toEqual([]);
    const tables = `select table_name from information_schema.tables where table_schema in ('public', 'bullmq') order by 1`;
    expect(await query(url, tables)).toEqual([{ table_name: 'message' }, { table_name: 'schema_migration' }]);
    expect(await refused(deployment(url), ['worker'])).toEqual([expected]);
    await query(url, 'drop table message');
    expect(await migrate(deployment(url))).toMatchObject({ code: 0 });
  });

  test('is served all the same where a newer release has migrated it, with a warning', async () => {
    const environment = deployment(await cloneDatabase());
    await query(environment.DATABASE_URL, `insert into schema_migration (name) values ('9999-of-tomorrow')`);
    const services = await Promise.all(ROLES.map((CALLBOARD_ROLE) => startService({ ...environment, CALLBOARD_ROLE })));
    for (const service of services) {
      await service.ready();
      expect(service.out).toContain(
        'A newer release has migrated the database (9999-of-tomorrow): update this process',
      );
      expect((await service.call('GET', '/health/ready')).status).toBe(200);
      expect(await service.stop()).toEqual({ code: 0, signal: null });
    }
  });

  test('stops a role where its history is another one', async () => {
    const environment = deployment(await olderDatabase());
    await query(environment.DATABASE_URL, `insert into schema_migration (name) values ('of-another-branch')`);
    for (const said of await refused(environment, ['api'])) {
      expect(said).toContain(`It has had the migration of-another-branch where this release has ${NEWEST}`);
      expect(said).toContain('lead DATABASE_URL to the right one, or restore a backup');
    }
  });

  test('stops a role where a table is gone that it had, and is left as it is', async () => {
    const environment = deployment(await cloneDatabase());
    await query(environment.DATABASE_URL, 'drop table pending, suppression');
    const shape = await shapeOf(environment.DATABASE_URL);
    for (const said of await refused(environment, ['worker'])) {
      expect(said).toContain('It has had its migrations and lacks pending, suppression: restore the whole of it.');
    }
    expect(await shapeOf(environment.DATABASE_URL)).toEqual(shape);
  });
});
