/** Requests that are documented but for something: drawn from a seed, and made whole with the ids that are there when they are sent. */
import fc from 'fast-check';
import { fromJson, toText, withField, without, withValue, type JsonText, type Path } from '../harness/json-text.js';
import type { KnownIds } from './known-ids.js';
import { contentType, EXAMPLE_ID, fieldName, headerValue, jsonValue, pathPart, queryValue, wholeBody } from './odd.js';
import type { Body, Operation } from '../harness/openapi-operations.js';

/** Whose key a request carries; the platform's with or without a tenant to act for. */
export type Caller = 'tenant' | 'platform-for-tenant' | 'platform' | 'nobody';

/** What is drawn: `pick`s choose among the ids that are known by then. */
export interface Draft {
  readonly operation: Operation;
  readonly method: string;
  readonly caller: Caller;
  readonly parts: readonly (string | Pick)[];
  readonly query: readonly (readonly [string, string])[];
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
}
interface Pick {
  readonly pick: number;
}

export interface FuzzRequest {
  readonly operation: Operation;
  readonly method: string;
  readonly caller: Caller;
  /** With its query, relative to the service. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
}

const HEADERS = [
  'accept',
  'accept-language',
  'if-none-match',
  'range',
  'prefer',
  'content-encoding',
  'x-forwarded-for',
];
const OTHER_METHODS = ['HEAD', 'OPTIONS', 'GET', 'PUT', 'POST', 'PATCH', 'DELETE'];

/** So many drafts of each operation, in turns, so that what one makes is there for the next. The same seed gives the same. */
export function draftsOf(operations: readonly Operation[], seed: number, count: number): Draft[] {
  const rounds = Math.ceil(count / operations.length);
  const each = operations.map((operation, place) =>
    fc.sample(draftOf(operation), { seed: seed * 10_000 + place, numRuns: rounds }),
  );
  return Array.from({ length: rounds }, (_, round) => each.flatMap((drafts) => drafts.slice(round, round + 1)))
    .flat()
    .slice(0, count);
}

function draftOf(operation: Operation): fc.Arbitrary<Draft> {
  const names = [...operation.path.matchAll(/\{\w+\}/g)];
  const seldom = <T>(usual: T, odd: fc.Arbitrary<T>, weight = 1): fc.Arbitrary<T> =>
    fc.oneof({ weight: 12, arbitrary: fc.constant(usual) }, { weight, arbitrary: odd });
  const part = fc.oneof({ weight: 4, arbitrary: fc.record({ pick: fc.nat() }) }, { weight: 1, arbitrary: pathPart });
  const knownQuery =
    operation.queries.length === 0 ? fieldName : fc.constantFrom(...operation.queries.map(({ name }) => name));
  const queryName = fc
    .oneof({ weight: 5, arbitrary: knownQuery }, fieldName)
    .map((name) => encodeURIComponent(name.toWellFormed()));
  const headerName = fc.constantFrom(...HEADERS, ...operation.headers.map(({ name }) => name.toLowerCase()));
  const caller = fc.oneof(
    { weight: 10, arbitrary: fc.constant<Caller>(ofPlatform(operation) ? 'platform' : 'tenant') },
    fc.constantFrom<Caller>('tenant', 'platform-for-tenant', 'platform', 'nobody'),
  );
  return fc
    .record({
      method: seldom(operation.method, fc.constantFrom(...OTHER_METHODS)),
      caller,
      parts: fc.tuple(...names.map(() => part)),
      query: fc.oneof(
        { weight: operation.method === 'GET' ? 1 : 6, arbitrary: fc.constant([]) },
        { weight: 2, arbitrary: fc.array(fc.tuple(queryName, queryValue), { minLength: 1, maxLength: 3 }) },
      ),
      headers: fc.dictionary(headerName, headerValue, { maxKeys: 1 }),
      content: contentOf(operation.bodies),
    })
    .map(({ content: { type, body }, headers, method, ...rest }) => ({
      operation,
      method,
      ...rest,
      headers: { ...(type !== undefined && { 'content-type': type }), ...headers },
      ...(body !== undefined && method !== 'HEAD' && { body }),
    }));
}

const ofPlatform = ({ path }: Operation): boolean => path.startsWith('/api/tenants');

interface Drawn {
  readonly type?: string;
  readonly body?: string | Uint8Array;
}

function contentOf(bodies: readonly Body[]): fc.Arbitrary<Drawn> {
  const none: fc.Arbitrary<Drawn> = fc.constant({});
  const odd = fc.record({ type: contentType, body: wholeBody }) as fc.Arbitrary<Drawn>;
  if (bodies.length === 0) return fc.oneof({ weight: 12, arbitrary: none }, odd);
  return fc.oneof(
    ...bodies.map(({ type, ...body }) => ({
      weight: 12,
      arbitrary: (type === 'application/json' ? jsonBody(body) : plainBody(body)).map((drawn) => ({
        type,
        body: drawn,
      })),
    })),
    odd,
    none,
  );
}

type Change = (json: JsonText) => JsonText;

/** The documented example with nothing wrong, or with up to three things. */
function jsonBody({ examples, places }: Omit<Body, 'type'>): fc.Arbitrary<string> {
  const example = fc.constantFrom(...(examples.length === 0 ? [{}] : examples)).map(fromJson);
  const place = places.length === 0 ? fc.constant<Path>([]) : fc.constantFrom<Path>(...places.map(({ path }) => path));
  const put = fc.tuple(place, jsonValue).map(
    ([at, value]): Change =>
      (json) =>
        withValue(json, at, value),
  );
  const leaveOut = place.map(
    (at): Change =>
      (json) =>
        without(json, at),
  );
  const addUnknown = fc.tuple(fieldName, jsonValue).map(
    ([name, value]): Change =>
      (json) =>
        withField(json, name, value),
  );
  const repeat = fc.tuple(place, jsonValue).map(
    ([at, value]): Change =>
      (json) =>
        withField(json, String(at[0] ?? ''), value),
  );
  const change = fc.oneof({ weight: 6, arbitrary: put }, { weight: 2, arbitrary: leaveOut }, addUnknown, repeat);
  const changed = fc
    .tuple(example, fc.oneof(fc.constant([]), fc.array(change, { minLength: 1, maxLength: 3 })))
    .map(([json, changes]) => toText(changes.reduce((spoilt, one) => one(spoilt), json)));
  return fc.oneof({ weight: 15, arbitrary: changed }, wholeBody);
}

function plainBody({ examples }: Omit<Body, 'type'>): fc.Arbitrary<string | Uint8Array> {
  const texts = examples.filter((example) => typeof example === 'string');
  return fc.oneof(
    ...(texts.length > 0 ? [{ weight: 3, arbitrary: fc.constantFrom(...texts) }] : []),
    fc.array(fc.string({ unit: 'binary' }), { maxLength: 20 }).map((lines) => lines.join('\n')),
    fc.array(jsonValue, { maxLength: 10 }).map((lines) => lines.join('\n')),
    fc.uint8Array({ maxLength: 400 }),
  );
}

/** The request of a draft, with ids that are known now. */
export function requestOf({ operation, parts, query, body, ...rest }: Draft, known: KnownIds): FuzzRequest {
  let place = 0;
  const path = operation.path.replaceAll(/\{(\w+)\}/g, (_, name: string, at: number) => {
    const part = parts[place++] ?? 'x';
    return typeof part === 'string' ? part : known.inPath(operation.path.slice(0, at), name, part.pick);
  });
  const search = query.map(([name, value]) => `${name}=${value}`).join('&');
  return {
    operation,
    ...rest,
    path: search === '' ? path : `${path}?${search}`,
    ...(body !== undefined && { body: typeof body === 'string' ? withKnownIds(body, known) : body }),
  };
}

const PLACEHOLDER = new RegExp(`"(\\w+)":"${EXAMPLE_ID}"`, 'g');
const withKnownIds = (body: string, known: KnownIds): string =>
  body.replaceAll(PLACEHOLDER, (_, name: string) => `"${name}":"${known.inField(name)}"`);
