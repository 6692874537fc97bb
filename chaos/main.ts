/** `npm run chaos`: injects faults by a seed while a tenant sends, and verifies that nothing was lost, duplicated or miscounted. */
import { parseArgs } from 'node:util';
import { printOdd, printRun, printStorm, printTotals, say } from './print.js';
import { hasViolations, run, type Plan, type Report } from './run.js';
import type { QueueKind } from './environment.js';
import { ODD_VIOLATIONS, oddOnes } from './odd.js';
import { storm } from './storm.js';

const { values: options } = parseArgs({
  allowPositionals: true, // the command's own name
  options: {
    seed: { type: 'string', default: '1' },
    runs: { type: 'string', default: '3' },
    messages: { type: 'string', default: '2000' },
    campaign: { type: 'string' },
    queue: { type: 'string', default: 'postgres' },
    'kill-every': { type: 'string' },
    storm: { type: 'boolean', default: false },
    odd: { type: 'boolean', default: false },
    verbose: { type: 'boolean', default: false },
  },
});

const queues: readonly QueueKind[] = options.queue === 'both' ? ['postgres', 'redis'] : [queueOf(options.queue)];
const [first, runs, size] = [options.seed, options.runs, options.messages].map(countOf) as [number, number, number];
/** Half of all by default. */
const readers = countOf(options.campaign ?? String(Math.floor(size / 2)));
const singles = options.campaign === undefined ? size - readers : size;
const killEveryMs = options['kill-every'] === undefined ? undefined : countOf(options['kill-every']) * 1_000;

process.exitCode = options.storm ? await storms() : options.odd ? await odds() : await seeds();

async function storms(): Promise<number> {
  for (const queue of queues) printStorm(queue, await storm(queue, first, size));
  return 0;
}

/** The exit code: 1 where anybody was late for an odd recipient. */
async function odds(): Promise<number> {
  let failed = 0;
  for (const queue of queues) {
    for (let seed = first; seed < first + runs; seed += 1) {
      const result = await oddOnes(queue, seed, size);
      printOdd(queue, result);
      if (ODD_VIOLATIONS.some((violation) => result[violation] > 0)) failed += 1;
    }
  }
  say(failed === 0 ? 'Nobody was late for an odd recipient.' : `${failed} runs failed.`);
  return failed === 0 ? 0 : 1;
}

/** The exit code: 1 where any run has violations. */
async function seeds(): Promise<number> {
  const reports: Report[] = [];
  for (const queue of queues) {
    for (let seed = first; seed < first + runs; seed += 1) {
      const plan: Plan = { queue, seed, singles, readers, killEveryMs };
      const report = await run(plan);
      reports.push(report);
      printRun(report, options.verbose, again(plan));
    }
  }
  printTotals(reports);
  const failed = reports.filter(hasViolations).length;
  say(failed === 0 ? 'Nothing lost, doubled, sent after STOP or miscounted.' : `${failed} runs failed.`);
  return failed === 0 ? 0 : 1;
}

/** The command that repeats one run. */
function again({ queue, seed }: Plan): string {
  const more = [
    ...(options.campaign === undefined ? [] : [`--campaign ${readers}`]),
    ...(killEveryMs === undefined ? [] : [`--kill-every ${killEveryMs / 1_000}`]),
  ];
  return ['npm run chaos --', `--seed ${seed} --runs 1 --messages ${size}`, ...more, `--queue ${queue}`].join(' ');
}

/** A typo must not lead to zero runs, which would find no violation. */
function countOf(text: string): number {
  if (!/^[1-9]\d*$/.test(text)) throw new Error(`"${text}" is not a number from 1`);
  return Number(text);
}

function queueOf(name: string): QueueKind {
  if (name === 'postgres' || name === 'redis') return name;
  throw new Error(`There is no queue "${name}": use postgres, redis or both`);
}
