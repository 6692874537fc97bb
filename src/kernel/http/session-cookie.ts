/** The cookie of a session: how it is named, read and written, and which requests with it count. */
import { createHash } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import type { ReadyConfig } from '../config/ready-config.js';
import { DomainError } from '../errors.js';

type Place = Pick<ReadyConfig, 'publicUrl'>;

/** Carries the token of `csrfTokenOf` with each request that changes something. */
export const CSRF_HEADER = 'x-csrf-token';
const NAME = 'callboard-session';
const READS = new Set(['GET', 'HEAD', 'OPTIONS']);

export class SessionEnded extends DomainError {
  readonly code = 'session_ended';
  readonly kind = 'unauthorized';

  constructor() {
    super('This session is over, or is none: sign in again');
  }
}

/** A request with a cookie that a page of another site may have made. */
export class CrossSiteRequest extends DomainError {
  readonly code = 'cross_site_request';
  readonly kind = 'forbidden';

  constructor() {
    super(
      'With a session, changes come from a page of this service and carry X-CSRF-Token: GET /auth/session tells it',
    );
  }
}

const isSecure = ({ publicUrl }: Place): boolean => publicUrl.startsWith('https:');

/** `__Host-`: a browser takes and sends it by TLS alone, and no other host of the domain can set it. */
const hostOnly = (name: string, place: Place): string => (isSecure(place) ? `__Host-${name}` : name);

/** The value of a cookie of ours; undefined without it. */
export function cookieOf(header: string | undefined, name: string, place: Place): string | undefined {
  const start = `${hostOnly(name, place)}=`;
  const found = header?.split(/; */).find((one) => one.startsWith(start));
  return found?.slice(start.length) || undefined;
}

/** The `Set-Cookie` of one that scripts cannot read and other sites' requests do not bring; an age of 0 removes it. */
export function setCookie(name: string, value: string, maxAgeSeconds: number, place: Place): string {
  const terms = [
    'Path=/',
    `Max-Age=${maxAgeSeconds}`,
    'HttpOnly',
    'SameSite=Lax',
    ...(isSecure(place) ? ['Secure'] : []),
  ];
  return [`${hostOnly(name, place)}=${value}`, ...terms].join('; ');
}

export const sessionCookieOf = (header: string | undefined, place: Place): string | undefined =>
  cookieOf(header, NAME, place);

export const setSessionCookie = (token: string, maxAgeSeconds: number, place: Place): string =>
  setCookie(NAME, token, maxAgeSeconds, place);

/** What proves that a page could read an answer to its session: made of the token, so that nothing more is kept. */
export const csrfTokenOf = (sessionToken: string): string =>
  createHash('sha256').update(`callboard csrf ${sessionToken}`).digest('base64url');

/** Raises CrossSiteRequest for a change with a cookie, unless it comes from a page of ours and carries the token. */
export function requireOwnPage(request: FastifyRequest, sessionToken: string, place: Place): void {
  if (READS.has(request.method)) return;
  requireSameOrigin(request, place);
  if (request.headers[CSRF_HEADER] !== csrfTokenOf(sessionToken)) throw new CrossSiteRequest();
}

/** Raises CrossSiteRequest where the browser says that the page is of another origin. What is no browser says nothing. */
export function requireSameOrigin({ headers }: FastifyRequest, { publicUrl }: Place): void {
  const { origin, host, 'sec-fetch-site': site } = headers;
  // A proxy may rename the host; a deployment without PUBLIC_URL has several names.
  const isOurs = origin === undefined || origin === new URL(publicUrl).origin || hostIn(origin) === host;
  if (!isOurs || (site !== undefined && site !== 'same-origin')) throw new CrossSiteRequest();
}

const hostIn = (origin: string): string | undefined => (URL.canParse(origin) ? new URL(origin).host : undefined);
