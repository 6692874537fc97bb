/**
 * Routes whose changes enter the audit log: declared on the route, and recorded in the transaction of the change. What is recorded
 * of an object is the fields that its kind names, before and after.
 */
import { Injectable, SetMetadata, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyRequest } from 'fastify';
import { defer, lastValueFrom, type Observable } from 'rxjs';
import { principalOf, type Principal } from '../http/auth.js';
import { Database } from '../postgres/database.js';
import { stringAt } from '../json.js';
import { isUuid } from '../uuid.js';
import { Audit } from './audit.js';

/** A kind of object that is changed by routes. */
export interface AuditedKind {
  readonly kind: string;
  /**
   * Reads one object: `$1` is its id, `$2` its tenant's. Each column is recorded under its name: never select a secret, an address or
   * a text that people are sent.
   */
  readonly fields: string;
  /** What the change itself locks before the object's row, or the two would wait for each other; with the same parameters. */
  readonly lock?: string;
  /** Without a tenant it is the platform's: then `$2` is null. */
  readonly mayBePlatforms?: true;
  /** Its id is not a UUID. */
  readonly isNamed?: true;
  /** The path may name it otherwise than by its id, as `fields` understands: the response tells the id. */
  readonly hasAliases?: true;
}

export interface AuditedRoute {
  /** A stable code of the form `noun.verb`. */
  readonly action: string;
  readonly object?: AuditedKind;
  /** The path parameter with the object's id. Absent: the object is new, and the response names it. */
  readonly param?: string;
  /** The response's field with the id of a new object; `id` by default. */
  readonly answer?: string;
  /** The path parameter with the tenant's id, if it has one. Absent: the caller's tenant. */
  readonly tenant?: string;
  /** Path parameters and fields of the body that are recorded as they were sent: no addresses, no texts. */
  readonly details?: readonly string[];
}

type Fields = Readonly<Record<string, unknown>>;
type Changes = Record<string, { from: unknown; to: unknown }>;

const AUDITED = 'callboard:audited';

/** What the route does is recorded in the audit log, unless it is refused. */
export const Audited = (route: AuditedRoute): MethodDecorator => SetMetadata(AUDITED, route);

/** Registered after the idempotency interceptor, so that a repeated request is recorded once. */
@Injectable()
export class AuditInterceptor implements NestInterceptor {
  constructor(
    private readonly reflector: Reflector,
    private readonly database: Database,
    private readonly audit: Audit,
  ) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const route = this.reflector.get<AuditedRoute | undefined>(AUDITED, context.getHandler());
    if (!route) return next.handle();
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    return defer(() => this.database.transaction(() => this.recorded(route, request, next)));
  }

  private async recorded(route: AuditedRoute, request: FastifyRequest, next: CallHandler): Promise<unknown> {
    const { action, object, param, answer: field = 'id' } = route;
    const caller = principalOf(request);
    const tenantId = tenantOf(route, request, caller);
    const known = param === undefined ? undefined : paramsOf(request)[param];
    const before = await this.read(object, known, tenantId);
    const answer: unknown = await lastValueFrom(next.handle());
    const id = object?.hasAliases ? (stringAt(answer, field) ?? known) : (known ?? stringAt(answer, field));
    const owner = tenantId ?? (object?.mayBePlatforms ? undefined : object && id); // a new tenant is its own
    const changes = object && changesOf(before, await this.read(object, id, owner));
    const details = { ...sent(route, request), ...(changes && { changes }) };
    await this.audit.record(caller, action, details, { kind: object?.kind, id, tenantId: owner });
    return answer;
  }

  /** Locks the object, so that nobody else changes it meanwhile. An id that is none is left to the handler to refuse. */
  private async read(object: AuditedKind | undefined, id?: string, tenantId?: string): Promise<Fields> {
    if (!object || id === undefined || !(object.isNamed || object.hasAliases || isUuid(id))) return {};
    if (tenantId === undefined ? !object.mayBePlatforms : !isUuid(tenantId)) return {};
    const place = [id, tenantId ?? null];
    if (object.lock) await this.database.query(object.lock, place);
    const [fields = {}] = await this.database.query<Fields>(`${object.fields} for no key update`, place);
    return fields;
  }
}

const paramsOf = (request: FastifyRequest): Readonly<Record<string, string>> =>
  request.params as Record<string, string>;

/** Whose the object is: the operator may name one tenant in the path, and act for another by header. */
function tenantOf({ tenant }: AuditedRoute, request: FastifyRequest, caller: Principal): string | undefined {
  if (caller.kind === 'tenant' || tenant === undefined) return caller.tenantId;
  return paramsOf(request)[tenant];
}

function sent({ details = [] }: AuditedRoute, request: FastifyRequest): Fields {
  const given: Fields = { ...(request.body as object | undefined), ...paramsOf(request) };
  return Object.fromEntries(details.map((name) => [name, given[name]]));
}

function changesOf(before: Fields, after: Fields): Changes {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  const changed = names.filter((name) => JSON.stringify(before[name] ?? null) !== JSON.stringify(after[name] ?? null));
  return Object.fromEntries(changed.map((name) => [name, { from: before[name] ?? null, to: after[name] ?? null }]));
}
