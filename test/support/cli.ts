/** The command line, in the test's own process. */
import { cliContext } from '../../src/app.cli.js';
import { runCli } from '../../src/cli/index.js';
import type { TestApp } from './test-app.js';

export interface Said {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

export type Environment = Readonly<Record<string, string>>;

/** Runs a command with this environment and no other. */
export async function callboard(environment: Environment, ...args: readonly string[]): Promise<Said> {
  const [out, err]: [string[], string[]] = [[], []];
  const context = cliContext({ say: (line) => out.push(line), complain: (line) => err.push(line) }, environment);
  const code = await runCli(args, context);
  return { code, out: out.join('\n'), err: err.join('\n') };
}

/** The environment that a test app might have read its configuration from. */
export const environmentOf = ({ config }: Pick<TestApp, 'config'>): Environment => ({
  PORT: String(config.port),
  DATABASE_URL: config.databaseUrl,
  CALLBOARD_ADMIN_KEY: config.adminKey,
  CALLBOARD_ENCRYPTION_KEYS: config.encryptionKeys,
  ...(config.queueUrl && { QUEUE_URL: config.queueUrl }),
});
