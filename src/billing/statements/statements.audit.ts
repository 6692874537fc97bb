/** What is recorded of a statement when its month is closed by hand. */
import type { AuditedKind } from '../../kernel/index.js';

export const STATEMENT: AuditedKind = {
  kind: 'statement',
  fields: `
    select to_char(month, 'YYYY-MM') as month, content_hash as "contentHash" from statement where id = $1 and tenant_id = $2`,
};
