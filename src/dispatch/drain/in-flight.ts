/** Waits until no message to a person is in flight. */
import { setTimeout as delay } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { Database } from '../../kernel/index.js';
import { holdsMessageTo } from '../../ledger/index.js';

const STEP_MS = 20;

@Injectable()
export class InFlight {
  constructor(private readonly database: Database) {}

  /**
   * Resolves once every message to this address that was claimed before the call has been recorded, or after `withinMs`.
   * Returns whether all are recorded. Consent is checked after the claim has committed; so once a STOP is committed and this
   * has returned true, nothing more is sent to the person: earlier claims are finished, and later ones are stopped by the
   * gate. Lanes whose drain has lost its lease do not count: a drain starts no call without one.
   */
  async settled(channels: readonly string[], recipient: string, withinMs: number): Promise<boolean> {
    const deadline = performance.now() + withinMs;
    for (;;) {
      const busy = await this.database.query(
        `select from lane
         where lease_until > clock_timestamp() and ${holdsMessageTo('lane.id', 'lane.lease_holder', '$1', '$2')} limit 1`,
        [recipient, channels],
      );
      if (busy.length === 0) return true;
      if (performance.now() > deadline) return false;
      await delay(STEP_MS);
    }
  }
}
