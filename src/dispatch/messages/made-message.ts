/** What a template comes to with one person's data: the same for a message to be sent and for an estimate. */
import { emptyPart, render, TemplateError, type CompiledTemplate, type Rendered } from '../../templates/index.js';
import type { Channel } from '../../tenants/index.js';
import { segmentsOf, textOf } from './message-limits.js';
import { MessageTooLong } from './messages.errors.js';

/** Why nothing can be sent, as the message’s reason. */
export type Unmade = 'render_failed' | 'content_empty' | 'text_too_long';

export type Made = { readonly content: Rendered; readonly segments: number } | { readonly failed: Unmade };

export function makeMessage(channel: Channel, template: CompiledTemplate, data: Record<string, unknown>): Made {
  try {
    const content = render(template, data);
    if (emptyPart(channel, content) !== undefined) return { failed: 'content_empty' };
    return { content, segments: segmentsOf(channel, textOf(content)) };
  } catch (error) {
    if (error instanceof MessageTooLong) return { failed: 'text_too_long' };
    if (error instanceof TemplateError) return { failed: 'render_failed' };
    throw error;
  }
}
