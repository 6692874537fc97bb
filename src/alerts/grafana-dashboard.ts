/** What there is to see of Callboard on one page: deploy/grafana/dashboards/callboard.json. Pure. */
import { prometheusName } from '../kernel/index.js';
import { CHANNELS } from '../tenants/index.js';

interface Panel {
  readonly title: string;
  readonly unit: 'short' | 's' | 'percentunit' | 'ops';
  readonly queries: readonly (readonly [expression: string, legend: string])[];
}

const WIDTH = 8;
const HEIGHT = 8;
const PER_ROW = 3;

const rate = (metric: string, by: string): string => `sum by (${by}) (rate(${prometheusName(metric)}[5m]))`;
const gauge = (metric: string, by = ''): string => `max${by && ` by (${by})`} (${prometheusName(metric)})`;
const p95 = (metric: string, by: string): string =>
  `histogram_quantile(0.95, sum by (le, ${by}) (rate(${prometheusName(metric)}_bucket[5m])))`;
const ofChannels = (query: (channel: string) => string): Panel['queries'] =>
  CHANNELS.map((channel) => [query(channel), `${channel} {{provider}}`] as const);

const PANELS: readonly Panel[] = [
  {
    title: 'Alerts that fire',
    unit: 'short',
    queries: [[`${gauge('callboard.firing_alerts', 'rule')} > 0`, '{{rule}}']],
  },
  { title: 'Workers', unit: 'short', queries: [[gauge('callboard.workers', 'role'), '{{role}}']] },
  {
    title: 'Sent, by provider',
    unit: 'ops',
    queries: ofChannels((channel) => rate(`${channel}.sent.total`, 'provider')),
  },
  {
    title: 'Failed, by code',
    unit: 'ops',
    queries: CHANNELS.map((channel) => [rate(`${channel}.failed.total`, 'code'), `${channel} {{code}}`] as const),
  },
  {
    title: 'Reached nobody, by code',
    unit: 'ops',
    queries: CHANNELS.map((channel) => [rate(`${channel}.undelivered.total`, 'code'), `${channel} {{code}}`] as const),
  },
  {
    title: 'A call to a provider takes (95 %)',
    unit: 's',
    queries: ofChannels((channel) => p95(`${channel}.send.duration`, 'provider')),
  },
  {
    title: 'Messages that wait',
    unit: 'short',
    queries: [[gauge('callboard.waiting_messages', 'channel, category'), '{{channel}} {{category}}']],
  },
  {
    title: 'The oldest that could leave, without marketing',
    unit: 's',
    queries: [[gauge('callboard.oldest_urgent_seconds', 'channel'), '{{channel}}']],
  },
  {
    title: 'In doubt, and reports that wait',
    unit: 'short',
    queries: [
      [gauge('callboard.doubts'), 'in doubt'],
      [gauge('callboard.waiting_reports'), 'reports'],
    ],
  },
  {
    title: 'Open circuit breakers',
    unit: 'short',
    queries: [[gauge('callboard.resting_lanes', 'provider, reason'), '{{provider}} {{reason}}']],
  },
  {
    title: 'Webhooks that were refused',
    unit: 'ops',
    queries: [[rate('webhook.rejected.total', 'provider, reason'), '{{provider}} {{reason}}']],
  },
  {
    title: 'A webhook takes (95 %)',
    unit: 's',
    queries: [[p95('webhook.duration', 'step'), '{{step}}']],
  },
  {
    title: 'Lag of those who take events',
    unit: 's',
    queries: [[gauge('callboard.event_consumer_lag_seconds', 'consumer'), '{{consumer}}']],
  },
  {
    title: 'Automations: events and runs that are late',
    unit: 's',
    queries: [
      [gauge('callboard.oldest_event_seconds'), 'events'],
      [gauge('callboard.run_lateness_seconds'), 'runs'],
    ],
  },
  {
    title: 'Schedules that fail',
    unit: 'ops',
    queries: [[rate('callboard.schedule_failures_total', 'schedule'), '{{schedule}}']],
  },
  {
    title: 'Requests that fail',
    unit: 'ops',
    queries: [['sum by (route) (rate(http_request_duration_seconds_count{status=~"5.."}[5m]))', '{{route}}']],
  },
  {
    title: 'A request takes (95 %)',
    unit: 's',
    queries: [[p95('http.request_duration_seconds', 'route'), '{{route}}']],
  },
  {
    title: 'Connections to the database',
    unit: 'short',
    queries: [['sum by (state) (callboard_database_connections)', '{{state}}']],
  },
];

/** The whole file. */
export const grafanaDashboard = (): string =>
  `${JSON.stringify(
    {
      uid: 'callboard',
      title: 'Callboard',
      tags: ['callboard'],
      timezone: 'browser',
      schemaVersion: 41,
      refresh: '30s',
      time: { from: 'now-3h', to: 'now' },
      panels: PANELS.map(panelOf),
    },
    null,
    2,
  )}\n`;

const panelOf = ({ title, unit, queries }: Panel, place: number): object => ({
  id: place + 1,
  type: 'timeseries',
  title,
  datasource: { type: 'prometheus', uid: 'prometheus' },
  gridPos: { x: (place % PER_ROW) * WIDTH, y: Math.floor(place / PER_ROW) * HEIGHT, w: WIDTH, h: HEIGHT },
  fieldConfig: { defaults: { unit, min: 0 }, overrides: [] },
  options: { legend: { displayMode: 'list', placement: 'bottom' }, tooltip: { mode: 'multi' } },
  targets: queries.map(([expr, legendFormat], query) => ({
    refId: 'ABCDEFGHIJ'.charAt(query),
    expr,
    legendFormat,
  })),
});
