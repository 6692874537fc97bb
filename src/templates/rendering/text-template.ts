/** Makes the plain-text template of a mail from its HTML template, so that no single mail needs the conversion. */
import { Tokenizer, TypeGuards, type TopLevelToken } from 'liquidjs';
import { htmlToText } from './html-text.js';
import { LIMITS } from './limits.js';

/** Characters of the private use area stand round a token's number while its tag is out of the converter's sight. */
const MARK = /\ue000(\d+)\ue001/g;
const MARKS_ONLY = /^\s*(?:\ue000\d+\ue001\s*)+$/;
/** The value is HTML, so its text is known only once it is rendered. */
const MAKES_HTML = /\|\s*(?:raw|escape|escape_once|xml_escape|newline_to_br)\b/;

/** Blocks that change nothing outside themselves. */
const PLAIN_BLOCKS = new Set(['if', 'unless', 'for', 'case', 'tablerow', 'comment']);
const BLOCKS = new Set([...PLAIN_BLOCKS, 'capture', 'raw']);
const BRANCHES = new Set(['else', 'elsif', 'when']);

/**
 * The Liquid source of the text, with each tag where it has the same effect; to be rendered without escaping, then tidied. Or
 * undefined where there is no such source and the text has to be made from each rendered mail: where a filter makes HTML, or
 * where a tag stands in markup that the text lacks while its counterpart, or what it assigns, does not.
 */
export function textTemplateOf(html: string): string | undefined {
  if (/[\ue000\ue001]|<ol\b/i.test(html)) return undefined; // a loop numbers its items only as it runs
  const tokens = new Tokenizer(html).readTopLevelTokens();
  if (tokens.some((token) => !TypeGuards.isHTMLToken(token) && MAKES_HTML.test(token.getText()))) return undefined;

  const marked = tokens.map((token, at) => (TypeGuards.isHTMLToken(token) ? token.getContent() : `\ue000${at}\ue001`));
  const text = withoutLinesOfTags(withoutEchoes(htmlToText(marked.join('')), tokens), tokens);
  if (/\{[{%]/.test(text)) return undefined; // braces that were an entity or `raw` are no Liquid
  const order = [...text.matchAll(MARK)].map((mark) => Number(mark[1]));
  if (!keepsTags(tokens, new Set(order)) || !keepsPlaces(tokens, order)) return undefined;
  const template = text.replaceAll(MARK, (_mark, at: string) => untrimmed(tokens[Number(at)]));
  return template.length <= LIMITS.source ? template : undefined; // the prefixes of nested lists and quotes add up
}

/** A link whose text is its address shows it once. */
function withoutEchoes(text: string, tokens: readonly TopLevelToken[]): string {
  const source = (at: string): string | undefined => tokens[Number(at)]?.getText();
  return text.replaceAll(
    /(\ue000(\d+)\ue001) \[\ue000(\d+)\ue001\]/g,
    (both, shown: string, one: string, other: string) => (source(one) === source(other) ? shown : both),
  );
}

/**
 * Tags alone on a line leave no empty line behind. But the end of a block keeps its line unless the block began on such a line:
 * where the block shows nothing, that line's break may be the only one there.
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

/** Whether every tag that the text lost belongs to a block without effects that was lost whole, as in `style="{% if … %}"`. */
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

/** Whether the tags are in their old order and each output stands in the block it stood in: a link's address moves after its text. */
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

/** In HTML `{%-` removes blanks that show nowhere; in text it would remove lines. */
function untrimmed(token: TopLevelToken | undefined): string {
  const source = token?.getText() ?? '';
  return source.replace(/^(\{[{%])-/, '$1').replace(/-([%}]\})$/, '$1');
}
