/** Formats the findings for people. */
import { isReached, type Finding } from './findings.js';
import type { Machine } from './machine.js';
import { median } from './statistics.js';

export function resultsTable(findings: readonly Finding[]): string {
  const head = ['measure', 'ours (spread)', 'baseline (spread)', 'ratio (spread)', 'wanted', ''];
  return grid([head, ...findings.map(rowOf)]);
}

/** The cost of one message or request, of ours and of the baselines; the same work is listed once. */
export function costsTable(findings: readonly Finding[]): string {
  const rows = findings.flatMap(({ name, ours, baseline }) =>
    [ours, baseline].flatMap((one) => {
      if (!one?.cost) return [];
      const { service, database } = one.cost;
      return [[name.split(',', 1)[0] ?? '', one.of, micros(service), micros(database)]];
    }),
  );
  const once = [...new Map(rows.map((row) => [row.join(), row])).values()];
  return once.length === 0 ? '' : grid([['CPU of one', 'by', 'process', 'PostgreSQL'], ...once]);
}

const micros = (value: number | undefined): string => (value === undefined ? '' : `${number(value)} µs`);

/** Columns under their heads, with a line between. */
function grid(rows: readonly (readonly string[])[]): string {
  const [head = []] = rows;
  const widths = head.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const pad = (cell: string, column: number): string => cell.padEnd(widths[column] ?? 0);
  const [first, ...others] = rows.map((row) => row.map(pad).join('  ').trimEnd());
  return [first, widths.map((width) => '-'.repeat(width)).join('  '), ...others].join('\n');
}

export function describe({ cores, cpu, memoryGb, node, postgres, redis, load }: Machine): string {
  const stores = `PostgreSQL ${postgres}, ${redis === undefined ? 'no Redis' : `Redis ${redis}`}`;
  return `${cores} cores (${cpu}), ${memoryGb} GB, load ${load}, Node ${node}, ${stores}`;
}

function rowOf(finding: Finding): string[] {
  const { name, unit, ours, baseline, result, spread, wanted } = finding;
  const reached = isReached(finding);
  return [
    name,
    `${series(ours.values)} ${unit}`,
    baseline === undefined ? '' : `${series(baseline.values)} ${unit}`,
    baseline === undefined ? '' : `${number(result)} (${spread.map(number).join('–')})`,
    wanted === undefined ? '' : 'atLeast' in wanted ? `≥ ${number(wanted.atLeast)}` : `≤ ${number(wanted.atMost)}`,
    reached === undefined ? '' : reached ? 'reached' : 'not reached',
  ];
}

const series = (values: readonly number[]): string =>
  values.length === 1
    ? number(median(values))
    : `${number(median(values))} (${number(Math.min(...values))}–${number(Math.max(...values))})`;

/** Three significant digits. */
function number(value: number): string {
  if (Math.abs(value) >= 100) return Math.round(value).toLocaleString('en-US');
  return String(Number(value.toPrecision(value < 1 ? 2 : 3)));
}
