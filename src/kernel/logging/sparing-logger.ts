/** Log lines that an outage would repeat in every loop. */
import { performance } from 'node:perf_hooks';
import type { Logger } from '@nestjs/common';

const AGAIN_MS = 60_000;

export class SparingLogger {
  private readonly logged = new Map<string, { readonly at: number; leftOut: number }>();

  constructor(private readonly logger: Pick<Logger, 'warn'>) {}

  /** Logs a warning at most once a minute, and then how often it was suppressed. Lines are of a small set: no ids in them. */
  warn(line: string, now = performance.now()): void {
    const last = this.logged.get(line);
    if (last && now - last.at < AGAIN_MS) {
      last.leftOut += 1;
      return;
    }
    this.logged.set(line, { at: now, leftOut: 0 });
    this.logger.warn(last?.leftOut ? `${line} (and ${last.leftOut} times more since it was last said)` : line);
  }
}
