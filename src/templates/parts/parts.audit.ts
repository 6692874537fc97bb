/** What is recorded of a layout or partial when it changes; its texts are in its versions. */
import type { AuditedKind } from '../../kernel/index.js';

export const PART: AuditedKind = {
  kind: 'template_part',
  isNamed: true,
  fields: `
    select kind, current_version as version from template_part where key = $1 and tenant_id = $2`,
};
