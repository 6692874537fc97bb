/**
 * Measures how long a process keeps its event loop to itself. A process loads this file with `--import` and `?file=`, to which it
 * writes, as JSON, the worst so far. What counts is the thread's own processor time between two turns of the loop: a busy machine
 * makes a loop wait too, and that is not the program's fault.
 */
import { writeFileSync } from 'node:fs';

export interface Stalls {
  /** The longest that the thread worked without a turn of the loop, in milliseconds. */
  readonly worstMs: number;
  /** The longest time between two turns by the clock, in milliseconds. */
  readonly worstWaitMs: number;
}

const TICK_MS = 5;

const file = new URL(import.meta.url).searchParams.get('file');
const workedMs = (): number => {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1_000;
};

let [at, worked] = [performance.now(), workedMs()];
let stalls: Stalls = { worstMs: 0, worstWaitMs: 0 };
let isListening = false;

function tick(): void {
  const [now, spent] = [performance.now(), workedMs()];
  const [waited, busy] = [now - at, spent - worked];
  [at, worked] = [now, spent];
  if (!isListening || (waited <= stalls.worstWaitMs && busy <= stalls.worstMs)) return;
  stalls = { worstMs: Math.max(busy, stalls.worstMs), worstWaitMs: Math.max(waited, stalls.worstWaitMs) };
  if (file !== null) writeFileSync(file, JSON.stringify(stalls));
}

// What a start takes does not count.
process.once('SIGUSR2', () => (isListening = true));
if (file !== null) writeFileSync(file, JSON.stringify(stalls));
setInterval(tick, TICK_MS).unref();
