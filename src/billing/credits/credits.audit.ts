/** What is recorded of a credit: not its reason, which people are sent. */
import type { AuditedKind } from '../../kernel/index.js';

export const CREDIT_NOTE: AuditedKind = {
  kind: 'credit_note',
  fields: `
    select to_char(period, 'YYYY-MM') as month, micros::float8 as "amountMicros", currency from credit_note where id = $1 and tenant_id = $2`,
};
