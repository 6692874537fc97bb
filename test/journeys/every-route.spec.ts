/** Every route of the API and of the sandbox, as documented, with whatever a careless or hostile caller may send. */
import { fromJson, toText, withValue } from '../../harness/json-text.js';
import { operationsOf, type Operation, type OpenApiDocument, type Place } from '../../harness/openapi-operations.js';
import { openApiDocument } from '../../src/kernel/openapi/openapi.js';
import { openTestApp, type TestApp, type Tenant } from '../support/test-app.js';
import { faults } from '../support/sandbox.js';

interface Trial {
  readonly route: Operation;
  readonly what: string;
  readonly url: string;
  readonly body?: string;
}

const ID = '0199f3a0-7c1e-7b3a-9d1c-2f4b6a8c0e12';
const GOOD: Readonly<Record<string, string>> = { address: '%2B4915212345678', key: 'order', channel: 'sms' };
/** Where whatever makes no sense is sent on purpose: any JSON value, in the words of JSON. */
const VALUES = [
  'null',
  '5',
  '-1.5',
  '1e308',
  '1e999',
  'true',
  '""',
  '" "',
  '"x"',
  '"a\\u0000b"',
  '"a\\ud83d"',
  '"\\r\\n"',
  '[]',
  '[1]',
  '[null]',
  '[[{}]]',
  '{}',
  '{"a":1}',
  '{"constructor":5}',
  '{"toString":1,"length":-1}',
  '{"then":{}}',
  `"${'y'.repeat(20_000)}"`,
  `${'['.repeat(20)}${']'.repeat(20)}`,
  '{"__proto__":{}}',
];
const WHOLE = [
  '',
  ' ',
  '{',
  'null',
  '5',
  '"x"',
  '[]',
  '[{}]',
  '{"__proto__":1}',
  '{"hasOwnProperty":1}',
  '{"":1}',
  '['.repeat(50_000),
];
const IN_PATH = [
  'x',
  ID,
  '%00',
  '%ff',
  '%zz',
  '%2F',
  '%F0%9F%98%80',
  'x'.repeat(400),
  '__proto__',
  '..%2f',
  '1e999',
  '%20',
];
const cursor = (json: string): string => Buffer.from(json).toString('base64url');
const IN_QUERY = [
  '',
  'x',
  '0',
  '-1',
  '1e999',
  '%00',
  '%ff',
  '%zz',
  '99999999999999999999',
  'x'.repeat(600),
  '%F0%9F%98%80',
  ID,
  '2026-11-21T18:00:00Z',
  '9999-12-31T23:59:59Z',
  '2026-02-31T00:00:00Z',
  '2026-13',
  'a&NAME=b',
  ...['["a"]', '["a\\u0000"]', '["\\ud800"]', '[1e400]', '["infinity","x"]', `["${ID}","${ID}"]`, '{}', '[[]]'].map(
    cursor,
  ),
];

let app: TestApp;
let tenant: Tenant;
let routes: Operation[];
const wrong: string[] = [];

