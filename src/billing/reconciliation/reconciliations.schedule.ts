/** Reconciles every day that is over, once its prices are known, for every account that keeps books, and tells what differed. */
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { Metrics, Scheduled } from '../../kernel/index.js';
import { PROVIDERS } from '../../tenants/index.js';
import { PlanReconciliations } from './plan-reconciliations.command.js';
import { Reconcile } from './reconcile.command.js';
import { ReconciliationStore } from './reconciliation-store.js';

@Injectable()
export class ReconciliationsSchedule implements OnModuleInit {
  constructor(
    private readonly commands: CommandBus,
    private readonly store: ReconciliationStore,
    private readonly metrics: Metrics,
  ) {}

  onModuleInit(): void {
    this.metrics.gauge(
      {
        name: 'callboard.reconciliation_differences',
        help: 'Differences from the providers’ books that reconciliations of the last day found',
        labels: { provider: PROVIDERS },
      },
      async () =>
        (await this.store.lately()).map(({ provider, differences }) => ({ labels: { provider }, value: differences })),
    );
  }

  @Scheduled({ name: 'plan-reconciliations', everyMs: 30 * 60_000 })
  plan(): Promise<void> {
    return this.commands.execute(new PlanReconciliations());
  }

  @Scheduled({ name: 'reconcile', everyMs: 5_000 })
  reconcile(): Promise<void> {
    return this.commands.execute(new Reconcile());
  }
}
