/** Work that runs by the clock: processes of one deployment on a real database, each with timers of its own. */
import { Injectable, type INestApplicationContext, type LoggerService, type Type } from '@nestjs/common';
import { DiscoveryModule, NestFactory } from '@nestjs/core';
import { ScheduleModule, SchedulerRegistry } from '@nestjs/schedule';
import { MikroORM } from '@mikro-orm/postgresql';
import { cloneDatabase } from '../support/databases.js';
import { databaseParts } from '../../src/app.database.js';
import { ormOptions } from '../../src/kernel/postgres/database.module.js';
import { CONFIG, Database, Metrics, Scheduled, Schedules, type ReadyConfig } from '../../src/kernel/index.js';
import { ScheduledJobs } from '../../src/kernel/queue/scheduled.js';
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

/** A class whose one method is scheduled, and does `work`. */
function jobOf(name: string, everyMs: number, work: () => Promise<void> | void): Type {
  class Job {
    @Scheduled({ name, everyMs })
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
    expect(processes.map(({ timers }) => timers())).toEqual([['by-role'], ['by-role'], []]);
  });

  test('that has to run when nobody works runs in every role', async () => {
    let runs = 0;
    class Job {
      @Scheduled({ name: 'everywhere', everyMs: 50, inEveryRole: true })
      run(): Promise<void> {
        runs += 1;
        return Promise.resolve();
      }
    }
    Injectable()(Job);
    const { timers } = await start([Job], 'api');
    expect(timers()).toEqual(['everywhere']);
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
