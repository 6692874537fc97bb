/** The deployments of other regions: requests are passed on to them, and they are asked where a tenant is. */
import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { CONFIG, type ReadyConfig } from '../config/ready-config.js';
import { stringAt } from '../json.js';
import { HealthChecks } from '../observability/health.js';
import { Metrics } from '../observability/metrics.js';
import { OtherDeployment, PASSED_ON_OUTCOMES, type PassingOn } from '../passing-on/other-deployment.js';
import { REGION_HEADER, type OtherRegion } from './regions-config.js';
import { RegionUnavailable, WrongRegion } from './regions.errors.js';

/** On what has been passed on once: the region that did so. */
export const PASSED_ON_BY = 'x-passed-on-by';

/** Requests to one of them: a slow region must not take what this one's own requests need. */
const AT_ONCE = 128;

/** Whether a region has answered with this tenant of its own: whatever else answers at its address has not. */
export const isTenantOf = (region: string, tenantId: string, answer: unknown): boolean =>
  stringAt(answer, 'id') === tenantId && stringAt(answer, 'region') === region;

@Injectable()
export class OtherRegions implements OnApplicationShutdown {
  private readonly deployments = new Map<string, OtherDeployment>();

  constructor(
    @Inject(CONFIG) private readonly config: ReadyConfig,
    metrics: Metrics,
    health: HealthChecks,
  ) {
    const requests = metrics.counter({
      name: 'callboard.region_requests_total',
      help: 'Requests that were passed on to another region, by what became of them',
      labels: { region: Object.keys(config.otherRegions ?? {}), outcome: PASSED_ON_OUTCOMES },
    });
    for (const [region, { url }] of Object.entries(config.otherRegions ?? {})) {
      const deployment = new OtherDeployment({
        name: `The region ${region}`,
        url,
        atOnce: AT_ONCE,
        ownHeader: REGION_HEADER,
        count: (outcome) => requests.add({ region, outcome }),
        unavailable: () => new RegionUnavailable(region),
      });
      this.deployments.set(region, deployment);
      health.add(`region-${region}`, false, () => deployment.ping());
    }
  }

  /** The names of all that are known here, this one's first. */
  get known(): readonly string[] {
    const { region } = this.config;
    return [...(region === undefined ? [] : [region]), ...this.deployments.keys()];
  }

  /**
   * Answers a request with what a region says to it: both bodies are streamed. `asAdmin`: with the admin key of that region, in place of the key it came with. Raises
   * WrongRegion for a region that is not known, or to which nothing like this is passed on; Overloaded and RegionUnavailable.
   */
  async passOn(
    region: string,
    { request, reply }: { readonly request: FastifyRequest; readonly reply: FastifyReply },
    { asAdmin, ...how }: { readonly asAdmin: boolean } & Pick<PassingOn, 'body' | 'readAnswer'>,
  ): Promise<void> {
    const { deployment, url, adminKey } = this.reached(region);
    if (this.config.regionRequests === 'refuse' || (asAdmin && adminKey === undefined))
      throw WrongRegion.elsewhere(region, url);
    const asOperator = asAdmin ? adminKey : undefined;
    await deployment.passOn(request, reply, { ...how, asOperator, headers: this.passedOnTo(region) });
  }

  /** Which of the others has a tenant; undefined if none has. Raises RegionUnavailable if one that might have it does not answer. */
  async whereIs(tenantId: string): Promise<string | undefined> {
    const answers = await Promise.allSettled([...this.deployments.keys()].map((region) => this.has(region, tenantId)));
    const found = answers.find((answer) => answer.status === 'fulfilled' && answer.value !== undefined);
    if (found?.status === 'fulfilled') return found.value;
    const failed = answers.find((answer) => answer.status === 'rejected');
    if (failed) throw failed.reason;
    return undefined;
  }

  async onApplicationShutdown(): Promise<void> {
    await Promise.all([...this.deployments.values()].map((deployment) => deployment.close()));
  }

  /** The region, if it has this tenant. Those whose admin key is not known here are not asked. */
  private async has(region: string, tenantId: string): Promise<string | undefined> {
    const { deployment, adminKey } = this.reached(region);
    if (adminKey === undefined) return undefined;
    const call = {
      method: 'GET',
      path: `/api/tenants/${tenantId}`,
      adminKey,
      headers: this.passedOnTo(region),
    } as const;
    const { status, answer } = await deployment.call(call);
    if (status === 200 && isTenantOf(region, tenantId, answer)) return region;
    if (status === 404) return undefined;
    throw deployment.unexpected(call, status);
  }

  /** Who receives it sees whether it is the one that is meant. */
  private passedOnTo(region: string): Record<string, string> {
    return { [PASSED_ON_BY]: this.config.region ?? '', [REGION_HEADER.toLowerCase()]: region };
  }

  /** With the admin key as it is now. Raises WrongRegion. */
  private reached(region: string): OtherRegion & { readonly deployment: OtherDeployment } {
    const deployment = this.deployments.get(region);
    const other = this.config.otherRegions?.[region];
    if (!deployment || !other) throw WrongRegion.unknown(this.known);
    return { deployment, ...other };
  }
}
