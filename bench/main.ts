/** `npm run bench`: measures, compares, and prints. Options: --json, --full, --only <name>, --latency <ms>, --profile <folder>. */
import { parseArgs } from 'node:util';
import { Bench, type Measure } from './bench.js';
import type { Finding } from './findings.js';
import { describeMachine } from './machine.js';
import { MEASURES } from './measures/index.js';
import { costsTable, describe, resultsTable } from './report.js';

const { values: options } = parseArgs({
  args: process.argv.slice(2).filter((argument, index) => !(index === 0 && argument === 'bench')),
  options: {
    json: { type: 'boolean', default: false },
    full: { type: 'boolean', default: false },
    only: { type: 'string', multiple: true },
    latency: { type: 'string', default: '0' },
    profile: { type: 'string' },
  },
});

const started = Date.now();
const say = (line: string): void => {
  process.stderr.write(`${String(Math.round((Date.now() - started) / 1000)).padStart(4)} s  ${line}\n`);
};

function chosen(): readonly Measure[] {
  const { only } = options;
  if (!only) return MEASURES.filter(({ onlyFull }) => options.full || !onlyFull);
  const unknown = only.filter((name) => !MEASURES.some((measure) => measure.name === name));
  if (unknown.length > 0) {
    const names = MEASURES.map(({ name }) => name).join(', ');
    throw new Error(`There is no measure ${unknown.join(', ')}: choose from ${names}`);
  }
  return MEASURES.filter(({ name }) => only.includes(name));
}

async function measureAll(bench: Bench): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const measure of chosen()) {
    say(`${measure.name}: ${measure.about}`);
    try {
      findings.push(...(await measure.run(bench)));
    } finally {
      await bench.tidy();
    }
  }
  return findings;
}

chosen();
const bench = await Bench.open({
  full: options.full,
  latencyMs: Number(options.latency),
  say,
  ...(options.profile !== undefined && { profile: options.profile }),
});
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => void bench.close().finally(() => process.exit(130)));
}
try {
  const machine = describeMachine(await bench.infrastructure.version(), bench.redis?.version);
  const findings = await measureAll(bench);
  const form = options.full ? 'full' : 'short';
  const seconds = Math.round((Date.now() - started) / 1000);
  process.stdout.write(
    options.json
      ? `${JSON.stringify({ machine, form, seconds, findings }, null, 2)}\n`
      : `\n${describe(machine)}\n${form} form, ${seconds} s\n\n${resultsTable(findings)}\n\n${costsTable(findings)}\n`,
  );
} finally {
  await bench.close();
}
