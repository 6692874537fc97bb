/** Whether somebody said STOP to the number that a venue would write to them from. */
import { Injectable } from '@nestjs/common';
import { Database, iso } from '../../kernel/index.js';
import { CATEGORIES, NoSender, SenderDirectory, consentChannel, type Channel } from '../../tenants/index.js';
import type { ConsentSubject } from '../consent-subject.js';
import type { StandingNumberOptOut } from '../consent.dto.js';

interface Decision {
  readonly number: string;
  readonly status: string;
  readonly occurredAt: string;
}

@Injectable()
export class NumberOptOuts {
  constructor(
    private readonly database: Database,
    private readonly directory: SenderDirectory,
  ) {}

  /**
   * The opt-out that stops messages on this channel from a number that the venue sends from if no sender is named, now or at an
   * earlier instant: the newest, where several numbers speak for it. Null if there is none, or the venue has no number to send
   * from.
   */
  async facing(
    { tenantId, venueId, address }: ConsentSubject,
    channel: Channel,
    at?: Date,
  ): Promise<StandingNumberOptOut | null> {
    const numbers = await this.numbersOf(tenantId, venueId, channel);
    if (numbers.length === 0) return null;
    const subject = [consentChannel(channel), numbers, address];
    const last = at
      ? await this.database.query<Decision>(
          `select distinct on (number) number, status, occurred_at as "occurredAt" from number_opt_out_event
           where channel = $1 and number = any($2::text[]) and address = $3 and occurred_at <= $4
           order by number, occurred_at desc, status desc`,
          [...subject, at],
        )
      : await this.database.query<Decision>(
          `select number, status, occurred_at as "occurredAt" from number_opt_out
           where channel = $1 and number = any($2::text[]) and address = $3`,
          subject,
        );
    const [standing] = last
      .filter(({ status }) => status === 'opted_out')
      .map(({ number, occurredAt }) => ({ number, occurredAt: iso(occurredAt) }))
      .sort((one, other) => other.occurredAt.localeCompare(one.occurredAt));
    return standing ?? null;
  }

  /** One for each category, or the same for several. */
  private async numbersOf(tenantId: string, venueId: string, channel: Channel): Promise<string[]> {
    try {
      const routes = CATEGORIES.map((category) => this.directory.routeFor(tenantId, venueId, { channel, category }));
      return [...new Set((await Promise.all(routes)).map(({ address }) => address))];
    } catch (error) {
      if (error instanceof NoSender) return [];
      throw error;
    }
  }
}
