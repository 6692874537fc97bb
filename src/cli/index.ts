/** The public API of the command line. */
export type { CliConfig, CliContext } from './context.js';
export { runCli } from './run-cli.js';
