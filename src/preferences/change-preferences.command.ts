/**
 * Takes what a person decides on the page that a message links to, or with one click in a mail program: their consent, and what the
 * message led to, in one transaction.
 */
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { PersonDecisions, type LinkedPerson, type Visit, type Wishes } from '../consent/index.js';
import { Database } from '../kernel/index.js';
import { EngagementLog } from '../ledger/index.js';
import type { Channel } from '../tenants/index.js';
import type { Language } from './preferences-words.js';

/** Opts out of the venue's marketing on the channel of the message: a repeat is evidence too. */
export class LeaveMarketing extends Command<void> {
  constructor(
    readonly person: LinkedPerson,
    readonly visit: Visit,
  ) {
    super();
  }
}

/** Channels that are not named stay as they are. */
export class ChangePreferences extends Command<void> {
  constructor(
    readonly person: LinkedPerson,
    readonly wanted: ReadonlyMap<Channel, Wishes>,
    readonly language: Language | undefined,
    readonly visit: Visit,
  ) {
    super();
  }
}

@CommandHandler(LeaveMarketing)
export class LeaveMarketingHandler implements ICommandHandler<LeaveMarketing> {
  constructor(
    private readonly database: Database,
    private readonly decisions: PersonDecisions,
    private readonly engagement: EngagementLog,
  ) {}

  /** Raises VenueNotFound. */
  execute({ person, visit }: LeaveMarketing): Promise<void> {
    return this.database.transaction(async () => {
      if (await this.decisions.leaveMarketing(person, visit)) await this.engagement.unsubscribed(person.subjectId);
    });
  }
}

@CommandHandler(ChangePreferences)
export class ChangePreferencesHandler implements ICommandHandler<ChangePreferences> {
  constructor(
    private readonly database: Database,
    private readonly decisions: PersonDecisions,
    private readonly engagement: EngagementLog,
  ) {}

  /** Raises VenueNotFound. */
  execute({ person, wanted, language, visit }: ChangePreferences): Promise<void> {
    return this.database.transaction(async () => {
      const hasLeft = await this.decisions.change(person, wanted, language, visit);
      if (hasLeft) await this.engagement.unsubscribed(person.subjectId);
    });
  }
}
