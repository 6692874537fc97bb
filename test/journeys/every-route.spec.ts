/** Every route of the API and of the sandbox, as documented, with whatever a careless or hostile caller may send. */
import { openApiDocument } from '../../src/kernel/openapi/openapi.js';
import { openTestApp, type TestApp, type Tenant } from '../support/test-app.js';
import { faults } from '../support/sandbox.js';

interface Schema {
  readonly $ref?: string;
  readonly allOf?: readonly Schema[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
}
interface Content {
  readonly schema: Schema;
  readonly example?: object;
  readonly examples?: Readonly<Record<string, { readonly value: object }>>;
}
interface Operation {
  readonly parameters?: readonly { readonly name: string; readonly in: string }[];
  readonly requestBody?: { readonly content: Readonly<Record<string, Content>> };
}
interface Route {
  readonly method: 'get' | 'put' | 'post' | 'patch' | 'delete';
  readonly path: string;
  readonly operation: Operation;
}
interface Trial {
  readonly route: Route;
  readonly what: string;
  readonly url: string;
  readonly body?: string;
}
type Path = readonly (string | number)[];

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
let routes: Route[];
let schemas: Readonly<Record<string, Schema>>;
const wrong: string[] = [];

beforeAll(async () => {
  app = await openTestApp();
  tenant = await app.tenant();
  const text = { key: 'order', channel: 'sms', category: 'transactional', body: 'Hello {{ name }}' };
  await app.as(tenant).post('/api/templates').send(text).expect(201);
  const document = openApiDocument(app.nest);
  schemas = document.components?.schemas as unknown as typeof schemas;
  routes = Object.entries(document.paths).flatMap(([path, item]) =>
    (['get', 'put', 'post', 'patch', 'delete'] as const)
      .filter((method) => item[method] && /^\/(api|sandbox)\//.test(path))
      .map((method) => ({ method, path, operation: item[method] as unknown as Operation })),
  );
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
  const answer = await fetch(`${app.url}${url}`, { method: method.toUpperCase(), headers, body });
  const text = await answer.text();
  if (answer.status < 400) return;
  const isProblem = answer.headers.get('content-type')?.startsWith('application/problem+json');
  const { detail = '' } = isProblem ? (JSON.parse(text) as { detail?: string }) : {};
  if (answer.status >= 500 || detail.length < 10) {
    wrong.push(`${method.toUpperCase()} ${path} with ${what.slice(0, 100)}: ${answer.status} ${text.slice(0, 200)}`);
  }
}

function urlOf(path: string, odd: Readonly<Record<string, string>> = {}): string {
  const id = path.startsWith('/api/tenants') ? tenant.id : tenant.defaultVenueId;
  return path.replaceAll(/\{(\w+)\}/g, (_, name: string) => odd[name] ?? GOOD[name] ?? id);
}

/** The places of all fields of a body, down to those of lists of objects, with what is documented of each. */
function placesIn(schema: Schema = {}, at: Path = []): (readonly [Path, Schema])[] {
  const { properties = {}, items } = resolved(schema);
  const inner = Object.entries(properties).map(([name, one]) => [[...at, name], one] as const);
  const all = items ? [...inner, [[...at, 0], items] as const] : inner;
  return all.flatMap((each) => [each, ...(each[0].length < 5 ? placesIn(each[1], each[0]) : [])]);
}

/** How often a field that is documented alike has been tried. */
const tried = new Map<string, number>();

/** All values for the first field of its kind, and the next third of them for each that is documented in the same words. */
function share(values: readonly string[], field: object): readonly string[] {
  const kind = JSON.stringify(field);
  const times = tried.get(kind) ?? 0;
  tried.set(kind, times + 1);
  return times === 0 ? values : values.filter((_, at) => at % 3 === times % 3);
}

function resolved(schema: Schema): Schema {
  const [only] = schema.allOf ?? [];
  if (only) return resolved(only);
  return schema.$ref === undefined ? schema : resolved(schemas[schema.$ref.split('/').at(-1) ?? ''] ?? {});
}

/** The body with a value in one place, as JSON text: not every value there is survives JSON.stringify. */
function withValue(body: unknown, [first, ...rest]: Path, value: string): string {
  if (first === undefined) return value;
  const known = Object.entries(typeof body === 'object' && body !== null ? body : {}) as [string, unknown][];
  const parts = Object.fromEntries(known.map(([name, one]) => [name, JSON.stringify(one)]));
  parts[first] = withValue(Object.fromEntries(known)[first], rest, value);
  if (typeof first === 'number') return `[${Object.values(parts).join(',')}]`;
  return `{${Object.entries(parts)
    .map(([name, text]) => `${JSON.stringify(name)}:${text}`)
    .join(',')}}`;
}

/** The documented example, of things that are there. */
function bodyOf({ operation }: Route): { schema?: Schema; example?: object } {
  const content: Partial<Content> = operation.requestBody?.content['application/json'] ?? {};
  const { schema, example = Object.values(content.examples ?? {})[0]?.value } = content;
  const text = JSON.stringify(example)?.replaceAll(ID, tenant.defaultVenueId);
  return { schema, ...(text !== undefined && { example: JSON.parse(text) as object }) };
}

test('Any value in any field of any body is taken, or refused with the reason', async () => {
  const trials = routes.flatMap((route): Trial[] => {
    const { schema, example } = bodyOf(route);
    const url = urlOf(route.path);
    return placesIn(schema).flatMap(([place, field]) =>
      share(VALUES, field).map((value) => ({
        route,
        url,
        what: `${place.join('.')} = ${value}`,
        body: withValue(example, place, value),
      })),
    );
  });
  expect(trials.length).toBeGreaterThan(2_000);
  await sendAll(trials);
});

test('Any body is taken, or refused with the reason', async () => {
  const writing = routes.filter(({ method }) => method !== 'get');
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
  const reading = routes.filter(({ method }) => method === 'get');
  const trials = reading.flatMap((route): Trial[] => {
    const known = route.operation.parameters?.filter((one) => one.in === 'query') ?? [];
    const unknown = ['nope', '__proto__', 'constructor'].map((name) => ({ name, in: 'query' }));
    const queries = [...known, ...unknown].flatMap((field) =>
      share(IN_QUERY, field).map((value) => `${field.name}=${value.replace('NAME', field.name)}`),
    );
    return queries.map((query) => ({ route, what: query, url: `${urlOf(route.path)}?${query}` }));
  });
  await sendAll(trials);
});
