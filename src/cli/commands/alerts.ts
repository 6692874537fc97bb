/** `alerts`: what is wrong, what is watched, and what nobody is told of for a time. */
import { countOf, JSON_ANSWER, LISTED, printDone, printList, printRows, type Column } from '../answers.js';
import { command, type CliCommand } from '../command-line.js';
import { connect } from '../connection.js';

type Unit = 'count' | 'share' | 'seconds';

interface Alert {
  readonly id: string;
  readonly rule: string;
  readonly severity: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly state: string;
  readonly value: number;
  readonly limit: number | null;
  readonly unit: Unit;
  readonly since: string;
  readonly silencedUntil: string | null;
  readonly runbook: string;
}

interface Rule {
  readonly name: string;
  readonly severity: string;
  readonly state: string;
  readonly wrong: 'above' | 'below';
  readonly limit: number;
  readonly unit: Unit;
  readonly runbook: string;
}

const ALERTS_COLUMNS: readonly Column<Alert>[] = [
  { title: 'ID', of: ({ id }) => id },
  { title: 'STATE', of: ({ state }) => state },
  { title: 'SEVERITY', of: ({ severity }) => severity },
  { title: 'RULE', of: ({ rule }) => rule },
  { title: 'OF', of: ({ labels }) => Object.values(labels).join(' ') || null },
  { title: 'VALUE', of: ({ value, unit }) => amountOf(value, unit) },
  { title: 'LIMIT', of: ({ limit, unit }) => (limit === null ? null : amountOf(limit, unit)) },
  { title: 'SINCE', of: ({ since }) => since },
  { title: 'SILENT UNTIL', of: ({ silencedUntil }) => silencedUntil },
  { title: 'RUNBOOK', of: ({ runbook }) => runbook },
];

const RULES_COLUMNS: readonly Column<Rule>[] = [
  { title: 'RULE', of: ({ name }) => name },
  { title: 'STATE', of: ({ state }) => state },
  { title: 'SEVERITY', of: ({ severity }) => severity },
  { title: 'WRONG', of: ({ wrong, limit, unit }) => `${wrong} ${amountOf(limit, unit)}` },
  { title: 'RUNBOOK', of: ({ runbook }) => runbook },
];

function amountOf(value: number, unit: Unit): string {
  const digits = { maximumFractionDigits: 1 };
  if (unit === 'share') return `${(value * 100).toLocaleString('en', digits)} %`;
  return `${value.toLocaleString('en', digits)}${unit === 'seconds' ? ' s' : ''}`;
}

const LIST = command({
  name: 'alerts list',
  summary: 'lists what is wrong, and what was in the last 90 days, newest first',
  options: {
    state: { type: 'string', oneOf: ['pending', 'firing', 'resolved'], meaning: 'firing: what is wrong now' },
    rule: { type: 'string', meaning: 'only of this rule, as `alerts rules` shows it' },
    ...LISTED,
  },
  examples: ['alerts list --state firing', 'alerts list --rule messages-in-doubt --json'],
  async run({ state, rule, ...listed }, context) {
    const ask = { api: await connect(context), path: '/api/alerts', query: { state, rule } };
    return printList(context, listed, ask, ALERTS_COLUMNS);
  },
});

const RULES = command({
  name: 'alerts rules',
  summary: 'lists what is watched, with its limits and how it stands',
  options: JSON_ANSWER,
  examples: ['alerts rules'],
  async run({ json }, context) {
    const answer = await (await connect(context)).get<{ readonly items: readonly Rule[] }>('/api/alerts/rules');
    if (json) context.say(JSON.stringify(answer, null, 2));
    else printRows(context, answer.items, RULES_COLUMNS);
    return 0;
  },
});

const ONE = { alert: 'id of the alert, as `alerts list` shows it' } as const;

const SILENCE = command({
  name: 'alerts silence',
  summary: 'has nobody told of an alert’s rule and labels for a time',
  details: 'It is still looked at and listed. What fires when the time is over is told then.',
  arguments: ONE,
  options: {
    minutes: { type: 'string', value: 'number', meaning: 'for how long; by default 60' },
    reason: { type: 'string', required: true, meaning: 'why, for the others who run this' },
    ...JSON_ANSWER,
  },
  examples: ['alerts silence $ALERT --minutes 120 --reason "The provider works on it"'],
  async run({ alert, minutes, reason, json }, context) {
    const body = { minutes: countOf('minutes', minutes, 60), reason };
    const silenced = await (await connect(context)).post<Alert>(pathOf(alert), body);
    return printDone(context, silenced, json, `Nobody is told of ${silenced.rule} until ${silenced.silencedUntil}.`);
  },
});

const UNSILENCE = command({
  name: 'alerts unsilence',
  summary: 'has people told of an alert again',
  arguments: ONE,
  options: JSON_ANSWER,
  examples: ['alerts unsilence $ALERT'],
  async run({ alert, json }, context) {
    const answer = await (await connect(context)).delete<Alert>(pathOf(alert));
    return printDone(context, answer, json, `People are told of ${answer.rule} again.`);
  },
});

const pathOf = (alert: string): string => `/api/alerts/${encodeURIComponent(alert)}/silence`;

export const ALERTS: readonly CliCommand[] = [LIST, RULES, SILENCE, UNSILENCE];
