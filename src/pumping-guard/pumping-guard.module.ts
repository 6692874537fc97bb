import { Module, type DynamicModule } from '@nestjs/common';
import { BillingModule } from '../billing/index.js';
import { LedgerModule } from '../ledger/index.js';
import { AlarmRegister } from './alarm-register.js';
import { AllowRangeHandler, RemoveAllowedRangeHandler } from './allowed-ranges.command.js';
import { Guards } from './guards.js';
import { LiftPumpingAlarmHandler } from './lift-pumping-alarm.command.js';
import { Markets } from './markets.js';
import { PumpingChecks } from './pumping-checks.js';
import { PUMPING_GUARD, type PumpingGuardConfig } from './pumping-guard-config.js';
import { PumpingGuardConsumer } from './pumping-guard.consumer.js';
import { PumpingGuardController } from './pumping-guard.controller.js';
import { GetPumpingGuardHandler, ListAllowedRangesHandler, ListPumpingAlarmsHandler } from './pumping-guard.query.js';
import { PumpingGuardSchedule } from './pumping-guard.schedule.js';
import { PumpingNotices } from './pumping-notices.js';
import { PumpingSearch } from './pumping-search.js';
import { PutPumpingGuardHandler } from './put-pumping-guard.command.js';
import { RangeVolumes } from './range-volumes.js';

@Module({})
export class PumpingGuardModule {
  static forRoot({ pumpingGuard }: PumpingGuardConfig): DynamicModule {
    return {
      module: PumpingGuardModule,
      imports: [BillingModule, LedgerModule],
      controllers: [PumpingGuardController],
      providers: [
        { provide: PUMPING_GUARD, useValue: pumpingGuard },
        AlarmRegister,
        Guards,
        Markets,
        PumpingChecks,
        PumpingGuardConsumer,
        PumpingGuardSchedule,
        PumpingNotices,
        PumpingSearch,
        RangeVolumes,
        AllowRangeHandler,
        GetPumpingGuardHandler,
        LiftPumpingAlarmHandler,
        ListAllowedRangesHandler,
        ListPumpingAlarmsHandler,
        PutPumpingGuardHandler,
        RemoveAllowedRangeHandler,
      ],
    };
  }
}
