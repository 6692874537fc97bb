/** An automation as the API shows it. */
import { iso } from '../../kernel/index.js';
import type { AutomationRow } from './automations.js';
import type { AutomationView } from './automations.dto.js';

export const viewOf = (row: AutomationRow): AutomationView => ({
  id: row.id,
  key: row.key,
  name: row.name,
  venueId: row.venue_id,
  enabled: row.enabled,
  version: row.version,
  definition: row.definition,
  createdAt: iso(row.created_at),
  updatedAt: iso(row.updated_at),
});
