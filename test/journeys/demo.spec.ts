/** `npm run demo`, as a newcomer runs it. */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { until } from '../../harness/until.js';

const LONGEST_MS = 600_000;

interface Ended {
  readonly code: number | null;
  readonly output: string;
  readonly ms: number;
}

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'callboard-demo-spec-'));
  await chmod(folder, 0o755);
});

afterEach(() => rm(folder, { recursive: true, force: true }));

/** Runs the demo to its end; sends it `SIGINT` when it has printed `interruptAt`. */
async function runDemo(interruptAt?: string): Promise<Ended> {
  const begun = performance.now();
  const demo = spawn(process.execPath, ['scripts/start.mjs', 'demo'], {
    // A user's own configuration, none of which the demo may touch.
    env: { TMPDIR: folder, PORT: '1', DATABASE_URL: 'postgres://127.0.0.1:1/mine', TWILIO_ACCOUNT_SID: 'AC1' },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: LONGEST_MS, // then it is sent SIGTERM, and stops cleanly
  });
  let output = '';
  for (const stream of [demo.stdout, demo.stderr]) {
    stream.setEncoding('utf8').on('data', (chunk: string) => {
      output += chunk;
    });
  }
  const ended = once(demo, 'close');
  if (interruptAt !== undefined) {
    await until(() => output.includes(interruptAt), { withinMs: LONGEST_MS });
    demo.kill('SIGINT');
  }
  const [code] = (await ended) as [number | null];
  return { code, output, ms: performance.now() - begun };
}

/** No file, no database server and no listening service of the demo is left. */
async function expectNothingLeft(output: string): Promise<void> {
  expect((await readdir(folder)).filter((name) => name.startsWith('callboard'))).toEqual([]);
  expect(execFileSync('ps', ['-ww', '-A', '-o', 'command='], { encoding: 'utf8' })).not.toContain(folder);
  const [url] = /http:\/\/127\.0\.0\.1:\d+/.exec(output) ?? [];
  expect(url).toBeDefined();
  await expect(fetch(String(url))).rejects.toThrow('fetch failed');
}

test(
  'the demo runs the scenario from the first call to the bill, and leaves nothing behind',
  async () => {
    const { code, output, ms } = await runDemo();
    expect({ code, output }).toEqual({ code: 0, output: expect.stringContaining('Done in') });
    for (const line of [
      /✓ Ready in [\d.]+ s on /,
      /✓ Venue Riverside Hall, speaking as tickets@riverside\.example and \+12125550100/,
      /✓ Preview for Chloë: UCS-2, 2 segments, because of ë/,
      /422 missing_variables/,
      /✓ Order R-4101 confirmed by email .*\n +0 ms +queued +by api\n +\d+ ms +sent +by dispatch\n +\d+ ms +delivered +by webhook/,
      /✓ 1,000 messages accepted in one request/,
      /1,000 of 1,000 at their end/,
      /delivered +skipped_no_consent +blocked_opted_out/,
      /email marketing +\d+ +7\d +1\d /, // whose reminder bounced first is suppressed instead
      /The next SMS by Riverside Hall: blocked_opted_out/,
      /The one that was waiting: blocked_opted_out/,
      /An SMS by Lantern Stage: delivered/,
      /✓ It adds up: (\d+) in the audience = \d+ left out \+ \d+ messages/,
      /The sandbox's own record agrees/,
      /npm start/,
    ]) {
      expect(output).toMatch(line);
    }
    expect(output.split('\n').filter((line) => line.length > 100)).toEqual([]);
    expect(output).not.toContain('\u001b'); // colours are for terminals
    expect(ms).toBeLessThan(LONGEST_MS);
    await expectNothingLeft(output);
  },
  LONGEST_MS + 30_000,
);

test(
  'an interrupted demo stops its service and leaves nothing behind',
  async () => {
    const { code, output } = await runDemo('A thousand messages');
    expect({ code, output }).toEqual({ code: 130, output: expect.stringContaining('Interrupted') });
    await expectNothingLeft(output);
  },
  LONGEST_MS + 30_000,
);
