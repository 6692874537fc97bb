/** The alert rules as Prometheus has them: deploy/prometheus/alerts.yml. Pure. */
import { prometheusName } from '../kernel/index.js';
import {
  metricsNamed,
  type AlertRule,
  type Counted,
  type CountedMeasure,
  type GaugeMeasure,
  type LabelSet,
} from './rule.js';
import { RULES } from './rule-list.js';

const HEAD = `# Written by \`npm run generate\` from src/alerts/rule-list.ts: change the rules there.
groups:
  - name: callboard
    rules:
      - alert: CallboardDown
        expr: absent(up{job="callboard"} == 1)
        for: 1m
        labels:
          severity: critical
        annotations:
          summary: No process of Callboard answers
          runbook: docs/runbooks.md#no-worker
`;

/** The whole file. */
export const prometheusRules = (): string => HEAD + RULES.flatMap(alertsOf).join('');

/** `failure-rate` is `CallboardFailureRate`. */
export const alertName = (rule: string): string =>
  `Callboard${rule
    .split('-')
    .map((word) => word.slice(0, 1).toUpperCase() + word.slice(1))
    .join('')}`;

/** One; or one of each channel, where its metrics are. */
function alertsOf(rule: AlertRule): string[] {
  const { measure } = rule;
  if (measure.kind === 'gauge') return [alertOf(rule, compared(rule, gauge(measure)), {})];
  const [first] = measure.part;
  return metricsNamed(first?.metric ?? '').map(({ labels }) => {
    const part = summed(measure.part, measure, labels);
    if (measure.kind === 'count') return alertOf(rule, compared(rule, part), labels);
    const whole = summed(measure.whole, measure, labels);
    const share = compared(rule, `${part}\n/\n${whole}`);
    return alertOf(rule, `${share}\nand\n${whole} >= ${measure.least}`, labels);
  });
}

function alertOf(rule: AlertRule, expression: string, labels: LabelSet): string {
  const { name, title, what, severity, holdSeconds, clearSeconds } = rule;
  const cause = RULES.find((other) => other.name === rule.unless);
  const whole =
    cause?.measure.kind === 'gauge'
      ? `${expression}\nunless on ()\n${compared(cause, gauge(cause.measure))}`
      : expression;
  const lines = [
    `- alert: ${alertName(name)}`,
    '  expr: |-',
    ...whole.split('\n').map((line) => `    ${line}`),
    ...(holdSeconds > 0 ? [`  for: ${holdSeconds}s`] : []),
    `  keep_firing_for: ${clearSeconds}s`,
    '  labels:',
    `    severity: ${severity}`,
    ...Object.entries(labels).map(([label, value]) => `    ${label}: ${value}`),
    '  annotations:',
    `    summary: ${title}`,
    `    description: '${what}: {{ $value }}'`,
    `    runbook: docs/runbooks.md#${name}`,
  ];
  return lines.map((line) => `      ${line}\n`).join('');
}

const compared = ({ wrong, limit }: AlertRule, expression: string): string =>
  `${expression} ${wrong === 'above' ? '>' : '<'} ${limit}`;

/** Every process says the same, so one of them is taken. */
function gauge({ metric, by, over = {}, without = {} }: GaugeMeasure): string {
  const unwanted = Object.entries(without).map(([label, value]) => `${label}!="${value}"`);
  const one = `max${byLabels([...by, ...Object.keys(over)])} (${prometheusName(metric)}${selector(unwanted)})`;
  return Object.keys(over).length === 0 ? one : `sum${byLabels(by)} (${one})`;
}

/** Those of all processes, within the window. A metric that has no series yet counts for nothing. */
function summed(all: readonly Counted[], { by, minutes }: CountedMeasure, channel: LabelSet): string {
  const grown = (series: string): string => `increase(${series}[${minutes}m])`;
  const terms = all.map(({ metric: name, where = {}, aboveSeconds }) => {
    const metric = metricsNamed(name).find(({ labels }) => labels['channel'] === channel['channel'])?.metric ?? name;
    const wanted = Object.entries(where).map(([label, value]) => `${label}="${value}"`);
    if (aboveSeconds === undefined)
      return { metric, expression: grown(`${prometheusName(metric)}${selector(wanted)}`) };
    const total = `sum${byLabels(by)} (${grown(`${prometheusName(metric)}_count`)})`;
    const below = `sum${byLabels(by)} (${grown(`${prometheusName(metric)}_bucket{le="${aboveSeconds}"}`)})`;
    return { metric, expression: aboveSeconds === 0 ? total : `${total} - ${below}` };
  });
  if (terms.length === 1) return `sum${byLabels(by)} (${terms.map(({ expression }) => expression).join('')})`;
  // Without a label of their own, series of two metrics that are alike would be one.
  const told = terms.map(({ metric, expression }) => `label_replace(${expression}, "of", "${metric}", "", "")`);
  return `sum${byLabels(by)} (\n  ${told.join('\n  or ')}\n)`;
}

const byLabels = (labels: readonly string[]): string => (labels.length > 0 ? ` by (${labels.join(', ')})` : '');
const selector = (matchers: readonly string[]): string => (matchers.length > 0 ? `{${matchers.join(', ')}}` : '');
