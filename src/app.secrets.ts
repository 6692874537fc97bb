/** Which variables are secrets: each may be in a file (`NAME_FILE`), or with a secrets manager. */
import { loadAppConfig, type LoadedConfig } from './app.config.js';
import { BadConfiguration, ownEnvironment, type Environment } from './kernel/config/config.js';
import { SecretSources, type ResolvedSecrets } from './kernel/secrets/secret-sources.js';
import { DESCRIPTORS } from './providers/index.js';

const OWN = [
  'DATABASE_URL',
  'DATABASE_DIRECT_URL',
  'DATABASE_REPLICA_URL',
  'QUEUE_URL',
  'CALLBOARD_ADMIN_KEY',
  'CALLBOARD_ENCRYPTION_KEYS',
  'CALLBOARD_KEY',
  'CALLBOARD_TEST_ADMIN_KEY',
  'CALLBOARD_REGION_KEYS',
  'HOST_DATABASE_URL',
  'HOST_DATA_SECRET',
  'FILES_S3_ACCESS_KEY_ID',
  'FILES_S3_SECRET_ACCESS_KEY',
  'SERVICEBUS_CONNECTION_STRING',
  'OTEL_EXPORTER_OTLP_HEADERS',
  'NOTICES_SECRET',
  'OIDC_CLIENT_SECRET',
];

/** Their names: the kernel's and the modules' own, and the credentials of all providers. */
export const secretVariables = (): string[] => [
  ...OWN,
  ...DESCRIPTORS.flatMap(({ variables }) =>
    variables.flatMap((variable) => ('credential' in variable ? [variable.name] : [])),
  ),
];

/** Where this environment has its secrets. Reads none of them. */
export const secretSources = (env: Environment = ownEnvironment()): SecretSources =>
  new SecretSources(env, secretVariables());

/** The configuration with the secrets that were found. Raises BadConfiguration naming what was not found too, and never what a secret is. */
export function configWith({ env, problems }: ResolvedSecrets): LoadedConfig {
  if (problems.size === 0) return loadAppConfig(env);
  const others = problemsOf(() => loadAppConfig(env)).filter((problem) => !problems.has(problem.split(' ')[0] ?? ''));
  throw new BadConfiguration([...problems.values(), ...others]);
}

/** Reads the environment, and the secrets that it names. Raises BadConfiguration. */
export const readAppConfig = async (env?: Environment): Promise<LoadedConfig> =>
  configWith(await secretSources(env).resolve());

function problemsOf(work: () => unknown): readonly string[] {
  try {
    work();
    return [];
  } catch (error) {
    if (error instanceof BadConfiguration) return error.problems;
    throw error;
  }
}
