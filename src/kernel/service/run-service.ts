/** The process's life cycle: start, print the banner, stop cleanly. */
import { readFileSync } from 'node:fs';
import { flushCompileCache } from 'node:module';
import { performance } from 'node:perf_hooks';
import { Logger, type DynamicModule } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { banner } from './banner.js';
import type { Ground } from './boot.js';
import { createHttpApp } from './http-app.js';
import { startQueueWorkers } from '../queue/queue-workers.js';
import { stillWaiting } from '../logging/waits.js';
import type { ReadyConfig } from '../config/ready-config.js';

/** Seconds that running work may take to finish; then the process ends, and messages in flight are settled by evidence. */
const SHUTDOWN_DEADLINE_MS = 25_000;

/** Speaks once the application is made: until then nobody has said how. */
const logger = new Logger('Service');

interface Prepared {
  readonly ground: Ground;
  readonly root: DynamicModule;
  /** Lines for the banner. */
  readonly notes: readonly (readonly [string, string])[];
}

interface Running {
  readonly ground: Ground;
  readonly app: NestFastifyApplication;
  readonly notes: Prepared['notes'];
}

/**
 * Starts the application that `prepare` describes and runs it until SIGINT, SIGTERM or SIGHUP (its terminal is closed). Where secrets are in
 * files or with a manager, SIGHUP is the word to read them again. Ends the process with 1 on failure.
 */
export async function runService(prepare: () => Promise<Prepared>): Promise<void> {
  outliveReaders();
  const startedBy = keepers();
  const starting = start(prepare);
  const stop = stopOnSignal(starting);
  await runCommand(async () => {
    const { ground, notes } = await starting;
    const { config } = ground;
    if (config.underNpm) stopWithout(startedBy, stop);
    process.stdout.write(banner(config, notes));
    for (const warning of config.warnings) logger.warn(warning);
    flushCompileCache(); // for the next start, also where this process is killed
    logger.log({ msg: 'started', role: config.role, port: config.port, ms: Math.round(performance.now()) });
  });
}

/** Runs `work`. On failure, prints a sentence rather than a stack, and ends the process with 1. */
export async function runCommand(work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    process.stderr.write(`\nCallboard did not start. ${reasonOf(error)}\n`);
    process.exit(1);
  }
}

async function start(prepare: () => Promise<Prepared>): Promise<Running> {
  const { ground, root, notes } = await prepare();
  try {
    return { ground, app: await startApp(root, ground.config), notes };
  } catch (error) {
    await ground.stop().catch(() => undefined); // must not hide why
    throw error;
  }
}

/** Starts the application, listening and working. One that does not start leaves nothing open. */
export async function startApp(root: DynamicModule, config: ReadyConfig): Promise<NestFastifyApplication> {
  const app = await createHttpApp(root, config);
  try {
    await listen(app, config);
    await startQueueWorkers(app, config);
    return app;
  } catch (error) {
    await app.close().catch(() => undefined); // must not hide why
    throw error;
  }
}

/** Starts listening. Raises an Error that says what to change if the port is taken. */
async function listen(app: NestFastifyApplication, { port, host }: ReadyConfig): Promise<void> {
  try {
    await app.listen(port, host);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error;
    if (error.code === 'EADDRINUSE') {
      throw new Error(`Port ${port} on ${host} is taken: stop what uses it, or set PORT to another.`, { cause: error });
    }
    if (error.code === 'EACCES') {
      throw new Error(`Port ${port} may not be opened by this user: set PORT to one above 1023.`, { cause: error });
    }
    throw error;
  }
}

/** A signal during startup waits for it: whatever was started by then is stopped in order too. */
function stopOnSignal(starting: Promise<Running>): (signal?: string) => void {
  let stopping = false;
  const stop = (signal = 'npm ended'): void => {
    if (stopping) return;
    stopping = true;
    setTimeout(giveUp, SHUTDOWN_DEADLINE_MS).unref();
    void starting
      .then((running) => end(running, signal))
      .then(
        () => process.exit(0),
        () => process.exit(1),
      );
  };
  const hangUp = (): void =>
    void starting.then(
      ({ ground: { config } }) => (config.rotation ? config.rotation.lookNow() : stop('SIGHUP')),
      () => stop('SIGHUP'),
    );
  process.on('SIGINT', stop).on('SIGTERM', stop).on('SIGHUP', hangUp);
  return stop;
}

/** Says what did not end in time, so that somebody can look into it. */
function giveUp(): never {
  logger.error({ msg: 'not stopped in time', waitedFor: stillWaiting(), ms: SHUTDOWN_DEADLINE_MS });
  process.exit(1);
}

/** The reader of our output may go away: messages are sent nonetheless. */
function outliveReaders(): void {
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
}

async function end({ ground, app }: Running, signal: string): Promise<void> {
  const begun = performance.now();
  logger.log({ msg: 'stopping', signal });
  try {
    await app.close();
  } finally {
    await ground.stop();
  }
  logger.log({ msg: 'stopped', ms: Math.round(performance.now() - begun) });
}

/** Under `npm start` a killed npm would leave this process running, holding the port. */
function stopWithout(startedBy: string, stop: () => void): void {
  setInterval(() => {
    if (keepers() !== startedBy) stop();
  }, 1_000).unref();
}

/** The parent, and its parent if that is the shell in which npm runs scripts: such a shell outlives a killed npm. */
function keepers(): string {
  const [, name = '', parent = ''] = /\((.*)\) \S (\d+)/.exec(statusOf(process.ppid)) ?? [];
  return name.endsWith('sh') ? `${process.ppid} ${parent}` : `${process.ppid}`;
}

/** `pid (name) state parent …`; undefined for a process that is gone, or if the system has no such file. */
function statusOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error) return '';
    throw error;
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : 'The reason is not known.';
}
