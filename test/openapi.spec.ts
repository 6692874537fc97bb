/** The OpenAPI document: complete, true, and served. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { RequestMethod, type Type } from '@nestjs/common';
import { METHOD_METADATA, PATH_METADATA } from '@nestjs/common/constants.js';
import { ModulesContainer } from '@nestjs/core';
import type { OpenAPIObject } from '@nestjs/swagger';
import { openApiDocument } from '../src/kernel/openapi/openapi.js';
import { openTestApp, type TestApp, type Tenant } from './support/test-app.js';

const SRC = join(import.meta.dirname, '../src');
const METHODS = ['get', 'put', 'post', 'patch', 'delete'] as const;
const PROBLEM_TYPE = 'application/problem+json';

interface Content {
  readonly schema?: object;
  readonly example?: unknown;
  readonly examples?: Readonly<Record<string, { readonly $ref?: string; readonly value?: Problem }>>;
}
interface Problem {
  readonly type: string;
  readonly status: number;
  readonly code: string;
}
interface Answer {
  readonly description: string;
  readonly content?: Readonly<Record<string, Content>>;
}
interface Operation {
  readonly method: (typeof METHODS)[number];
  readonly path: string;
  readonly operationId?: string;
  readonly summary?: string;
  readonly tags?: readonly string[];
  readonly security?: readonly object[];
  readonly parameters?: readonly {
    readonly name: string;
    readonly in: string;
    readonly schema?: { example?: string };
  }[];
  readonly requestBody?: { readonly content: Readonly<Record<string, Content>> };
  readonly responses: Readonly<Record<string, Answer>>;
}

let app: TestApp;
let tenant: Tenant;
let document: OpenAPIObject;
let operations: Operation[];

beforeAll(async () => {
  app = await openTestApp();
  tenant = await app.tenant();
  document = openApiDocument(app.nest);
  operations = Object.entries(document.paths).flatMap(([path, item]) =>
    METHODS.filter((method) => item[method]).map((method) => ({
      ...(item[method] as unknown as Operation),
      method,
      path,
    })),
  );
});
afterAll(() => app.close());

const nameOf = ({ method, path }: Operation): string => `${method.toUpperCase()} ${path}`;
const inApi = ({ path }: Operation): boolean => path.startsWith('/api/');
const without = (isFine: (operation: Operation) => boolean, some = operations): string[] =>
  some.filter((operation) => !isFine(operation)).map(nameOf);
const bodyOf = ({ requestBody }: Operation): Content | undefined => requestBody?.content['application/json'];
const bodiesOf = (operation: Operation): [Operation, object][] => {
  const { example, examples = {} } = bodyOf(operation) ?? {};
  return [example, ...Object.values(examples).map(({ value }) => value)].flatMap((body) =>
    body === undefined ? [] : [[operation, body as object]],
  );
};
const codesOf = ({ responses }: Operation, status: number): string[] =>
  Object.keys(responses[status]?.content?.[PROBLEM_TYPE]?.examples ?? {});

describe('Every route', () => {
  test('is described, but for the wire protocols of the sandbox', () => {
    expect(routes().toSorted()).toEqual(operations.map(nameOf).toSorted());
    expect(operations.length).toBeGreaterThan(40);
  });

  test('has an id of its own, a summary and a tag', () => {
    expect(without(({ operationId = '' }) => /^[a-z][A-Za-z]+$/.test(operationId))).toEqual([]);
    expect(new Set(operations.map(({ operationId }) => operationId)).size).toBe(operations.length);
    expect(without(({ summary = '' }) => /^[A-Z].* .*[^.]$/.test(summary))).toEqual([]);
    expect(without(({ tags = [] }) => tags.length === 1)).toEqual([]);
  });

  test('says what it answers when all is well, with an example where that is JSON', () => {
    const successes = ({ responses }: Operation): Answer[] =>
      Object.entries(responses)
        .filter(([status]) => /^[23]/.test(status))
        .map(([, answer]) => answer);
    expect(without((operation) => successes(operation).length > 0)).toEqual([]);
    expect(without((operation) => successes(operation).every(({ description }) => description !== ''))).toEqual([]);
    expect(
      without((operation) =>
        successes(operation).every(({ content }) => {
          const json = content?.['application/json'];
          return !json || (json.schema !== undefined && json.example !== undefined);
        }),
      ),
    ).toEqual([]);
  });

  test('that takes a body shows one', () => {
    expect(without((operation) => !bodyOf(operation) || bodiesOf(operation).length > 0)).toEqual([]);
  });

  test('asks for a key under /api, and nowhere else', () => {
    expect(without((operation) => (operation.security === undefined) === inApi(operation))).toEqual([]);
  });
});

describe('Problems', () => {
  const api = (): Operation[] => operations.filter(inApi);

  test('that any route under /api may answer with are described on each', () => {
    expect(without((operation) => codesOf(operation, 401).includes('unauthorized'), api())).toEqual([]);
    expect(without((operation) => codesOf(operation, 500).includes('internal_error'), api())).toEqual([]);
    expect(without((operation) => codesOf(operation, 503).includes('unavailable'), api())).toEqual([]);
  });

  test('with input are described wherever there is any', () => {
    const takesInput = operations.filter(({ parameters = [], requestBody }) => parameters.length > 0 || requestBody);
    expect(without((operation) => codesOf(operation, 400).includes('invalid_request'), takesInput)).toEqual([]);
    const takesBody = operations.filter(bodyOf);
    expect(without((operation) => codesOf(operation, 400).includes('malformed_json'), takesBody)).toEqual([]);
    expect(without((operation) => codesOf(operation, 413).includes('body_too_large'), takesBody)).toEqual([]);
    expect(without((operation) => codesOf(operation, 415).includes('unsupported_media_type'), takesBody)).toEqual([]);
  });

  test('of webhooks are described', () => {
    const webhooks = operations.filter(({ path }) => path.startsWith('/webhook/'));
    expect(without((operation) => codesOf(operation, 403).includes('webhook_untrusted'), webhooks)).toEqual([]);
  });

  test('of Idempotency-Key are described with it on every POST', () => {
    const posts = api().filter(({ method }) => method === 'post');
    expect(without(({ parameters = [] }) => parameters.some(({ name }) => name === 'Idempotency-Key'), posts)).toEqual(
      [],
    );
    expect(without((operation) => codesOf(operation, 409).includes('idempotency_key_reused'), posts)).toEqual([]);
  });

  test('are each true to their code and their status', () => {
    const shown = operations.flatMap(({ responses }) =>
      Object.entries(responses).flatMap(([status, answer]) =>
        Object.entries(answer.content?.[PROBLEM_TYPE]?.examples ?? {}).map(([code, example]) => {
          const { type, status: own, code: ownCode } = problemOf(example);
          return { code, status, type, own, ownCode };
        }),
      ),
    );
    expect(shown.length).toBeGreaterThan(300);
    for (const { code, status, type, own, ownCode } of shown) {
      expect({ code, status, type }).toEqual({
        code: ownCode,
        status: String(own),
        type: `urn:callboard:problem:${code}`,
      });
    }
  });

  test('that are described exist, and those that exist are described', () => {
    const described = operations.flatMap((operation) =>
      Object.keys(operation.responses).flatMap((status) => codesOf(operation, Number(status))),
    );
    const inWords = [...(document.info.description ?? '').matchAll(/`([a-z]+(?:_[a-z]+)+)`/g)].map(
      ([, code = '']) => code,
    );
    expect([...new Set([...described, ...inWords, ...OF_NO_ROUTE])].toSorted()).toEqual(codesInSource().toSorted());
  });
});

describe('The page', () => {
  test('shows messages first, and each section with what it is about', () => {
    const { tags = [] } = document;
    expect(tags[0]?.name).toBe('Messages');
    expect(tags.filter(({ description }) => !description)).toEqual([]);
    const used = new Set(operations.flatMap((operation) => operation.tags ?? []));
    expect(tags.map(({ name }) => name).toSorted()).toEqual([...used].toSorted());
  });

  test('has a filter, keeps the key, and calls it what it is', async () => {
    const { text } = await app.http.get('/docs/swagger-ui-init.js').buffer(true).expect(200);
    expect(text).toMatch(/"filter": true/);
    expect(text).toMatch(/"persistAuthorization": true/);
    expect(document.components?.securitySchemes).toMatchObject({
      bearer: { scheme: 'bearer', bearerFormat: 'opaque' },
    });
  });

  test('has the version of the program', () => {
    const { version } = JSON.parse(readFileSync(join(SRC, '../package.json'), 'utf8')) as { version: string };
    expect(document.info.version).toBe(version);
  });

  test.each(['/api/messages', '/api/messages/batch', '/api/templates'])('has several examples for %s', (path) => {
    const operation = operations.find((one) => one.path === path && one.method === 'post');
    expect(Object.keys((operation && bodyOf(operation)?.examples) ?? {}).length).toBeGreaterThan(1);
  });
});

describe('The document', () => {
  test('refers to nothing that it lacks', () => {
    const references = [...JSON.stringify(document).matchAll(/"\$ref":"#\/([^"]+)"/g)].map(([, path = '']) => path);
    const lacking = references.filter((path) => path.split('/').reduce(into, document) === undefined);
    expect(references.length).toBeGreaterThan(100);
    expect(lacking).toEqual([]);
  });

  test('is the same on every machine', () => {
    expect(JSON.stringify(document)).not.toMatch(/127\.0\.0\.1|localhost|http:\/\/(?!sns\.)/);
    expect(openApiDocument(app.nest)).toEqual(document);
  });

  test('shows bodies that the service understands', async () => {
    const answers = await Promise.all(
      operations.flatMap(bodiesOf).map(async ([operation, example]) => {
        const path = operation.path.replaceAll(/\{(\w+)\}/g, (_, name: string) => valueFor(operation, name));
        const agent = path.startsWith('/api/tenants') ? app.admin() : app.as(tenant);
        const { status, body } = await agent[operation.method](path).send(example);
        return { route: nameOf(operation), status, code: (body as Partial<Problem>).code };
      }),
    );
    const misunderstood = answers.filter(
      ({ status, code }) => status >= 500 || /^(invalid|malformed|content)_/.test(code ?? ''),
    );
    expect(misunderstood).toEqual([]);
  });

  test('is served as JSON, and to look at, with all that the page needs', async () => {
    const { body } = await app.http.get('/docs-json').expect(200);
    expect(body).toEqual(JSON.parse(JSON.stringify(document)));
    const page = await app.http
      .get('/docs')
      .expect(200)
      .expect('content-type', /text\/html/);
    const assets = [...page.text.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, path = '']) => path);
    expect(assets.length).toBeGreaterThan(3);
    for (const asset of assets) {
      const url = new URL(asset, `${app.url}/docs`);
      const served = await app.http.get(url.pathname).buffer(true).expect(200);
      expect(Number(served.headers['content-length'])).toBeGreaterThan(0);
      if (asset.endsWith('swagger-ui-init.js')) expect(served.text).toContain('"operationId": "sendMessage"');
    }
  });
});

const into = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null
    ? (value as Record<string, unknown>)[name.replaceAll('~1', '/')]
    : undefined;

function problemOf({ $ref, value }: { $ref?: string; value?: Problem }): Problem {
  if (value) return value;
  return (into(document.components?.examples, $ref?.split('/').at(-1) ?? '') as { value: Problem }).value;
}

/** A value for a path parameter: its own example, or an id. */
const valueFor = ({ parameters = [] }: Operation, name: string): string => {
  const parameter = parameters.find((one) => one.in === 'path' && one.name === name);
  return encodeURIComponent(
    parameter?.schema?.example ?? (name === 'key' ? 'order-confirmation' : tenant.defaultVenueId),
  );
};

