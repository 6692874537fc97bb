/** Lines that an outage would repeat at every turn of every loop. */
import { performance } from 'node:perf_hooks';
import type { Logger } from '@nestjs/common';

const AGAIN_MS = 60_000;

export class SparingLogger {
  private readonly told = new Map<string, { readonly at: number; unsaid: number }>();

  constructor(private readonly logger: Pick<Logger, 'warn'>) {}

  /** Warns with a line at most once a minute, and then says how often it was left out. Lines are of a small set: no ids in them. */
  warn(line: string, now = performance.now()): void {
    const last = this.told.get(line);
    if (last && now - last.at < AGAIN_MS) {
      last.unsaid += 1;
      return;
    }
    this.told.set(line, { at: now, unsaid: 0 });
    this.logger.warn(last?.unsaid ? `${line} (and ${last.unsaid} times more since it was last said)` : line);
  }
}
