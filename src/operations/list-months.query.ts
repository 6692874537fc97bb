/** The months that the ledger has partitions for. */
import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { Months } from '../ledger/index.js';
import type { LedgerMonthView } from './months.dto.js';

export class ListMonths extends Query<LedgerMonthView[]> {}

@QueryHandler(ListMonths)
export class ListMonthsHandler implements IQueryHandler<ListMonths> {
  constructor(private readonly months: Months) {}

  execute(): Promise<LedgerMonthView[]> {
    return this.months.list();
  }
}
