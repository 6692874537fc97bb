/** BullMQ's pool if the queue is in the database, with three fixes (BullMQ 6.7.0, `PostgresConnection`). */
import { performance } from 'node:perf_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import { Pool, type PoolClient } from 'pg';
import { isUnavailable } from '../postgres/database-errors.js';

const AGAIN_MS = 250;
const PAUSE_MS = 1_000;

type Done = Parameters<Pool['connect']>[0];

/**
 * BullMQ permanently remembers that its first connection failed: a worker whose database goes away at that moment would never
 * work again, and poll forever without yielding to the event loop. So a connection that BullMQ takes for itself is awaited. It
 * immediately retries a database that refuses (read-only, full, starting up): so after a failure all statements wait for a
 * second. And a client may fail while BullMQ does not listen to it: that must not end the process.
 */
export class QueuePool extends Pool {
  private isPatient = true;
  private pausedUntil = 0;

  constructor(...options: ConstructorParameters<typeof Pool>) {
    super(...options);
    this.setMaxListeners(0); // each queue and each worker adds its own
    this.on('error', () => undefined); // idle connections lost with the server are replaced on next use
    this.on('connect', (client) => client.on('error', () => undefined)); // its query reports it to its caller
    this.on('release', (error) => this.note(error)); // a statement's own error comes this way
  }

  override connect(): Promise<PoolClient>;
  override connect(done: Done): void;
  override connect(done?: Done): Promise<PoolClient> | void {
    if (!done) return this.patiently();
    const ask = (): void =>
      super.connect((error, client, release) => {
        this.note(error);
        done(error, client, release);
      });
    const pause = this.isPatient ? this.pausedUntil - performance.now() : 0;
    if (pause > 0) setTimeout(ask, pause);
    else ask();
  }

  /** From now on nobody waits: the process is stopping. */
  endPatience(): void {
    this.isPatient = false;
  }

  private note(error: Error | undefined): void {
    if (error && isUnavailable(error)) this.pausedUntil = performance.now() + PAUSE_MS;
  }

  private async patiently(): Promise<PoolClient> {
    for (;;) {
      try {
        return await super.connect();
      } catch (error) {
        if (!isUnavailable(error) || !this.isPatient) throw error;
        await delay(AGAIN_MS, undefined, { ref: false });
      }
    }
  }
}
