/** What a message says: the same for one to be sent, for an estimate, and for whoever asks what was sent. */
import type { AttachmentRef } from '../../files/index.js';
import type { ClaimedMessage, StoredContent } from '../../ledger/index.js';
import {
  emptyPart,
  EXAMPLE_LINKS,
  htmlToText,
  renderPatiently,
  speechOf,
  TemplateError,
  type CompiledTemplate,
  type Rendered,
  type TemplateLibrary,
} from '../../templates/index.js';
import type { Channel } from '../../tenants/index.js';
import type { LinkVariables } from '../../consent/index.js';
import { segmentsOf, textOf } from './message-limits.js';
import { MessageTooLong } from './messages.errors.js';
import { withLinks } from './pictures.js';

/** Why nothing can be sent, as the message’s reason. */
export type Unmade = 'render_failed' | 'content_empty' | 'text_too_long';

/** `attachments`: what its template has it carry. */
export type Made =
  | { readonly content: Rendered; readonly segments: number; readonly attachments?: readonly AttachmentRef[] }
  | { readonly failed: Unmade };

type Stored = Pick<ClaimedMessage, 'channel' | 'template_version_id' | 'data' | 'content' | 'host_data' | 'segments'>;

/** What a template takes for the present, and the recipient's own links in the place of examples. */
export interface Making {
  readonly now?: Date | undefined;
  readonly links?: () => Promise<LinkVariables>;
}

/** From the message's own content, or its template's version and its data, which cannot replace a link. */
export async function makeStored(
  { channel, template_version_id: versionId, data, content, host_data: hostData, segments }: Stored,
  templates: TemplateLibrary,
  { now, links }: Making = {},
): Promise<Made> {
  if (versionId === null)
    return content ? { content: contentOf(channel, content), segments } : { failed: 'render_failed' };
  const { compiled, attachments } = await templates.version(versionId);
  const own = compiled.parts.some(({ readsLink }) => readsLink) ? await (links?.() ?? EXAMPLE_LINKS) : {};
  const made = await makeMessage(channel, compiled, { ...hostData, ...data, ...own }, now);
  return 'failed' in made || attachments.length === 0 ? made : { ...made, attachments };
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

export async function makeMessage(
  channel: Channel,
  template: CompiledTemplate,
  data: Record<string, unknown>,
  now?: Date,
): Promise<Made> {
  try {
    const content = withLinks(channel, await renderPatiently(template, data, now));
    if (emptyPart(channel, content) !== undefined) return { failed: 'content_empty' };
    return { content, segments: segmentsOf(channel, textOf(content)) };
  } catch (error) {
    if (error instanceof MessageTooLong) return { failed: 'text_too_long' };
    if (error instanceof TemplateError) return { failed: 'render_failed' };
    throw error;
  }
}
