/** Work that runs by the clock: processes of one deployment on a real database, each with timers of its own. */
import { Injectable, type INestApplicationContext, type LoggerService, type Type } from '@nestjs/common';
import { DiscoveryModule, NestFactory } from '@nestjs/core';
import { ScheduleModule, SchedulerRegistry } from '@nestjs/schedule';
import { MikroORM } from '@mikro-orm/postgresql';
import { cloneDatabase } from '../support/databases.js';
import { databaseParts } from '../../src/app.database.js';
import { ormOptions } from '../../src/kernel/postgres/database.module.js';
import { CONFIG, Database, Metrics, Scheduled, Schedules, type ReadyConfig } from '../../src/kernel/index.js';
import { ScheduledJobs, type ScheduledOptions } from '../../src/kernel/queue/scheduled.js';
import { until } from '../../harness/until.js';

let orm: MikroORM;
const open: INestApplicationContext[] = [];

beforeAll(async () => {
  orm = await MikroORM.init(ormOptions(await cloneDatabase(), 5, databaseParts));
});
afterEach(() => Promise.all(open.splice(0).map((process) => process.close())));
afterAll(() => orm.close(true));

/** Counts what the timers ask for, whether or not a run comes of it. */
class CountedSchedules extends Schedules {
  looks = 0;
  isEnding = false;

  override async once(name: string, everyMs: number, work: () => Promise<void>): Promise<void> {
    this.looks += 1;
    await super.once(name, everyMs, work);
  }

  override async beforeApplicationShutdown(): Promise<void> {
    this.isEnding = true;
    await super.beforeApplicationShutdown();
  }
}

async function start(jobs: Type[], role: ReadyConfig['role'] = 'worker', lines: string[] = []) {
  const write = (line: unknown): void => void lines.push(String(line));
  const logger: LoggerService = { log: () => undefined, warn: write, error: write };
  const process = await NestFactory.createApplicationContext(
    {
      module: class {},
      imports: [DiscoveryModule, ScheduleModule.forRoot()],
      providers: [
        { provide: CONFIG, useValue: { role } },
        { provide: Database, useFactory: () => new Database(orm) },
        {
          provide: Schedules,
          inject: [Database],
          useFactory: (database: Database) => new CountedSchedules(database, new Metrics()),
        },
        ScheduledJobs,
        ...jobs,
      ],
    },
    { logger, abortOnError: false },
  );
  open.push(process);
  const schedules = process.get<CountedSchedules>(Schedules);
  const timers = (): string[] => process.get(SchedulerRegistry).getIntervals();
  return { timers, looks: () => schedules.looks, schedules, close: () => process.close() };
}

type Options = Pick<ScheduledOptions, 'inEveryRole' | 'when'>;

/** A class whose one method is scheduled, and does `work`. */
function jobOf(name: string, everyMs: number, work: () => Promise<void> | void, options: Options = {}): Type {
  class Job {
    @Scheduled({ name, everyMs, ...options })
    async run(): Promise<void> {
      await work();
    }
  }
  Injectable()(Job);
  return Job;
}

/** Work that does not end before it is released. */
function heldWork() {
  let release: () => void = () => undefined;
  const held = new Promise<void>((resolve) => (release = resolve));
  const seen: string[] = [];
  const work = async (): Promise<void> => {
    seen.push('begun');
    await held;
    seen.push('ended');
  };
  return { seen, work, release: () => release() };
}

