/** Alerts as they are shown. */
import { iso } from '../kernel/index.js';
import { rulesOf, runbookOf, type AlertsSettings } from './alerts-config.js';
import type { ListedAlert } from './alert-store.js';
import type { AlertView } from './alerts.dto.js';
import { RULES } from './rule-list.js';

export function alertView(alert: ListedAlert, settings: AlertsSettings): AlertView {
  const rule = RULES.find(({ name }) => name === alert.rule);
  return {
    ...alert,
    title: rule?.title ?? alert.rule,
    severity: rule?.severity ?? 'warning',
    unit: rule?.unit ?? 'count',
    limit: rulesOf(settings).find(({ name }) => name === alert.rule)?.limit ?? null,
    since: iso(alert.since),
    firedAt: iso(alert.firedAt),
    resolvedAt: iso(alert.resolvedAt),
    evaluatedAt: iso(alert.evaluatedAt),
    silencedUntil: iso(alert.silencedUntil),
    runbook: runbookOf(settings, alert.rule),
  };
}
