/** Pages through alerts, newest first, and lists the rules with how they stand. */
import { Inject } from '@nestjs/common';
import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { decodeCursor, encodeCursor, isUuid, pageOf, type Page } from '../kernel/index.js';
import { alertView } from './alert.view.js';
import { AlertStore } from './alert-store.js';
import { ALERTS, rulesOf, runbookOf, type AlertsSettings } from './alerts-config.js';
import type { AlertRulesView, AlertView, ListAlertsQuery, RuleState } from './alerts.dto.js';

export class ListAlerts extends Query<Page<AlertView>> {
  constructor(readonly filter: ListAlertsQuery) {
    super();
  }
}

export class ListAlertRules extends Query<AlertRulesView> {}

@QueryHandler(ListAlerts)
export class ListAlertsHandler implements IQueryHandler<ListAlerts> {
  constructor(
    @Inject(ALERTS) private readonly settings: AlertsSettings,
    private readonly store: AlertStore,
  ) {}

  /** Raises InvalidCursor. */
  async execute({ filter: { limit, cursor, state, rule } }: ListAlerts): Promise<Page<AlertView>> {
    const [before] = cursor ? decodeCursor(cursor, 1, isUuid) : [];
    const rows = await this.store.page({ state, rule, before }, limit + 1);
    return pageOf(
      rows,
      limit,
      ({ id }) => encodeCursor(id),
      (row) => alertView(row, this.settings),
    );
  }
}

@QueryHandler(ListAlertRules)
export class ListAlertRulesHandler implements IQueryHandler<ListAlertRules> {
  constructor(
    @Inject(ALERTS) private readonly settings: AlertsSettings,
    private readonly store: AlertStore,
  ) {}

  /** Those that are not off, with this deployment's limits. */
  async execute(): Promise<AlertRulesView> {
    const standing = await this.store.standing();
    const stateOf = (name: string): RuleState => {
      const states = standing.filter(({ rule }) => rule === name).map(({ state }) => state);
      return states.includes('firing') ? 'firing' : (states[0] ?? 'ok');
    };
    return {
      items: rulesOf(this.settings).map(
        ({ name, title, what, severity, wrong, limit, unit, holdSeconds, clearSeconds }) => ({
          name,
          title,
          what,
          severity,
          state: stateOf(name),
          wrong,
          limit,
          unit,
          holdSeconds,
          clearSeconds,
          runbook: runbookOf(this.settings, name),
        }),
      ),
    };
  }
}
