/** What a shutdown waits for: logged when it is over, or when the time is up. */
import { performance } from 'node:perf_hooks';
import { Logger } from '@nestjs/common';

const logger = new Logger('Shutdown');
const waiting = new Set<string>();

/** Runs `work`, which a shutdown waits for, and logs how long it took. */
export async function waitFor(what: string, work: () => Promise<unknown>): Promise<void> {
  const begun = performance.now();
  waiting.add(what);
  try {
    await work();
  } finally {
    waiting.delete(what);
    logger.log({ msg: 'waited', for: what, ms: Math.round(performance.now() - begun) });
  }
}

/** What has not ended yet. */
export const stillWaiting = (): string[] => [...waiting];
