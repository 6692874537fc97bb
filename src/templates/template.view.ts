/** A template as the API shows it. */
import { iso } from '../kernel/index.js';
import { compile, requiredVariables } from './rendering/compile.js';
import type { Template, TemplateVersion } from './template.entity.js';
import type { TemplateChannel, TemplateSource } from './template-source.js';
import type { TemplateTexts, TemplateView } from './templates.dto.js';

type Texts = { readonly [Field in keyof TemplateTexts]?: TemplateTexts[Field] | null };

export function templateView({ key, channel, category }: Template, version: TemplateVersion): TemplateView {
  const { channel: _, ...texts } = sourceOf(channel, version);
  return {
    key,
    channel,
    category,
    version: version.version,
    ...texts,
    mediaUrls: version.mediaUrls ?? undefined,
    contentVariables: version.contentVariables ?? undefined,
    speech: version.speech ?? undefined,
    fallback: version.fallback ?? undefined,
    requiredVariables: requiredVariables(compile(sourceOf(channel, version))),
    createdAt: iso(version.createdAt),
  };
}

/** The texts of a version, without absent ones. */
export function sourceOf(
  channel: TemplateChannel,
  { subject, html, text, body, mediaUrls, contentSid, contentVariables, speech }: Texts,
): TemplateSource {
  return {
    channel,
    ...(subject != null && { subject }),
    ...(html != null && { html }),
    ...(text != null && { text }),
    ...(body != null && { body }),
    ...(mediaUrls != null && { mediaUrls }),
    ...(contentSid != null && { contentSid }),
    ...(contentVariables != null && { contentVariables }),
    ...(speech != null && { speech }),
  };
}
