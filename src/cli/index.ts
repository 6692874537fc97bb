/** The public API of the command line. */
export type { CliConfig, CliContext, OpenDatabase } from './context.js';
export { runCli } from './run-cli.js';
