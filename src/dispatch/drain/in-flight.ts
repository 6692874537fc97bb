/** Waits until nothing to a person is in a drain's hands any more. */
import { setTimeout as delay } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { Database } from '../../kernel/index.js';
import { holdsMessageTo } from '../../ledger/index.js';

const STEP_MS = 20;

@Injectable()
export class InFlight {
  constructor(private readonly database: Database) {}

  /**
   * Resolves once every message to this address that was claimed before the call has been recorded, or after `withinMs`. A
   * claim asks consent after it is committed; so once a STOP is committed and this has resolved, nothing reaches the person:
   * what was claimed before is through, and what is claimed later meets the STOP at the gate. Answers whether all is through.
   * Lanes whose drain has lost its lease do not count: a drain begins no call without one.
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
