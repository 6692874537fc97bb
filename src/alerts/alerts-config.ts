/** What a deployment changes of the alert rules. */
import type { EnvironmentReader } from '../kernel/index.js';
import type { AlertRule } from './rule.js';
import { RULES } from './rule-list.js';

export interface AlertsSettings {
  /** Limits in place of the rules' own, by the rule's name; `off`: nobody wants to know. */
  readonly limits: Readonly<Record<string, number | 'off'>>;
  /** The page of the runbooks; absent: as it lies in the repository. */
  readonly runbooks?: string;
}

export interface AlertsConfig {
  readonly alerts: AlertsSettings;
}

/** The token of the settings. */
export const ALERTS = Symbol('ALERTS');

const LIMIT = /^[a-z-]+=(\d+(\.\d+)?|off)$/;
const RUNBOOKS = 'docs/runbooks.md';

/** Reads the variables about alerts. Reports their errors. */
export function readAlerts(read: EnvironmentReader): AlertsConfig {
  const texts = read.list('ALERTS_LIMITS', LIMIT, 'a list such as failure-rate=0.1,dead-letters=off, comma-separated');
  const limits = Object.fromEntries(
    texts
      .filter((text) => LIMIT.test(text))
      .map((text) => {
        const [name = '', limit = ''] = text.split('=');
        return [name, limit === 'off' ? limit : Number(limit)] as const;
      }),
  );
  if (Object.keys(limits).some((name) => !RULES.some((rule) => rule.name === name)))
    read.complain(
      `ALERTS_LIMITS names a rule that there is not: there are ${RULES.map(({ name }) => name).join(', ')}`,
    );
  const runbooks = read.url('ALERTS_RUNBOOKS_URL', ['http:', 'https:']);
  return { alerts: { limits, ...(runbooks !== undefined && { runbooks }) } };
}

/** The rules that a deployment wants, with its limits. */
export const rulesOf = ({ limits }: AlertsSettings): AlertRule[] =>
  RULES.flatMap((rule) => {
    const limit = limits[rule.name] ?? rule.limit;
    return limit === 'off' ? [] : [{ ...rule, limit }];
  });

/** Where the runbook of a rule is. */
export const runbookOf = ({ runbooks = RUNBOOKS }: AlertsSettings, rule: string): string => `${runbooks}#${rule}`;
