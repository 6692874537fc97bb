import { Module, type DynamicModule } from '@nestjs/common';
import { AlertCounts } from './alert-counts.js';
import { AlertStore } from './alert-store.js';
import { ALERTS, type AlertsConfig } from './alerts-config.js';
import { AlertsController } from './alerts.controller.js';
import { AlertsSchedule } from './alerts.schedule.js';
import { EvaluateAlertsHandler } from './evaluate-alerts.command.js';
import { ListAlertRulesHandler, ListAlertsHandler } from './list-alerts.query.js';
import { Measures } from './measures.js';
import { EndSilenceHandler, SilenceAlertHandler } from './silence-alert.command.js';

@Module({})
export class AlertsModule {
  static forRoot({ alerts }: AlertsConfig): DynamicModule {
    return {
      module: AlertsModule,
      controllers: [AlertsController],
      providers: [
        { provide: ALERTS, useValue: alerts },
        AlertCounts,
        AlertStore,
        AlertsSchedule,
        EndSilenceHandler,
        EvaluateAlertsHandler,
        ListAlertRulesHandler,
        ListAlertsHandler,
        Measures,
        SilenceAlertHandler,
      ],
    };
  }
}
