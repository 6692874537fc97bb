/** What is recorded of an audience when it changes. Imports keep their own record. */
import type { AuditedKind } from '../kernel/index.js';

export const AUDIENCE: AuditedKind = {
  kind: 'audience',
  fields: `
    select name, emails, phones from audience where id = $1 and tenant_id = $2 and deleted_at is null`,
};
