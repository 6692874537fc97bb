/** What a call without an answer proves: that nothing was sent, or nothing at all. */
import { outcomeOf, type Setback } from './verdict.js';

/** Failures to resolve, connect or agree on TLS: the request was never written. */
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

/** TLS handshakes that broke off come under several codes, some of them shared with broken connections: go by the words. */
const HANDSHAKE =
  /before secure TLS connection|wrong version number|handshake failure|unsupported protocol|alert protocol version/i;

/**
 * The outcome of a call that ended without an HTTP answer: `deferred` where the request certainly never left, `unknown`
 * for everything else (reset, timeout, abort, an answer that cannot be read).
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
