/** What is recorded of an automatic reply when it is changed. */
import type { AuditedKind } from '../../kernel/index.js';

export const AUTO_REPLY: AuditedKind = {
  kind: 'auto_reply',
  fields: `
    select channel, template ->> 'key' as "templateKey", opening_hours as "openingHours", timezone, every_hours as "everyHours", enabled
    from auto_reply where id = $1 and tenant_id = $2`,
};
