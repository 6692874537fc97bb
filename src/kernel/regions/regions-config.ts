/** Which region a deployment is of, and where it finds those of the others. */
import type { EnvironmentReader } from '../config/environment-reader.js';

/** The header by which the admin key acts in another region. */
export const REGION_HEADER = 'X-Region';
/** The rule of a region's name: it is part of the keys that are issued there. */
export const REGION = {
  max: 16,
  pattern: /^[a-z][a-z0-9-]{0,15}$/,
  meaning: 'the name of a region: a lower-case letter, then up to 15 lower-case letters, digits and hyphens',
  example: 'eu',
} as const;

/** Parts of keys that mean something else. */
const RESERVED = ['test', 'live', 'admin'];
/** To another machine than this one. */
const PLAIN = /^http:\/\/(?!localhost\b|127\.|\[::1\])/;
const NO_TLS = 'CALLBOARD_REGIONS has an address without TLS: keys and what people are written go there in the clear';
const REQUESTS = ['pass-on', 'refuse'] as const;

export interface OtherRegion {
  /** An origin, without a trailing slash. */
  readonly url: string;
  /** The admin key there. Absent: what the admin key asks for is not passed on. */
  readonly adminKey?: string | undefined;
}

export interface RegionsConfig {
  /** Absent: the deployment is of no region, and keys name none. */
  readonly region?: string | undefined;
  /** By their names. */
  readonly otherRegions?: Readonly<Record<string, OtherRegion>>;
  /** What is done with requests for another region: absent, they are passed on. */
  readonly regionRequests?: (typeof REQUESTS)[number];
}

/** Reads the variables about regions, and reports their errors. */
export function readRegions(read: EnvironmentReader): RegionsConfig {
  const region = read.matching('CALLBOARD_REGION', REGION.pattern, REGION.meaning);
  const urls = pairsIn(read, 'CALLBOARD_REGIONS', 'us=https://us.callboard.example');
  const keys = pairsIn(read, 'CALLBOARD_REGION_KEYS', 'us=the admin key there');
  const regionRequests = read.oneOf('CALLBOARD_REGION_REQUESTS', REQUESTS, 'pass-on');
  if (RESERVED.includes(region ?? '')) read.complain(`CALLBOARD_REGION is none of ${RESERVED.join(', ')}`);
  if (urls.size > 0) read.require('CALLBOARD_REGION', 'CALLBOARD_REGIONS names the others beside it');
  if ([...keys.keys()].some((name) => name !== region && !urls.has(name)))
    read.complain('CALLBOARD_REGION_KEYS names a region that CALLBOARD_REGIONS does not');
  if ([...keys.values()].some((key) => key.length < 16))
    read.complain('CALLBOARD_REGION_KEYS has a key that is too short: use at least 16 characters');
  if (region === undefined) return {};
  const otherRegions = [...urls].flatMap(([name, text]) => {
    if (name === region) return [];
    const url = originIn(text);
    if (url === undefined)
      read.complain('CALLBOARD_REGIONS has an address that is no origin, such as https://us.callboard.example');
    return [[name, { url: url ?? '', adminKey: keys.get(name) }] as const];
  });
  return { region, otherRegions: Object.fromEntries(otherRegions), regionRequests };
}

/** Things in it that are probably mistakes. */
export const regionWarnings = ({ otherRegions = {} }: RegionsConfig): string[] =>
  Object.values(otherRegions).some(({ url }) => PLAIN.test(url)) ? [NO_TLS] : [];

/** `name=value` pairs, comma-separated: all deployments may be given the same list. Values are never quoted. */
function pairsIn(read: EnvironmentReader, variable: string, example: string): Map<string, string> {
  const texts = (read.text(variable) ?? '').split(',').map((text) => text.trim());
  const pairs = texts.filter(Boolean).map((text) => /^([^=]*)=(.+)$/.exec(text));
  const found = pairs.flatMap((pair) =>
    pair?.[1] !== undefined && pair[2] !== undefined && REGION.pattern.test(pair[1])
      ? [[pair[1], pair[2]] as const]
      : [],
  );
  const named = new Map(found);
  if (found.length < pairs.length) read.complain(`${variable} is not a list such as ${example}`);
  if (named.size < found.length) read.complain(`${variable} names a region twice`);
  return named;
}

function originIn(text: string): string | undefined {
  if (!URL.canParse(text)) return undefined;
  const { protocol, pathname, search, username, origin } = new URL(text);
  const isOrigin = /^https?:$/.test(protocol) && pathname === '/' && search === '' && username === '';
  return isOrigin ? origin : undefined;
}
