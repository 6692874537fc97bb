/** Log lines that an outage would repeat in every loop. */
import { performance } from 'node:perf_hooks';
import type { Logger } from '@nestjs/common';

const AGAIN_MS = 60_000;
const FORGOTTEN_MS = 60 * AGAIN_MS;

export class SparingLogger {
  private readonly logged = new Map<string, { readonly at: number; leftOut: number }>();

  constructor(private readonly logger: Pick<Logger, 'warn' | 'error' | 'log'>) {}

  /** Logs a warning at most once a minute, and then how often it was suppressed. */
  warn(line: string, now?: number): void {
    this.say('warn', line, line, now);
  }

  /**
   * The same at another level. `about` is what makes two lines the same, if not their words; one of a small set, or of one for each
   * lane.
   */
  say(level: 'log' | 'warn' | 'error', line: string, about = line, now = performance.now()): void {
    const last = this.logged.get(about);
    if (last && now - last.at < AGAIN_MS) {
      last.leftOut += 1;
      return;
    }
    this.forget(now);
    this.logged.set(about, { at: now, leftOut: 0 });
    this.logger[level](last?.leftOut ? `${line} (and ${last.leftOut} times more since it was last said)` : line);
  }

  /** Lines that come no more. */
  private forget(now: number): void {
    for (const [about, { at }] of this.logged) if (now - at > FORGOTTEN_MS) this.logged.delete(about);
  }
}
