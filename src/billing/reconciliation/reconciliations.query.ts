/** Reads reconciliations, and what they found. */
import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { decodeCursor, encodeCursor, isUuid, pageOf, type Page } from '../../kernel/index.js';
import { ReconciliationNotFound } from './reconciliation.errors.js';
import { ReconciliationStore } from './reconciliation-store.js';
import {
  differenceView,
  reconciliationView,
  type DifferencesQuery,
  type DifferenceView,
  type ReconciliationsQuery,
  type ReconciliationView,
} from './reconciliations.dto.js';

export class ListReconciliations extends Query<Page<ReconciliationView>> {
  constructor(readonly query: ReconciliationsQuery) {
    super();
  }
}

export class ListDifferences extends Query<Page<DifferenceView>> {
  constructor(readonly query: DifferencesQuery) {
    super();
  }
}

@QueryHandler(ListReconciliations)
export class ListReconciliationsHandler implements IQueryHandler<ListReconciliations> {
  constructor(private readonly store: ReconciliationStore) {}

  async execute({ query: { limit, cursor, ...filter } }: ListReconciliations): Promise<Page<ReconciliationView>> {
    const [before] = cursor ? decodeCursor(cursor, 1, isUuid) : [];
    const rows = await this.store.list(filter, before, limit + 1);
    return pageOf(rows, limit, ({ id }) => encodeCursor(id), reconciliationView);
  }
}

@QueryHandler(ListDifferences)
export class ListDifferencesHandler implements IQueryHandler<ListDifferences> {
  constructor(private readonly store: ReconciliationStore) {}

  /** Raises ReconciliationNotFound. */
  async execute({ query: { reconciliation, kind, limit, cursor } }: ListDifferences): Promise<Page<DifferenceView>> {
    const [after] = cursor ? decodeCursor(cursor, 1, (value) => /^\d{1,18}$/.test(value)) : [];
    if (!(await this.store.exists(reconciliation))) throw new ReconciliationNotFound();
    const rows = await this.store.differences(reconciliation, kind, after, limit + 1);
    return pageOf(rows, limit, ({ id }) => encodeCursor(id), differenceView);
  }
}
