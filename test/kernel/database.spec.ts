/** The way to PostgreSQL: transactions that join, tasks after commit, and words for what went wrong. */
import { MikroORM } from '@mikro-orm/postgresql';
import { cloneDatabase } from '../support/databases.js';
import { databaseParts } from '../../src/app.database.js';
import { ormOptions } from '../../src/kernel/postgres/database.module.js';
import { Database, iso, isUnavailable, Metrics, violatedUnique } from '../../src/kernel/index.js';
import { Schedules } from '../../src/kernel/queue/schedules.js';

const POOL_SIZE = 3;

let url: string;
let orms: MikroORM[];
let database: Database;
let other: Database;

beforeAll(async () => {
  url = await cloneDatabase();
  orms = await Promise.all([1, 2].map(() => MikroORM.init(ormOptions(url, POOL_SIZE, databaseParts))));
  const [first, second] = orms.map((orm) => new Database(orm));
  if (!first || !second) throw new Error('two were asked for');
  [database, other] = [first, second];
});
afterAll(() => Promise.all(orms.map((orm) => orm.close(true))));

const put = (key: string, on = database): Promise<object[]> =>
  on.query(`insert into deployment (key, value) values ($1, '')`, [key]);
const has = async (key: string): Promise<boolean> =>
  (await other.query('select 1 from deployment where key = $1', [key])).length > 0;

describe('A transaction', () => {
  test('commits all of it at its end, and nobody sees it before', async () => {
    await database.transaction(async () => {
      await put('commit-1');
      expect(await has('commit-1')).toBe(false);
      await put('commit-2');
    });
    expect([await has('commit-1'), await has('commit-2')]).toEqual([true, true]);
  });

  test('leaves nothing when it fails', async () => {
    const failing = database.transaction(async () => {
      await put('failed');
      throw new Error('not today');
    });
    await expect(failing).rejects.toThrow('not today');
    expect(await has('failed')).toBe(false);
  });

  test('inside another joins it, and goes with it', async () => {
    const failing = database.transaction(async () => {
      await database.transaction(() => put('inner'));
      throw new Error('outer');
    });
    await expect(failing).rejects.toThrow('outer');
    expect(await has('inner')).toBe(false);
  });

  test('gives its result, and its entity manager to whoever asks inside', async () => {
    const same = await database.transaction((em) => Promise.resolve(database.em() === em));
    expect(same).toBe(true);
    expect(database.em()).not.toBe(database.em());
  });

  test('is not shared by work that runs beside it', async () => {
    let release: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    const open = database.transaction(async () => {
      await put('held');
      await held;
    });
    await database.transaction(() => put('beside'));
    expect([await has('held'), await has('beside')]).toEqual([false, true]);
    release();
    await open;
    expect(await has('held')).toBe(true);
  });

  test('can be left for a statement that counts whatever becomes of it', async () => {
    const failing = database.transaction(async () => {
      await database.apart(`insert into deployment (key, value) values ('apart', '')`);
      throw new Error('undone');
    });
    await expect(failing).rejects.toThrow('undone');
    expect(await has('apart')).toBe(true);
  });
});

describe('A task after commit', () => {
  test('runs once what was written can be seen, in the order of asking', async () => {
    const seen: unknown[] = [];
    await database.transaction(async () => {
      await put('seen');
      await database.afterCommit(async () => void seen.push(await has('seen')));
      await database.transaction(() => database.afterCommit(() => void seen.push('second')));
      expect(seen).toEqual([]);
    });
    expect(seen).toEqual([true, 'second']);
  });

  test('does not run after a rollback', async () => {
    const seen: string[] = [];
    const failing = database.transaction(async () => {
      await database.afterCommit(() => void seen.push('ran'));
      throw new Error('rolled back');
    });
    await expect(failing).rejects.toThrow('rolled back');
    expect(seen).toEqual([]);
  });

  test('runs at once where no transaction is open', async () => {
    const seen: string[] = [];
    await database.afterCommit(() => void seen.push('ran'));
    expect(seen).toEqual(['ran']);
  });

  test('that fails undoes nothing and keeps no other from running', async () => {
    const seen: string[] = [];
    await database.transaction(async () => {
      await put('despite');
      await database.afterCommit(() => Promise.reject(new Error('lost')));
      await database.afterCommit(() => void seen.push('ran'));
    });
    expect([await has('despite'), ...seen]).toEqual([true, 'ran']);
  });

  test('is outside of the transaction that it follows', async () => {
    await database.transaction(() => database.afterCommit(async () => void (await put('after'))));
    expect(await has('after')).toBe(true);
  });
});

test.each<[string, (on: Database) => Promise<object[]>]>([
  ['A statement', (on) => on.query('select 1')],
  ['A prepared statement', (on) => on.prepared('select 1', [])],
])('%s is not sent without TLS where the URL asks for it', async (_, ask) => {
  const orm = await MikroORM.init(ormOptions(`${url}?sslmode=require`, POOL_SIZE, databaseParts));
  await expect(ask(new Database(orm))).rejects.toThrow('The server does not support SSL connections');
  await orm.close(true);
});

