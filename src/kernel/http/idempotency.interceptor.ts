/**
 * `Idempotency-Key` on every POST. The request's effects and its stored response commit in one transaction, so a repeat finds
 * both or neither; a concurrent repeat waits on the key's row and then gets the first response. An error leaves nothing behind.
 * Responses are kept encrypted for 24 hours: one may hold an API key that is shown only once. Routes with a streamed body,
 * which no transaction should outlast, are idempotent in their own way.
 */
import { createHash } from 'node:crypto';
import { Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { from, lastValueFrom, type Observable } from 'rxjs';
import { Database } from '../postgres/database.js';
import { principalOf } from './auth.js';
import { idempotencyKeyOf } from './idempotency-key.js';
import { IdempotencyKeyReused } from './idempotency.errors.js';
import { KeyRing } from '../config/key-ring.js';
import { STREAMED } from './streamed-body.js';

interface Stored {
  readonly request_hash: string;
  readonly status: number;
  readonly answer: string;
}

@Injectable()
export class IdempotencyInterceptor implements NestInterceptor {
  constructor(
    private readonly database: Database,
    private readonly keys: KeyRing,
    private readonly reflector: Reflector,
  ) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const http = context.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const isStreamed = this.reflector.get<true | undefined>(STREAMED, context.getHandler());
    if (request.method !== 'POST' || !request.url.startsWith('/api/') || isStreamed) return next.handle();
    const key = idempotencyKeyOf(request);
    if (key === undefined) return next.handle();
    return from(this.once(key, request, http.getResponse<FastifyReply>(), next));
  }

  private async once(key: string, request: FastifyRequest, reply: FastifyReply, next: CallHandler): Promise<unknown> {
    const principal = principalOf(request);
    const owner = principal.tenantId ?? 'platform';
    const hash = hashOf(request);
    return this.database.transaction(async () => {
      const first = await this.database.query<Stored>(
        `insert into idempotency_key (owner, key, request_hash) values ($1, $2, $3)
         on conflict (owner, key) do update set request_hash = excluded.request_hash, status = 0, answer = '', created_at = now()
           where idempotency_key.created_at < now() - interval '24 hours'
         returning request_hash`,
        [owner, key, hash],
      );
      if (first.length === 0) return this.repeat(owner, key, hash, reply);
      const answer: unknown = await lastValueFrom(next.handle());
      await this.database.query(`update idempotency_key set status = $3, answer = $4 where owner = $1 and key = $2`, [
        owner,
        key,
        reply.statusCode,
        this.keys.encrypt(JSON.stringify(answer ?? null), `idempotency:${owner}:${key}`),
      ]);
      return answer;
    });
  }

  private async repeat(owner: string, key: string, hash: string, reply: FastifyReply): Promise<unknown> {
    const [stored] = await this.database.query<Stored>(
      `select request_hash, status, answer from idempotency_key where owner = $1 and key = $2`,
      [owner, key],
    );
    if (!stored || stored.request_hash !== hash) throw new IdempotencyKeyReused();
    void reply.status(stored.status).header('idempotency-replayed', 'true');
    return JSON.parse(this.keys.decrypt(stored.answer, `idempotency:${owner}:${key}`));
  }
}

function hashOf(request: FastifyRequest): string {
  return createHash('sha256')
    .update(`${request.method} ${request.url}\n${canonical(request.body)}`)
    .digest('base64url');
}

/** JSON with sorted keys: the same for any field order. */
function canonical(value: unknown): string {
  return (
    JSON.stringify(value, (_, inner: unknown) =>
      typeof inner === 'object' && inner !== null && !Array.isArray(inner)
        ? Object.fromEntries(Object.entries(inner).sort(([left], [right]) => (left < right ? -1 : 1)))
        : inner,
    ) ?? ''
  );
}
