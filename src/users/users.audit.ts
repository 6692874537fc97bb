/** What is recorded of a user who is changed: no name, and no address. */
import type { AuditedKind } from '../kernel/index.js';

export const USER: AuditedKind = {
  kind: 'user',
  fields: `
    select role, disabled_at is not null as "isDisabled" from console_user where id = $1 and tenant_id is not distinct from $2::uuid`,
  mayBePlatforms: true,
};
