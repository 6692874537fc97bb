/** What a process stands on: its configuration with all secrets found, a database, and the sandbox in place of providers. */
import { withSandbox, type AppConfig, type LoadedConfig } from './app.config.js';
import { configWith, secretSources } from './app.secrets.js';
import { prepareGround, type Ground } from './kernel/service/boot.js';
import { SecretRotation } from './kernel/secrets/secret-rotation.js';

/** Reads the environment and the secrets that it names, and resolves defaults. Raises BadConfiguration and UnusableDatabase. */
export async function prepareApp(env?: Readonly<Record<string, string | undefined>>): Promise<Ground<AppConfig>> {
  const sources = secretSources(env);
  const found = await sources.resolve();
  const ground = await prepareGround(configWith(found));
  const config: AppConfig = { ...withSandbox(ground.config) };
  if (sources.hasFiles || sources.hasReferences) {
    const everyMs = config.secretsEverySeconds * 1_000;
    const rotation = new SecretRotation(sources, found, (next) => adopt(config, configWith(next)), everyMs);
    Object.assign(config, { rotation });
  }
  return { config, stop: () => ground.stop() };
}

/** Puts other secrets into the configuration that all modules have. What is generated, or the sandbox's, stays. */
function adopt(config: AppConfig, next: LoadedConfig): void {
  const { databaseUrl, databaseDirectUrl = databaseUrl, adminKey, formerAdminKey } = next;
  const { databaseReplicaUrl, queueUrl, encryptionKeys, platform, openId, testDeployment, otherRegions } = next;
  Object.assign(config, {
    ...(databaseUrl !== undefined && { databaseUrl, databaseDirectUrl }),
    ...(adminKey !== undefined && { adminKey, formerAdminKey }),
    ...(encryptionKeys !== undefined && { encryptionKeys }),
    ...(!config.sandbox && { platform }),
    databaseReplicaUrl,
    queueUrl,
    openId,
    testDeployment,
    ...(otherRegions && { otherRegions }),
  } satisfies Partial<AppConfig>);
  // Whoever was given these at the start has the objects themselves.
  Object.assign(config.notices, next.notices);
  if (config.hostData && next.hostData) Object.assign(config.hostData, next.hostData);
}
