/** Renders claimed messages into envelopes, once, just before the call. */
import { Injectable } from '@nestjs/common';
import type { Content, Envelope } from '../../providers/index.js';
import { TemplateError, TemplateLibrary, htmlToText, render } from '../../templates/index.js';
import { Conversations } from './conversations.js';
import type { ClaimedMessage, MessageReason, StoredContent } from '../../ledger/index.js';
import { MessageTooLong } from '../messages/messages.errors.js';
import { segmentsOf } from '../messages/message-limits.js';

/** An envelope with its number of segments, or why it could not be rendered. */
export type Prepared = { readonly envelope: Envelope; readonly segments: number } | { readonly failed: MessageReason };

@Injectable()
export class Envelopes {
  constructor(
    private readonly templates: TemplateLibrary,
    private readonly conversations: Conversations,
  ) {}

  /** One result per message, in order. */
  async prepare(messages: readonly ClaimedMessage[]): Promise<Prepared[]> {
    const openWindows = await this.conversations.open(messages.filter(({ channel }) => channel === 'whatsapp'));
    return Promise.all(messages.map((message) => this.prepareOne(message, openWindows)));
  }

  private async prepareOne(message: ClaimedMessage, openWindows: ReadonlySet<string>): Promise<Prepared> {
    const content = await this.contentOf(message);
    if (content === undefined) return { failed: 'render_failed' };
    if (message.channel === 'whatsapp' && content.kind === 'text' && !openWindows.has(message.id)) {
      return { failed: 'whatsapp_window_closed' };
    }
    const segments = sizeOf(message, content);
    if (segments === undefined) return { failed: 'text_too_long' };
    const {
      id: messageId,
      attempts: attempt,
      tenant_id: tenantId,
      channel,
      sender_address: from,
      recipient: to,
    } = message;
    return {
      envelope: {
        messageId,
        attempt,
        tenantId,
        channel,
        from,
        fromName: message.sender_name ?? undefined,
        to,
        content,
      },
      segments,
    };
  }

  private async contentOf({
    template_version_id: versionId,
    data,
    content,
    channel,
  }: ClaimedMessage): Promise<Content | undefined> {
    if (versionId === null) return content ? ownContent(channel, content) : undefined;
    const template = await this.templates.version(versionId);
    try {
      return render(template.compiled, data ?? {});
    } catch (error) {
      if (error instanceof TemplateError) return undefined; // it rendered on acceptance: only a template that reads the clock can fail now
      throw error;
    }
  }
}

/** Undefined for a text that is too long for the channel. */
function sizeOf(
  { channel, segments, template_version_id: versionId }: ClaimedMessage,
  content: Content,
): number | undefined {
  if (versionId === null || content.kind !== 'text') return segments;
  try {
    return segmentsOf(channel, content.body);
  } catch (error) {
    if (error instanceof MessageTooLong) return undefined;
    throw error;
  }
}

function ownContent(
  channel: ClaimedMessage['channel'],
  { subject = '', html, text, body = '', mediaUrls }: StoredContent,
): Content {
  if (channel !== 'email') return { kind: 'text', body, mediaUrls };
  return { kind: 'email', subject, html, text: text ?? (html === undefined ? undefined : htmlToText(html)) };
}
