/** What is recorded of an automation when it is changed. */
import type { AuditedKind } from '../../kernel/index.js';

export const AUTOMATION: AuditedKind = {
  kind: 'automation',
  fields: `
    select key, name, enabled, version, trigger, venue_id as "venueId" from automation where id = $1 and tenant_id = $2`,
};
