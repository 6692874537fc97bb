/** A message's own content, and what the provider finally gets. */
import type { Channel } from '../../tenants/index.js';
import { isBlank } from '../../kernel/index.js';
import {
  ContentEmpty,
  emptyPart,
  render,
  requireChannel,
  showsHtml,
  type LoadedTemplate,
  type Rendered,
} from '../../templates/index.js';
import type { StoredContent } from '../../ledger/index.js';
import { ContentRequired } from './messages.errors.js';
import type { NewMessage, OwnContent } from './messages.dto.js';

const EMAIL_FIELDS = ['subject', 'html', 'text'] as const;
const TEXT_FIELDS = ['body', 'mediaUrls'] as const;

/** Fields of `content` allowed per channel. */
const ALLOWED: Readonly<Record<Channel, readonly (keyof OwnContent)[]>> = {
  email: EMAIL_FIELDS,
  sms: ['body'],
  mms: TEXT_FIELDS,
  whatsapp: TEXT_FIELDS,
  voice: ['body'],
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
    );
  const lacking = lack(channel, content);
  if (lacking) throw new ContentRequired(lacking);
  return { ...content, ...(content.body !== undefined && { body: content.body.normalize('NFC') }) }; // as templates render it
}

/**
 * Renders once before accepting, so that missing data are the caller's error and not a failed message. Raises TemplateMismatch,
 * ContentRequired, ContentEmpty, and what `render` raises.
 */
export function rehearse(channel: Channel, template: LoadedTemplate, data: Record<string, unknown>): Rendered {
  requireChannel(template, channel);
  const rendered = render(template.compiled, data);
  requireWords(channel, rendered);
  return rendered;
}

/** Raises ContentRequired for a rendered text with nothing left to send, ContentEmpty for a mail or a WhatsApp template. */
function requireWords(channel: Channel, rendered: Rendered): void {
  const part = emptyPart(channel, rendered);
  if (part === undefined) return;
  if (part === 'mediaUrls')
    throw new ContentRequired(
      'An MMS needs a picture: with these data every address in the template’s mediaUrls is empty',
    );
  if (part === 'body')
    throw new ContentRequired('With these data the template says nothing: check them, or what the template leaves out');
  throw new ContentEmpty(part);
}

function isAllowed(channel: Channel, name: string): boolean {
  return ALLOWED[channel].some((allowed) => allowed === name);
}

function lack(channel: Channel, { subject, html, text, body, mediaUrls }: OwnContent): string | undefined {
  if (channel === 'email') {
    if (isBlank(subject)) return 'An email needs content.subject';
    return isBlank(text) && !showsHtml(html ?? '') ? 'An email needs content.html or content.text' : undefined;
  }
  if (channel === 'mms' && !mediaUrls?.length)
    return 'An MMS needs content.mediaUrls: send it as sms if it has no picture';
  return isBlank(body) && !mediaUrls?.length ? `A message on ${channel} needs content.body` : undefined;
}