describe('An error of the database', () => {
  test('names the unique constraint that was violated', async () => {
    await put('twice');
    const error: unknown = await put('twice').catch((thrown: unknown) => thrown);
    expect([violatedUnique(error), isUnavailable(error)]).toEqual(['deployment_pkey', false]);
  });

  test('in what was asked is no outage', async () => {
    const error: unknown = await database.query('select nothing').catch((thrown: unknown) => thrown);
    expect([violatedUnique(error), isUnavailable(error)]).toEqual([undefined, false]);
  });

  test('of a connection that was cut is an outage, and costs the pool nothing, however often', async () => {
    for (let round = 0; round < 2 * POOL_SIZE; round += 1) {
      const cut = database.transaction(async () => {
        const [session] = await database.query<{ pid: number }>('select pg_backend_pid() as pid');
        await other.query('select pg_terminate_backend($1)', [session?.pid]);
        await database.query('select 1');
      });
      const error: unknown = await cut.catch((thrown: unknown) => thrown);
      expect(isUnavailable(error)).toBe(true);
    }
    await database.transaction(() => put('afterwards'));
    expect(await has('afterwards')).toBe(true);
  });
});

test('Times come as PostgreSQL’s text, and leave as ISO 8601 in UTC', async () => {
  const [row] = await database.query<{ at: string }>(`select '2026-11-21 18:00:00.25+01'::timestamptz as at`);
  expect(iso(row?.at)).toBe('2026-11-21T17:00:00.250Z');
  expect(iso(null)).toBeNull();
});

describe('Scheduled work', () => {
  test('runs once, however many processes find it due', async () => {
    const runs: string[] = [];
    const schedules = [database, other].map((one) => new Schedules(one, new Metrics()));
    const due = Array.from({ length: 10 }, (_, turn) =>
      schedules.map((one, process) =>
        one.once('shared', 60_000, () => Promise.resolve(void runs.push(`${turn}/${process}`))),
      ),
    );
    await Promise.all(due.flat());
    expect(runs).toHaveLength(1);
  });

  test('that is due at the same moment is claimed by one statement, and each runs once', async () => {
    const claims: string[] = [];
    class Counted extends Database {
      override prepared<Row extends object>(sql: string, parameters: readonly unknown[]): Promise<Row[]> {
        claims.push(sql);
        return super.prepared<Row>(sql, parameters);
      }
    }
    const runs: string[] = [];
    const names = Array.from({ length: 30 }, (_, place) => `together-${place}`);
    const processes = orms.map((orm) => new Schedules(new Counted(orm), new Metrics()));
    const lookForAll = (): Promise<unknown> =>
      Promise.all(
        processes.flatMap((one) =>
          names.map((name) => one.once(name, 60_000, () => Promise.resolve(void runs.push(name)))),
        ),
      );
    for (const times of [1, 2]) {
      await lookForAll();
      await lookForAll();
      expect(runs.toSorted()).toEqual(
        Array.from({ length: times }, () => names)
          .flat()
          .toSorted(),
      );
      await other.query(
        `update schedule set last_started_at = now() - interval '61 seconds' where name like 'together-%'`,
      );
    }
    expect(claims).toHaveLength(8);
  });

  test('that another process is claiming is left to it, and nobody waits', async () => {
    const runs: string[] = [];
    const look = (): Promise<unknown> =>
      Promise.all(
        ['locked', 'beside'].map((name) =>
          new Schedules(database, new Metrics()).once(name, 60_000, () => Promise.resolve(void runs.push(name))),
        ),
      );
    await look();
    await other.query(`update schedule set last_started_at = '-infinity' where name in ('locked', 'beside')`);
    await other.transaction(async () => {
      await other.query(`select from schedule where name = 'locked' for update`);
      await look();
    });
    expect(runs).toEqual(['locked', 'beside', 'beside']);
  });

  test('runs again when its time has come, in whichever process', async () => {
    const runs: string[] = [];
    await new Schedules(database, new Metrics()).once('again', 60_000, () => Promise.resolve(void runs.push('first')));
    await other.query(`update schedule set last_started_at = now() - interval '61 seconds' where name = 'again'`);
    await new Schedules(other, new Metrics()).once('again', 60_000, () => Promise.resolve(void runs.push('second')));
    expect(runs).toEqual(['first', 'second']);
  });

  test('that fails is no one’s exception, and waits for its next turn', async () => {
    const failing = new Schedules(database, new Metrics()).once('failing', 60_000, () =>
      Promise.reject(new Error('no')),
    );
    await expect(failing).resolves.toBeUndefined();
    const runs: string[] = [];
    await new Schedules(database, new Metrics()).once('failing', 60_000, () =>
      Promise.resolve(void runs.push('too soon')),
    );
    expect(runs).toEqual([]);
  });
});

test('Closing waits for the connection that a query is opening, and for that query', async () => {
  const orm = await MikroORM.init(ormOptions(await cloneDatabase(), POOL_SIZE, databaseParts));
  const opening = new Database(orm);
  await opening.query('select 1');
  const queries = [1, 2].map((number) => opening.query(`select ${number} as number`));
  await orm.close(true);
  await expect(Promise.all(queries)).resolves.toEqual([[{ number: 1 }], [{ number: 2 }]]);
}, 20_000);
