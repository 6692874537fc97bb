/** The command line, in the test's own process. */
import { cliContext } from '../../src/app.cli.js';
import { runCli } from '../../src/cli/index.js';
import type { Output } from '../../src/terminal/index.js';
import type { TestApp } from './test-app.js';

export interface Said {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

export type Environment = Readonly<Record<string, string>>;

/** Runs a command with this environment and no other. */
export const callboard = (environment: Environment, ...args: readonly string[]): Promise<Said> =>
  run(environment, {}, args);

/** The same on a terminal of so many columns, with colours. */
export const callboardOnTerminal = (
  environment: Environment,
  columns: number,
  ...args: readonly string[]
): Promise<Said> => run(environment, { isTTY: true, columns, hasColors: () => true }, args);

async function run(environment: Environment, terminal: Partial<Output>, args: readonly string[]): Promise<Said> {
  const said = { out: '', err: '' };
  const to = (stream: 'out' | 'err'): Output => ({ ...terminal, write: (text) => (said[stream] += text) });
  const code = await runCli(args, cliContext({ out: to('out'), err: to('err') }, environment));
  return { code, out: said.out.trimEnd(), err: said.err.trimEnd() };
}

/** The environment that a test app might have read its configuration from. */
export const environmentOf = ({ config }: Pick<TestApp, 'config'>): Environment => ({
  PORT: String(config.port),
  DATABASE_URL: config.databaseUrl,
  CALLBOARD_ADMIN_KEY: config.adminKey,
  CALLBOARD_ENCRYPTION_KEYS: config.encryptionKeys,
  ...(config.queueUrl && { QUEUE_URL: config.queueUrl }),
});
