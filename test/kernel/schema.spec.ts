/** The schema: what migrations make, what is committed, and what the entities believe are the same. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { MikroORM } from '@mikro-orm/postgresql';
import { Client } from 'pg';
import { cloneDatabase, emptyDatabase } from '../support/databases.js';
import { databaseParts, migrateDatabase } from '../../src/app.database.js';
import { ormOptions } from '../../src/kernel/postgres/database.module.js';
import { dumpSchema } from '../../src/kernel/postgres/schema-dump.js';

const COMMITTED = readFileSync(join(import.meta.dirname, '../../schema.sql'), 'utf8');

async function connected<T>(url: string, work: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

const dump = (url: string): Promise<string> =>
  connected(url, (client) =>
    dumpSchema(async <Row extends object>(sql: string) => (await client.query<Row>(sql)).rows),
  );

const released = (url: string): Promise<unknown> =>
  connected(url, async (client) => (await client.query('select name from schema_migration order by id')).rows);

test('The migrations make what schema.sql says, from nothing', async () => {
  const url = await emptyDatabase();
  await migrateDatabase(url);
  expect(await dump(url)).toBe(COMMITTED);
});

test('A second run of the migrations does nothing', async () => {
  const url = await cloneDatabase();
  const before = [await dump(url), await released(url)];
  await migrateDatabase(url);
  expect([await dump(url), await released(url)]).toEqual(before);
});

test('Several processes that start at once migrate once', async () => {
  const url = await emptyDatabase();
  await Promise.all([1, 2, 3].map(() => migrateDatabase(url)));
  expect(await dump(url)).toBe(COMMITTED);
  expect(await released(url)).toEqual(databaseParts.migrations.map(({ name }) => ({ name })));
});

test('schema.sql can be run, and makes the same again', async () => {
  const url = await emptyDatabase();
  await connected(url, (client) => client.query(COMMITTED));
  expect(await dump(url)).toBe(COMMITTED);
});

test('Every entity has its table, with every column of its', async () => {
  const orm = await MikroORM.init(ormOptions(await cloneDatabase(), 2, databaseParts));
  try {
    const entities = [...orm.getMetadata().getAll().values()].filter(
      ({ abstract, embeddable }) => !abstract && !embeddable,
    );
    expect(entities.length).toBeGreaterThan(5);
    for (const { class: entity, tableName, props } of entities) {
      await orm.em.fork().find(entity, {}, { limit: 1 });
      const columns = await orm.em.getConnection().execute<{ name: string; type: string; nullable: boolean }[]>(
        `select attname as name, format_type(atttypid, atttypmod) as type, not attnotnull as nullable
         from pg_attribute where attrelid = ?::regclass and attnum > 0`,
        [tableName],
      );
      const believed = props
        .filter(({ fieldNames, kind }) => fieldNames && ['scalar', 'm:1'].includes(kind as string))
        .map(({ fieldNames, nullable = false }) => ({ name: fieldNames[0], nullable }));
      for (const column of believed)
        expect({ tableName, columns }).toEqual({
          tableName,
          columns: expect.arrayContaining([expect.objectContaining(column)]),
        });
    }
  } finally {
    await orm.close(true);
  }
});
