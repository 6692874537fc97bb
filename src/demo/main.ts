/** `npm run demo`: starts its own Callboard, runs a scenario through the public API, and cleans up. */
import { constants } from 'node:os';
import { Screen } from '../terminal/index.js';
import { DemoService } from './service.js';
import { tell } from './scenario.js';

type Signal = keyof typeof constants.signals;

const SIGNALS: readonly Signal[] = ['SIGINT', 'SIGTERM', 'SIGHUP'];

const screen = new Screen(process.stdout);
const controller = new AbortController();
for (const signal of SIGNALS) process.on(signal, () => controller.abort(signal));
process.stdout.on('error', () => controller.abort('SIGPIPE' satisfies Signal)); // the reader has gone

process.exitCode = await run(controller.signal);

/** The exit code: 0, 1 if the scenario failed, or 128 plus the signal's number. */
async function run(interruption: AbortSignal): Promise<number> {
  const begun = performance.now();
  const service = await DemoService.launch();
  try {
    await tell(screen, service, interruption);
  } catch (error) {
    if (!interruption.aborted) {
      screen.failure(
        'The demo',
        error instanceof Error ? error.message : 'The reason is not known.',
        await service.report(),
      );
      return 1;
    }
  } finally {
    await service.stop();
  }
  if (interruption.aborted) {
    screen.say('\nInterrupted: the service is stopped, nothing is left running.');
    return 128 + constants.signals[interruption.reason as Signal];
  }
  screen.say(`\nDone in ${Math.round((performance.now() - begun) / 1000)} s; nothing is left running.`);
  return 0;
}
