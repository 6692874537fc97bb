/** A layout or partial as the API shows it. */
import { iso } from '../../kernel/index.js';
import type { TemplatePart, TemplatePartVersion } from './part.entity.js';
import type { PartView } from './parts.dto.js';

export const partView = (
  { key, kind }: TemplatePart,
  { version, html, mjml, text, createdAt }: TemplatePartVersion,
  outdated: readonly string[],
): PartView => ({
  key,
  kind,
  version,
  ...(html !== null && html !== undefined && { html }),
  ...(mjml !== null && mjml !== undefined && { mjml }),
  ...(text !== null && text !== undefined && { text }),
  outdated,
  createdAt: iso(createdAt),
});
