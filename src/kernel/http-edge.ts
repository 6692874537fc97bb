/** What the edge settles before any handler: methods, addresses and bodies that no route could take. */
import type { FastifyInstance } from 'fastify';
import { BodyTooDeep, MalformedRequest, MethodNotAllowed, UnsupportedMediaType } from './edge.errors.js';

/** Levels of a JSON body; whatever walks one may then do so by recursion. */
export const MAX_DEPTH = 32;
/** Webhooks bring forms and plain text; the API takes neither. */
const JSON_TYPE = /^application\/json *(;|$)/i;

/** Adds the checks. Call it before the routes are registered: what a route takes is learned from them. */
export function guardEdge(fastify: FastifyInstance): void {
  const routes: { readonly method: string; readonly path: RegExp }[] = [];
  fastify.addHook('onRoute', ({ method, url }) => {
    for (const one of [method].flat()) routes.push({ method: one, path: patternOf(url) });
  });
  fastify.addHook('onRequest', (request, _reply, done) => {
    const [path = ''] = request.url.split('?', 1);
    const allowed = request.is404 ? routes.filter((route) => route.path.test(path)).map(({ method }) => method) : [];
    if (request.url.includes('%00')) done(new MalformedRequest('The address holds a NUL character: leave it out'));
    else if (allowed.length > 0) done(new MethodNotAllowed([...new Set(allowed)]));
    else done();
  });
  fastify.addHook('preValidation', ({ body, headers, url }, _reply, done) => {
    if (body !== undefined && url.startsWith('/api/') && !JSON_TYPE.test(headers['content-type'] ?? ''))
      done(new UnsupportedMediaType());
    else if (isDeeper(body, MAX_DEPTH)) done(new BodyTooDeep(MAX_DEPTH));
    else done();
  });
}

/** `/api/messages/:id` as a pattern of the paths it takes. */
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
