/** What the application gives to the command line. */
import { openDatabase } from './app.database.js';
import { readAppConfig } from './app.secrets.js';
import type { CliContext } from './cli/index.js';
import { findGround } from './kernel/service/boot.js';
import { Screen, type Output } from './terminal/index.js';

/** The context of commands that print to `out` and `err` and read this environment, the process's own by default. */
export const cliContext = (
  { out, err }: { readonly out: Output; readonly err: Output },
  env?: Readonly<Record<string, string | undefined>>,
): CliContext => ({
  screen: new Screen(out),
  say: (line) => void out.write(`${line}\n`),
  complain: (line) => void err.write(`${line}\n`),
  loadConfig: () => readAppConfig(env),
  findGround,
  openDatabase,
});
