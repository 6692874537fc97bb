/** Converts a mail's HTML template to a plain-text template, so that no single mail needs the conversion. */
import { Tokenizer, TypeGuards, type TopLevelToken } from 'liquidjs';
import { htmlToText } from './html-text.js';
import { LIMITS } from './limits.js';

/** Private-use characters enclose a token's number while its tag is hidden from the converter. */
const MARK = /\ue000(\d+)\ue001/g;
const MARKS_ONLY = /^\s*(?:\ue000\d+\ue001\s*)+$/;
/** The value is HTML, so its text is known only after rendering. */
const MAKES_HTML = /\|\s*(?:raw|escape|escape_once|xml_escape|newline_to_br)\b/;

/** Blocks without side effects. */
const PLAIN_BLOCKS = new Set(['if', 'unless', 'for', 'case', 'tablerow', 'comment']);
const BLOCKS = new Set([...PLAIN_BLOCKS, 'capture', 'raw']);
const BRANCHES = new Set(['else', 'elsif', 'when']);

/**
 * The Liquid source of the text, with each tag where it has the same effect; to be rendered without escaping, then tidied.
 * Undefined if there is no such source and the text has to be generated from each rendered mail: if a filter produces HTML, or
 * if a tag is in markup missing from the text while its counterpart, or what it assigns, is not.
 */
export function textTemplateOf(html: string): string | undefined {
  if (/[\ue000\ue001]|<ol\b/i.test(html)) return undefined; // a loop numbers its items only at run time
  const tokens = new Tokenizer(html).readTopLevelTokens();
  if (tokens.some((token) => !TypeGuards.isHTMLToken(token) && MAKES_HTML.test(token.getText()))) return undefined;

  const marked = tokens.map((token, at) => (TypeGuards.isHTMLToken(token) ? token.getContent() : `\ue000${at}\ue001`));
  const text = withoutLinesOfTags(withoutEchoes(htmlToText(marked.join('')), tokens), tokens);
  if (/\{[{%]/.test(text)) return undefined; // braces from an entity or `raw` are not Liquid
  const order = [...text.matchAll(MARK)].map((mark) => Number(mark[1]));
  if (!keepsTags(tokens, new Set(order)) || !keepsPlaces(tokens, order)) return undefined;
  const template = text.replaceAll(MARK, (_mark, at: string) => untrimmed(tokens[Number(at)]));
  return template.length <= LIMITS.source ? template : undefined; // the prefixes of nested lists and quotes add up
}

/** A link whose text is its address is shown once. */
function withoutEchoes(text: string, tokens: readonly TopLevelToken[]): string {
  const source = (at: string): string | undefined => tokens[Number(at)]?.getText();
  return text.replaceAll(
    /(\ue000(\d+)\ue001) \[\ue000(\d+)\ue001\]/g,
    (both, shown: string, one: string, other: string) => (source(one) === source(other) ? shown : both),
  );
}

/**
 * Tags alone on a line leave no empty line. But the end of a block keeps its line unless the block started on such a line: if
 * the block outputs nothing, that line's break may be the only one there.
 */
function withoutLinesOfTags(text: string, tokens: readonly TopLevelToken[]): string {
  const open: { isAlone: boolean }[] = [];
  const lines = text.split('\n').map((line) => {
    const marked = [...line.matchAll(MARK)].map((mark) => tokens[Number(mark[1])]);
    const tags = marked.filter((token) => TypeGuards.isTagToken(token));
    const begun: { isAlone: boolean }[] = [];
    let isAlone = MARKS_ONLY.test(line) && tags.length === marked.length;
    for (const { name } of tags) {
      const block = name.startsWith('end') ? open.pop() : BRANCHES.has(name) ? open.at(-1) : undefined;
      if (block && !begun.includes(block)) isAlone &&= block.isAlone;
      if (BLOCKS.has(name)) {
        const own = { isAlone: false };
        open.push(own);
        begun.push(own);
      }
    }
    for (const block of begun) block.isAlone = isAlone;
    return isAlone ? line.trim() : `${line}\n`;
  });
  return lines.join('');
}

/**
 * Whether every tag missing from the text belongs to a block without side effects that is missing as a whole, as in `style="{%
 * if … %}"`.
 */
function keepsTags(tokens: readonly TopLevelToken[], kept: ReadonlySet<number>): boolean {
  const lost: string[] = [];
  for (const [at, token] of tokens.entries()) {
    if (TypeGuards.isHTMLToken(token)) {
      if (lost.length > 0 && /[<>]/.test(token.getText())) return false;
    } else if (TypeGuards.isTagToken(token)) {
      const { name } = token;
      if (kept.has(at)) {
        if (lost.length > 0) return false;
      } else if (PLAIN_BLOCKS.has(name)) lost.push(name);
      else if (lost.length === 0) return false;
      else if (name.startsWith('end')) {
        if (name !== `end${lost.pop()}`) return false;
      } else if (!BRANCHES.has(name)) return false;
    }
  }
  return lost.length === 0;
}

/** Whether the tags are in their original order and each output is in its original block: a link's address moves after its text. */
function keepsPlaces(tokens: readonly TopLevelToken[], order: readonly number[]): boolean {
  const sorted = order.toSorted((one, other) => one - other);
  const inSource = placesOf(tokens, sorted);
  const inText = placesOf(tokens, order);
  if (inSource.tags !== inText.tags) return false;
  return [...inText.outputs].every(([at, place]) => inSource.outputs.get(at) === place);
}

function placesOf(
  tokens: readonly TopLevelToken[],
  order: readonly number[],
): { tags: string; outputs: Map<number, string> } {
  const tags: number[] = [];
  const outputs = new Map<number, string>();
  const open: number[] = [];
  for (const at of order) {
    const token = tokens[at];
    if (!TypeGuards.isTagToken(token)) {
      outputs.set(at, open.join());
      continue;
    }
    tags.push(at);
    if (token.name.startsWith('end') || BRANCHES.has(token.name)) open.pop();
    if (BLOCKS.has(token.name) || BRANCHES.has(token.name)) open.push(at);
  }
  return { tags: tags.join(), outputs };
}

/** In HTML `{%-` removes invisible spaces; in text it would remove lines. */
function untrimmed(token: TopLevelToken | undefined): string {
  const source = token?.getText() ?? '';
  return source.replace(/^(\{[{%])-/, '$1').replace(/-([%}]\})$/, '$1');
}
