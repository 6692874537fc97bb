/** What is recorded of an endpoint when it is changed. */
import type { AuditedKind } from '../kernel/index.js';

export const WEBHOOK_ENDPOINT: AuditedKind = {
  kind: 'webhook_endpoint',
  fields: `
    select events, disabled_at is null as enabled, cardinality(notify_emails) as "notifyEmails", notify_language as "notifyLanguage"
    from webhook_endpoint where id = $1 and tenant_id = $2`,
};
