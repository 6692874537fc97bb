/** What is recorded of notices when somebody has to do with them. */
import type { AuditedKind } from '../kernel/index.js';

export const NOTICE: AuditedKind = {
  kind: 'notice',
  fields: `
    select (select count(*)::int from notice_delivery where notice_id = notice.id and state = 'waiting') as waiting
    from notice where id = $1 and tenant_id = $2`,
};
