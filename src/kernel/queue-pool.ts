/** The pool that BullMQ is given where the queue is in the database, with two repairs (BullMQ 6.7.0, `PostgresConnection`). */
import { setTimeout as delay } from 'node:timers/promises';
import { Pool, type PoolClient } from 'pg';
import { isUnavailable } from './database-errors.js';

const AGAIN_MS = 250;

/**
 * BullMQ remembers for good that its first connection failed: a worker whose database goes away in that moment would never work again,
 * and ask for ever without a turn of the event loop. So a connection that BullMQ takes for itself is waited for. And a client may fail
 * when BullMQ does not listen to it: that must not end the process.
 */
export class QueuePool extends Pool {
  private isPatient = true;

  constructor(...options: ConstructorParameters<typeof Pool>) {
    super(...options);
    this.on('error', () => undefined); // idle connections lost with the server are replaced on next use
    this.on('connect', (client) => client.on('error', () => undefined)); // whoever uses it is told by its query
  }

  override connect(): Promise<PoolClient>;
  override connect(done: Parameters<Pool['connect']>[0]): void;
  override connect(done?: Parameters<Pool['connect']>[0]): Promise<PoolClient> | void {
    return done ? super.connect(done) : this.patiently();
  }

  /** From now on nobody waits: the process is to end. */
  endPatience(): void {
    this.isPatient = false;
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
