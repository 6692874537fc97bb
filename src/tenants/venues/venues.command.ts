/** Adds and changes venues. */
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { checking, Database, lookingUp, violatedUnique } from '../../kernel/index.js';
import { normaliseAddress } from '../addresses/addresses.js';
import { SenderDirectory } from '../senders/sender-directory.js';
import { ExternalIdTaken } from '../tenants.errors.js';
import { VenueProfiles } from './venue-profiles.js';
import { Venue, type ForwardTo } from './venue.entity.js';
import { venueView, type CreateVenueBody, type UpdateVenueBody, type VenueView } from './venues.dto.js';

export class CreateVenue extends Command<VenueView> {
  constructor(
    readonly tenantId: string,
    readonly input: CreateVenueBody,
  ) {
    super();
  }
}

export class UpdateVenue extends Command<VenueView> {
  constructor(
    readonly tenantId: string,
    readonly named: string,
    readonly changes: UpdateVenueBody,
  ) {
    super();
  }
}

@CommandHandler(CreateVenue)
export class CreateVenueHandler implements ICommandHandler<CreateVenue> {
  constructor(private readonly database: Database) {}

  /** Raises ExternalIdTaken and InvalidAddress. */
  async execute({ tenantId, input: { name, externalId, unsubscribeEmail } }: CreateVenue): Promise<VenueView> {
    const mailbox = mailboxIn(unsubscribeEmail) ?? null;
    try {
      return await this.database.transaction(async (em) => {
        const venue = em.create(Venue, { tenantId, name, externalId: externalId ?? null, unsubscribeEmail: mailbox });
        await em.flush();
        return venueView(venue);
      });
    } catch (error) {
      throw inWords(error);
    }
  }
}

@CommandHandler(UpdateVenue)
export class UpdateVenueHandler implements ICommandHandler<UpdateVenue> {
  constructor(
    private readonly database: Database,
    private readonly directory: SenderDirectory,
    private readonly profiles: VenueProfiles,
  ) {}

  /**
   * `named` is the venue's id or its present externalId. Omitted fields stay. Raises VenueNotFound, ExternalIdTaken and
   * InvalidAddress.
   */
  async execute({ tenantId, named, changes }: UpdateVenue): Promise<VenueView> {
    const { name, externalId, keywordReplies, forwardTo } = changes;
    const unsubscribeEmail = mailboxIn(changes.unsubscribeEmail);
    const id = await lookingUp('id', this.directory.venueOf(tenantId, named));
    try {
      return await this.database.transaction(async (em) => {
        const venue = await em.findOneOrFail(Venue, { id, tenantId });
        venue.name = name ?? venue.name;
        if (externalId !== undefined) venue.externalId = externalId;
        if (unsubscribeEmail !== undefined) venue.unsubscribeEmail = unsubscribeEmail;
        if (keywordReplies !== undefined) venue.keywordReplies = keywordReplies && { ...keywordReplies };
        if (forwardTo !== undefined) venue.forwardTo = forwardTo && forwardOf(forwardTo);
        await em.flush();
        await this.database.afterCommit(() => {
          this.directory.forget();
          this.profiles.forget(id);
        });
        return venueView(venue);
      });
    } catch (error) {
      throw inWords(error);
    }
  }
}

/** Normalised; null and undefined as they are. Raises InvalidAddress. */
const mailboxIn = (text: string | null | undefined): string | null | undefined =>
  text && checking('unsubscribeEmail', () => normaliseAddress('email', text));

/** Each address once, normalised. */
const forwardOf = ({ emails, language }: ForwardTo): ForwardTo => ({
  emails: [...new Set(emails.map((email) => normaliseAddress('email', email)))],
  language,
});

const inWords = (error: unknown): unknown =>
  violatedUnique(error) === 'venue_external_id_unique' ? new ExternalIdTaken() : error;
