/** Plain text from HTML: html-to-text, configured for mail. */
import { compile } from 'html-to-text';
import { LIMITS } from './limits.js';

const LINE = { leadingLineBreaks: 1, trailingLineBreaks: 1 };
const convert = compile({
  wordwrap: false,
  baseElements: { selectors: [] }, // the whole document: Liquid may come before <body>
  limits: { maxDepth: 200 }, // deeper than the tables of any mail; the converter recurses
  selectors: [
    ...['head', 'img'].map((selector) => ({ selector, format: 'skip' })),
    ...['h1', 'h2', 'h3', 'h4', 'h5', 'h6'].map((selector) => ({ selector, options: { uppercase: false } })),
    { selector: 'a', options: { hideLinkHrefIfSameAsText: true } },
    ...['tr', 'blockquote'].map((selector) => ({ selector, format: 'block', options: LINE })),
    ...['td', 'th'].map((selector) => ({ selector, format: 'inlineSurround', options: { suffix: ' ' } })),
  ],
});

/**
 * Links as `text [address]`, one line per table row, no images; no capitalisation and no line wrapping. HTML and text are
 * truncated if longer than any template may be: the converter's time grows quadratically.
 */
export function htmlToText(html: string): string {
  return tidy(convert(html.slice(0, LIMITS.source)).slice(0, LIMITS.made));
}

/** At most one empty line in a row, and no trailing or leading spaces. */
export function tidy(text: string): string {
  const lines = text.split('\n').map((line) => line.trimEnd());
  return lines
    .filter((line, at) => line !== '' || lines[at - 1] !== '')
    .join('\n')
    .trim();
}
