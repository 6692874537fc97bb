/** Lets one at a time write amounts: the consumer of events, the rent of numbers, credits, and the close of a month. */
import { Injectable } from '@nestjs/common';
import { Database } from '../../kernel/index.js';
import { EventConsumers } from '../../ledger/index.js';

/** Of the consumer that writes amounts: its cursor is what all of them lock. */
const CONSUMER = 'usage';

@Injectable()
export class AmountsLock {
  constructor(
    private readonly database: Database,
    private readonly consumers: EventConsumers,
  ) {}

  /** Runs work in a transaction, during which nobody else writes an amount. It should be short: the consumer waits. */
  holding<T>(work: () => Promise<T>): Promise<T> {
    return this.database.transaction(async () => {
      await this.consumers.hold(CONSUMER);
      return work();
    });
  }

  /** Whether all that happened to a tenant's messages before a time is counted and priced, as far as it is committed. */
  hasCounted(tenantId: string, before: Date): Promise<boolean> {
    return this.consumers.hasTaken(CONSUMER, tenantId, before);
  }
}
