/** The senders of a venue, read from the database each time. */
import { Injectable } from '@nestjs/common';
import { Database } from '../../kernel/index.js';
import type { Sender } from './sender.entity.js';

/** A sender of a venue and address. */
export type SenderAt = Pick<Sender, 'id' | 'channel' | 'status'>;

@Injectable()
export class VenueSenders {
  constructor(private readonly database: Database) {}

  /** Whether a venue has, or had, a sender for texts. */
  async everTexted(venueId: string): Promise<boolean> {
    const senders = await this.database.query(`select from sender where venue_id = $1 and channel = 'sms' limit 1`, [
      venueId,
    ]);
    return senders.length > 0;
  }

  /** The senders of a venue with this address, but for released ones. */
  sendersAt(venueId: string, address: string): Promise<SenderAt[]> {
    return this.database.query<SenderAt>(
      `select id, channel, status from sender where venue_id = $1 and address = $2 and status <> 'released' order by id`,
      [venueId, address],
    );
  }
}
