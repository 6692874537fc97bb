/** A message's own content, and what the provider finally gets. */
import type { Channel } from '../../tenants/index.js';
import { isBlank } from '../../kernel/index.js';
import {
  ContentEmpty,
  emptyPart,
  MissingVariables,
  renderPatiently,
  requireChannel,
  showsHtml,
  TemplateError,
  type LoadedTemplate,
  type Rendered,
} from '../../templates/index.js';
import type { StoredContent } from '../../ledger/index.js';
import { ContentRequired } from './messages.errors.js';
import type { FallbackStep, NewMessage, OwnContent, TemplateChoice } from './messages.dto.js';

const EMAIL_FIELDS = ['subject', 'html', 'text'] as const;
const TEXT_FIELDS = ['body', 'mediaUrls'] as const;

/** The template's data in a message. */
const DATA = 'template.data';

/** Fields of `content` allowed per channel. */
const ALLOWED: Readonly<Record<Channel, readonly (keyof OwnContent)[]>> = {
  email: EMAIL_FIELDS,
  sms: ['body'],
  mms: TEXT_FIELDS,
  whatsapp: TEXT_FIELDS,
  voice: ['body', 'speech'],
};

/** The content to store, or null for a templated message. Raises ContentRequired naming what is missing or not allowed. */
export function requireContent({
  channel,
  content,
  template,
}: Pick<NewMessage, 'channel' | 'content' | 'template'>): StoredContent | null {
  if (template && content) throw new ContentRequired('Give either `template` or `content`, not both');
  if (template) return null;
  if (!content) throw new ContentRequired('Say what to send: `template: { key, data }` or `content`');
  const stray = Object.entries(content).find(([name, value]) => value !== undefined && !isAllowed(channel, name));
  if (stray)
    throw new ContentRequired(
      `content.${stray[0]} means nothing on ${channel}: use ${ALLOWED[channel].map((name) => `content.${name}`).join(', ')}`,
      `content.${stray[0]}`,
    );
  const [lacking, advice] = lack(channel, content) ?? [];
  if (lacking && advice) throw new ContentRequired(advice, lacking);
  return { ...content, ...(content.body !== undefined && { body: content.body.normalize('NFC') }) }; // as templates render it
}

/** What the caller gives a template: data, and the recipient's language beside them. */
export const dataOf = ({ data = {}, language }: Partial<TemplateChoice> = {}): Record<string, unknown> =>
  language === undefined ? data : { ...data, language };

/** What a fallback's template is given of its own; undefined where it has all of the message's. */
export function stepDataOf(
  { template: own }: FallbackStep,
  { template }: NewMessage,
): Record<string, unknown> | undefined {
  if (own?.data === undefined && own?.language === undefined) return undefined;
  return dataOf({ data: own.data ?? template?.data, language: own.language ?? template?.language });
}

/**
 * Renders once before accepting, so that missing data are the caller's error and not a failed message. Raises TemplateMismatch,
 * ContentRequired, ContentEmpty, and what `render` raises.
 */
export async function rehearse(
  channel: Channel,
  template: LoadedTemplate,
  data: Record<string, unknown>,
): Promise<Rendered> {
  requireChannel(template, channel);
  try {
    const rendered = await renderPatiently(template.compiled, data);
    requireWords(channel, rendered);
    return rendered;
  } catch (error) {
    throw inRequest(error);
  }
}

/** Of an error in a template's part, the request knows only the data. */
function inRequest(error: unknown): unknown {
  if (error instanceof MissingVariables) return error.under('template');
  return error instanceof TemplateError ? error.at(DATA) : error;
}

/** Raises ContentRequired for a rendered text with nothing left to send, ContentEmpty for a mail or a WhatsApp template. */
function requireWords(channel: Channel, rendered: Rendered): void {
  const part = emptyPart(channel, rendered);
  if (part === undefined) return;
  if (part === 'mediaUrls')
    throw new ContentRequired(
      'An MMS needs a picture: with these data every address in the template’s mediaUrls is empty',
      DATA,
    );
  if (part === 'body')
    throw new ContentRequired(
      'With these data the template says nothing: check them, or what the template leaves out',
      DATA,
    );
  throw new ContentEmpty(part);
}

function isAllowed(channel: Channel, name: string): boolean {
  return ALLOWED[channel].some((allowed) => allowed === name);
}

/** The field that the channel needs, and what to do. */
function lack(
  channel: Channel,
  { subject, html, text, body, mediaUrls }: OwnContent,
): readonly [field: string, advice: string] | undefined {
  if (channel === 'email') {
    if (isBlank(subject)) return ['content.subject', 'An email needs content.subject'];
    return isBlank(text) && !showsHtml(html ?? '')
      ? ['content', 'An email needs content.html or content.text']
      : undefined;
  }
  if (channel === 'mms' && !mediaUrls?.length)
    return ['content.mediaUrls', 'An MMS needs content.mediaUrls: send it as sms if it has no picture'];
  return isBlank(body) && !mediaUrls?.length
    ? ['content.body', `A message on ${channel} needs content.body`]
    : undefined;
}
