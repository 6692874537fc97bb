/** Begins and ends alarms, each with its notice in one transaction. */
import { Injectable } from '@nestjs/common';
import { PumpingAlarms, type AlarmRow } from '../consent/index.js';
import { Database } from '../kernel/index.js';
import { Guards, type Guard } from './guards.js';
import { PumpingNotices } from './pumping-notices.js';
import type { Found } from './pumping-search.js';
import { holdMinutes } from './pumping.rules.js';
import { RangeVolumes } from './range-volumes.js';

/** All numbers. */
const EVERYWHERE = '+';
/** Within so many days an alarm is one that comes back. */
const BACK_WITHIN_DAYS = 7;

@Injectable()
export class AlarmRegister {
  constructor(
    private readonly database: Database,
    private readonly alarms: PumpingAlarms,
    private readonly volumes: RangeVolumes,
    private readonly guards: Guards,
    private readonly notices: PumpingNotices,
  ) {}

  /** Undefined if the tenant wants none by now, or has it already. */
  begin(tenantId: string, { prefix, reason, market }: Found): Promise<AlarmRow | undefined> {
    return this.database.transaction(async () => {
      const guard = await this.guards.lock(tenantId);
      if (guard.mode === 'off') return undefined;
      const alarm = await this.alarms.begin({
        tenantId,
        prefix,
        reason,
        country: market.country,
        blocks: guard.mode === 'block',
        ...(await this.volumes.total(tenantId, prefix)),
        priceMicros: market.price?.micros ?? null,
        priceCurrency: market.price?.currency ?? null,
        usual: market.usual,
        holdMinutes: holdMinutes(await this.alarms.timesBefore(tenantId, prefix, BACK_WITHIN_DAYS)),
      });
      if (alarm) await this.notices.suspected(alarm, guard);
      return alarm;
    });
  }

  /** Ends those whose time has come. */
  endDue(): Promise<void> {
    return this.database.transaction(async () => this.tell(await this.alarms.endDue()));
  }

  /** Ends one by somebody's decision. Undefined if it is over already. */
  end(id: string, by: string, note: string | null): Promise<AlarmRow | undefined> {
    return this.database.transaction(async () => {
      const alarm = await this.alarms.end(id, by, note);
      if (alarm) await this.tell([alarm]);
      return alarm;
    });
  }

  /** Ends all of a tenant within a range. */
  endWithin(tenantId: string, prefix: string, by: string): Promise<void> {
    return this.database.transaction(async () => this.tell(await this.alarms.endWithin(tenantId, prefix, by)));
  }

  /** Has the open alarms of a tenant do as its mode says from now on. */
  async follow({ tenantId, mode }: Guard, by: string): Promise<void> {
    if (mode === 'off') await this.endWithin(tenantId, EVERYWHERE, by);
    else await this.alarms.setBlocking(tenantId, mode === 'block');
  }

  private async tell(ended: readonly AlarmRow[]): Promise<void> {
    for (const alarm of ended) await this.notices.ended(alarm, await this.guards.of(alarm.tenantId));
  }
}
