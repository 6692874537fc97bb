/** Stops what waits to be sent to a person whose data is erased. */
import { Injectable } from '@nestjs/common';
import { Database } from '../kernel/index.js';
import { PendingQueue, Transitions } from '../ledger/index.js';
import { valuesOf, type Person } from './person.js';
import { WAITING_MESSAGES } from './registry/waiting-messages.js';

@Injectable()
export class WaitingMessages {
  constructor(
    private readonly database: Database,
    private readonly pending: PendingQueue,
    private readonly transitions: Transitions,
  ) {}

  /** Cancels a batch of them, as the caller would; answers how many. One that a drain has claimed meets the gate, or is sent. */
  cancel(person: Person): Promise<number> {
    return this.database.transaction(async () => {
      const waiting = await this.database.query<{ id: string }>(WAITING_MESSAGES, valuesOf(person));
      const taken: string[] = [];
      for (const { id } of waiting) if (await this.pending.takeOut(id)) taken.push(id);
      if (taken.length > 0) {
        const news = taken.map((messageId) => ({ messageId, status: 'cancelled', reason: 'erased' }) as const);
        await this.transitions.apply(news, 'api');
      }
      return taken.length;
    });
  }
}
