/** Records what a person decides by the link in a message. */
import { Injectable } from '@nestjs/common';
import { Database } from '../../kernel/index.js';
import type { Channel } from '../../tenants/index.js';
import { ConsentLog, type ConsentChange } from '../consent-log.js';
import type { LinkedPerson } from './person-token.js';
import { PersonPreferences } from './preferences.js';
import { decisionsFor, type Wishes } from './preferences.rules.js';

/** What proves a decision beside the message whose link was used. */
export interface Visit {
  /** What the caller says it is. */
  readonly userAgent: string | undefined;
}

@Injectable()
export class PersonDecisions {
  constructor(
    private readonly database: Database,
    private readonly preferences: PersonPreferences,
    private readonly log: ConsentLog,
  ) {}

  /**
   * Opts out of the venue's marketing on the channel of the message: a repeat is evidence too. Returns whether the person wanted more
   * until then. Raises VenueNotFound.
   */
  async leaveMarketing(person: LinkedPerson, visit: Visit): Promise<boolean> {
    const { tenantId } = await this.preferences.of(person);
    const { venueId, channel, address } = person;
    const subject = { tenantId, venueId, channel, address };
    return this.record(person, [
      {
        ...subject,
        status: 'opted_out',
        category: 'marketing',
        source: 'unsubscribe_link',
        ...provenBy(person, visit),
      },
    ]);
  }

  /**
   * Records what differs from the present state; channels and a language that are not named stay as they are. Returns whether the person
   * has left the channel of the message by that. Raises VenueNotFound.
   */
  async change(
    person: LinkedPerson,
    wanted: ReadonlyMap<Channel, Wishes>,
    language: string | undefined,
    visit: Visit,
  ): Promise<boolean> {
    const { venueId, address } = person;
    const { tenantId, channels } = await this.preferences.of(person);
    const changes = channels.flatMap(({ channel, ...now }) =>
      decisionsFor(now, wanted.get(channel) ?? now).map((decision): ConsentChange => ({
        tenantId,
        venueId,
        channel,
        address,
        ...decision,
        source: 'preferences',
        ...provenBy(person, visit),
      })),
    );
    return this.database.transaction(async () => {
      const hasLeft = await this.record(person, changes);
      if (language === undefined) return hasLeft;
      await this.database.query(
        `insert into recipient_language as held (venue_id, address, tenant_id, language) values ($1, $2, $3, $4)
         on conflict (venue_id, address) do update set language = excluded.language, updated_at = now()
           where held.language <> excluded.language`,
        [venueId, address, tenantId, language],
      );
      return hasLeft;
    });
  }

  /** Whether the person has left the channel of the link by these, and had not before. */
  private async record({ channel }: LinkedPerson, changes: readonly ConsentChange[]): Promise<boolean> {
    const outcomes = await this.log.record(changes);
    const ofLink = outcomes.filter((_, position) => changes[position]?.channel === channel);
    return ofLink[0]?.previous !== 'opted_out' && ofLink.at(-1)?.current === 'opted_out';
  }
}

const provenBy = (
  { subjectId: messageId }: LinkedPerson,
  { userAgent }: Visit,
): Pick<ConsentChange, 'actor' | 'evidence'> => ({
  actor: 'recipient',
  evidence: { messageId, ...(userAgent !== undefined && { userAgent }) },
});
