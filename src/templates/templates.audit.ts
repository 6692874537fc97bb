/** What is recorded of a template when it changes; its texts are in its versions. */
import type { AuditedKind } from '../kernel/index.js';

export const TEMPLATE: AuditedKind = {
  kind: 'template',
  isNamed: true,
  fields: `
    select channel, category, current_version as version from template where key = $1 and tenant_id = $2`,
};
