/** Adds and changes venues. */
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { Database, lookingUp, violatedUnique } from '../../kernel/index.js';
import { SenderDirectory } from '../senders/sender-directory.js';
import { ExternalIdTaken } from '../tenants.errors.js';
import { Venue } from './venue.entity.js';
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

  /** Raises ExternalIdTaken. */
  async execute({ tenantId, input: { name, externalId } }: CreateVenue): Promise<VenueView> {
    try {
      return await this.database.transaction(async (em) => {
        const venue = em.create(Venue, { tenantId, name, externalId: externalId ?? null });
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
  ) {}

  /** `named` is the venue's id or its present externalId. Omitted fields stay. Raises VenueNotFound and ExternalIdTaken. */
  async execute({ tenantId, named, changes: { name, externalId } }: UpdateVenue): Promise<VenueView> {
    const id = await lookingUp('id', this.directory.venueOf(tenantId, named));
    try {
      return await this.database.transaction(async (em) => {
        const venue = await em.findOneOrFail(Venue, { id, tenantId });
        venue.name = name ?? venue.name;
        if (externalId !== undefined) venue.externalId = externalId;
        await em.flush();
        await this.database.afterCommit(() => this.directory.forget());
        return venueView(venue);
      });
    } catch (error) {
      throw inWords(error);
    }
  }
}

const inWords = (error: unknown): unknown =>
  violatedUnique(error) === 'venue_external_id_unique' ? new ExternalIdTaken() : error;
