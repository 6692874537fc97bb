/** What is recorded of link domains when they change. */
import type { AuditedKind } from '../kernel/index.js';

export const LINK_DOMAIN: AuditedKind = {
  kind: 'link_domain',
  fields: `
    select host, verified_at is not null as "isVerified" from link_domain where id = $1 and tenant_id = $2`,
};
