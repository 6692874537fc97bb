/**
 * Routes that read their body themselves, as it arrives: it may be far larger than memory. Nothing parses it, checks its depth or
 * keeps its answer for an `Idempotency-Key`: such a route does all of that on its own.
 */
import { applyDecorators, createParamDecorator, SetMetadata, type ExecutionContext } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { ApiExtension } from '@nestjs/swagger';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { BodyIncomplete, BodyTooLarge, UnsupportedMediaType } from './edge.errors.js';
import { idempotencyKeyOf } from './idempotency-key.js';

/** Marks the handler of such a route. */
export const STREAMED = 'callboard:streamed';
/** Where an operation keeps the shapes of its body until the OpenAPI document is completed. */
export const STREAMED_EXTENSION = 'x-streamed-body';
/** What Fastify takes such a body for, so that none of its parsers touches it. */
const UNPARSED = 'application/x-callboard-unparsed';
/** A client that sends nothing for so long is gone, whether or not its connection says so. */
const IDLE_MS = 30_000;

/** What a route takes: for each media type what the OpenAPI document says of it. */
export interface StreamedContent {
  readonly limit: number;
  readonly content: Readonly<Record<string, { readonly schema: object; readonly example: unknown }>>;
}

/** A body on its way. */
export interface StreamedRequestBody {
  /** One of the media types that the route takes. */
  readonly type: string;
  readonly idempotencyKey: string | undefined;
  /**
   * The bytes as they arrive, to be read once; the client waits while nobody reads. Raises BodyTooLarge beyond the limit, and
   * BodyIncomplete when the connection breaks, falls silent, or the signal is raised.
   */
  chunks(signal: AbortSignal): AsyncGenerator<Buffer>;
}

/** Nothing of a body is looked at before the route asks for it: until then nobody knows who is calling. */
type StreamedRequest = FastifyRequest & { openBody?: () => StreamedRequestBody };

/** The route takes these media types, in UTF-8 and uncompressed, up to `limit` bytes, and reads them by `BodyStream`. */
export const StreamedBody = (streamed: StreamedContent): MethodDecorator =>
  applyDecorators(
    RouteConfig({ streamedBody: streamed }),
    SetMetadata(STREAMED, true),
    ApiExtension(STREAMED_EXTENSION, streamed),
  );

/** Route parameter: the body of a route with `StreamedBody`. */
export const BodyStream = createParamDecorator((_: unknown, context: ExecutionContext) =>
  streamedBodyOf(context.switchToHttp().getRequest<FastifyRequest>()),
);

/** Raises UnsupportedMediaType, BodyTooLarge and InvalidIdempotencyKey. */
export function streamedBodyOf(request: FastifyRequest): StreamedRequestBody {
  const { openBody } = request as StreamedRequest;
  if (!openBody) throw new Error('A route that asks for BodyStream must be marked by StreamedBody');
  return openBody();
}

/** Leaves the bodies of such routes alone. Call it before the routes are registered. */
export function streamBodies(fastify: FastifyInstance): void {
  fastify.addContentTypeParser(UNPARSED, (_request, _body, done) => done(null, undefined));
  fastify.addHook('onRequest', (request: StreamedRequest, reply, done) => {
    const { streamedBody } = request.routeOptions.config as { streamedBody?: StreamedContent };
    if (streamedBody) {
      const sentAs = request.headers['content-type'] ?? '';
      request.openBody = () => open(request, sentAs, streamedBody);
      request.raw.headers['content-type'] = UNPARSED;
      // Who is refused half-way still sends, and may read the answer only then: what nobody wants is let through, and the
      // connection is left to the sender to close.
      reply.raw.shouldKeepAlive = true;
      reply.raw.once('finish', () => request.raw.resume());
    }
    done();
  });
}

function open(request: FastifyRequest, sentAs: string, { content, limit }: StreamedContent): StreamedRequestBody {
  const { 'content-encoding': encoding = 'identity', 'content-length': length } = request.headers;
  const [name = '', ...parameters] = sentAs
    .toLowerCase()
    .trim()
    .split(/\s*;\s*/);
  const [charset = 'utf-8'] = parameters.flatMap((one) => /^charset="?([\w-]*)"?$/.exec(one)?.[1] ?? []);
  if (!Object.hasOwn(content, name) || encoding !== 'identity' || !/^(utf-?8|us-ascii)$/.test(charset)) {
    throw new UnsupportedMediaType(Object.keys(content));
  }
  if (Number(length) > limit) throw new BodyTooLarge(limit);
  const idempotencyKey = idempotencyKeyOf(request);
  return { type: name, idempotencyKey, chunks: (signal) => chunksOf(request.raw, limit, signal) };
}

async function* chunksOf(raw: FastifyRequest['raw'], limit: number, signal: AbortSignal): AsyncGenerator<Buffer> {
  const giveUp = (): void => void raw.destroy();
  const source = raw.iterator({ destroyOnReturn: false }) as AsyncIterator<Buffer>;
  signal.addEventListener('abort', giveUp);
  try {
    if (signal.aborted) giveUp();
    for (let bytes = 0; ;) {
      const idle = setTimeout(giveUp, IDLE_MS);
      const { done, value } = await next(source).finally(() => clearTimeout(idle));
      if (done) return;
      bytes += value.length;
      if (bytes > limit) throw new BodyTooLarge(limit);
      yield value;
    }
  } finally {
    signal.removeEventListener('abort', giveUp);
    await source.return?.(); // lets go of the body, which then can be let through
  }
}

async function next(source: AsyncIterator<Buffer>): Promise<IteratorResult<Buffer, undefined>> {
  try {
    return (await source.next()) as IteratorResult<Buffer, undefined>;
  } catch (error) {
    throw error instanceof Error ? new BodyIncomplete() : error;
  }
}
