/** Adds to the OpenAPI document what all routes have in common. */
import { STATUS_CODES } from 'node:http';
import { isDeepStrictEqual } from 'node:util';
import type { OpenAPIObject } from '@nestjs/swagger';
import { PROBLEM_EXTENSION } from './api-problems.js';
import {
  BodyTooDeep,
  BodyTooLarge,
  InternalError,
  MalformedJson,
  MalformedRequest,
  Overloaded,
  RateLimited,
  Unavailable,
  UnsupportedMediaType,
} from '../http/edge.errors.js';
import {
  AddressNotAllowed,
  InvalidRequest,
  KeyExpired,
  TooManyWrongKeys,
  toProblem,
  Unauthorized,
  type DomainError,
  type Problem,
} from '../errors.js';
import { MAX_DEPTH } from '../http/http-edge.js';
import { IdempotencyKeyReused, InvalidIdempotencyKey } from '../http/idempotency.errors.js';
import { exampleOf } from './openapi-examples.js';
import { takeStreamedBody } from './openapi-streamed.js';

type PathItem = OpenAPIObject['paths'][string];
type Operation = NonNullable<PathItem['get']>;
type Parameter = Exclude<NonNullable<Operation['parameters']>[number], { $ref: string }>;
type Body = Exclude<NonNullable<Operation['requestBody']>, { $ref: string }>;
type Response = Exclude<NonNullable<Operation['responses'][string]>, { $ref: string }>;

export const METHODS = ['get', 'put', 'post', 'patch', 'delete'] as const;
const JSON_TYPE = 'application/json';
const PROBLEM_TYPE = 'application/problem+json';

const PROBLEM_SCHEMA = {
  type: 'object',
  description: 'RFC 9457. `code` is stable; `detail` says what to change; `errors` name the fields at fault.',
  required: ['type', 'title', 'status', 'code', 'detail'],
  properties: {
    type: { type: 'string', example: 'urn:callboard:problem:invalid_request' },
    title: { type: 'string', example: 'Invalid request' },
    status: { type: 'integer', example: 400 },
    code: { type: 'string', example: 'invalid_request' },
    detail: { type: 'string', example: 'to is missing' },
    errors: {
      type: 'array',
      items: {
        type: 'object',
        properties: {
          path: { type: 'string', example: 'to' },
          message: { type: 'string' },
          code: { type: 'string', description: 'Stable, where the rows of a list have codes of their own' },
        },
      },
    },
    suggestions: {
      type: 'array',
      items: { type: 'string' },
      description: 'Values that may have been meant, such as the numbers that an ambiguous one can be',
    },
    requestId: { type: 'string', example: '0199f3a0-7c1e-7b3a-9d1c-2f4b6a8c0e12' },
  },
};

const IDEMPOTENCY_KEY: Parameter = {
  name: 'Idempotency-Key',
  in: 'header',
  required: false,
  description: 'Any word of yours, for 24 hours: the same request with the same key gets the first answer again.',
  schema: { type: 'string', maxLength: 255 },
};

const OUTAGE = [new Unavailable(), new Overloaded(), new InternalError()];
const WITH_INPUT = [
  new InvalidRequest([{ path: 'limit', message: 'limit must not be greater than 500' }]),
  new MalformedRequest(),
];
const WITH_BODY = [new MalformedJson(), new BodyTooDeep(MAX_DEPTH), new BodyTooLarge(), new UnsupportedMediaType()];
const WITH_KEY = [new InvalidIdempotencyKey(), new IdempotencyKeyReused()];

/** Completes the document in place: problems, headers and examples. */
export function completeOpenApi(document: OpenAPIObject): OpenAPIObject {
  const components = { ...document.components, examples: {} };
  document.components = { ...components, schemas: { ...components.schemas, Problem: PROBLEM_SCHEMA } };
  for (const [path, item] of Object.entries(document.paths)) {
    for (const method of METHODS) {
      const operation = item[method];
      if (!operation) continue;
      const ofBody = takeStreamedBody(operation) ?? (operation.requestBody ? WITH_BODY : []);
      const common = [...commonErrors(operation, path, method), ...ofBody];
      const problems = [...takeProblems(operation), ...common.map(toProblem)];
      if (!path.startsWith('/api/')) operation.security = [];
      else if (method === 'post') operation.parameters = [...(operation.parameters ?? []), IDEMPOTENCY_KEY];
      addProblems(operation, problems, components.examples);
      describeAnswers(operation, document);
    }
  }
  return document;
}

function commonErrors({ parameters = [], requestBody }: Operation, path: string, method: string): DomainError[] {
  const inApi = path.startsWith('/api/');
  return [
    ...(inApi
      ? [new Unauthorized(), new KeyExpired(), new AddressNotAllowed(), new TooManyWrongKeys(300), new RateLimited(20)]
      : []),
    ...(inApi || path.startsWith('/webhook/') ? OUTAGE : []),
    ...(parameters.length > 0 || requestBody ? WITH_INPUT : []),
    ...(inApi && method === 'post' ? WITH_KEY : []),
  ];
}

/** The problems attached by `ApiProblems` to an operation. */
function takeProblems(operation: Operation): Problem[] {
  const fields = operation as unknown as Record<string, unknown>;
  const names = Object.keys(fields).filter((name) => name.startsWith(PROBLEM_EXTENSION));
  return names.map((name) => {
    const problem = fields[name] as Problem;
    delete fields[name];
    return problem;
  });
}

type Examples = Record<string, { value: Problem }>;

function addProblems(operation: Operation, problems: readonly Problem[], shared: Examples): void {
  for (const [status, same] of Map.groupBy(problems, (problem) => problem.status)) {
    operation.responses[status] = {
      description: same.map(({ code }) => `\`${code}\``).join(', '),
      content: {
        [PROBLEM_TYPE]: {
          schema: { $ref: '#/components/schemas/Problem' },
          examples: Object.fromEntries(same.map((problem) => [problem.code, exampleFor(problem, shared)])),
        },
      },
    };
  }
}

/** The first sentence of a code goes into the components and is referenced; another sentence is written inline. */
function exampleFor(problem: Problem, shared: Examples): { $ref: string } | { value: Problem } {
  const { code } = problem;
  shared[code] ??= { value: problem };
  return isDeepStrictEqual(shared[code].value, problem)
    ? { $ref: `#/components/examples/${code}` }
    : { value: problem };
}

/** Gives every JSON body an example, built from its fields' if it has none, and every response a description. */
function describeAnswers(operation: Operation, document: OpenAPIObject): void {
  const responses = Object.entries(operation.responses) as [string, Response][];
  for (const [status, response] of responses) response.description ||= STATUS_CODES[status] ?? status;
  const bodies = [operation.requestBody as Body | undefined, ...responses.map(([, response]) => response)];
  for (const body of bodies) {
    const json = body?.content?.[JSON_TYPE];
    if (json?.schema && json.example === undefined && !json.examples) json.example = exampleOf(json.schema, document);
  }
}
