/** `npm run chaos`: breaks everything by a seed while a tenant sends, and proves that nothing was lost, doubled or miscounted. */
import { parseArgs } from 'node:util';
import { Monkey } from './monkey.js';
import { judge, settle, type Verdict } from './oracle.js';
import { Stage, type QueueKind } from './stage.js';
import { Story } from './story.js';

const { values: options } = parseArgs({
  allowPositionals: true, // the command's own name
  options: {
    seed: { type: 'string', default: '1' },
    runs: { type: 'string', default: '3' },
    messages: { type: 'string', default: '2000' },
    campaign: { type: 'string' },
    queue: { type: 'string', default: 'postgres' },
    verbose: { type: 'boolean', default: false },
  },
});

/** All that a run may be accused of. */
const CRIMES = ['lost', 'duplicated', 'afterStop', 'usageOff'] as const;

const queues: readonly QueueKind[] = options.queue === 'both' ? ['postgres', 'redis'] : [queueOf(options.queue)];
const [first, runs, size] = [options.seed, options.runs, options.messages].map(countOf) as [number, number, number];
/** Half of all, unless told otherwise. */
const readers = countOf(options.campaign ?? String(Math.floor(size / 2)));
const singles = options.campaign === undefined ? size - readers : size;
let failures = 0;
for (const queue of queues) {
  for (let seed = first; seed < first + runs; seed += 1) {
    const started = performance.now();
    const { verdict, deeds, stops } = await run(queue, seed);
    const guilty = CRIMES.filter((crime) => verdict[crime] > 0);
    const seconds = Math.round((performance.now() - started) / 1_000);
    say(
      `${guilty.length === 0 ? 'ok  ' : 'FAIL'}  seed ${seed}  ${queue}  ${seconds} s  ${told(verdict)}  ${stops} STOPs  ${deeds.length} deeds`,
    );
    if (options.verbose || guilty.length > 0) say(`      ${deeds.join(', ')}`);
    if (guilty.length > 0) {
      failures += 1;
      say(
        `      again: npm run chaos -- --seed ${seed} --runs 1 --messages ${size}${options.campaign === undefined ? '' : ` --campaign ${readers}`} --queue ${queue}`,
      );
    }
  }
}
say(failures === 0 ? 'Nothing lost, doubled, sent after STOP or miscounted.' : `${failures} runs failed.`);
process.exitCode = failures === 0 ? 0 : 1;

async function run(
  queue: QueueKind,
  seed: number,
): Promise<{ verdict: Verdict; deeds: readonly string[]; stops: number }> {
  const stage = await Stage.open(queue);
  try {
    const story = new Story(stage.url, seed, singles, readers);
    await story.prepare();
    const monkey = new Monkey(stage, seed, (faults) => story.client.ask('PUT', '/sandbox/faults', faults));
    const over = new AbortController();
    const rage = monkey.rage(over.signal);
    rage.catch(() => undefined); // told below
    await story.tell().finally(() => over.abort());
    await rage;
    await settle(stage, story);
    return { verdict: await judge(stage, story), deeds: monkey.deeds, stops: story.stops.length };
  } finally {
    await stage.close();
  }
}

function told({ messages, taken, lost, duplicated, afterStop, usageOff, unknown }: Verdict): string {
  return `${messages} messages, ${taken} taken: lost ${lost}, duplicated ${duplicated}, after STOP ${afterStop}, usage off by ${usageOff}, unknown ${unknown}`;
}

/** A word that is no number must not become no run at all, which would find nothing wrong. */
function countOf(text: string): number {
  if (!/^[1-9]\d*$/.test(text)) throw new Error(`"${text}" is not a number from 1`);
  return Number(text);
}

function queueOf(name: string): QueueKind {
  if (name === 'postgres' || name === 'redis') return name;
  throw new Error(`There is no queue "${name}": use postgres, redis or both`);
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
