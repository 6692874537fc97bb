/** Adds and changes venues. */
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { Database, violatedUnique } from '../../kernel/index.js';
import { ExternalIdTaken, VenueNotFound } from '../tenants.errors.js';
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
    readonly id: string,
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
  constructor(private readonly database: Database) {}

  /** Omitted fields stay. Raises VenueNotFound and ExternalIdTaken. */
  async execute({ tenantId, id, changes: { name, externalId } }: UpdateVenue): Promise<VenueView> {
    try {
      return await this.database.transaction(async (em) => {
        const venue = await em.findOne(Venue, { id, tenantId });
        if (!venue) throw new VenueNotFound().at('id');
        venue.name = name ?? venue.name;
        if (externalId !== undefined) venue.externalId = externalId;
        await em.flush();
        return venueView(venue);
      });
    } catch (error) {
      throw inWords(error);
    }
  }
}

const inWords = (error: unknown): unknown =>
  violatedUnique(error) === 'venue_external_id_unique' ? new ExternalIdTaken() : error;
