/** Puts partials and a layout into a text, in the place of their tags. Pure. */
import { Tokenizer, TypeGuards, type TagToken, type TopLevelToken } from 'liquidjs';
import { LIMITS } from '../rendering/limits.js';
import { parseFault } from '../rendering/liquid-faults.js';
import { TemplateSyntaxError, TemplateTooExpensive } from '../template.errors.js';

const KEY = /^(['"])([a-z0-9._-]+)\1$/;

/** The keys of the partials that a text of the template includes. `part` names the text in errors. Raises TemplateSyntaxError. */
export const includedIn = (part: string, source: string): string[] => [
  ...new Set(tokensOf(part, source).flatMap((token) => (isInclude(token) ? [keyOf(part, token)] : []))),
];

/** With the text of each partial in the place of its tag. Raises TemplateSyntaxError. */
export function withPartials(part: string, source: string, textOf: (key: string) => string): string {
  return replaced(part, tokensOf(part, source), (token) => (isInclude(token) ? textOf(keyOf(part, token)) : undefined));
}

/** As long as the source, with every other character at its place: for a check of all but the partials. */
export function withoutPartials(part: string, source: string): string {
  const tokens = tokensOf(part, source);
  return tokens.map((token) => (isInclude(token) ? token.getText().replaceAll(/\S/g, 'x') : token.getText())).join('');
}

/** How often a layout says where the content goes. Raises TemplateSyntaxError. */
export const placesIn = (part: string, layout: string): number => tokensOf(part, layout).filter(isContent).length;

/** The layout with this content. Raises TemplateSyntaxError. */
export const aroundContent = (part: string, layout: string, content: string): string =>
  replaced(part, tokensOf(part, layout), (token) => (isContent(token) ? content : undefined));

function tokensOf(part: string, source: string): TopLevelToken[] {
  try {
    return new Tokenizer(source).readTopLevelTokens();
  } catch (error) {
    throw parseFault(part, error);
  }
}

const isInclude = (token: TopLevelToken): token is TagToken => TypeGuards.isTagToken(token) && token.name === 'include';
const isContent = (token: TopLevelToken): boolean =>
  TypeGuards.isOutputToken(token) && token.content.trim() === 'content';

function keyOf(part: string, token: TagToken): string {
  const [, , key] = KEY.exec(token.args.trim()) ?? [];
  if (key !== undefined) return key;
  const [line = 1, column = 1] = token.getPosition();
  throw new TemplateSyntaxError(
    part,
    line,
    column,
    "include takes the key of a partial in quotes: {% include 'footer' %}",
  );
}

/** A tag that trims blanks (`{%-`) does so around its replacement too. Raises TemplateTooExpensive. */
function replaced(
  part: string,
  tokens: readonly TopLevelToken[],
  by: (token: TopLevelToken) => string | undefined,
): string {
  let text = '';
  let trims = false;
  for (const token of tokens) {
    const replacement = by(token);
    const own = replacement ?? token.getText();
    const isTrimmed = trims && TypeGuards.isHTMLToken(token);
    trims = false;
    if (replacement !== undefined && TypeGuards.isDelimitedToken(token)) {
      if (token.trimLeft) text = text.trimEnd();
      trims = token.trimRight;
    }
    text += isTrimmed ? own.trimStart() : own;
    if (text.length > LIMITS.source)
      throw new TemplateTooExpensive(part, `is longer than ${LIMITS.source} characters with its layout and partials`);
  }
  return text;
}
