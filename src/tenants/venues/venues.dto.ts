/** Request and response shapes of the venue routes. */
import { ApiProperty } from '@nestjs/swagger';
import { Flag, Id, Instant, iso, PageQuery, Text } from '../../kernel/index.js';
import type { Venue } from './venue.entity.js';

const EXTERNAL_ID = { max: 200, example: 'venue-42' };

export class CreateVenueBody {
  @Text({ max: 200, example: 'Riverside Hall' })
  name: string;

  @Text({
    required: false,
    ...EXTERNAL_ID,
    description: 'Your own id of the venue, unique among your venues: it names the venue wherever `venueId` is taken',
  })
  externalId?: string;
}

export class UpdateVenueBody {
  @Text({ required: false, max: 200, example: 'Riverside Hall' })
  name?: string;

  @Text({ required: false, nullable: true, ...EXTERNAL_ID, description: 'Your own id of the venue; null removes it' })
  externalId?: string | null;
}

export class VenuesQuery extends PageQuery {
  @Text({ required: false, ...EXTERNAL_ID, description: 'Only the venue with this id of yours' })
  externalId?: string;
}

export class VenueView {
  @Id() id: string;
  @Text({ max: 200, example: 'Riverside Hall' }) name: string;
  @ApiProperty({ type: String, nullable: true, example: 'venue-42' }) externalId: string | null;
  @Flag({ description: 'Speaks for messages that name no venue' }) isDefault: boolean;
  @Instant() createdAt: string;
}

/** A venue as the API shows it. */
export const venueView = ({ id, name, externalId = null, isDefault, createdAt }: Venue): VenueView => ({
  id,
  name,
  externalId,
  isDefault,
  createdAt: iso(createdAt),
});
