/** A caller's id of what led to a request: it follows it through our records, so that logs on both sides can be joined. */
import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { InvalidRequest } from '../errors.js';

export const CORRELATION_HEADER = 'X-Correlation-Id';
/** The rule of a field that holds one. */
export const CORRELATION_ID = {
  max: 200,
  pattern: /^[\x21-\x7e]+$/,
  meaning: 'printable ASCII characters without spaces',
  example: '9f1c2d7e',
} as const;

export const isCorrelationId = (text: string): boolean =>
  text.length <= CORRELATION_ID.max && CORRELATION_ID.pattern.test(text);

/** Digits and what stands between them in a phone number. */
const LIKE_A_NUMBER = /^\+?[\d().-]{7,24}$|\+\d{7}/;

/** Whether one may be told in logs and traces: not what could be an address, which a caller should not have put there. */
export const isTellable = (text: string): boolean =>
  isCorrelationId(text) && !text.includes('@') && !LIKE_A_NUMBER.test(text);

/** As the caller sent it, for logs and traces; undefined without one that may be told. */
export function tellableCorrelation({ headers }: Pick<FastifyRequest, 'headers'>): string | undefined {
  const id = headers[CORRELATION_HEADER.toLowerCase()];
  return typeof id === 'string' && isTellable(id) ? id : undefined;
}

/** The request's correlation id, if it has one. Raises InvalidRequest. */
export const CorrelationId = createParamDecorator((_: unknown, context: ExecutionContext): string | undefined => {
  const { headers } = context.switchToHttp().getRequest<FastifyRequest>();
  const id = headers[CORRELATION_HEADER.toLowerCase()];
  if (id === undefined || (typeof id === 'string' && isCorrelationId(id))) return id;
  const message = `${CORRELATION_HEADER} must be ${CORRELATION_ID.meaning}, at most ${CORRELATION_ID.max}`;
  throw new InvalidRequest([{ path: CORRELATION_HEADER, message }]);
});
