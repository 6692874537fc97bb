/** The addresses of links in HTML, and others in their place. */

/** Elements whose content is text, whatever it looks like. */
const RAW_TEXT = /(script|style|textarea|title|xmp|iframe|noembed|noframes)(?=[\s/>])/iy;
const RAW_TEXT_STARTS = new Set([...'stxin'].map((letter) => letter.charCodeAt(0)));
const LINK = /a(?:rea)?(?=[\s/])/iy;
/** As a browser reads one: a name, and what may follow it in quotes of either kind or in none. */
const ATTRIBUTE = /[\s/]*([^\s/>][^\s/>=]*)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>][^\s>]*)))?/y;
const END_OF_TAG = /[\s/]*>/y;
/** A link that has it stays as it is. */
const UNCOUNTED = 'data-uncounted';

const ENTITY = /&(?:#x([\da-f]{1,6})|#(\d{1,7})|(amp|lt|gt|quot|apos));/gi;
/** What is left of those when the known ones are taken out. */
const OTHER_ENTITY = /&(?:#|[a-z][a-z\d]*;)/i;
const CHARACTERS: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

/** A link's tag: where it ends, and where the value of its `href` is, if it is to be counted. */
interface LinkTag {
  readonly end: number;
  readonly href?: { readonly start: number; readonly end: number } | undefined;
}

/**
 * Calls `replace` with the address of each link (`a` and `area`) as a browser would read it, and puts what it answers in its place: it must
 * need no escaping. Undefined leaves the link as it is. Everything else stays byte for byte; so do links in comments, such as Outlook's, and
 * those marked `data-uncounted`. Takes about a microsecond for a kilobyte.
 */
export function replaceLinks(html: string, replace: (address: string) => string | undefined): string {
  let result = '';
  let copied = 0;
  for (let at = html.indexOf('<'); at >= 0;) {
    const first = html.charCodeAt(at + 1) | 0x20; // in lower case
    if (first === 0x21 && html.startsWith('--', at + 2)) {
      const end = html.indexOf('-->', at + 2);
      if (end < 0) break;
      at = html.indexOf('<', end);
      continue;
    }
    if (first === 0x61 && isLink(html, at + 1)) {
      const tag = linkTagAt(html, LINK.lastIndex);
      if (!tag) break;
      const address = tag.href && decoded(html.slice(tag.href.start, tag.href.end));
      const other = address === undefined ? undefined : replace(address);
      if (tag.href && other !== undefined) {
        result += html.slice(copied, tag.href.start) + other;
        copied = tag.href.end;
      }
      at = tag.end - 1;
    } else if (RAW_TEXT_STARTS.has(first)) {
      const end = endOfRawText(html, at + 1);
      if (end < 0) break;
      at = end;
    }
    at = html.indexOf('<', at + 1);
  }
  return copied === 0 ? html : result + html.slice(copied);
}

function isLink(html: string, at: number): boolean {
  LINK.lastIndex = at;
  return LINK.test(html);
}

/** The tag whose attributes begin at `next`; undefined if it never ends, and so nothing after it is a tag either. */
function linkTagAt(html: string, next: number): LinkTag | undefined {
  let href: LinkTag['href'];
  let isUncounted = false;
  for (;;) {
    END_OF_TAG.lastIndex = next;
    if (END_OF_TAG.test(html)) return { end: END_OF_TAG.lastIndex, href: isUncounted ? undefined : href };
    ATTRIBUTE.lastIndex = next;
    const [, name, double, single, bare] = ATTRIBUTE.exec(html) ?? [];
    if (name === undefined) return undefined;
    next = ATTRIBUTE.lastIndex;
    const value = double ?? single ?? bare;
    const isHref = href === undefined && name.toLowerCase() === 'href';
    isUncounted ||= name.toLowerCase() === UNCOUNTED;
    if (!isHref || value === undefined) continue;
    const end = next - (bare === undefined ? 1 : 0);
    href = { start: end - value.length, end };
  }
}

/** Where the element ends whose name is at `at`; `at` if it is no such element, -1 if it never ends. */
function endOfRawText(html: string, at: number): number {
  RAW_TEXT.lastIndex = at;
  const [, name] = RAW_TEXT.exec(html) ?? [];
  if (name === undefined) return at;
  const end = new RegExp(`</${name}(?=[\\s/>])`, 'gi');
  end.lastIndex = at;
  return end.exec(html)?.index ?? -1;
}

/** Undefined for one with entities that only a browser knows. */
function decoded(value: string): string | undefined {
  if (!value.includes('&')) return value.trim();
  if (OTHER_ENTITY.test(value.replaceAll(ENTITY, ''))) return undefined;
  return value
    .replaceAll(ENTITY, (_, hex?: string, decimal?: string, name?: string) => characterOf(hex, decimal, name))
    .trim();
}

function characterOf(hex: string | undefined, decimal: string | undefined, name = ''): string {
  if (hex === undefined && decimal === undefined) return CHARACTERS[name.toLowerCase()] ?? '';
  const code = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16);
  return code <= 0x10ffff ? String.fromCodePoint(code) : '\ufffd';
}
