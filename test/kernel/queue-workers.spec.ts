/** Workers of queues of our own, on a real store: what a failed job leaves behind, and what an outage costs. */
import { databaseParts } from '../../src/app.database.js';
import { performance } from 'node:perf_hooks';
import { BullModule, getQueueToken } from '@nestjs/bullmq';
import type { Type } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Queue } from 'bullmq';
import { PostgresServer } from '../../harness/postgres-server.js';
import { query } from '../../harness/query.js';
import { TcpProxy } from '../../harness/tcp-proxy.js';
import { until } from '../../harness/until.js';
import type { AppConfig } from '../../src/app.config.js';
import { migrateDatabase } from '../../src/app.database.js';
import { AppModule } from '../../src/app.module.js';
import { QueueProcessor, QueueWorker } from '../../src/kernel/index.js';
import { startApp } from '../../src/kernel/service/run-service.js';
import { testConfig } from '../support/test-app.js';

/** The whole service, with a worker for each of these queues too. */
function startWith(queues: Record<string, () => Promise<void>>, config: AppConfig): Promise<NestFastifyApplication> {
  const root = {
    module: class {},
    imports: [AppModule.forRoot(config), BullModule.registerQueue(...Object.keys(queues).map((name) => ({ name })))],
    providers: Object.entries(queues).map(([name, work]) => processor(name, work)),
  };
  return startApp(root, config);
}

function processor(queue: string, work: () => Promise<void>): Type {
  @QueueWorker(queue, { concurrency: 1 })
  class Toy extends QueueProcessor {
    protected override work(): Promise<void> {
      return work();
    }
  }
  return Toy;
}

function queueOf(app: NestFastifyApplication, name: string): Queue {
  const queue = app.get<Queue>(getQueueToken(name));
  return queue.on('error', () => undefined); // else BullMQ prints it
}

const NOTHING = (): Promise<void> => Promise.resolve();

describe('A job that fails', () => {
  const PERSON = 'ana@example.com';

  test.each([
    ['personal data', `no such person: ${PERSON}`],
    ['several lines', `no such person:\n${PERSON}\n    ${PERSON}`],
    ['half a character', `${PERSON} \ud83d`],
    ['a character that PostgreSQL does not store', `${PERSON} \0`],
  ])('with a text of %s runs once, and nothing of the text is stored or logged', async (_, message) => {
    let runs = 0;
    const fail = (): Promise<void> => {
      runs += 1;
      return Promise.reject(new RangeError(message));
    };
    const config = await testConfig();
    const app = await startWith({ failing: fail }, config);
    const lines: unknown[] = [];
    app.useLogger({ log: () => undefined, warn: () => undefined, error: (line) => lines.push(line) });
    try {
      const queue = queueOf(app, 'failing');
      await queue.add('job', {});
      await until(async () => runs > 1 || (await queue.getJobCounts('failed'))['failed'] === 1);
      const [job] = await queue.getFailed();
      expect([runs, job?.failedReason, job?.stacktrace]).toEqual([1, 'see the log', ['JobFailed: see the log']]);
      await until(() => lines.length > 0);
      expect(lines).toEqual([expect.stringMatching(/^A job failed: RangeError at .*queue-workers\.spec/)]);
      if (config.queueUrl === undefined) {
        const stored = await Promise.all(
          ['job', 'event'].map((table) => query(config.databaseUrl, `select * from bullmq.${table}`)),
        );
        expect(stored.map((rows) => rows.length > 0)).toEqual([true, true]);
        expect(JSON.stringify(stored)).not.toContain(PERSON);
      }
    } finally {
      await app.close();
    }
  });
});

/** Longer, and the job's lock may expire before its end can be stored. */
const BRIEF_MS = 3_000;

test('A database that restarts under a job in hand makes it run no second time', async () => {
  const server = await PostgresServer.open();
  await migrateDatabase(server.url);
  let proxy = await TcpProxy.to(server.port);
  const { port } = proxy;
  const url = new URL(server.url);
  url.port = String(port);
  let runs = 0;
  let finish = (): void => undefined;
  const work = async (): Promise<void> => {
    runs += 1;
    await new Promise<void>((resolve) => (finish = resolve));
  };
  const app = await startWith({ brief: work }, await testConfig({ databaseUrl: url.href, queueUrl: undefined }));
  const queue = queueOf(app, 'brief');

  /** Answers how long the database was away, in milliseconds: on a busy machine too long for this test. */
  const restart = async (): Promise<number> => {
    const began = performance.now();
    await proxy.close();
    await server.halt();
    finish();
    await server.resume();
    proxy = await TcpProxy.to(server.port, port);
    return performance.now() - began;
  };

  try {
    await until(async () => {
      runs = 0;
      await queue.add('job', {});
      await until(() => runs === 1);
      const away = await restart();
      await until(async () => {
        finish(); // of a second run too
        const counts = await queue.getJobCounts('active', 'waiting', 'delayed').catch(() => ({ unknown: 1 }));
        return Object.values(counts).every((count) => count === 0);
      });
      return away < BRIEF_MS;
    });
    expect(runs).toBe(1);
  } finally {
    await app.close();
    await proxy.close();
    await server.close();
  }
});

describe('An application', () => {
  const queues = (count: number): Record<string, typeof NOTHING> =>
    Object.fromEntries(Array.from({ length: count }, (_, index) => [`queue-${index}`, NOTHING]));

  /** Of ten connections two are spare. */
  const room = 7 - databaseParts.queues.length;

  test('with as many workers as its pool has room for starts', async () => {
    const app = await startWith(queues(room), await testConfig({ queueUrl: undefined }));
    const queue = queueOf(app, 'queue-0');
    await queue.add('job', {});
    await until(async () => (await queue.getJobCounts('active', 'waiting'))['active'] === 0);
    await app.close();
  });

  test('with one more does not start, and says why', async () => {
    const config = await testConfig({ queueUrl: undefined });
    await expect(startWith(queues(room + 1), config)).rejects.toThrow(
      "8 queue workers would keep 8 of the 10 connections of the queue's pool: raise its size.",
    );
  });
});
