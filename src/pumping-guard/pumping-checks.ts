/** Looks for SMS pumping, and ends alarms whose time has come. */
import { Inject, Injectable, Logger } from '@nestjs/common';
import { PumpingAlarms } from '../consent/index.js';
import { AlarmRegister } from './alarm-register.js';
import { PUMPING_GUARD, type PumpingGuardSettings } from './pumping-guard-config.js';
import { PumpingSearch } from './pumping-search.js';
import { RangeVolumes } from './range-volumes.js';

@Injectable()
export class PumpingChecks {
  private readonly logger = new Logger(PumpingChecks.name);

  constructor(
    @Inject(PUMPING_GUARD) private readonly settings: PumpingGuardSettings,
    private readonly volumes: RangeVolumes,
    private readonly search: PumpingSearch,
    private readonly alarms: PumpingAlarms,
    private readonly register: AlarmRegister,
  ) {}

  /** One look at all tenants. What goes on stays an alarm, before those are ended that do not. */
  async look(): Promise<void> {
    for (const tenantId of await this.volumes.busy(this.settings.least)) await this.lookAt(tenantId);
    await this.register.endDue();
  }

  private async lookAt(tenantId: string): Promise<void> {
    const { found, goingOn } = await this.search.in(tenantId);
    await this.alarms.goOn(goingOn);
    for (const suspicion of found) {
      const alarm = await this.register.begin(tenantId, suspicion);
      if (alarm) this.logger.warn(`Numbers that the tenant ${tenantId} writes to look like SMS pumping: ${alarm.id}`);
    }
  }
}
