/** `npm run fuzz`: every operation of the API with whatever a careless or hostile caller may send, by a seed. */
import { parseArgs } from 'node:util';
import { hasStalled, run, type Finding, type Report } from './run.js';

const { values: options } = parseArgs({
  allowPositionals: true, // the command's own name
  options: {
    seed: { type: 'string', default: '1' },
    requests: { type: 'string', default: '20000' },
  },
});

const [seed, requests] = [options.seed, options.requests].map(countOf) as [number, number];
const report = await run({ seed, requests });
print(report);
process.exitCode = report.findings.length > 0 || hasStalled(report) ? 1 : 0;

function print(result: Report): void {
  const { seconds, operations, done, byStatus, slowestMs, slowest, stalls, findings } = result;
  const counts = [...byStatus]
    .toSorted(([one], [other]) => one - other)
    .map(([status, count]) => `${status} x${count}`);
  say(
    `seed ${seed}  ${requests} requests of ${operations} operations in ${Math.round(seconds)} s, ${done} done at least once`,
  );
  say(`answers: ${counts.join(', ')}`);
  say(`slowest: ${Math.round(slowestMs)} ms, ${slowest}`);
  say(
    `event loop: kept for ${Math.round(stalls.worstMs)} ms at most, ${Math.round(stalls.worstWaitMs)} ms by the clock`,
  );
  for (const same of Map.groupBy(findings, ({ fault, request }) => `${request.operation.path} ${fault}`).values()) {
    say(`FAIL  ${same[0]?.request.operation.path} ${same[0]?.fault}, ${same.length} times:`);
    for (const finding of same.slice(0, 3)) say(`      ${again(finding)}`);
  }
  const stalled = hasStalled(result) ? '; the event loop stalled' : '';
  say(findings.length === 0 ? `No answer was wrong${stalled}.` : `${findings.length} answers were wrong${stalled}.`);
}

/** The request in the words of curl, without its key. */
function again({ request: { method, path, headers, body, caller } }: Finding): string {
  const quoted = (text: string): string => `'${text.replaceAll("'", String.raw`'\''`)}'`;
  const named = Object.entries(headers).map(([name, value]) => `-H ${quoted(`${name}: ${value}`)}`);
  const data = body === undefined ? [] : [`--data-binary ${quoted(String(body).slice(0, 500))}`];
  return [`(${caller}) curl -X ${method}`, quoted(path), ...named, ...data].join(' ');
}

/** A typo must not lead to no requests, which would find nothing. */
function countOf(text: string): number {
  if (!/^[1-9]\d*$/.test(text)) throw new Error(`"${text}" is not a number from 1`);
  return Number(text);
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
