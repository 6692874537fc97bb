/** What is recorded of an alarm when somebody ends it, and of an allowed range. */
import type { AuditedKind } from '../../kernel/index.js';

export const PUMPING_ALARM: AuditedKind = {
  kind: 'pumping_alarm',
  fields: `
    select prefix, reason, blocks, ended_at is not null as ended from pumping_alarm where id = $1 and tenant_id = $2`,
};

export const ALLOWED_RANGE: AuditedKind = {
  kind: 'allowed_range',
  fields: `select prefix from allowed_range where id = $1 and tenant_id = $2`,
};
