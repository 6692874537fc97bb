/** A place or brand under a tenant: consent and senders are scoped to it. */
import { defineEntity, p } from '@mikro-orm/core';

const VenueSchema = defineEntity({
  name: 'Venue',
  properties: {
    id: p.uuid().primary().defaultRaw('uuidv7()'),
    tenantId: p.uuid(),
    name: p.text(),
    externalId: p.text().nullable(),
    /** The default for messages that name no venue; created with the tenant. */
    isDefault: p.boolean().default(false),
    createdAt: p.datetime().defaultRaw('now()'),
  },
});

export class Venue extends VenueSchema.class {}
VenueSchema.setClass(Venue);
