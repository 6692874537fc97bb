/** Whether a rendered message has anything left to say. */
import { isBlank } from '../../kernel/plain.js';
import type { Rendered } from './render.js';
import { showsHtml } from './shows-html.js';

/**
 * The part that must show something and does not, or undefined: `subject`, `html` or `text` of a mail, `body`, `mediaUrls` of an
 * MMS, or a WhatsApp variable such as `contentVariables.1`, of which Twilio takes no empty one (21656).
 */
export function emptyPart(channel: string, rendered: Rendered): string | undefined {
  switch (rendered.kind) {
    case 'email': {
      const { subject, html, text } = rendered;
      if (isBlank(subject)) return 'subject';
      if (!isBlank(text) || (html !== undefined && showsHtml(html))) return undefined;
      return html === undefined ? 'text' : 'html';
    }
    case 'content-template': {
      const empty = Object.entries(rendered.variables).find(([, value]) => isBlank(value));
      return empty && `contentVariables.${empty[0]}`;
    }
    case 'text': {
      if (rendered.mediaUrls) return undefined;
      if (channel === 'mms') return 'mediaUrls';
      return isBlank(rendered.body) ? 'body' : undefined;
    }
    case 'speech':
      return isBlank(rendered.text) ? 'body' : undefined;
  }
}
