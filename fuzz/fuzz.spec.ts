/** The built programs: a short run, and the probe that a run puts into the service. */
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { pathToFileURL } from 'node:url';
import { until } from '../harness/until.js';
import type { Stalls } from './event-loop-probe.js';

const folder = mkdtempSync(join(tmpdir(), 'callboard-fuzz-'));
afterAll(() => rmSync(folder, { recursive: true }));

test('two requests of each operation find no wrong answer', async () => {
  const program = spawn(process.execPath, ['dist/fuzz/main.js', '--seed', '7', '--requests', '500']);
  const [out, err] = await Promise.all([text(program.stdout), text(program.stderr)]);
  expect(`${out}${err}`).toMatch(/No answer was wrong\.\n$/);
  expect(out).toMatch(/500 requests of \d+ operations/);
});

test('work that keeps the event loop is told apart from a wait', async () => {
  const file = join(folder, 'stalls');
  const probe = `${pathToFileURL('dist/fuzz/event-loop-probe.js').href}?file=${encodeURIComponent(file)}`;
  const busy = `process.emit('SIGUSR2');
    setInterval(() => {}, 100_000);
    const end = process.cpuUsage().user + 300_000;
    while (process.cpuUsage().user < end);`;
  const program = spawn(process.execPath, ['--import', probe, '-e', busy]);
  try {
    // While it is being written, the file is empty.
    const worst = await until(() => {
      const told = existsSync(file) ? readFileSync(file, 'utf8') : '';
      return told.endsWith('}') && (JSON.parse(told) as Stalls).worstMs > 200 && (JSON.parse(told) as Stalls);
    });
    expect(worst.worstWaitMs).toBeGreaterThan(200);
  } finally {
    program.kill('SIGKILL');
  }
});
