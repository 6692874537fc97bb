/** Makes the ledger's partitions without waiting for a worker. */
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { Months } from '../ledger/index.js';
import type { LedgerMonthView } from './months.dto.js';

export class EnsureMonths extends Command<LedgerMonthView[]> {
  constructor(readonly ahead: number) {
    super();
  }
}

@CommandHandler(EnsureMonths)
export class EnsureMonthsHandler implements ICommandHandler<EnsureMonths> {
  constructor(private readonly months: Months) {}

  /** The months that there are then. */
  async execute({ ahead }: EnsureMonths): Promise<LedgerMonthView[]> {
    await this.months.ensure(ahead);
    return this.months.list();
  }
}
