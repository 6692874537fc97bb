/** What MJML would drop or garble without a word. Pure. */
import { Tokenizer, TypeGuards, type TopLevelToken } from 'liquidjs';
import { isBlank } from '../../kernel/index.js';
import { parseFault } from '../rendering/liquid-faults.js';

/** Elements that hold other elements only: MJML drops every text between those. */
const CONTAINERS = new Set(
  (
    'mjml mj-head mj-attributes mj-body mj-wrapper mj-section mj-group mj-column mj-hero mj-navbar mj-social ' +
    'mj-carousel mj-accordion mj-accordion-element'
  ).split(' '),
);
const TAG = /<(\/?)([a-z][\w-]*)|<!--/gi;
const SHOWN = 40;

/** What is wrong with a source that MJML takes, each as a sentence. Linear for any text. */
export function mjmlFaults(source: string): string[] {
  const faults: string[] = [];
  let container = '';
  let from = 0;
  const stray = (to: number): void => {
    const text = source.slice(from, to);
    if (container !== '' && !isBlank(text))
      faults.push(
        `MJML leaves out “${text.trim().slice(0, SHOWN)}” in ${container}: put it into a text, or into mj-raw`,
      );
  };
  TAG.lastIndex = 0;
  for (let found = TAG.exec(source); found; found = TAG.exec(source)) {
    const [tag, slash, name] = found;
    stray(found.index);
    if (name === undefined) from = after(source, '-->', found.index);
    else {
      const element = name.toLowerCase();
      const end = tagEnd(source, TAG.lastIndex);
      if (element === 'mj-include') faults.push('mj-include reads files: use {% include %} with a partial');
      if (end.hasQuoteInQuotes) faults.push(`An attribute of ${element} holds a quotation mark: write it as &quot;`);
      const isClosed = source.charAt(end.at - 2) === '/';
      if (CONTAINERS.has(element)) {
        from = end.at;
        container = element;
      } else from = slash === '/' || isClosed ? end.at : closing(source, element, end.at);
    }
    TAG.lastIndex = Math.max(from, found.index + tag.length);
  }
  return faults;
}

/** The Liquid of a source that its HTML lacks, in order, each once. Raises TemplateSyntaxError for tags cut in two. */
export function lostLiquid(source: string, html: string): string[] {
  const made = counted(html);
  return [...counted(source)].filter(([tag, count]) => (made.get(tag) ?? 0) < count).map(([tag]) => tag);
}

function counted(text: string): Map<string, number> {
  const counts = new Map<string, number>();
  for (const token of tokensOf(text)) {
    if (TypeGuards.isHTMLToken(token)) continue;
    const tag = token.getText();
    counts.set(tag, (counts.get(tag) ?? 0) + 1);
  }
  return counts;
}

function tokensOf(text: string): TopLevelToken[] {
  try {
    return new Tokenizer(text).readTopLevelTokens();
  } catch (error) {
    throw parseFault('mjml', error); // MJML has cut a tag in two
  }
}

function after(source: string, mark: string, from: number): number {
  const at = source.indexOf(mark, from);
  return at === -1 ? source.length : at + mark.length;
}

function closing(source: string, element: string, from: number): number {
  const at = source.indexOf(`</${element}`, from);
  return at === -1 ? source.length : after(source, '>', at);
}

/** Behind the `>` of a tag, which may stand in its attributes too. */
function tagEnd(source: string, from: number): { at: number; hasQuoteInQuotes: boolean } {
  let quote = '';
  let hasQuoteInQuotes = false;
  for (let at = from; at < source.length; at += 1) {
    const character = source.charAt(at);
    if (quote === '' && character === '>') return { at: at + 1, hasQuoteInQuotes };
    if (quote === '' && (character === '"' || character === "'")) quote = character;
    else if (character === quote) quote = '';
    else if (quote === "'" && character === '"') hasQuoteInQuotes = true;
  }
  return { at: source.length, hasQuoteInQuotes };
}
