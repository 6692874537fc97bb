/** How many requests a key, a tenant and an address may make in a minute. */
import { Inject, Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { CONFIG, type ReadyConfig } from '../config/ready-config.js';
import { Metrics, type EventCount } from '../observability/metrics.js';
import { actorOf, principalOf } from './auth.js';
import { RateLimited } from './edge.errors.js';
import { subscriberOf } from './networks.js';
import { isQuiet } from './quiet-routes.js';
import type { RouteGroup } from './rate-limit.dto.js';
import { RequestCounts, WINDOW_SECONDS } from './request-counts.js';

const LIMITED = ['send', 'read', 'write', 'address'] as const;
/** What accepts messages. */
const SENDS = /^\/api\/(?:messages(?:\/batch|\/:id\/resend)?|calls|events)$/;

@Injectable()
export class RateLimits implements CanActivate {
  private readonly refused: EventCount<'group'>;

  constructor(
    @Inject(CONFIG) private readonly config: ReadyConfig,
    private readonly counts: RequestCounts,
    metrics: Metrics,
  ) {
    this.refused = metrics.counter({
      name: 'callboard.requests_limited_total',
      help: 'Requests that were one too many of their key, tenant or address in a minute',
      labels: { group: LIMITED },
    });
  }

  /** Counts a request of a tenant's key or user. Raises RateLimited. Operators are not counted. */
  canActivate(context: ExecutionContext): boolean {
    const http = context.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    if (!isOfKey(request)) return true;
    const principal = principalOf(request);
    if (principal.kind === 'admin') return true;
    const { tenantId, limits } = principal;
    const group = groupOf(request);
    const reply = http.getResponse<FastifyReply>();
    const ofKey = limits?.key[group] ?? this.config.rates[group];
    if (ofKey > 0) this.take(`${actorOf(principal)}:${group}`, { group, limit: ofKey }, reply);
    const ofTenant = limits?.tenant[group];
    if (ofTenant !== undefined) this.take(`tenant:${tenantId}:${group}`, { group, limit: ofTenant }, reply);
    return true;
  }

  /** Counts a request of an address, whoever makes it. Raises RateLimited. */
  ofAddress(request: FastifyRequest, reply: FastifyReply): void {
    const limit = this.config.rates.address;
    if (limit > 0) this.take(`address:${subscriberOf(request.ip)}`, { group: 'address', limit }, reply);
  }

  private take(
    subject: string,
    { group, limit }: { readonly group: (typeof LIMITED)[number]; readonly limit: number },
    reply: FastifyReply,
  ): void {
    const { isOver, left, resetSeconds } = this.counts.take(subject, limit);
    // draft-ietf-httpapi-ratelimit-headers: the last limit that was looked at.
    void reply
      .header('ratelimit-policy', `"${group}";q=${limit};w=${WINDOW_SECONDS}`)
      .header('ratelimit', `"${group}";r=${left};t=${resetSeconds}`);
    if (!isOver) return;
    this.refused.add({ group });
    throw new RateLimited(resetSeconds);
  }
}

/** Counts requests by address before anything is looked up for them: not those of machines that ask all day, nor providers' reports. */
export function limitAddresses(fastify: FastifyInstance, limits: () => RateLimits): void {
  fastify.addHook('onRequest', (request, reply, done) => {
    if (isQuiet(request) || request.url.startsWith('/webhook/')) return done();
    try {
      limits().ofAddress(request, reply);
      done();
    } catch (error) {
      done(error as RateLimited);
    }
  });
}

/** Public routes have no key. */
const isOfKey = (request: FastifyRequest): boolean => 'principal' in request && request.principal !== undefined;

function groupOf({ method, routeOptions: { url = '' } }: FastifyRequest): RouteGroup {
  if (method === 'GET' || method === 'HEAD') return 'read';
  return SENDS.test(url) ? 'send' : 'write';
}
