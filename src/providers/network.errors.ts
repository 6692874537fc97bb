/** What a call without a response proves: that nothing was sent, or nothing at all. */
import { outcomeOf, type Setback } from './verdict.js';

/** Failures to resolve, connect or negotiate TLS: the request was never written. */
const BEFORE_THE_REQUEST: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'UND_ERR_CONNECT_TIMEOUT',
  'CERT_HAS_EXPIRED',
  'CERT_NOT_YET_VALID',
  'CERT_REVOKED',
  'CERT_UNTRUSTED',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'ERR_TLS_CERT_ALTNAME_INVALID',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
]);

/** Failed TLS handshakes have several codes, some shared with broken connections: match the message. */
const HANDSHAKE =
  /before secure TLS connection|wrong version number|handshake failure|unsupported protocol|alert protocol version/i;

/**
 * The outcome of a call without an HTTP response: `deferred` if the request certainly was not sent, `unknown` for everything
 * else (reset, timeout, abort, an unreadable response).
 */
export function outcomeOfNoAnswer(error: unknown): Setback {
  const { code, name, syscall, message } = (error ?? {}) as Partial<NodeJS.ErrnoException>;
  const label = typeof code === 'string' ? code : (name ?? 'no-answer');
  const neverLeft =
    syscall === 'connect' ||
    syscall === 'getaddrinfo' ||
    BEFORE_THE_REQUEST.has(label) ||
    HANDSHAKE.test(message ?? '');
  return outcomeOf(neverLeft ? 'unreachable' : 'unknown', label);
}
