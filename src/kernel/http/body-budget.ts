/** Memory for bodies: what large ones in hand take together is bounded, and what callers of one address may take of it. */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { Overloaded } from './edge.errors.js';
import { subscriberOf } from './networks.js';

/** Bytes of a body above which it counts: smaller ones are bounded by the number of connections. */
export const LARGE_BODY = 32 * 1024;
/** Bytes of all large bodies in hand. */
const BUDGET = 128 * 1024 * 1024;
/** Of one address: whoever promises much and sends it slowly stands in nobody else's way. */
const SHARE = BUDGET / 4;

/** Bytes that a body may have, by what the request says: one that does not say it may be as long as any. */
export function promisedBytes(
  { 'content-length': length, 'transfer-encoding': encoding }: FastifyRequest['headers'],
  limit: number,
): number {
  return encoding === undefined ? Math.min(Number(length ?? 0), limit) : limit;
}

/** Refuses a large body for which there is no room, before any of it is read. `limit` is of one body; `refused` is told. */
export function boundBodies(fastify: FastifyInstance, limit: number, refused: () => void): void {
  const bySubscriber = new Map<string, number>();
  let taken = 0;
  fastify.addHook('onRequest', (request, reply, done) => {
    const bytes = promisedBytes(request.headers, limit);
    const isStreamed = 'streamedBody' in request.routeOptions.config;
    if (bytes <= LARGE_BODY || isStreamed) return done();
    const subscriber = subscriberOf(request.ip);
    const own = (bySubscriber.get(subscriber) ?? 0) + bytes;
    if (taken + bytes > BUDGET || own > SHARE) {
      refused();
      return done(new Overloaded());
    }
    taken += bytes;
    bySubscriber.set(subscriber, own);
    reply.raw.once('close', () => {
      const left = (bySubscriber.get(subscriber) ?? 0) - bytes;
      taken -= bytes;
      if (left > 0) bySubscriber.set(subscriber, left);
      else bySubscriber.delete(subscriber);
    });
    done();
  });
}
