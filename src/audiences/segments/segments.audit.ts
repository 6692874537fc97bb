/** What is recorded of a segment when it changes: of its rule, which may name people, only that it is another. */
import type { AuditedKind } from '../../kernel/index.js';

export const SEGMENT: AuditedKind = {
  kind: 'segment',
  fields: `select name, audience_id as "audienceId", md5(rule::text) as rule from segment where id = $1 and tenant_id = $2`,
};
