/** A template as the API shows it. */
import { iso } from '../kernel/index.js';
import { compile, requiredVariables } from './rendering/compile.js';
import type { Template, TemplateVersion } from './template.entity.js';
import type { TemplateChannel, TemplateSource } from './template-source.js';
import type { TemplateTexts, TemplateView } from './templates.dto.js';

type Texts = { readonly [Field in keyof TemplateTexts]?: TemplateTexts[Field] | null };

export function templateView({ key, channel, category }: Template, version: TemplateVersion): TemplateView {
  return {
    key,
    channel,
    category,
    version: version.version,
    ...ownTexts(version),
    ...(version.parts && { parts: version.parts }),
    requiredVariables: requiredVariables(compile({ ...sourceOf(channel, version), brand: version.brand ?? undefined })),
    createdAt: iso(version.createdAt),
  };
}

/** The content of a version as it was sent: without its layout and partials. */
export function ownTexts(version: TemplateVersion): TemplateTexts {
  const { source, ...texts } = version;
  const whole = source ? { subject: null, html: null, text: null, body: null, translations: null, ...source } : {};
  return Object.fromEntries(
    Object.entries({ ...columnsOf({ ...texts, ...whole }), mjml: source?.mjml ?? null }).filter(
      ([, value]) => value !== null,
    ),
  ) as TemplateTexts;
}

/** The texts for the compiler, without absent ones. */
export function sourceOf(
  channel: TemplateChannel,
  {
    subject,
    html,
    mjml,
    text,
    body,
    mediaUrls,
    contentSid,
    contentVariables,
    speech,
    language,
    translations,
    layout,
  }: Texts,
): TemplateSource {
  return {
    channel,
    ...(subject != null && { subject }),
    ...(html != null && { html }),
    ...(mjml != null && { mjml }),
    ...(text != null && { text }),
    ...(body != null && { body }),
    ...(mediaUrls != null && { mediaUrls }),
    ...(contentSid != null && { contentSid }),
    ...(contentVariables != null && { contentVariables }),
    ...(speech != null && { speech }),
    ...(language != null && { language }),
    ...(translations != null && { translations }),
    ...(layout != null && { layout }),
  };
}

/** Null for what is absent. */
export function columnsOf({
  subject,
  html,
  text,
  body,
  mediaUrls,
  contentSid,
  contentVariables,
  speech,
  fallback,
  attachments,
  language,
  translations,
  layout,
}: Texts): { [Field in keyof Omit<Required<TemplateTexts>, 'mjml'>]: TemplateTexts[Field] | null } {
  return {
    subject: subject ?? null,
    html: html ?? null,
    text: text ?? null,
    body: body ?? null,
    mediaUrls: mediaUrls ?? null,
    contentSid: contentSid ?? null,
    contentVariables: contentVariables ?? null,
    speech: speech ?? null,
    fallback: fallback ?? null,
    attachments: attachments ?? null,
    language: language ?? null,
    translations: translations ?? null,
    layout: layout ?? null,
  };
}
