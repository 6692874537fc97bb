/** Reads the `Idempotency-Key` of a request. */
import type { FastifyRequest } from 'fastify';
import { InvalidIdempotencyKey } from './idempotency.errors.js';

const KEY = /^[\x21-\x7e]{1,255}$/;

/** The key, or undefined for a request without one. Raises InvalidIdempotencyKey. */
export function idempotencyKeyOf({ headers }: FastifyRequest): string | undefined {
  const key = headers['idempotency-key'];
  if (key !== undefined && (typeof key !== 'string' || !KEY.test(key))) throw new InvalidIdempotencyKey();
  return key;
}
