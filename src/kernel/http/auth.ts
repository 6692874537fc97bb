/** Who is calling, and what they may do. */
import { timingSafeEqual, createHash } from 'node:crypto';
import {
  Inject,
  Injectable,
  SetMetadata,
  applyDecorators,
  createParamDecorator,
  type CanActivate,
  type ExecutionContext,
} from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { ApiHeader } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { CONFIG, type ReadyConfig } from '../config/ready-config.js';
import { ApiProblems } from '../openapi/api-problems.js';
import { confineTo } from '../postgres/tenant-scope.js';
import { addressClassOf, type AddressClass } from './public-address.js';
import type { RequestsPerMinute } from './rate-limit.dto.js';
import { AdminKeyRequired, MissingScope, TenantRequired, Unauthorized } from '../errors.js';
import { requireOwnPage, SessionEnded, sessionCookieOf } from './session-cookie.js';

/** Where a caller is, as far as the audit log may know. */
interface CallerPlace {
  /** Unknown where nobody called by HTTP. */
  readonly origin?: AddressClass;
}

/** What a principal that signed in has besides: the session, by whose cookie it calls. */
interface InSession {
  readonly sessionId?: string;
}

/** Work of the platform that others than its admins may do too. */
export type PlatformPart = 'operations' | 'finance';

/** One of the platform, who may act for a tenant they name. */
interface PlatformCaller extends CallerPlace, InSession {
  readonly kind: 'admin';
  readonly tenantId?: string;
  /** Absent: it is the holder of the admin key. */
  readonly userId?: string;
  /** What a user who is no admin may do; absent: everything. */
  readonly granted?: { readonly scopes: ReadonlySet<string>; readonly parts: ReadonlySet<PlatformPart> };
}

interface TenantCaller extends CallerPlace, InSession {
  readonly kind: 'tenant';
  readonly tenantId: string;
  readonly scopes: ReadonlySet<string>;
  /** What is set for the key, and for its tenant's keys and users together. */
  readonly limits?: { readonly key: RequestsPerMinute; readonly tenant: RequestsPerMinute };
}

/** One of the platform; or a service of one tenant with its key's scopes, or a user of it with those of their role. */
export type Principal =
  | PlatformCaller
  | (TenantCaller & { readonly keyId: string; readonly userId?: undefined })
  | (TenantCaller & { readonly userId: string; readonly keyId?: undefined });

/** Identifies the holder of a bearer token. Implemented by the module that stores the keys. */
export abstract class Authenticator {
  /**
   * The principal, or undefined if the token is not a valid key. `address` is the caller's. Raises a not-found error for an unknown `X-Tenant-Id`, KeyExpired,
   * AddressNotAllowed, and TooManyWrongKeys.
   */
  abstract authenticate(
    token: string,
    actForTenant: string | undefined,
    address: string,
  ): Promise<Principal | undefined>;
}

/** Identifies who signed in, by the token of a session's cookie. Implemented by the module that stores the sessions. */
export abstract class SessionAuthenticator {
  /**
   * The principal, or undefined if the session is over. `address` is the caller's. Raises a not-found error for an unknown `X-Tenant-Id`; for the session of a
   * key, KeyExpired and AddressNotAllowed.
   */
  abstract authenticate(
    token: string,
    actForTenant: string | undefined,
    address: string,
  ): Promise<Principal | undefined>;
}

const PUBLIC = 'callboard:public';
const ADMIN = 'callboard:admin';
const SCOPE = 'callboard:scope';
/** The part of the platform's work that only its admins do. */
const ADMINISTRATION = 'administration';

/** The route needs no key: health, docs, and signed webhooks. */
export const Public = (): MethodDecorator & ClassDecorator => SetMetadata(PUBLIC, true);

/** Only the platform admin key and the platform's admins may call this route; and those of its users whose role has this part of the work. */
export const AdminOnly = (part?: PlatformPart): MethodDecorator & ClassDecorator =>
  applyDecorators(SetMetadata(ADMIN, part ?? ADMINISTRATION), ApiProblems(new AdminKeyRequired()));

/** A tenant's key needs this scope; the admin key has them all. The list of scopes is defined with the keys. */
export const RequiresScope = (scope: string): MethodDecorator & ClassDecorator =>
  applyDecorators(SetMetadata(SCOPE, scope), ApiProblems(new MissingScope(scope)));

/** What the caller may do; undefined for everything. */
export const scopesOf = (caller: Principal): ReadonlySet<string> | undefined =>
  caller.kind === 'tenant' ? caller.scopes : caller.granted?.scopes;

/** For a route that needs a further scope for some requests. Raises MissingScope. */
export function requireScope(caller: Principal, scope: string): void {
  if (scopesOf(caller)?.has(scope) === false) throw new MissingScope(scope);
}

/** Raises AdminKeyRequired for tenants' callers, and for users of the platform whose role does not have this part. */
function requirePart(caller: Principal, part: unknown): void {
  const parts: ReadonlySet<unknown> | undefined = caller.kind === 'admin' ? caller.granted?.parts : new Set();
  if (parts?.has(part) === false) throw new AdminKeyRequired();
}

interface AuthenticatedRequest extends FastifyRequest {
  principal?: Principal;
}

