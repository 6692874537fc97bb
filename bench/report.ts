/** Prints what was found, for people. */
import { isReached, type Finding } from './findings.js';
import type { Machine } from './machine.js';
import { median } from './statistics.js';

const COLUMNS = ['measure', 'ours (spread)', 'baseline (spread)', 'ratio (spread)', 'wanted', ''] as const;

export function table(findings: readonly Finding[]): string {
  const rows = [[...COLUMNS], ...findings.map(rowOf)];
  const widths = COLUMNS.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const lines = rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
  const rule = widths.map((width) => '-'.repeat(width)).join('  ');
  const notes = findings.flatMap(({ name, note }) => (note === undefined ? [] : [`${name}: ${note}`]));
  return [lines[0], rule, ...lines.slice(1), '', ...notes].join('\n');
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

/** Three figures that matter. */
function number(value: number): string {
  if (Math.abs(value) >= 100) return Math.round(value).toLocaleString('en-US');
  return String(Number(value.toPrecision(value < 1 ? 2 : 3)));
}
