/** The machine on which the figures were measured. */
import { cpus, loadavg, totalmem } from 'node:os';

export interface Machine {
  readonly cores: number;
  readonly cpu: string;
  readonly memoryGb: number;
  /** The load average over the minute before the bench: on a busy machine only ratios are comparable. */
  readonly load: number;
  readonly node: string;
  readonly postgres: string;
  readonly redis?: string;
}

export function describeMachine(postgres: string, redis: string | undefined): Machine {
  const processors = cpus();
  return {
    cores: processors.length,
    cpu: processors[0]?.model.trim() ?? 'unknown',
    memoryGb: Math.round(totalmem() / 2 ** 30),
    load: Math.round((loadavg()[0] ?? 0) * 10) / 10,
    node: process.versions.node,
    postgres,
    ...(redis !== undefined && { redis }),
  };
}
