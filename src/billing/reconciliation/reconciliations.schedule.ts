/** Reconciles every day that is over, once its prices are known, for every account that keeps books. */
import { Injectable } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { Scheduled } from '../../kernel/index.js';
import { PlanReconciliations } from './plan-reconciliations.command.js';
import { Reconcile } from './reconcile.command.js';

@Injectable()
export class ReconciliationsSchedule {
  constructor(private readonly commands: CommandBus) {}

  @Scheduled({ name: 'plan-reconciliations', everyMs: 30 * 60_000 })
  plan(): Promise<void> {
    return this.commands.execute(new PlanReconciliations());
  }

  @Scheduled({ name: 'reconcile', everyMs: 5_000 })
  reconcile(): Promise<void> {
    return this.commands.execute(new Reconcile());
  }
}
