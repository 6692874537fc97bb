/** When alarms began and ended, for whoever follows a tenant's: each is taken once, and can be told again. */
import { Injectable } from '@nestjs/common';
import { Database } from '../../kernel/index.js';

/** Taken at once, at the most. */
const BATCH = 1_000;

/** The log, for other modules' statements. */
export const PUMPING_EVENTS = '(select id, tenant_id, alarm_id, kind, at from pumping_event)';

/** SQL of a statement that has changed alarms: what happened to those of `changed`. */
export const eventsOf = (changed: string, kind: 'suspected' | 'ended'): string =>
  `event as (insert into pumping_event (tenant_id, alarm_id, kind) select tenant_id, id, '${kind}' from ${changed})`;

/** SQL: whether any is to be taken. */
export const ANY_PUMPING_EVENT = `exists (select from pumping_event where not is_taken)`;

@Injectable()
export class PumpingEvents {
  constructor(private readonly database: Database) {}

  /** Takes the next, in the open transaction: their ids, and none where there are none. */
  async take(): Promise<string[]> {
    const rows = await this.database.query<{ id: string }>(
      `update pumping_event set is_taken = true
       where id in (select id from pumping_event where not is_taken order by id limit ${BATCH} for update) returning id`,
    );
    return rows.map(({ id }) => id);
  }
}
