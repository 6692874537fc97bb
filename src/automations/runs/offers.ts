/** Places that are offered to people on a waiting list: to nobody twice at once. */
import { Injectable } from '@nestjs/common';
import { Database } from '../../kernel/index.js';
import type { RunRow } from './run-row.js';

@Injectable()
export class Offers {
  constructor(private readonly database: Database) {}

  /** Which of these people a list passes over: they have an offer that has not lapsed, or have had theirs of this place. */
  async passedOver(list: RunRow, people: readonly string[], now: Date): Promise<ReadonlySet<string>> {
    const rows = await this.database.query<{ id: string }>(
      `select attendee_ref as id from automation_offer where automation_id = $1 and attendee_ref = any($3) and until > $4
       union select person from automation_run where automation_id = $1 and trigger_id = $2 and person = any($3)`,
      [list.automation_id, list.trigger_id, people, now],
    );
    return new Set(rows.map(({ id }) => id));
  }

  /** Whether the run of this person's offer was stopped: they know of none, or do not want it. */
  async isStopped(list: RunRow, attendeeId: string): Promise<boolean> {
    const rows = await this.database.query(
      `select 1 from automation_run where automation_id = $1 and trigger_id = $2 and person = $3 and status = 'stopped'`,
      [list.automation_id, list.trigger_id, attendeeId],
    );
    return rows.length > 0;
  }

  /** False if this person has one already. */
  async make(automationId: string, attendeeId: string, now: Date, until: Date): Promise<boolean> {
    const rows = await this.database.query(
      `insert into automation_offer (automation_id, attendee_ref, until) values ($1, $2, $4)
       on conflict (automation_id, attendee_ref) do update set until = excluded.until where automation_offer.until <= $3 returning 1`,
      [automationId, attendeeId, now, until],
    );
    return rows.length > 0;
  }

  /** It is over before it lapses, at `until`. One that somebody else has made since is another, and stands. */
  async end(automationId: string, attendeeId: string, until: Date, now: Date): Promise<void> {
    await this.database.query(
      `update automation_offer set until = $4 where automation_id = $1 and attendee_ref = $2 and until = $3 and until > $4`,
      [automationId, attendeeId, until, now],
    );
  }
}
