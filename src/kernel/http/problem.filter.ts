/** The exception filter: every error is sent as application/problem+json, without internals or personal data. */
import { Catch, HttpException, Logger, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { isUnavailable } from '../postgres/database-errors.js';
import {
  BodyTooLarge,
  InternalError,
  MalformedJson,
  MalformedRequest,
  MethodNotAllowed,
  RouteNotFound,
  Unavailable,
  UnsupportedMediaType,
} from './edge.errors.js';
import { DomainError, toProblem, type Problem } from '../errors.js';

/** Fastify's errors before a handler runs, in our terms. */
const BY_FASTIFY_CODE: Readonly<Record<string, DomainError>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: new BodyTooLarge(),
  FST_ERR_CTP_INVALID_MEDIA_TYPE: new UnsupportedMediaType(),
  FST_ERR_CTP_INVALID_JSON_BODY: new MalformedJson(),
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: new MalformedRequest('The body is not as long as its Content-Length says'),
  FST_ERR_BAD_URL: new MalformedRequest('The address is not well-formed: URL-encode what it holds as UTF-8'),
  FST_ERR_MAX_PARAM_LENGTH: new MalformedRequest('A part of the address is too long'),
};

const CUT_OFF = new MalformedRequest('The connection was closed before the whole request had come');

const BY_STATUS: Readonly<Record<number, DomainError>> = {
  404: new RouteNotFound(),
  413: new BodyTooLarge(),
  415: new UnsupportedMediaType(),
};

@Catch()
export class ProblemFilter implements ExceptionFilter {
  private readonly logger = new Logger('http');

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const problem = sendProblem(error, request, http.getResponse<FastifyReply>());
    if (problem.status >= 500) this.report(error, problem, request);
  }

  private report(error: unknown, problem: Problem, request: FastifyRequest): void {
    const route = request.routeOptions?.url ?? 'unknown route';
    const cause = error instanceof Error ? `${error.name}\n${stackOf(error)}` : typeof error;
    this.logger.error(`${problem.code} on ${request.method} ${route} (request ${request.id}): ${cause}`);
  }
}

/** The problem codes that requests were answered with, for their log lines. */
const codes = new WeakMap<FastifyRequest, string>();

/** Undefined for a request that was not answered with a problem. */
export const problemCodeOf = (request: FastifyRequest): string | undefined => codes.get(request);

/** Answers a request with an error, and returns the response body. */
export function sendProblem(error: unknown, request: FastifyRequest, reply: FastifyReply): Problem {
  const refusal = isCutOff(request) ? CUT_OFF : inOurWords(error);
  const problem = { ...toProblem(refusal), requestId: request.id };
  codes.set(request, problem.code);
  void reply.header('x-request-id', request.id); // a request without a matching route has met no hook
  if (problem.status === 401) void reply.header('www-authenticate', 'Bearer');
  const wait = refusal.retryAfterSeconds ?? (problem.status === 503 ? 1 : undefined);
  if (wait !== undefined) void reply.header('retry-after', wait);
  if (refusal instanceof MethodNotAllowed) void reply.header('allow', refusal.allowed.join(', '));
  void reply.status(problem.status).type('application/problem+json').send(problem);
  return problem;
}

/** Whether the caller hung up before the request was complete: nobody reads the response, and nothing here is at fault. */
const isCutOff = ({ raw }: FastifyRequest): boolean => raw.destroyed && !raw.complete;

function inOurWords(error: unknown): DomainError {
  if (error instanceof DomainError) return error;
  const byCode = BY_FASTIFY_CODE[fastifyCodeOf(error) ?? ''];
  if (byCode) return byCode;
  const status = statusOf(error);
  if (isUnavailable(error)) return new Unavailable();
  if (status === undefined || status >= 500) return new InternalError();
  return BY_STATUS[status] ?? new MalformedRequest();
}

/** Fastify's own code of an error, even if Nest wrapped it in an HttpException. */
function fastifyCodeOf(error: unknown): string | undefined {
  const original = error instanceof HttpException ? error.cause : error;
  if (typeof original !== 'object' || original === null || !('code' in original)) return undefined;
  return typeof original.code === 'string' ? original.code : undefined;
}

/** The HTTP status that Nest or Fastify gave an error. */
function statusOf(error: unknown): number | undefined {
  if (error instanceof HttpException) return error.getStatus();
  return typeof error === 'object' && error !== null && 'statusCode' in error && typeof error.statusCode === 'number'
    ? error.statusCode
    : undefined;
}

/** Stack frames only: the message of a database error may quote values. */
function stackOf(error: Error): string {
  const frames = error.stack?.split('\n').filter((line) => line.trimStart().startsWith('at ')) ?? [];
  return frames.join('\n');
}
