/** Prints the results of runs. */
import { VIOLATIONS, hasViolations, type Report } from './run.js';
import { ODD_VIOLATIONS, type OddRun } from './odd.js';
import type { Storm } from './storm.js';

export function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

export function printRun(report: Report, verbose: boolean, again: string): void {
  const { plan, verdict, actions, stops, late, seconds } = report;
  const failed = hasViolations(report);
  const parts = [
    `seed ${plan.seed}`,
    plan.queue,
    `${Math.round(seconds)} s`,
    summaryOf([report]),
    `unknown ${verdict.unknown}${verdict.unknown > 0 ? ` (${reasonsOf([report])})` : ''}`,
  ];
  say(
    `${failed ? 'FAIL' : 'ok  '}  ${parts.join('  ')}  ${stops} STOPs  ${actions.length} actions  ${late} late reports`,
  );
  if (verbose || failed) {
    say(`      taken: ${countsOf(verdict.takenBy)}`);
    if (verdict.wrong.length > 0) say(`      wrong: ${countsOf(verdict.wrong)}`);
    say(`      ${actions.join(', ')}`);
  }
  if (failed) say(`      again: ${again}`);
}

/** Prints the totals of all runs of a queue. */
export function printTotals(reports: readonly Report[]): void {
  for (const [queue, runs] of Map.groupBy(reports, ({ plan }) => plan.queue)) {
    if (runs.length < 2) continue;
    const sum = (value: (report: Report) => number): number => runs.reduce((total, run) => total + value(run), 0);
    const unknown = sum(({ verdict }) => verdict.unknown);
    const share = ((100 * unknown) / sum(({ verdict }) => verdict.messages)).toFixed(2);
    const minutes = Math.round(sum(({ seconds }) => seconds) / 60);
    say(`all   ${runs.length} runs  ${queue}  ${minutes} min  ${summaryOf(runs)}  unknown ${unknown} (${share} %)`);
    const others = [`${sum(({ stops }) => stops)} STOPs`, `${sum(({ late }) => late)} late reports`];
    if (unknown > 0) say(`      ${reasonsOf(runs)}`);
    say(`      ${[...others, ...countedActions(runs)].join(', ')}`);
  }
}

export function printStorm(queue: string, { clean, stormy }: Storm): void {
  for (const [name, { messages, seconds, unknown, verdict }] of Object.entries({ calm: clean, storm: stormy })) {
    const rate = Math.round(messages / seconds);
    const share = ((100 * unknown) / messages).toFixed(2);
    say(
      `${name.padEnd(6)}${queue}  ${messages} messages in ${Math.round(seconds)} s: ${rate} a second  unknown ${share} %`,
    );
    if (verdict.unknown !== unknown) say(`      unknown ${verdict.unknown} after the providers were asked`);
    say(`      ${VIOLATIONS.map((violation) => `${violation} ${verdict[violation]}`).join(', ')}`);
  }
}

export function printOdd(queue: string, result: OddRun): void {
  const { seed, good, odd, longestMs } = result;
  const isGood = ODD_VIOLATIONS.every((violation) => result[violation] === 0);
  const counts = ODD_VIOLATIONS.map((violation) => `${violation} ${result[violation]}`).join(', ');
  say(
    `${isGood ? 'ok  ' : 'FAIL'}  seed ${seed}  ${queue}  ${good} messages and ${odd} odd ones: ${counts}  longest wait ${longestMs} ms`,
  );
}

const reasonsOf = (runs: readonly Report[]): string => countsOf(runs.flatMap(({ verdict }) => verdict.unknownBy));

const countsOf = (names: readonly string[]): string =>
  counted(names)
    .map(([name, count]) => `${name} ${count}`)
    .join(', ');

function summaryOf(runs: readonly Report[]): string {
  const sum = (field: 'messages' | 'taken' | (typeof VIOLATIONS)[number]): number =>
    runs.reduce((total, { verdict }) => total + verdict[field], 0);
  return `${sum('messages')} messages, ${sum('taken')} taken: lost ${sum('lost')}, duplicated ${sum('duplicated')}, after STOP ${sum('afterStop')}, usage off by ${sum('usageOff')}, money by ${sum('moneyOff')}`;
}

function countedActions(runs: readonly Report[]): string[] {
  const actions = counted(runs.flatMap((run) => run.actions));
  return actions.map(([action, count]) => `${count} x ${action}`).toSorted();
}

const counted = (names: readonly string[]): [string, number][] =>
  [...Map.groupBy(names, (name) => name)].map(([name, { length }]) => [name, length]);
