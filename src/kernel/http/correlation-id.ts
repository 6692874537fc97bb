/** A caller's id of what led to a request: it follows it through our records, so that logs on both sides can be joined. */
import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { InvalidRequest } from '../errors.js';

export const CORRELATION_HEADER = 'X-Correlation-Id';
const ALLOWED = /^[\x21-\x7e]{1,200}$/;

/** The request's correlation id, if it has one. Raises InvalidRequest. */
export const CorrelationId = createParamDecorator((_: unknown, context: ExecutionContext): string | undefined => {
  const { headers } = context.switchToHttp().getRequest<FastifyRequest>();
  const id = headers[CORRELATION_HEADER.toLowerCase()];
  if (id === undefined || (typeof id === 'string' && ALLOWED.test(id))) return id;
  const message = `${CORRELATION_HEADER} must be printable ASCII characters without spaces, at most 200`;
  throw new InvalidRequest([{ path: CORRELATION_HEADER, message }]);
});
