/** The alert rules elsewhere: as Prometheus, Datadog and Grafana are given them, and as the documentation tells them. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { datadogMonitors, grafanaDashboard, prometheusRules } from '../../src/alerts/index.js';
import type { DatadogMonitor } from '../../src/alerts/datadog-monitors.js';
import { alertName } from '../../src/alerts/prometheus-rules.js';
import { metricsOf } from '../../src/alerts/rule.js';
import { RULES } from '../../src/alerts/rule-list.js';
import { prometheusName } from '../../src/kernel/index.js';
import { CHANNELS } from '../../src/providers/index.js';

const ROOT = join(import.meta.dirname, '../..');
const TESTS = 'deploy/prometheus/alerts.test.yml';
const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');

/** The names in docs/metrics.md, which another test compares with those that there are. */
const documented = new Set(
  [...read('docs/metrics.md').matchAll(/^\| `([^`]+)`\s*\| (?:counter|gauge|histogram)/gm)].flatMap(([, name = '']) =>
    name.startsWith('<channel>') ? CHANNELS.map((channel) => name.replace('<channel>', channel)) : [name],
  ),
);
const unknownIn = (names: readonly string[], known: ReadonlySet<string>): string[] =>
  names.filter((name) => !known.has(name));

describe('What is in deploy/', () => {
  test.each([
    ['deploy/prometheus/alerts.yml', prometheusRules],
    ['deploy/datadog/monitors.json', datadogMonitors],
    ['deploy/grafana/dashboards/callboard.json', grafanaDashboard],
  ])('is fresh: %s', (path, content) => {
    expect(read(path)).toBe(content());
  });

  test('names no metric that there is not', () => {
    const inPrometheus = new Set([...documented].map(prometheusName));
    const expressions = [
      prometheusRules(),
      ...[...grafanaDashboard().matchAll(/"expr": "(.*)"/g)].map(([, expression = '']) => expression),
    ];
    const named = expressions.flatMap((text) =>
      [...text.matchAll(/\b(?:callboard|email|sms|mms|whatsapp|voice|webhook|http)_\w+/g)].map(([name]) =>
        name.replace(/_(bucket|count)$/, ''),
      ),
    );
    expect(named.length).toBeGreaterThan(100);
    expect(unknownIn(named, inPrometheus)).toEqual([]);

    const monitors = JSON.parse(datadogMonitors()) as DatadogMonitor[];
    const inDatadog = monitors.flatMap(({ query }) =>
      [...query.matchAll(/\b(?:max|sum|count(?:\(v: v>\d+\))?):([\w.]+)\{/g)].map(([, name = '']) => name),
    );
    expect(inDatadog.length).toBeGreaterThanOrEqual(monitors.length);
    expect(unknownIn(inDatadog, documented)).toEqual([]);
    expect(unknownIn(RULES.flatMap(metricsOf), documented)).toEqual([]);
  });

  test('has each rule for Prometheus and for Datadog', () => {
    const alerts = new Set([...prometheusRules().matchAll(/- alert: (\w+)/g)].map(([, name = '']) => name));
    expect(alerts).toEqual(new Set(['CallboardDown', ...RULES.map(({ name }) => alertName(name))]));
    const monitors = JSON.parse(datadogMonitors()) as DatadogMonitor[];
    const watched = new Set(monitors.flatMap(({ tags }) => tags.filter((tag) => tag.startsWith('rule:'))));
    expect(watched).toEqual(new Set(RULES.map(({ name }) => `rule:${name}`)));
  });
});

describe('The unit tests of the Prometheus rules', () => {
  /** promtool passes without the file that the tests are of, and without a test of an alert. */
  test('are of that file, and have each alert fire once, and once not', () => {
    const tests = read(TESTS);
    expect(tests).toContain('rule_files: [alerts.yml]');
    const expected = [...tests.matchAll(/alertname: (\w+)\n\s+eval_time: \w+\n\s+exp_alerts:( \[\])?\n/g)];
    const names = (fires: boolean): string[] =>
      expected.filter(([, , none]) => (none === undefined) === fires).map(([, name = '']) => name);
    const alerts = ['CallboardDown', ...RULES.map(({ name }) => alertName(name))].toSorted();
    expect(names(true).toSorted()).toEqual(alerts);
    expect(names(false).toSorted()).toEqual(alerts);
  });

  const hasPromtool = spawnSync('promtool', ['--version']).status === 0;
  (hasPromtool ? test : test.skip)('pass, where there is a promtool to run them', () => {
    const run = spawnSync('promtool', ['test', 'rules', TESTS], { cwd: ROOT, encoding: 'utf8' });
    expect({ status: run.status, output: run.stdout + run.stderr }).toMatchObject({ status: 0 });
  });
});

describe('The documentation', () => {
  const inWords = (seconds: number): string => {
    if (seconds === 0) return 'at once';
    if (seconds < 120) return `${seconds} s`;
    return seconds < 3_600 ? `${seconds / 60} min` : `${seconds / 3_600} h`;
  };

  test('tells each rule, how long it has to be wrong, and how long well', () => {
    const rows = [
      ...read('docs/alerts.md').matchAll(/^\| `([a-z-]+)`\s*\| [^|]+\| ([^|]+?)\s*\| ([^|]+?)\s*\|$/gm),
    ].map(([, name, hold, clear]) => [name, hold, clear]);
    expect(rows).toEqual(
      RULES.map(({ name, holdSeconds, clearSeconds }) => [name, inWords(holdSeconds), inWords(clearSeconds)]),
    );
  });

  test('has a runbook of each rule, and of no other', () => {
    const sections = [...read('docs/runbooks.md').matchAll(/^## (.+)$/gm)].map(([, name = '']) => name);
    expect(sections).toEqual(RULES.map(({ name }) => name));
  });
});
