/** Migrations at start and by command: from zero, again, and by several processes at once. */
import { resolve } from 'node:path';
import {
  deployment,
  emptyDatabase,
  endProcesses,
  newHome,
  query,
  startService,
  type Environment,
} from '../support/process.js';

afterAll(endProcesses);

const migrate = async (environment: Environment): Promise<{ code: number | null; out: string; err: string }> => {
  const command = await startService(environment, { args: [resolve('dist', 'src', 'main.migrate.js')] });
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
}, 60_000);

test('`migrate` works on the embedded database too, and stops it again', async () => {
  const environment = { CALLBOARD_HOME: newHome() };
  expect(await migrate(environment)).toMatchObject({ code: 0, err: '' });
  expect(await migrate(environment)).toMatchObject({ code: 0, err: '' });
}, 60_000);

test('of processes that start together on an empty database, one migrates and all are ready', async () => {
  const environment = deployment(await emptyDatabase());
  const roles = ['api', 'worker', 'worker'];
  const services = await Promise.all(roles.map((CALLBOARD_ROLE) => startService({ ...environment, CALLBOARD_ROLE })));
  await Promise.all(services.map((service) => service.ready()));
  const names = await migrationsRun(environment.DATABASE_URL);
  expect(new Set(names).size).toBe(names.length);
  for (const service of services) expect([(await service.stop()).code, service.err]).toEqual([0, '']);
}, 60_000);

describe('a database that is not whole', () => {
  /** Tries to start on it. Answers what it said. */
  async function refusal(environment: Environment): Promise<string> {
    const service = await startService(environment);
    expect(await service.ended).toEqual({ code: 1, signal: null });
    return service.err;
  }

  test('because a table is gone is refused by its name, and left as it is', async () => {
    const environment = deployment(await emptyDatabase());
    await migrate(environment);
    await query(environment.DATABASE_URL, 'drop table pending, suppression');
    const shape = await shapeOf(environment.DATABASE_URL);
    expect(await refusal(environment)).toMatch(
      /Callboard did not start\. The database is half migrated: it lacks \d+ columns of pending, suppression\. Restore it as a whole/,
    );
    expect(await shapeOf(environment.DATABASE_URL)).toEqual(shape);
  }, 60_000);

  test('because a migration in the middle is missing is refused, and left as it is', async () => {
    const environment = deployment(await emptyDatabase());
    await migrate(environment);
    await query(environment.DATABASE_URL, `delete from schema_migration where name = '0003-consent'`);
    expect(await refusal(environment)).toContain(
      'The database is half migrated: migration 3 was "0004-templates", where this release has "0003-consent".',
    );
    expect(await migrationsRun(environment.DATABASE_URL)).not.toContain('0003-consent');
  }, 60_000);

  test('because a migration fails is as it was before, and whole once the cause is gone', async () => {
    const environment = deployment(await emptyDatabase());
    await query(environment.DATABASE_URL, 'create table campaign (in_the_way integer)');
    const tables = (): Promise<object[]> =>
      query(
        environment.DATABASE_URL,
        `select tablename from pg_tables where schemaname = 'public' and tablename <> 'schema_migration'`,
      );
    expect(await refusal(environment)).toContain('Callboard did not start.');
    expect(await tables()).toEqual([{ tablename: 'campaign' }]);
    expect(await migrationsRun(environment.DATABASE_URL)).toEqual([]);
    await query(environment.DATABASE_URL, 'drop table campaign');
    expect(await migrate(environment)).toMatchObject({ code: 0 });
  }, 60_000);

  test('is not what a newer release has left: this one goes on with it, and says so', async () => {
    const environment = deployment(await emptyDatabase());
    await migrate(environment);
    await query(environment.DATABASE_URL, `insert into schema_migration (name) values ('0999-of-tomorrow')`);
    const service = await (await startService(environment)).ready();
    expect(service.out).toContain('A newer release has migrated the database: 0999-of-tomorrow');
    expect((await service.stop()).code).toBe(0);
  }, 60_000);
});