beforeAll(async () => {
  app = await openTestApp();
  tenant = await app.tenant();
  const text = { key: 'order', channel: 'sms', category: 'transactional', body: 'Hello {{ name }}' };
  await app.as(tenant).post('/api/templates').send(text).expect(201);
  const document = openApiDocument(app.nest) as unknown as OpenApiDocument;
  routes = operationsOf(document).filter(({ path }) => /^\/(api|sandbox)\//.test(path));
});
afterAll(() => app.close());
beforeEach(() => (wrong.length = 0));
afterEach(() => faults(app, {}));

/** Sends them with every right there is; an answer that is no answer, or a refusal that does not say why, is wrong. */
async function sendAll(trials: readonly Trial[]): Promise<void> {
  const waiting = trials.values();
  const worker = async (): Promise<void> => {
    for (const trial of waiting) await send(trial);
  };
  await Promise.all(Array.from({ length: 8 }, worker));
  expect(wrong).toEqual([]);
}

async function send({ route: { method, path }, what, url, body }: Trial): Promise<void> {
  const authorization = `Bearer ${path.startsWith('/api/tenants') ? app.config.adminKey : tenant.key}`;
  const headers = { authorization, ...(body !== undefined && { 'content-type': 'application/json' }) };
  const answer = await fetch(`${app.url}${url}`, { method, headers, body });
  const text = await answer.text();
  if (answer.status < 400) return;
  const isProblem = answer.headers.get('content-type')?.startsWith('application/problem+json');
  const { detail = '' } = isProblem ? (JSON.parse(text) as { detail?: string }) : {};
  if (answer.status >= 500 || detail.length < 10) {
    wrong.push(`${method} ${path} with ${what.slice(0, 100)}: ${answer.status} ${text.slice(0, 200)}`);
  }
}

function urlOf(path: string, odd: Readonly<Record<string, string>> = {}): string {
  const id = path.startsWith('/api/tenants') ? tenant.id : tenant.defaultVenueId;
  return path.replaceAll(/\{(\w+)\}/g, (_, name: string) => odd[name] ?? GOOD[name] ?? id);
}

/** How often a field of the same rules has been tried. */
const tried = new Map<string, number>();

/** A field's rules are read alike, whatever it is for. */
const WORDS = new Set(['name', 'description', 'example', 'examples', 'default', 'title']);
const kindOf = (field: object): string =>
  JSON.stringify(field, (key, value: unknown) => (WORDS.has(key) ? undefined : value));

/** All values for the first field of its kind, and an eighth of them for each other: the next eighth each time. */
function share(values: readonly string[], field: object): readonly string[] {
  const kind = kindOf(field);
  const times = tried.get(kind) ?? 0;
  tried.set(kind, times + 1);
  return times === 0 ? values : values.filter((_, at) => at % 8 === times % 8);
}

/** The documented example, of things that are there. */
function bodyOf({ bodies }: Operation): { readonly places: readonly Place[]; readonly example?: object } {
  const { places = [], examples: [example] = [] } = bodies.find(({ type }) => type === 'application/json') ?? {};
  const text = JSON.stringify(example)?.replaceAll(ID, tenant.defaultVenueId);
  return { places, ...(text !== undefined && { example: JSON.parse(text) as object }) };
}

test('Any value in any field of any body is taken, or refused with the reason', async () => {
  const trials = routes.flatMap((route): Trial[] => {
    const { places, example } = bodyOf(route);
    const url = urlOf(route.path);
    const json = fromJson(example);
    return places.flatMap(({ path, field }) =>
      share(VALUES, field).map((value) => ({
        route,
        url,
        what: `${path.join('.')} = ${value}`,
        body: toText(withValue(json, path, value)),
      })),
    );
  });
  expect(trials.length).toBeGreaterThan(2_000);
  await sendAll(trials);
});

test('Any body is taken, or refused with the reason', async () => {
  const writing = routes.filter(({ method }) => method !== 'GET');
  await sendAll(writing.flatMap((route) => WHOLE.map((body) => ({ route, what: body, url: urlOf(route.path), body }))));
});

test('Anything in a path is taken, or refused with the reason', async () => {
  const trials = routes.flatMap((route): Trial[] => {
    const { example } = bodyOf(route);
    const names = [...route.path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name);
    return names.flatMap((name) =>
      IN_PATH.map((value) => ({
        route,
        what: `${name} = ${value}`,
        url: urlOf(route.path, { [name]: value }),
        ...(example && { body: JSON.stringify(example) }),
      })),
    );
  });
  await sendAll(trials);
});

test('Anything in a query is taken, or refused with the reason', async () => {
  const reading = routes.filter(({ method }) => method === 'GET');
  const trials = reading.flatMap((route): Trial[] => {
    const unknown = ['nope', '__proto__', 'constructor'].map((name) => ({ name, in: 'query' }));
    const queries = [...route.queries, ...unknown].flatMap((field) =>
      share(IN_QUERY, field).map((value) => `${field.name}=${value.replace('NAME', field.name)}`),
    );
    return queries.map((query) => ({ route, what: query, url: `${urlOf(route.path)}?${query}` }));
  });
  await sendAll(trials);
});
