/** Reads the TwiML that a call is answered with: what it says, and where it sends a key. */

export interface Twiml {
  readonly said: readonly string[];
  /** The address that a key is told to, if one is asked for. */
  readonly gather?: string;
}

const ENTITIES: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };

/** Nothing is said by what is no TwiML. */
export function readTwiml(document = ''): Twiml {
  const said = [...document.matchAll(/<Say\b[^>]*>([^<]*)<\/Say>/g)].map(([, text = '']) => decoded(text));
  const action = /<Gather\b[^>]*\baction="([^"]*)"/.exec(document)?.[1];
  return { said, ...(action === undefined ? {} : { gather: decoded(action) }) };
}

const decoded = (text: string): string =>
  text
    .replace(/&#(?:x([0-9a-f]+)|(\d+));/gi, (_, hex?: string, decimal?: string) =>
      String.fromCodePoint(hex ? Number.parseInt(hex, 16) : Number(decimal)),
    )
    .replace(/&(lt|gt|amp|quot|apos);/g, (_, name: string) => ENTITIES[name] ?? '');
