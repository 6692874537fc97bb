/** The alert rules as Datadog has them: deploy/datadog/monitors.json, each element a monitor of its API. Pure. */
import {
  metricsNamed,
  type AlertRule,
  type Counted,
  type CountedMeasure,
  type GaugeMeasure,
  type LabelSet,
} from './rule.js';
import { RULES } from './rule-list.js';

export interface DatadogMonitor {
  readonly name: string;
  readonly type: 'query alert';
  readonly query: string;
  readonly message: string;
  readonly tags: readonly string[];
  readonly options: {
    readonly thresholds: { readonly critical: number; readonly critical_recovery?: number };
    readonly notify_no_data: false;
    readonly renotify_interval: number;
  };
}

/** Minutes that Datadog has windows of. */
const WINDOWS = [1, 5, 10, 15, 30, 60];
const REMINDED_AFTER_MIN = 240;

/** The whole file. */
export const datadogMonitors = (): string => `${JSON.stringify(RULES.flatMap(monitorsOf), null, 2)}\n`;

function monitorsOf(rule: AlertRule): DatadogMonitor[] {
  const { measure } = rule;
  if (measure.kind === 'gauge') return [monitorOf(rule, gauge(measure), window(rule, held(rule)), {})];
  const [first] = measure.part;
  return metricsNamed(first?.metric ?? '').map(({ labels }) => {
    const part = summed(measure.part, measure, labels);
    const value = measure.kind === 'count' ? part : `(${part}) / (${summed(measure.whole, measure, labels)})`;
    return monitorOf(rule, value, `sum(last_${measure.minutes}m)`, labels);
  });
}

function monitorOf(rule: AlertRule, value: string, over: string, labels: LabelSet): DatadogMonitor {
  const { name, title, what, severity, wrong, limit, clearShare } = rule;
  const about = Object.values(labels).join(', ');
  return {
    name: `Callboard: ${title}${about && ` (${about})`}`,
    type: 'query alert',
    query: `${over}:${value} ${wrong === 'above' ? '>' : '<'} ${limit}`,
    message: `${what}. What to do: docs/runbooks.md#${name}`,
    tags: ['service:callboard', `rule:${name}`, `severity:${severity}`],
    options: {
      thresholds: { critical: limit, ...(clearShare < 1 && limit > 0 && { critical_recovery: limit * clearShare }) },
      notify_no_data: false,
      renotify_interval: REMINDED_AFTER_MIN,
    },
  };
}

/** All of the window is on the wrong side. */
const window = ({ wrong }: AlertRule, minutes: number): string =>
  `${wrong === 'above' ? 'min' : 'max'}(last_${minutes === 60 ? '1h' : `${minutes}m`})`;

const held = ({ holdSeconds }: AlertRule): number => WINDOWS.find((minutes) => minutes * 60 >= holdSeconds) ?? 60;

/** Every process says the same, so the highest is taken. */
function gauge({ metric, by, over, without = {} }: GaugeMeasure): string {
  const unwanted = Object.entries(without).map(([label, value]) => `!${label}:${value}`);
  if (!over) return `max:${metric}{${unwanted.join(',') || '*'}}${byTags(by)}`;
  return Object.entries(over)
    .flatMap(([label, values]) => values.map((value) => `max:${metric}{${label}:${value}}${byTags(by)}`))
    .join(' + ');
}

function summed(all: readonly Counted[], { by }: CountedMeasure, channel: LabelSet): string {
  return all
    .map(({ metric: name, where = {}, aboveSeconds }) => {
      const metric = metricsNamed(name).find(({ labels }) => labels['channel'] === channel['channel'])?.metric ?? name;
      const wanted = Object.entries(where).map(([label, value]) => `${label}:${value}`);
      const tags = `{${wanted.join(',') || '*'}}${byTags(by)}.as_count()`;
      if (aboveSeconds === undefined) return `default_zero(sum:${metric}${tags})`;
      return aboveSeconds === 0 ? `count:${metric}${tags}` : `count(v: v>${aboveSeconds}):${metric}${tags}`;
    })
    .join(' + ');
}

const byTags = (labels: readonly string[]): string => (labels.length > 0 ? ` by {${labels.join(',')}}` : '');
