/** What belongs to another region is not done here: that region does it, and answers through us; or it is refused. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { ReadyConfig } from '../config/ready-config.js';
import { TENANT_HEADER, Unauthorized } from '../errors.js';
import { bearerOf, type Authenticator } from '../http/auth.js';
import { jsonIn, stringAt } from '../json.js';
import { PASSED_ON, settle } from '../passing-on/other-deployment.js';
import { isUuid } from '../uuid.js';
import { regionOfKey } from './key-region.js';
import { isTenantOf, PASSED_ON_BY, type OtherRegions } from './other-regions.js';
import { REGION_HEADER } from './regions-config.js';
import { RegionLoop, WrongRegion } from './regions.errors.js';
import type { TenantDirectory } from './tenant-directory.js';

const TENANTS = '/api/tenants';
const OF_TENANT = /^\/api\/tenants\/([^/?]+)/;

export interface RegionParts {
  readonly others: OtherRegions;
  readonly authenticator: Authenticator;
  readonly directory: TenantDirectory;
}

interface Exchange {
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
}

/**
 * Passes on requests with the key of another region's tenant, and those of the admin key that are about such a tenant or name another region. At most once: what was
 * passed on already is refused. Without a region of our own nothing is passed on, and what names one is refused. `parts` is called once requests arrive.
 */
export function routeRegions(
  fastify: FastifyInstance,
  { region: own }: Pick<ReadyConfig, 'region'>,
  parts: () => RegionParts,
): void {
  if (own === undefined) return refuseRegions(fastify);
  fastify.addHook('onRequest', (request, reply, done) => {
    if (!PASSED_ON.test(request.url)) return done();
    const key = bearerOf(request);
    const asked = askedFor(request);
    const ofKey = key === undefined ? undefined : regionOfKey(key, own);
    if (ofKey !== undefined) {
      if (asked !== undefined && asked !== ofKey) return done(WrongRegion.contradictory());
      if (ofKey === own) return done();
      return void settle(passOn(ofKey, { request, reply }, { parts: parts(), asAdmin: false }), done);
    }
    if (asked === undefined ? tenantIn(request) === undefined : asked === own) return done();
    if (key === undefined) return done(asked === undefined ? undefined : WrongRegion.ofSession());
    void settle(ofAdmin({ request, reply }, { key, asked, own, parts: parts() }), done);
  });
  // The region of a new tenant is in the body.
  fastify.addHook('preHandler', (request, reply, done) => {
    const region = request.method === 'POST' && request.routeOptions.url === TENANTS ? bodyRegion(request) : undefined;
    const key = bearerOf(request);
    if (region === undefined || region === own || key === undefined || regionOfKey(key, own) !== undefined)
      return done();
    void settle(createElsewhere(region, { request, reply }, { key, parts: parts() }), done);
  });
}

/** Whoever names a region means that one: nothing is done where there is none. */
function refuseRegions(fastify: FastifyInstance): void {
  fastify.addHook('onRequest', ({ url, headers }, _reply, done) => {
    const isNamed = headers[REGION_HEADER.toLowerCase()] !== undefined && PASSED_ON.test(url);
    done(isNamed ? WrongRegion.unknown([]).at(REGION_HEADER) : undefined);
  });
}

/** Whether it was passed on. Raises Unauthorized before anybody is asked where a tenant is. */
async function ofAdmin(
  exchange: Exchange,
  { key, asked, own, parts }: { key: string; asked: string | undefined; own: string; parts: RegionParts },
): Promise<boolean> {
  const { request } = exchange;
  await requireAdmin(request, key, parts);
  const tenantId = tenantIn(request);
  const region = asked ?? (tenantId === undefined ? own : await parts.directory.regionOf(tenantId));
  if (region === undefined || region === own) return false;
  return passOn(region, exchange, { parts, asAdmin: true });
}

async function createElsewhere(
  region: string,
  exchange: Exchange,
  { key, parts }: { readonly key: string; readonly parts: RegionParts },
): Promise<boolean> {
  const { request } = exchange;
  await requireAdmin(request, key, parts);
  const { rawBody: body } = request as { rawBody?: Buffer };
  const readAnswer = async (status: number, text: string): Promise<void> => {
    const tenant = status === 201 ? jsonIn(text) : undefined;
    const id = stringAt(tenant, 'id') ?? '';
    if (isUuid(id) && isTenantOf(region, id, tenant)) await parts.directory.learn(id, region);
  };
  return passOn(region, exchange, { parts, asAdmin: true, body, readAnswer });
}

/** True. Raises RegionLoop, and what passing on raises. */
async function passOn(
  region: string,
  exchange: Exchange,
  { parts, ...how }: { readonly parts: RegionParts } & Parameters<OtherRegions['passOn']>[2],
): Promise<true> {
  if (exchange.request.headers[PASSED_ON_BY] !== undefined) throw new RegionLoop();
  await parts.others.passOn(region, exchange, how);
  return true;
}

/** Counted as any other wrong key: another region is no way to guess the admin key. Raises Unauthorized. */
async function requireAdmin(request: FastifyRequest, key: string, { authenticator }: RegionParts): Promise<void> {
  const caller = await authenticator.authenticate(key, undefined, request.ip);
  if (caller?.kind !== 'admin') throw new Unauthorized('This API key is not known or has been revoked');
}

/** The region that a request names itself. */
function askedFor(request: FastifyRequest): string | undefined {
  const header = request.headers[REGION_HEADER.toLowerCase()];
  if (typeof header === 'string') return header;
  const { method, query, routeOptions } = request;
  return method === 'GET' && routeOptions.url === TENANTS ? stringAt(query, 'region') : undefined;
}

const bodyRegion = ({ body }: FastifyRequest): string | undefined => stringAt(body, 'region');

/** The id of the tenant that a request of the admin key is about, by its address or X-Tenant-Id. */
function tenantIn({ url, headers }: FastifyRequest): string | undefined {
  const named = OF_TENANT.exec(url)?.[1] ?? headers[TENANT_HEADER.toLowerCase()];
  return typeof named === 'string' && isUuid(named) ? named.toLowerCase() : undefined;
}
