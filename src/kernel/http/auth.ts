/** Who is calling, and what they may do. */
import { timingSafeEqual, createHash } from 'node:crypto';
import {
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
import { ApiProblems } from '../openapi/api-problems.js';
import { AdminKeyRequired, MissingScope, TenantRequired, Unauthorized } from '../errors.js';

/** The platform's operators, who may act for a tenant they name; or one tenant's service with its key's scopes. */
export type Principal =
  | { readonly kind: 'admin'; readonly tenantId?: string }
  | {
      readonly kind: 'tenant';
      readonly tenantId: string;
      readonly keyId: string;
      readonly scopes: ReadonlySet<string>;
    };

/** Identifies the holder of a bearer token. Implemented by the module that stores the keys. */
export abstract class Authenticator {
  /** The principal, or undefined if the token is not a valid key. Raises a not-found error for an unknown `X-Tenant-Id`. */
  abstract authenticate(token: string, actForTenant: string | undefined): Promise<Principal | undefined>;
}

const PUBLIC = 'callboard:public';
const ADMIN = 'callboard:admin';
const SCOPE = 'callboard:scope';

/** The route needs no key: health, docs, and signed webhooks. */
export const Public = (): MethodDecorator & ClassDecorator => SetMetadata(PUBLIC, true);

/** Only the platform admin key may call this route. */
export const AdminOnly = (): MethodDecorator & ClassDecorator =>
  applyDecorators(SetMetadata(ADMIN, true), ApiProblems(new AdminKeyRequired()));

/** A tenant's key needs this scope; the admin key has them all. The list of scopes is defined with the keys. */
export const RequiresScope = (scope: string): MethodDecorator & ClassDecorator =>
  applyDecorators(SetMetadata(SCOPE, scope), ApiProblems(new MissingScope(scope)));

/** For a route that needs a further scope for some requests. Raises MissingScope. */
export function requireScope(caller: Principal, scope: string): void {
  if (caller.kind === 'tenant' && !caller.scopes.has(scope)) throw new MissingScope(scope);
}

interface AuthenticatedRequest extends FastifyRequest {
  principal?: Principal;
}

@Injectable()
export class AuthGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly authenticator: Authenticator,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    if (this.read(PUBLIC, context)) return true;
    const request = context.switchToHttp().getRequest<AuthenticatedRequest>();
    const principal = await this.identify(request);
    request.principal = principal;
    if (principal.kind === 'tenant') {
      if (this.read(ADMIN, context)) throw new AdminKeyRequired();
      const scope = this.read(SCOPE, context);
      if (typeof scope === 'string') requireScope(principal, scope);
    }
    return true;
  }

  private async identify(request: FastifyRequest): Promise<Principal> {
    const token = /^Bearer +(\S+)$/i.exec(request.headers.authorization ?? '')?.[1];
    if (!token) throw new Unauthorized();
    const tenantHeader = request.headers['x-tenant-id'];
    const principal = await this.authenticator.authenticate(
      token,
      Array.isArray(tenantHeader) ? tenantHeader[0] : tenantHeader,
    );
    if (!principal) throw new Unauthorized('This API key is not known or has been revoked');
    return principal;
  }

  private read(key: string, context: ExecutionContext): unknown {
    return this.reflector.getAllAndOverride<unknown>(key, [context.getHandler(), context.getClass()]);
  }
}

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

/** The actor, for audit rows: `admin` or `key:<id>`. Never a secret. */
export const actorOf = (principal: Principal): string =>
  principal.kind === 'admin' ? 'admin' : `key:${principal.keyId}`;

/** Compares two secrets in constant time, whatever their lengths. */
export function sameSecret(left: string, right: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(left), digest(right));
}
