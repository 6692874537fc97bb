/** Silences an alert for a time, or ends that: it is still looked at, and listed. */
import { Inject } from '@nestjs/common';
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { Audit, Database, type Principal } from '../kernel/index.js';
import { alertView } from './alert.view.js';
import { AlertStore, type ListedAlert } from './alert-store.js';
import { ALERTS, type AlertsSettings } from './alerts-config.js';
import type { AlertView, SilenceBody } from './alerts.dto.js';
import { AlertNotFound } from './alerts.errors.js';

export class SilenceAlert extends Command<AlertView> {
  constructor(
    readonly caller: Principal,
    readonly id: string,
    readonly input: SilenceBody,
  ) {
    super();
  }
}

export class EndSilence extends Command<AlertView> {
  constructor(
    readonly caller: Principal,
    readonly id: string,
  ) {
    super();
  }
}

@CommandHandler(SilenceAlert)
export class SilenceAlertHandler implements ICommandHandler<SilenceAlert> {
  constructor(
    @Inject(ALERTS) private readonly settings: AlertsSettings,
    private readonly database: Database,
    private readonly store: AlertStore,
    private readonly audit: Audit,
  ) {}

  /** Of its rule and labels, also if it begins anew meanwhile. Raises AlertNotFound. */
  execute({ caller, id, input: { minutes, reason } }: SilenceAlert): Promise<AlertView> {
    return this.database.transaction(async () => {
      const { rule, labels } = await alertWith(this.store, id);
      await this.store.silence(rule, labels, minutes, reason);
      await this.audit.record(caller, 'alert.silence', { rule, labels, minutes }, { kind: 'alert', id });
      return alertView(await alertWith(this.store, id), this.settings);
    });
  }
}

@CommandHandler(EndSilence)
export class EndSilenceHandler implements ICommandHandler<EndSilence> {
  constructor(
    @Inject(ALERTS) private readonly settings: AlertsSettings,
    private readonly database: Database,
    private readonly store: AlertStore,
    private readonly audit: Audit,
  ) {}

  /** What still fires is told again when that is due. Raises AlertNotFound. */
  execute({ caller, id }: EndSilence): Promise<AlertView> {
    return this.database.transaction(async () => {
      const { rule, labels } = await alertWith(this.store, id);
      await this.store.endSilence(rule, labels);
      await this.audit.record(caller, 'alert.end_silence', { rule, labels }, { kind: 'alert', id });
      return alertView(await alertWith(this.store, id), this.settings);
    });
  }
}

async function alertWith(store: AlertStore, id: string): Promise<ListedAlert> {
  const [alert] = await store.page({ id }, 1);
  if (!alert) throw new AlertNotFound();
  return alert;
}
