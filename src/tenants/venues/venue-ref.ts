/** How a caller names a venue: by its id, or by the caller's own. `SenderDirectory.venueOf` resolves it. */
import { ApiParam } from '@nestjs/swagger';
import { Text, type FieldOptions } from '../../kernel/index.js';

const NAMES = 'The venue’s id, or your own id of it (`externalId`)';

/** A field that names a venue. An optional one is left out of examples: nobody knows which venues there are. */
export const VenueRef = ({ description, ...options }: FieldOptions = {}): PropertyDecorator =>
  Text({
    max: 200,
    description: description ? `${description}. ${NAMES}` : NAMES,
    ...(options.required !== false && { example: 'venue-42' }),
    ...options,
  });

/** Documents a path parameter that names a venue. */
export const ApiVenueParam = (name = 'venueId'): MethodDecorator =>
  ApiParam({ name, schema: { type: 'string', maxLength: 200 }, example: 'venue-42', description: NAMES });
