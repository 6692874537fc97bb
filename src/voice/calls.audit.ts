/** What is recorded of an escalation when it is begun or steered. */
import type { AuditedKind } from '../kernel/index.js';

export const CALL: AuditedKind = {
  kind: 'call',
  fields: `
    select status, category, venue_id as "venueId", reference, jsonb_array_length(steps) as people,
      until_acknowledged as "untilAcknowledged", acknowledged_via as "acknowledgedVia"
    from escalation where id = $1 and tenant_id = $2`,
};
