/** What is recorded of a number when it is ordered or released. */
import type { AuditedKind } from '../kernel/index.js';

export const NUMBER: AuditedKind = {
  kind: 'number',
  fields: `
    select venue_id as "venueId", provider, channels, pool, bought as rented, status, provider_id as "providerId"
    from phone_number where id = $1 and tenant_id = $2`,
};
