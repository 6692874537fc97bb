/**
 * Routes that read their body themselves, as it arrives: it may be far larger than memory. It is not parsed, its depth is not
 * checked and its response is not kept for an `Idempotency-Key`: such a route does all of that itself.
 */
import { applyDecorators, createParamDecorator, SetMetadata, type ExecutionContext } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { ApiExtension } from '@nestjs/swagger';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { BodyIncomplete, BodyTooLarge, UnsupportedMediaType } from './edge.errors.js';
import { idempotencyKeyOf } from './idempotency-key.js';

/** Marks the handler of such a route. */
export const STREAMED = 'callboard:streamed';
/** The body's shapes on an operation, until the OpenAPI document is completed. */
export const STREAMED_EXTENSION = 'x-streamed-body';
/** The content type Fastify sees for such a body, so that none of its parsers touches it. */
const UNPARSED = 'application/x-callboard-unparsed';
/** A client that sends nothing for this long is gone, whether or not its connection says so. */
const IDLE_MS = 30_000;

/** What a route accepts: for each media type, its OpenAPI description. */
export interface StreamedContent {
  readonly limit: number;
  readonly content: Readonly<Record<string, { readonly schema: object; readonly example: unknown }>>;
}

/** A body being received. */
export interface StreamedRequestBody {
  /** One of the media types that the route accepts. */
  readonly type: string;
  /** The encoding that the request names, such as `utf-8` or `windows-1252`: one that TextDecoder knows. */
  readonly charset: string;
  readonly idempotencyKey: string | undefined;
  /**
   * The bytes as they arrive, to be read once, with backpressure. Raises BodyTooLarge beyond the limit, and BodyIncomplete if
   * the connection breaks or stalls, or the signal aborts.
   */
  chunks(signal: AbortSignal): AsyncGenerator<Buffer>;
}

/** The body is not read before the route asks for it: until then the caller is not authenticated. */
type StreamedRequest = FastifyRequest & { openBody?: () => StreamedRequestBody };

/** The route accepts these media types, uncompressed, up to `limit` bytes, and reads them by `BodyStream`. */
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

/** Leaves the bodies of such routes unparsed. Call it before the routes are registered. */
export function streamBodies(fastify: FastifyInstance): void {
  fastify.addContentTypeParser(UNPARSED, (_request, _body, done) => done(null, undefined));
  fastify.addHook('onRequest', (request: StreamedRequest, reply, done) => {
    const { streamedBody } = request.routeOptions.config as { streamedBody?: StreamedContent };
    if (streamedBody) {
      const sentAs = request.headers['content-type'] ?? '';
      request.openBody = () => open(request, sentAs, streamedBody);
      request.raw.headers['content-type'] = UNPARSED;
      // A client rejected half-way is still sending, and may read the response only afterwards: the rest is drained, and the
      // client closes the connection.
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
  const [charset = 'utf-8'] = parameters.flatMap((one) => /^charset="?([\w:.-]*)"?$/.exec(one)?.[1] ?? []);
  if (!Object.hasOwn(content, name) || encoding !== 'identity' || !isEncoding(charset)) {
    throw new UnsupportedMediaType(Object.keys(content));
  }
  if (Number(length) > limit) throw new BodyTooLarge(limit);
  const idempotencyKey = idempotencyKeyOf(request);
  return { type: name, charset, idempotencyKey, chunks: (signal) => chunksOf(request.raw, limit, signal) };
}

/** Of the WHATWG Encoding Standard. */
function isEncoding(label: string): boolean {
  try {
    return new TextDecoder(label).encoding !== '';
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
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
    await source.return?.(); // releases the body, which can then be drained
  }
}

async function next(source: AsyncIterator<Buffer>): Promise<IteratorResult<Buffer, undefined>> {
  try {
    return (await source.next()) as IteratorResult<Buffer, undefined>;
  } catch (error) {
    throw error instanceof Error ? new BodyIncomplete() : error;
  }
}
