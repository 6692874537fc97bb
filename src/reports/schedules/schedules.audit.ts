/** What is recorded of a scheduled report when it is changed. */
import type { AuditedKind } from '../../kernel/index.js';

export const REPORT_SCHEDULE: AuditedKind = {
  kind: 'report_schedule',
  fields: `
    select report, breakdown as by, period, every, day as on, hour, cardinality(emails) as emails, language, enabled
    from report_schedule where id = $1 and tenant_id = $2`,
};
