/** Whether somebody said STOP to the number that a venue would write to them from. */
import { Injectable } from '@nestjs/common';
import { Database, iso } from '../../kernel/index.js';
import { NoSender, SenderDirectory, consentChannel, type Channel } from '../../tenants/index.js';
import type { ConsentSubject } from '../consent-subject.js';
import type { StandingNumberOptOut } from '../consent.dto.js';

@Injectable()
export class NumberOptOuts {
  constructor(
    private readonly database: Database,
    private readonly directory: SenderDirectory,
  ) {}

  /**
   * The opt-out that stops a message on this channel from the number the venue sends from if no sender is named, now or at an
   * earlier instant. Null if there is none, or the venue has no number to send from.
   */
  async facing(
    { tenantId, venueId, address }: ConsentSubject,
    channel: Channel,
    at?: Date,
  ): Promise<StandingNumberOptOut | null> {
    const number = await this.numberOf(tenantId, venueId, channel);
    if (number === undefined) return null;
    const subject = [consentChannel(channel), number, address];
    const [last] = at
      ? await this.database.query<{ status: string; occurredAt: string }>(
          `select status, occurred_at as "occurredAt" from number_opt_out_event
           where (channel, number, address) = ($1::text, $2::text, $3::text) and occurred_at <= $4
           order by occurred_at desc, status desc limit 1`,
          [...subject, at],
        )
      : await this.database.query<{ status: string; occurredAt: string }>(
          `select status, occurred_at as "occurredAt" from number_opt_out
           where (channel, number, address) = ($1::text, $2::text, $3::text)`,
          subject,
        );
    return last?.status === 'opted_out' ? { number, occurredAt: iso(last.occurredAt) } : null;
  }

  private async numberOf(tenantId: string, venueId: string, channel: Channel): Promise<string | undefined> {
    try {
      return (await this.directory.routeFor(tenantId, venueId, channel)).address;
    } catch (error) {
      if (error instanceof NoSender) return undefined;
      throw error;
    }
  }
}
