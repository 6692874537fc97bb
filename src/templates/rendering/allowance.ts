/** What one rendering may take of a thread, all parts of the template together. */
import { BRIEF, LIMITS } from './limits.js';

/** A rendering took too long. */
export class TimeUsedUp extends Error {}

export interface Allowance {
  /** Characters and list entries that a part may produce. */
  readonly made: number;
  /** Raises TimeUsedUp when the time is over, as `performance.now()` says it. */
  readonly check: (now: number) => void;
}

/** All that a template may take. */
export const wholeAllowance = (): Allowance => ({ made: LIMITS.made, check: patience(LIMITS.milliseconds) });

/** What it may take of the event loop, where everybody else waits meanwhile. */
export const briefAllowance = (): Allowance => ({ made: BRIEF.made, check: patience(BRIEF.milliseconds) });

/** The time limit, which a busy host must not use up: once wall time has run out, CPU time of this thread counts. */
function patience(milliseconds: number): (now: number) => void {
  let deadline = performance.now() + milliseconds;
  let lastOfProcessor: number | undefined;
  return (now) => {
    if (now < deadline) return;
    const { user, system } = usage();
    const used = (user + system) / 1_000;
    lastOfProcessor ??= used + milliseconds;
    if (used >= lastOfProcessor) throw new TimeUsedUp();
    deadline = now + (lastOfProcessor - used);
  };
}

/** Node.js 20 knows only that of the whole process, which is never less. */
const usage = (): NodeJS.CpuUsage =>
  'threadCpuUsage' in process ? process.threadCpuUsage() : (process as NodeJS.Process).cpuUsage();
