/** Places that are offered to people on a waiting list: to nobody twice at once. */
import { Injectable } from '@nestjs/common';
import { Database } from '../../kernel/index.js';

@Injectable()
export class Offers {
  constructor(private readonly database: Database) {}

  /** Who has one of an automation's that has not lapsed. */
  async open(automationId: string, now: Date): Promise<ReadonlySet<string>> {
    const rows = await this.database.query<{ attendee_ref: string }>(
      `select attendee_ref from automation_offer where automation_id = $1 and until > $2`,
      [automationId, now],
    );
    return new Set(rows.map(({ attendee_ref: id }) => id));
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

  /** It was taken, or its holder has left the list. */
  async end(automationId: string, attendeeId: string, now: Date): Promise<void> {
    await this.database.query(
      `update automation_offer set until = $3 where automation_id = $1 and attendee_ref = $2 and until > $3`,
      [automationId, attendeeId, now],
    );
  }
}
