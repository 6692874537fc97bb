/** Finds elements in HTML as mail programs read it: tolerant, and linear for any text. Pure. */

export interface Element {
  /** Lower-case. */
  readonly name: string;
  /** Lower-case names; the first of a name counts. */
  readonly attributes: ReadonlyMap<string, string>;
}

const ENTITIES: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  '#34': '"',
  '#39': "'",
};
const BLANK = /\s/;

/** The start tags of a text, in order; none in comments, styles and scripts. */
export function* elementsIn(html: string): Generator<Element> {
  for (let at = html.indexOf('<'); at !== -1; at = html.indexOf('<', at)) {
    if (html.startsWith('<!--', at)) {
      at = endOf(html, '-->', at + 4);
      continue;
    }
    const [, name] = /^<([a-z][\w:-]*)/i.exec(html.slice(at, at + 64)) ?? [];
    at += 1;
    if (name === undefined) continue;
    const tag = attributesFrom(html, at + name.length);
    at = tag.end;
    yield { name: name.toLowerCase(), attributes: tag.attributes };
    if (/^(?:script|style)$/i.test(name)) at = endOf(html, `</${name}`, at);
  }
}

const endOf = (html: string, closing: string, from: number): number => {
  const end = html.indexOf(closing, from);
  return end === -1 ? html.length : end + closing.length;
};

function attributesFrom(html: string, from: number): { attributes: Map<string, string>; end: number } {
  const attributes = new Map<string, string>();
  const until = (start: number, isEnd: (character: string) => boolean): number => {
    let at = start;
    while (at < html.length && !isEnd(html.charAt(at))) at += 1;
    return at;
  };
  const skipBlanks = (start: number): number => until(start, (character) => !BLANK.test(character));
  let at = from;
  while (at < html.length) {
    at = until(at, (character) => !BLANK.test(character) && character !== '/');
    if (html.charAt(at) === '>') break;
    const nameEnd = until(at + 1, (character) => BLANK.test(character) || '=>/'.includes(character));
    const name = html.slice(at, nameEnd).toLowerCase();
    let value = '';
    at = skipBlanks(nameEnd);
    if (html.charAt(at) === '=') {
      at = skipBlanks(at + 1);
      const quote = html.charAt(at);
      const isQuoted = quote === '"' || quote === "'";
      const start = isQuoted ? at + 1 : at;
      const end = until(start, (character) =>
        isQuoted ? character === quote : BLANK.test(character) || character === '>',
      );
      value = html.slice(start, end);
      at = isQuoted ? end + 1 : end;
    }
    if (name !== '' && !attributes.has(name)) attributes.set(name, decoded(value));
  }
  return { attributes, end: at + 1 };
}

const decoded = (text: string): string =>
  text.replaceAll(/&(#?\w{1,8});/g, (whole, name: string) => ENTITIES[name.toLowerCase()] ?? whole);
