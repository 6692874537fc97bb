/** Clients that take their time: what they hold is bounded, and so is for how long. */
import type { FastifyInstance } from 'fastify';
import { promisedBytes } from './body-budget.js';
import { RequestTimeout } from './edge.errors.js';
import type { HttpLimits } from './http-limits.js';

/** URL and headers of one request, in bytes. */
const HEADER_BYTES = 16 * 1024;
/** A whole request, with a body that is streamed: an import over a slow line. */
const UPLOAD_MS = 15 * 60_000;

/** For the HTTP server. Connections that idle between requests are Fastify's to end, after 72 seconds. */
export const serverOptions = ({ arrivalSeconds }: HttpLimits): object => ({
  requestTimeout: UPLOAD_MS,
  http: {
    maxHeaderSize: HEADER_BYTES,
    headersTimeout: arrivalSeconds * 1_000,
    connectionsCheckingInterval: Math.min(arrivalSeconds * 500, 5_000),
  },
});

/** Refuses a body that does not come in time, and closes its connection; one that is streamed has a rule of its own. */
export function hurryClients(fastify: FastifyInstance, { connections, arrivalSeconds }: HttpLimits): void {
  fastify.server.maxConnections = connections;
  fastify.addHook('preParsing', (request, reply, payload, done) => {
    const isStreamed = 'streamedBody' in request.routeOptions.config;
    if (!isStreamed && promisedBytes(request.headers, Infinity) > 0) {
      const timer = setTimeout(() => {
        if (payload.listenerCount('error') === 0) return; // nobody reads it any more
        void reply.header('connection', 'close');
        payload.emit('error', new RequestTimeout());
      }, arrivalSeconds * 1_000);
      const forget = (): void => clearTimeout(timer);
      payload.once('end', forget);
      reply.raw.once('close', forget);
    }
    done(null, payload);
  });
}
