/** Looks at the alert rules, in every role: that no worker is left must be seen by somebody. Tells how many alerts fire, and forgets old ones. */
import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { Metrics, Scheduled } from '../kernel/index.js';
import { AlertCounts } from './alert-counts.js';
import { AlertStore } from './alert-store.js';
import { ALERTS, rulesOf, type AlertsSettings } from './alerts-config.js';
import { EvaluateAlerts } from './evaluate-alerts.command.js';

@Injectable()
export class AlertsSchedule implements OnModuleInit {
  constructor(
    @Inject(ALERTS) private readonly settings: AlertsSettings,
    private readonly commands: CommandBus,
    private readonly store: AlertStore,
    private readonly counts: AlertCounts,
    private readonly metrics: Metrics,
  ) {}

  onModuleInit(): void {
    this.metrics.gauge(
      {
        name: 'callboard.firing_alerts',
        help: 'Alerts that fire, by the rule',
        labels: { rule: 'names-in-code', severity: 'names-in-code' },
      },
      async () => {
        const firing = (await this.store.standing()).filter(({ state }) => state === 'firing');
        return rulesOf(this.settings).map(({ name, severity }) => ({
          labels: { rule: name, severity },
          value: firing.find(({ rule }) => rule === name)?.alerts ?? 0,
        }));
      },
    );
  }

  @Scheduled({ name: 'alerts', everyMs: 15_000, inEveryRole: true })
  evaluate(): Promise<void> {
    return this.commands.execute(new EvaluateAlerts());
  }

  @Scheduled({ name: 'purge-alerts', everyMs: 3_600_000 })
  async purge(): Promise<void> {
    await this.counts.purge();
    await this.store.purge();
  }
}
