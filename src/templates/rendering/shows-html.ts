/** Whether a mail's HTML shows anything. */
import { isBlank } from '../../kernel/plain.js';

/** Elements that show something without any text. */
const SHOWN = new Set(['img', 'picture', 'svg', 'video', 'object', 'embed', 'iframe', 'canvas', 'v:image']);
/** Elements whose content is not shown. */
const HIDDEN = new Set(['head', 'style', 'script', 'template', 'title']);
const BLANKS = /&(?:nbsp|ensp|emsp|thinsp|zwnj|zwj|shy|lrm|rlm|tab|newline);/gi;
const NUMBERED = /&#(?:x([\da-f]{1,6})|(\d{1,7}));/gi;

/**
 * Stops at the first text or picture, and is linear for any text: it runs for each mail that is accepted. In doubt, as for text
 * that a style hides, HTML shows something.
 */
export function showsHtml(html: string): boolean {
  const unclosed = new Set<string>();
  for (let at = 0; at < html.length;) {
    const open = html.indexOf('<', at);
    if (!isBlank(decoded(html.slice(at, open === -1 ? html.length : open)))) return true;
    if (open === -1) return false;
    const [, slash, name] = /^<([/!?]?)([a-z][\w:-]*)?/i.exec(html.slice(open, open + 32)) ?? [];
    if (slash === '' && name === undefined) return true; // a sign, as in "3 < 4"
    const element = name?.toLowerCase() ?? '';
    if (slash === '' && SHOWN.has(element)) return true;
    const end = endOf(html, open, slash === '' && HIDDEN.has(element) && !unclosed.has(element) ? element : undefined);
    if (end.isUnclosed) unclosed.add(element);
    at = end.at;
  }
  return false;
}

/** Where to go on after a comment, a hidden element or a tag; one that is not closed hides all that follows. */
function endOf(html: string, open: number, hidden: string | undefined): { at: number; isUnclosed: boolean } {
  const isComment = html.startsWith('<!--', open);
  const close = html.indexOf(isComment ? '-->' : '>', open);
  const afterTag = close === -1 ? html.length : close + (isComment ? 3 : 1);
  if (hidden === undefined) return { at: afterTag, isUnclosed: false };
  const closing = new RegExp(`</${hidden}\\b`, 'gi');
  closing.lastIndex = afterTag;
  const found = closing.exec(html);
  return found ? { at: found.index, isUnclosed: false } : { at: afterTag, isUnclosed: true };
}

function decoded(text: string): string {
  if (!text.includes('&')) return text;
  return text.replaceAll(BLANKS, ' ').replaceAll(NUMBERED, (_all, hex: string | undefined, decimal: string) => {
    const code = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16);
    return code <= 0x10ffff ? String.fromCodePoint(code) : '?';
  });
}