describe('A scheduled method', () => {
  test('runs again and again', async () => {
    let runs = 0;
    await start([jobOf('again', 50, () => void (runs += 1))]);
    await until(() => runs >= 3);
  });

  test('runs in a process that works, and has no timer in one that only answers', async () => {
    const job = jobOf('by-role', 59_000, () => undefined);
    const processes = await Promise.all((['worker', 'all', 'api'] as const).map((role) => start([job], role)));
    expect(processes.map(({ timers }) => timers())).toEqual([['every 59000 ms'], ['every 59000 ms'], []]);
  });

  test('that has to run when nobody works runs in every role', async () => {
    let runs = 0;
    const { timers } = await start([jobOf('everywhere', 50, () => void (runs += 1), { inEveryRole: true })], 'api');
    expect(timers()).toEqual(['every 50 ms']);
    await until(() => runs >= 2);
  });

  test('that is due once in a minute is looked for every second, and runs once however many processes look', async () => {
    const runs: number[] = [];
    const processes = await Promise.all(
      [1, 2, 3].map((id) => start([jobOf('rare', 60_000, () => void runs.push(id))])),
    );
    await until(() => processes.every(({ looks }) => looks() >= 2));
    expect(runs).toHaveLength(1);
  });

  test('does not run beside itself, however long it takes', async () => {
    const { seen, work, release } = heldWork();
    const { looks } = await start([jobOf('long', 20, work)]);
    await until(() => looks() >= 10);
    expect(seen).toEqual(['begun']);
    release();
    await until(() => seen.length > 3);
    expect(seen.slice(0, 4)).toEqual(['begun', 'ended', 'begun', 'ended']);
  });

  test('that fails is logged by the name of its error, not by its words, and runs again', async () => {
    let runs = 0;
    const lines: string[] = [];
    const fail = (): void => {
      runs += 1;
      throw new RangeError('ana@example.com');
    };
    await start([jobOf('failing', 50, fail)], 'worker', lines);
    await until(() => runs >= 3);
    expect(lines[0]).toMatch(/^The schedule "failing" failed: RangeError at .*scheduled\.spec\.ts/);
    expect(lines).toHaveLength(1); // it fails again and again, and is told of once a minute
  });

  test('with a condition runs when that holds, and those beside it whenever they are due', async () => {
    await orm.em.execute(`create table if not exists work_to_do (id int)`);
    const runs: string[] = [];
    const run = (name: string) => (): void => void runs.push(name);
    await start([
      jobOf('with-work', 50, run('with work'), { when: `exists (select from work_to_do)` }),
      jobOf('without-work', 50, run('without work'), { when: `exists (select from work_to_do where id = 2)` }),
      jobOf('always', 50, run('always')),
    ]);
    await until(() => runs.length >= 3);
    expect(new Set(runs)).toEqual(new Set(['always']));
    await orm.em.execute(`insert into work_to_do values (1)`);
    await until(() => runs.includes('with work'));
    const claimed = `select from schedule where name = 'without-work' and last_started_at > now() - interval '10 seconds'`;
    expect(await orm.em.execute(claimed)).toHaveLength(1); // nobody has to ask why it does not run
    expect(runs).not.toContain('without work');
  });

  test('whose condition is not answered runs, and keeps no other from its turn', async () => {
    await orm.em.execute(`create table if not exists work_to_do (id int)`);
    const runs: string[] = [];
    const em = orm.em.fork();
    await em.begin();
    await em.execute(`lock table work_to_do`);
    await start([
      jobOf('locked-out', 50, () => void runs.push('locked out'), { when: `exists (select from work_to_do)` }),
      jobOf('beside', 50, () => void runs.push('beside'), { when: 'true' }),
    ]);
    await until(() => runs.includes('locked out') && runs.includes('beside'));
    await em.rollback();
  });

  test('whose condition fails runs', async () => {
    let runs = 0;
    await start([jobOf('misspelt', 50, () => void (runs += 1), { when: `exists (select from no_such_table)` })]);
    await until(() => runs > 0);
  });

  test('comes to its end before the process does', async () => {
    const { seen, work, release } = heldWork();
    const { schedules, close } = await start([jobOf('last', 20, work)]);
    await until(() => seen.length === 1);
    const closed = close().then(() => seen.push('closed'));
    await until(() => schedules.isEnding);
    release();
    await closed;
    expect(seen).toEqual(['begun', 'ended', 'closed']);
  });

  test('whose name another one has keeps any process from starting', async () => {
    const jobs = [1, 2].map(() => jobOf('twice', 1_000, () => undefined));
    for (const role of ['worker', 'api'] as const)
      await expect(start(jobs, role)).rejects.toThrow('Two jobs are scheduled as "twice"');
  });
});

describe('What a run leaves behind', () => {
  test('does not hold the next run up, and is waited for at the end', async () => {
    const { seen, work, release } = heldWork();
    const { schedules, close } = await start([]);
    const leave = (): Promise<void> => Promise.resolve(schedules.leaveRunning('left', work));
    await schedules.once('left', 0, leave);
    await schedules.once('left', 0, leave);
    expect(seen).toEqual(['begun', 'begun']);
    const closed = close().then(() => seen.push('closed'));
    await until(() => schedules.isEnding);
    release();
    await closed;
    expect(seen.slice(2)).toEqual(['ended', 'ended', 'closed']);
  });

  test('is no one’s exception when it fails', async () => {
    const lines: string[] = [];
    const { schedules } = await start([], 'worker', lines);
    schedules.leaveRunning('left', () => Promise.reject(new RangeError('ana@example.com')));
    await until(() => lines.length > 0);
    expect(lines).toEqual([expect.stringMatching(/^The schedule "left" failed: RangeError at /)]);
  });
});
