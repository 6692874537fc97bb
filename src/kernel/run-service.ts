/** The life of the process: start, say where things are, stop cleanly. */
import type { DynamicModule } from '@nestjs/common';
import { BullRegistrar } from '@nestjs/bullmq';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { banner } from './banner.js';
import type { Ground } from './boot.js';
import { BadConfiguration } from './config.js';
import { createHttpApp } from './http-app.js';
import type { ReadyConfig } from './ready-config.js';

/** Seconds that work under way may take to finish; then the process ends, and what was in flight is settled by evidence. */
const SHUTDOWN_DEADLINE_MS = 25_000;

interface Prepared {
  readonly ground: Ground;
  readonly root: DynamicModule;
}

/** Starts the application that `prepare` describes and keeps it until SIGINT or SIGTERM. Ends the process with 1 on failure. */
export async function runService(prepare: () => Promise<Prepared>): Promise<void> {
  let ground: Ground | undefined;
  try {
    const prepared = await prepare();
    ({ ground } = prepared);
    const app = await createHttpApp(prepared.root, ground.config);
    stopOnSignal(app, ground);
    await listen(app, ground.config);
    await startWorkers(app, ground.config);
    process.stdout.write(banner(ground.config));
  } catch (error) {
    process.stderr.write(`\nCallboard did not start. ${reasonOf(error)}\n`);
    await ground?.stop();
    process.exit(1);
  }
}

/** Starts listening. Raises an Error that says what to change when the port is taken. */
export async function listen(app: NestFastifyApplication, { port, host }: ReadyConfig): Promise<void> {
  try {
    await app.listen(port, host);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error;
    if (error.code === 'EADDRINUSE') throw new Error(`Port ${port} on ${host} is taken: stop what uses it, or set PORT to another.`);
    if (error.code === 'EACCES') throw new Error(`Port ${port} may not be opened by this user: set PORT to one above 1023.`);
    throw error;
  }
}

/** Queue processors start only now, when every command handler is registered; an api process has none. */
export async function startWorkers(app: NestFastifyApplication, { role }: ReadyConfig): Promise<void> {
  if (role !== 'api') await Promise.resolve(app.get(BullRegistrar).register());
}

function stopOnSignal(app: NestFastifyApplication, ground: Ground): void {
  let stopping = false;
  const stop = (): void => {
    if (stopping) return;
    stopping = true;
    setTimeout(() => process.exit(1), SHUTDOWN_DEADLINE_MS).unref();
    void app
      .close()
      .finally(() => ground.stop())
      .then(() => process.exit(0))
      .catch(() => process.exit(1));
  };
  process.on('SIGINT', stop).on('SIGTERM', stop);
  if (ground.config.underNpm) stopWithParent(stop);
}

/** Under `npm start` a killed npm would leave this process behind, holding the port. */
function stopWithParent(stop: () => void): void {
  const parent = process.ppid;
  setInterval(() => {
    if (process.ppid !== parent) stop();
  }, 1_000).unref();
}

function reasonOf(error: unknown): string {
  if (error instanceof BadConfiguration) return error.message;
  if (error instanceof Error) return error.cause instanceof Error ? `${error.message}\n${error.cause.message}` : error.message;
  return 'The reason is not known.';
}
