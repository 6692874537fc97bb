/** The HTTP edge: every error leaves as application/problem+json, with nothing of ours or of a person's in it. */
import { Catch, HttpException, Logger, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { DomainError, titleOf, toProblem, type Problem } from './errors.js';
import { isUnavailable } from './database-errors.js';

/** What Fastify refuses before a handler runs, in our words. */
const BY_FASTIFY_CODE: Record<string, { status: number; code: string; detail: string }> = {
  FST_ERR_CTP_BODY_TOO_LARGE: {
    status: 413,
    code: 'body_too_large',
    detail: 'The request body is over the limit of 1,000,000 bytes: send less in one request',
  },
  FST_ERR_CTP_INVALID_MEDIA_TYPE: {
    status: 415,
    code: 'unsupported_media_type',
    detail: 'Send the body as `Content-Type: application/json`',
  },
  FST_ERR_CTP_EMPTY_JSON_BODY: { status: 400, code: 'malformed_json', detail: 'The request body is empty: send a JSON object' },
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: {
    status: 400,
    code: 'malformed_request',
    detail: 'The body is not as long as its Content-Length says',
  },
  FST_ERR_CTP_INVALID_JSON_BODY: { status: 400, code: 'malformed_json', detail: 'The request body is not well-formed JSON' },
};

const CODE_BY_STATUS: Record<number, string> = {
  400: 'malformed_request',
  404: 'not_found',
  405: 'method_not_allowed',
  413: 'body_too_large',
  415: 'unsupported_media_type',
};

@Catch()
export class ProblemFilter implements ExceptionFilter {
  private readonly logger = new Logger('http');

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const reply = http.getResponse<FastifyReply>();
    const problem = { ...this.describe(error), requestId: request.id };
    if (problem.status >= 500) this.report(error, problem, request);
    if (problem.status === 401) void reply.header('www-authenticate', 'Bearer');
    if (problem.status === 503) void reply.header('retry-after', '1');
    void reply.status(problem.status).type('application/problem+json').send(problem);
  }

  private describe(error: unknown): Problem {
    if (error instanceof DomainError) return toProblem(error);
    const fastify = BY_FASTIFY_CODE[codeOf(error) ?? ''];
    if (fastify) return problemOf(fastify.status, fastify.code, fastify.detail);
    if (error instanceof SyntaxError && statusOf(error) === 400) {
      return problemOf(400, 'malformed_json', 'The request body is not well-formed JSON');
    }
    if (isUnavailable(error)) {
      return problemOf(503, 'unavailable', 'The database cannot be reached at the moment: nothing was done, try again shortly');
    }
    const status = error instanceof HttpException ? error.getStatus() : (statusOf(error) ?? 500);
    if (status === 404) return problemOf(404, 'not_found', 'There is nothing at this address: see /docs for the routes');
    if (status < 500) return problemOf(status, CODE_BY_STATUS[status] ?? 'malformed_request', 'The request cannot be understood');
    return problemOf(500, 'internal_error', 'Something failed on our side: nothing is known to be wrong with the request');
  }

  private report(error: unknown, problem: Problem, request: FastifyRequest): void {
    const route = request.routeOptions?.url ?? 'unknown route';
    const cause = error instanceof Error ? `${error.name}\n${stackOf(error)}` : typeof error;
    this.logger.error(`${problem.code} on ${request.method} ${route} (request ${request.id}): ${cause}`);
  }
}

function problemOf(status: number, code: string, detail: string): Problem {
  return { type: `urn:callboard:problem:${code}`, title: titleOf(code), status, code, detail };
}

function codeOf(error: unknown): string | undefined {
  return typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

function statusOf(error: unknown): number | undefined {
  return typeof error === 'object' && error !== null && 'statusCode' in error && typeof error.statusCode === 'number'
    ? error.statusCode
    : undefined;
}

/** Frames only: the message of a database error may quote the values it was given. */
function stackOf(error: Error): string {
  const frames = error.stack?.split('\n').filter((line) => line.trimStart().startsWith('at ')) ?? [];
  return frames.join('\n');
}
