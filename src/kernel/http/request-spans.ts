/** Each request of the API in a span of its own: part of the caller's trace, if the caller is in one. */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { OpenSpan, Tracing } from '../observability/tracing.js';
import { callerOf } from './auth.js';
import { tellableCorrelation } from './correlation-id.js';

/** Adds the hooks where traces are exported, and none otherwise. `isQuiet`: routes that machines ask all day have no spans. */
export function traceRequests(
  fastify: FastifyInstance,
  tracing: Tracing,
  isQuiet: (request: FastifyRequest) => boolean,
): void {
  if (!tracing.isOn) return;
  const open = new WeakMap<FastifyRequest, OpenSpan>();
  fastify.addHook('onRequest', (request, _reply, done) => {
    if (isQuiet(request)) return done();
    const { url: route = 'unknown' } = request.routeOptions;
    const { traceparent } = request.headers;
    const span = tracing.begin({
      name: `${request.method} ${route}`,
      kind: 'server',
      ...(typeof traceparent === 'string' && { parent: traceparent }),
      attributes: {
        'http.request.method': request.method,
        'http.route': route,
        'callboard.correlation_id': tellableCorrelation(request),
      },
    });
    open.set(request, span);
    span.within(done);
  });
  fastify.addHook('onResponse', (request, reply, done) => {
    const span = open.get(request);
    span?.set({
      'http.response.status_code': reply.statusCode,
      'callboard.tenant_id': callerOf(request).tenantId,
    });
    span?.end(reply.statusCode >= 500 ? String(reply.statusCode) : undefined); // a caller's mistake is no failure
    done();
  });
}
