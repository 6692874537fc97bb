/** Checks before any handler: methods, URLs and bodies that no route accepts. */
import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { FastifyInstance } from 'fastify';
import {
  BodyTooDeep,
  HeadersTooLarge,
  MalformedRequest,
  MethodNotAllowed,
  RequestTimeout,
  RouteNotFound,
  UnsupportedMediaType,
} from './edge.errors.js';
import { nearestRoute, routeBelow } from './nearest-route.js';
import { takesAnyMediaType } from './any-media-type.js';
import { toProblem, type DomainError } from '../errors.js';

/** Nesting levels of a JSON body; within this limit recursion over it is safe. */
export const MAX_DEPTH = 32;
const JSON_TYPE = /^application\/json *(;|$)/i;

/** Adds the checks. Call it before the routes are registered, from which it learns what they accept. */
export function guardEdge(fastify: FastifyInstance): void {
  const routes: { readonly method: string; readonly path: RegExp }[] = [];
  const patterns = new Set<string>();
  fastify.addHook('onRoute', ({ method, url }) => {
    patterns.add(asDocumented(url));
    for (const one of [method].flat()) routes.push({ method: one, path: patternOf(url) });
  });
  fastify.addHook('onRequest', (request, _reply, done) => {
    const [path = ''] = request.url.split('?', 1);
    const allowed = request.is404 ? routes.filter((route) => route.path.test(path)).map(({ method }) => method) : [];
    const encoding = request.headers['content-encoding'] ?? 'identity';
    if (encoding !== 'identity') done(new UnsupportedMediaType('Send the body as it is, without Content-Encoding'));
    else if (request.url.includes('%00')) done(new MalformedRequest('The address holds a NUL character: leave it out'));
    else if (allowed.length > 0) done(new MethodNotAllowed([...new Set(allowed)]));
    else if (request.is404) done(notFound(path, [...patterns]));
    else done();
  });
  fastify.addHook('preValidation', (request, _reply, done) => {
    const { body, headers } = request;
    if (body !== undefined && !takesAnyMediaType(request) && !JSON_TYPE.test(headers['content-type'] ?? ''))
      done(new UnsupportedMediaType());
    else if (isDeeper(body, MAX_DEPTH)) done(new BodyTooDeep(MAX_DEPTH));
    else done();
  });
}

function notFound(path: string, patterns: readonly string[]): RouteNotFound {
  return new RouteNotFound({ meant: nearestRoute(path, patterns), below: routeBelow(path, patterns) });
}

/** `/api/messages/:id` as in the documentation: `/api/messages/{id}`. */
const asDocumented = (url: string): string => url.replaceAll(/:(\w+)/g, '{$1}');

/** `/api/messages/:id` as a pattern of the paths it matches. */
function patternOf(url: string): RegExp {
  const parts = url.split('/').map((part) => {
    if (part.startsWith(':')) return '[^/]+';
    return part === '*' ? '.*' : part.replaceAll(/[^\w-]/g, String.raw`\$&`);
  });
  return new RegExp(`^${parts.join('/')}$`);
}

function isDeeper(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null || Buffer.isBuffer(value)) return false;
  return levels === 0 || Object.values(value).some((inner) => isDeeper(inner, levels - 1));
}

/** Requests that Node cannot parse, by its error code; anything else is not HTTP. */
const BY_NODE_CODE: Readonly<Record<string, DomainError>> = {
  HPE_HEADER_OVERFLOW: new HeadersTooLarge(),
  ERR_HTTP_REQUEST_TIMEOUT: new RequestTimeout(),
};
const NO_HTTP = new MalformedRequest(
  'The request is no HTTP: URL-encode its address, and check its headers and length',
);

/** Answers invalid requests with a problem too, and closes the connection. */
export function refuseConnection(error: Error & { readonly code?: string }, socket: Socket): void {
  const problem = toProblem(BY_NODE_CODE[error.code ?? ''] ?? NO_HTTP);
  const body = JSON.stringify(problem);
  if (error.code !== 'ECONNRESET' && socket.writable) {
    socket.write(
      `HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status]}\r\nContent-Type: application/problem+json\r\n` +
        `Content-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
    );
  }
  socket.destroy(error);
}
