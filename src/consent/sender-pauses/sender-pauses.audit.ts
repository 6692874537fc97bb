/** What is recorded of a pause when somebody ends it. */
import type { AuditedKind } from '../../kernel/index.js';

export const SENDER_PAUSE: AuditedKind = {
  kind: 'sender_pause',
  fields: `
    select reason, resumed_at is not null as resumed from sender_pause where id = $1 and tenant_id = $2`,
};
