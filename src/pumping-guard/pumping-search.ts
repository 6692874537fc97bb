/** Finds what looks like SMS pumping among where a tenant has just written to. */
import { Inject, Injectable } from '@nestjs/common';
import { PumpingAlarms } from '../consent/index.js';
import { diallingCode } from '../tenants/index.js';
import { Guards } from './guards.js';
import { Markets, type AreaMarket } from './markets.js';
import { PUMPING_GUARD, type PumpingGuardSettings } from './pumping-guard-config.js';
import { suspicionsIn, type Area, type RangeCount, type Suspicion } from './pumping.rules.js';
import { RangeVolumes, WINDOW_MINUTES } from './range-volumes.js';

export interface Found extends Suspicion {
  readonly market: AreaMarket;
}

@Injectable()
export class PumpingSearch {
  constructor(
    @Inject(PUMPING_GUARD) private readonly settings: PumpingGuardSettings,
    private readonly guards: Guards,
    private readonly volumes: RangeVolumes,
    private readonly alarms: PumpingAlarms,
    private readonly markets: Markets,
  ) {}

  /** What is new, and the ids of the open alarms that still are as they were; nothing of a tenant that wants no guard. */
  async in(tenantId: string): Promise<{ readonly found: readonly Found[]; readonly goingOn: readonly string[] }> {
    if ((await this.guards.of(tenantId)).mode === 'off') return { found: [], goingOn: [] };
    const open = await this.alarms.open(tenantId);
    const ranges = await this.volumes.of(tenantId, await this.alarms.liftedWithin(tenantId, WINDOW_MINUTES));
    const goingOn = open.filter(
      (alarm) => sum(ranges.filter(({ prefix }) => prefix.startsWith(alarm.prefix))) >= this.settings.least,
    );
    const others = ranges.filter(({ prefix }) => !open.some((alarm) => prefix.startsWith(alarm.prefix)));
    return { found: await this.suspicions(tenantId, others), goingOn: goingOn.map(({ id }) => id) };
  }

  private async suspicions(tenantId: string, ranges: readonly RangeCount[]): Promise<Found[]> {
    const { least } = this.settings;
    const areas = [...Map.groupBy(ranges, ({ prefix }) => diallingCode(prefix))]
      .map(([prefix, own]): Area => ({ prefix, ranges: own }))
      .filter((area) => sum(area.ranges) >= least);
    if (areas.length === 0) return [];
    const home = await this.markets.home(tenantId);
    const found: Found[] = [];
    for (const area of areas) {
      const market = await this.markets.of(home, area);
      found.push(...suspicionsIn(area, market, least).map((suspicion) => ({ ...suspicion, market })));
    }
    return found;
  }
}

const sum = (ranges: readonly RangeCount[]): number => ranges.reduce((all, { numbers }) => all + numbers, 0);