@Injectable()
export class AuthGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly authenticator: Authenticator,
    private readonly sessions: SessionAuthenticator,
    @Inject(CONFIG) private readonly config: Pick<ReadyConfig, 'publicUrl'>,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    if (this.read(PUBLIC, context)) return true;
    const request = context.switchToHttp().getRequest<AuthenticatedRequest>();
    const principal = await this.identify(request);
    request.principal = principal;
    if (principal.kind === 'tenant') confineTo(principal.tenantId);
    const part = this.read(ADMIN, context);
    if (part !== undefined) requirePart(principal, part);
    const scope = this.read(SCOPE, context);
    if (typeof scope === 'string') requireScope(principal, scope);
    return true;
  }

  private async identify(request: FastifyRequest): Promise<Principal> {
    const { authorization, 'x-tenant-id': tenantHeader } = request.headers;
    const tenantId = Array.isArray(tenantHeader) ? tenantHeader[0] : tenantHeader;
    // Who sends a key is its holder, whatever cookies come with it.
    const cookie = authorization === undefined ? sessionCookieOf(request.headers.cookie, this.config) : undefined;
    const principal =
      cookie === undefined ? await this.holderOf(request, tenantId) : await this.signedIn(cookie, tenantId, request);
    return { ...principal, origin: addressClassOf(request.ip) };
  }

  private async holderOf(request: FastifyRequest, tenantId: string | undefined): Promise<Principal> {
    const token = bearerOf(request);
    if (!token) throw new Unauthorized();
    const principal = await this.authenticator.authenticate(token, tenantId, request.ip);
    if (!principal) throw new Unauthorized('This API key is not known or has been revoked');
    return principal;
  }

  private async signedIn(cookie: string, tenantId: string | undefined, request: FastifyRequest): Promise<Principal> {
    requireOwnPage(request, cookie, this.config);
    const principal = await this.sessions.authenticate(cookie, tenantId, request.ip);
    if (!principal) throw new SessionEnded();
    return principal;
  }

  private read(key: string, context: ExecutionContext): unknown {
    return this.reflector.getAllAndOverride<unknown>(key, [context.getHandler(), context.getClass()]);
  }
}

/** The key that a request came with, as it is: nobody has checked it. */
export const bearerOf = ({ headers }: FastifyRequest): string | undefined =>
  /^Bearer +(\S+)$/i.exec(headers.authorization ?? '')?.[1];

/** The caller, in a guarded route. */
export function principalOf(request: FastifyRequest): Principal {
  const { principal } = request as AuthenticatedRequest;
  if (!principal) throw new Unauthorized();
  return principal;
}

/** Who called, for log lines; empty for a public route, or without a valid key. */
export function callerOf(request: FastifyRequest): { readonly actor?: string; readonly tenantId?: string } {
  const { principal } = request as AuthenticatedRequest;
  return principal ? { actor: actorOf(principal), tenantId: principal.tenantId } : {};
}

/** Route parameter: the caller. */
export const Caller = createParamDecorator((_: unknown, context: ExecutionContext) =>
  principalOf(context.switchToHttp().getRequest<FastifyRequest>()),
);

/** Route parameter: the id of the tenant that the caller is, or acts for. Raises TenantRequired for an admin who named none. */
export const TenantId = createParamDecorator(
  (_: unknown, context: ExecutionContext) => {
    const { tenantId } = principalOf(context.switchToHttp().getRequest<FastifyRequest>());
    if (!tenantId) throw new TenantRequired();
    return tenantId;
  },
  [documentTenant],
);

/** Route parameter: the same, or undefined for an admin who named none and so means all tenants. */
export const AnyTenantId = createParamDecorator(
  (_: unknown, context: ExecutionContext) => principalOf(context.switchToHttp().getRequest<FastifyRequest>()).tenantId,
  [documentAnyTenant],
);

/** On a route that takes the tenant's id, the admin may act for a tenant. */
function documentTenant(controller: object, route: string | symbol | undefined): void {
  document(controller, route, 'With the admin key: the tenant to act for', ApiProblems(new TenantRequired()));
}

function documentAnyTenant(controller: object, route: string | symbol | undefined): void {
  document(controller, route, 'With the admin key: the tenant that is meant; all tenants when absent');
}

function document(
  controller: object,
  route: string | symbol | undefined,
  description: string,
  ...more: MethodDecorator[]
): void {
  const method = route === undefined ? undefined : Object.getOwnPropertyDescriptor(controller, route);
  if (route === undefined || !method) return;
  const schema = { type: 'string', format: 'uuid' } as const;
  for (const describe of [ApiHeader({ name: 'X-Tenant-Id', required: false, description, schema }), ...more]) {
    describe(controller, route, method);
  }
}

/** The actor, for audit rows: `admin`, `key:<id>` or `user:<id>`. Never a secret, and never an address. */
export function actorOf(principal: Principal): string {
  if (principal.userId !== undefined) return `user:${principal.userId}`;
  return principal.kind === 'admin' ? 'admin' : `key:${principal.keyId}`;
}

/** Compares two secrets in constant time, whatever their lengths. */
export function sameSecret(left: string, right: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(left), digest(right));
}
