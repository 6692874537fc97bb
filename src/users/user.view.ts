/** A user as the API shows them. */
import { iso } from '../kernel/index.js';
import type { UserRow } from './user-store.js';
import type { UserView } from './users.dto.js';

export const userView = (row: UserRow): UserView => ({
  id: row.id,
  tenantId: row.tenantId,
  email: row.email,
  name: row.name,
  role: row.role,
  madeBy: row.byClaim ? 'claim' : 'invitation',
  state: stateOf(row),
  createdBy: row.createdBy,
  createdAt: iso(row.createdAt),
  lastSignedInAt: iso(row.lastSignedInAt),
});

function stateOf({ disabledAt, subject }: UserRow): UserView['state'] {
  if (disabledAt !== null) return 'disabled';
  return subject === null ? 'invited' : 'active';
}
