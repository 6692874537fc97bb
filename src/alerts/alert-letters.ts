/** What the operator is told of an alert. */
import type { Letter, NewNotice } from '../notices/index.js';
import type { StoredAlert } from './alert-store.js';
import type { AlertRule, LabelSet, Unit } from './rule.js';

const NOBODY: NewNotice['targets'] = { emails: [], url: null, language: 'en' };

/** An alert, what it is measured by, and where to read on. */
export interface ToldAlert {
  readonly alert: StoredAlert;
  readonly rule: AlertRule;
  /** Null: there is nothing to measure any more. */
  readonly value: number | null;
  readonly runbook: string;
}

/** It fires, or still does. There is one of each time that people are told. */
export const firingNotice = (told: ToldAlert): NewNotice => ({
  ...noticeOf(told),
  kind: 'alert.firing',
  subject: `${told.alert.id} ${told.alert.told + 1}`,
  letters: { en: letterOf(told, told.alert.told === 0 ? 'Alert' : 'Still an alert') },
});

/** It is over. */
export const resolvedNotice = (told: ToldAlert): NewNotice => ({
  ...noticeOf(told),
  kind: 'alert.resolved',
  subject: told.alert.id,
  letters: { en: letterOf(told, 'Over') },
});

const noticeOf = ({ alert, rule, value, runbook }: ToldAlert): Omit<NewNotice, 'kind' | 'subject' | 'letters'> => ({
  tenantId: null,
  payload: {
    alertId: alert.id,
    rule: rule.name,
    title: rule.title,
    severity: rule.severity,
    labels: alert.labels,
    value,
    limit: rule.limit,
    unit: rule.unit,
    since: alert.since.toISOString(),
    reminders: alert.told,
    runbook,
  },
  targets: NOBODY,
  toOperator: true,
});

function letterOf({ alert, rule, value, runbook }: ToldAlert, word: string): Letter {
  const about = namesOf(alert.labels);
  return {
    subject: `${word}: ${rule.title}${about && ` (${about})`}`,
    blocks: [
      `${rule.what}: ${value === null ? 'nothing to measure' : writtenValue(value, rule.unit)}. The limit is ${writtenValue(rule.limit, rule.unit)}. Wrong since ${alert.since.toISOString()}.`,
      `What to do: ${runbook}`,
      `Silence it: POST /api/alerts/${alert.id}/silence`,
    ],
  };
}

/** The values of labels, in their order: `sms, twilio`. */
const namesOf = (labels: LabelSet): string => Object.values(labels).join(', ');

/** As people read it. */
export function writtenValue(value: number, unit: Unit): string {
  if (unit === 'share') return `${(value * 100).toFixed(1)} %`;
  return unit === 'seconds' ? `${Math.round(value)} s` : String(Math.round(value));
}