/** Raised in work that no route waits for: messages that are made of the host's data. */
const OF_NO_ROUTE = ['host_data_not_configured', 'host_data_unavailable', 'host_record_unreadable'];

/** The codes of all problems that the source can raise. */
function codesInSource(): string[] {
  const files = readdirSync(SRC, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'));
  return files.flatMap((name) =>
    [...readFileSync(join(SRC, name), 'utf8').matchAll(/readonly code(?:: string)? = '(\w+)'/g)].map(
      ([, code = '']) => code,
    ),
  );
}

/** Every route of every controller, but for those that are left out on purpose. */
function routes(): string[] {
  const controllers = [...app.nest.get(ModulesContainer).values()].flatMap((module) => [
    ...module.controllers.values(),
  ]);
  return controllers
    .map(({ metatype }) => metatype as Type)
    .filter((controller) => !Reflect.hasMetadata('swagger/apiExcludeController', controller))
    .flatMap((controller) => routesOf(controller));
}

function routesOf(controller: Type): string[] {
  const prototype = controller.prototype as Record<string, object>;
  const handlers = Object.getOwnPropertyNames(prototype)
    .map((name) => prototype[name] as object)
    .filter((handler) => Reflect.hasMetadata(METHOD_METADATA, handler));
  return handlers.map((handler) => {
    const method = RequestMethod[Reflect.getMetadata(METHOD_METADATA, handler) as RequestMethod];
    const paths = [controller, handler].map((one) => Reflect.getMetadata(PATH_METADATA, one) as string);
    const path = `/${paths.join('/')}`.replace(/\/+$/, '').replaceAll('//', '/');
    return `${method} ${path.replaceAll(/:(\w+)/g, '{$1}')}`;
  });
}
