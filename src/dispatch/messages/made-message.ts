/** What a message says: the same for one to be sent, for an estimate, and for whoever asks what was sent. */
import type { ClaimedMessage, StoredContent } from '../../ledger/index.js';
import {
  emptyPart,
  htmlToText,
  render,
  speechOf,
  TemplateError,
  type CompiledTemplate,
  type Rendered,
  type TemplateLibrary,
} from '../../templates/index.js';
import type { Channel } from '../../tenants/index.js';
import { segmentsOf, textOf } from './message-limits.js';
import { MessageTooLong } from './messages.errors.js';
import { withLinks } from './pictures.js';

/** Why nothing can be sent, as the message’s reason. */
export type Unmade = 'render_failed' | 'content_empty' | 'text_too_long';

export type Made = { readonly content: Rendered; readonly segments: number } | { readonly failed: Unmade };

type Stored = Pick<ClaimedMessage, 'channel' | 'template_version_id' | 'data' | 'content' | 'host_data' | 'segments'>;

/** From the message's own content, or its template's version and its data. `now` is what a template takes for the present. */
export async function makeStored(
  { channel, template_version_id: versionId, data, content, host_data: hostData, segments }: Stored,
  templates: TemplateLibrary,
  now?: Date,
): Promise<Made> {
  if (versionId === null)
    return content ? { content: contentOf(channel, content), segments } : { failed: 'render_failed' };
  const { compiled } = await templates.version(versionId);
  return makeMessage(channel, compiled, { ...hostData, ...data }, now);
}

/** What a message's own content becomes on a channel. */
export const contentOf = (channel: Channel, content: StoredContent): Rendered =>
  withLinks(channel, ownContent(channel, content));

function ownContent(
  channel: Channel,
  { subject = '', html, text, body = '', mediaUrls, speech }: StoredContent,
): Rendered {
  if (channel === 'voice') return { kind: 'speech', text: body, ...speechOf(speech) };
  if (channel !== 'email') return { kind: 'text', body, ...(mediaUrls && { mediaUrls }) };
  return { kind: 'email', subject, ...(html !== undefined && { html }), text: text ?? htmlToText(html ?? '') };
}

export function makeMessage(
  channel: Channel,
  template: CompiledTemplate,
  data: Record<string, unknown>,
  now?: Date,
): Made {
  try {
    const content = withLinks(channel, render(template, data, now));
    if (emptyPart(channel, content) !== undefined) return { failed: 'content_empty' };
    return { content, segments: segmentsOf(channel, textOf(content)) };
  } catch (error) {
    if (error instanceof MessageTooLong) return { failed: 'text_too_long' };
    if (error instanceof TemplateError) return { failed: 'render_failed' };
    throw error;
  }
}
