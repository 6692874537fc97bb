/** Resolves what the environment left open: an embedded database, and generated keys beside it. */
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { checkDatabase } from '../postgres/check-database.js';
import type { Config } from '../config/config.js';
import { runningEmbeddedPostgres, startEmbeddedPostgres } from '../postgres/embedded-postgres.js';
import { KeyRing } from '../config/key-ring.js';
import type { ReadyConfig } from '../config/ready-config.js';

export interface Ground<Ready extends ReadyConfig = ReadyConfig> {
  readonly config: Ready;
  /** Stops what was started here. Safe to call twice. */
  stop(): Promise<void>;
}

/**
 * Starts the embedded PostgreSQL if DATABASE_URL is not set, and generates missing keys into CALLBOARD_HOME. Raises
 * UnusableDatabase if DATABASE_URL or DATABASE_DIRECT_URL cannot be used.
 */
export async function prepareGround<Given extends Config>(config: Given): Promise<Ground<Given & ReadyConfig>> {
  const { databaseUrl, adminKey, encryptionKeys } = config;
  if (databaseUrl && adminKey && encryptionKeys) {
    const databaseDirectUrl = config.databaseDirectUrl ?? databaseUrl;
    await checkDatabase({ databaseUrl, databaseDirectUrl });
    const ready = { ...config, databaseUrl, databaseDirectUrl, adminKey, encryptionKeys, embedded: false };
    return { config: ready, stop: () => Promise.resolve() };
  }
  await mkdir(config.home, { recursive: true });
  const database = await startEmbeddedPostgres({ home: config.home });
  const ready = {
    ...config,
    databaseUrl: database.url,
    databaseDirectUrl: database.url,
    embedded: true,
    adminKey:
      adminKey ??
      (await kept(join(config.home, 'admin-key'), () => `cb_admin_${randomBytes(24).toString('base64url')}`)),
    encryptionKeys: encryptionKeys ?? (await kept(join(config.home, 'encryption-keys'), () => KeyRing.generate())),
  };
  return { config: ready, stop: () => database.stop() };
}

/** What a deployment stands on; what is absent has not been made yet, or does not run. */
export type FoundGround = Partial<
  Pick<ReadyConfig, 'databaseUrl' | 'databaseDirectUrl' | 'adminKey' | 'encryptionKeys'>
>;

/** As given, or as the service on CALLBOARD_HOME has it. Starts nothing and generates nothing. */
export async function findGround({ adminKey, encryptionKeys, home, ...config }: Config): Promise<FoundGround> {
  const read = async (name: string): Promise<string | undefined> => {
    const file = join(home, name);
    return existsSync(file) ? (await readFile(file, 'utf8')).trim() : undefined;
  };
  const databaseUrl = config.databaseUrl ?? (await runningEmbeddedPostgres(home));
  return {
    databaseUrl,
    databaseDirectUrl: config.databaseDirectUrl ?? databaseUrl,
    adminKey: adminKey ?? (await read('admin-key')),
    encryptionKeys: encryptionKeys ?? (await read('encryption-keys')),
  };
}

/** The secret in a file that only its owner can read, created on first use. */
async function kept(file: string, make: () => string): Promise<string> {
  try {
    await writeFile(file, `${make()}\n`, { mode: 0o600, flag: 'wx' });
    await chmod(file, 0o600);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
  }
  return (await readFile(file, 'utf8')).trim();
}
