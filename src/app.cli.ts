/** What the application gives to the command line. */
import { loadAppConfig } from './app.config.js';
import { openDatabase } from './app.database.js';
import type { CliContext } from './cli/index.js';
import { findGround } from './kernel/service/boot.js';

/** The context of commands that read this environment, the process's own by default. */
export const cliContext = (
  output: Pick<CliContext, 'say' | 'complain'>,
  env?: Readonly<Record<string, string | undefined>>,
): CliContext => ({
  ...output,
  loadConfig: () => loadAppConfig(env),
  findGround,
  openDatabase,
});
