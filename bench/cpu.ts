/** CPU time: unlike a rate, it hardly depends on the load of the machine. */
import { readFileSync, readdirSync } from 'node:fs';
import { median } from './statistics.js';

/** Microseconds of CPU per message or request. */
export interface Cost {
  /** Of the process that does the work. */
  readonly service: number;
  /** Of all of PostgreSQL's processes; absent where the system does not say. */
  readonly database?: number;
}

/** The rate, and the cost of each message or request. */
export interface Run {
  readonly perSecond: number;
  readonly cost: Cost;
}

/** Of Linux; other systems have no /proc. */
const TICK_MS = 10;

/** Milliseconds that a process and its children have used so far, or undefined where the system does not say. */
export function cpuOfTree(root: number): number | undefined {
  if (process.platform !== 'linux') return undefined;
  const processes = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return processes.reduce((sum, pid) => sum + (statOf(pid, root) ?? 0), 0) * TICK_MS;
}

/** Ticks of a process if it is the root, with those of children that have ended, or a child of the root. */
function statOf(pid: string, root: number): number | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat
      .slice(stat.lastIndexOf(')') + 2)
      .split(' ')
      .map(Number);
    const [parent = 0, user = 0, system = 0, endedUser = 0, endedSystem = 0] = [1, 11, 12, 13, 14].map(
      (at) => fields[at],
    );
    if (Number(pid) === root) return user + system + endedUser + endedSystem;
    return parent === root ? user + system : undefined;
  } catch (error) {
    if (error instanceof Error && 'code' in error) return undefined; // it has ended meanwhile
    throw error;
  }
}

export function medianCost(runs: readonly Run[]): Cost {
  const databases = runs.map(({ cost }) => cost.database).filter((value) => value !== undefined);
  const service = median(runs.map(({ cost }) => cost.service));
  return databases.length === 0 ? { service } : { service, database: median(databases) };
}
