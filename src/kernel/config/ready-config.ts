/** The configuration of a running process, with defaults resolved. */
import type { SecretRotation } from '../secrets/secret-rotation.js';
import type { Config } from './config.js';

/**
 * What is a secret in it may become another while the process runs: then the object itself has the new one. So secrets are read from it
 * whenever they are used, and never kept, or whoever keeps them hears of changes by `rotation`.
 */
export interface ReadyConfig extends Config {
  readonly databaseUrl: string;
  /** Leads to the same database with nothing between, for whatever needs a session. */
  readonly databaseDirectUrl: string;
  /** The database is our own, in CALLBOARD_HOME. */
  readonly embedded: boolean;
  readonly adminKey: string;
  readonly encryptionKeys: string;
  /** Absent where no secret is in a file or with a manager: then none changes. */
  readonly rotation?: SecretRotation;
}

/** Injection token of the ReadyConfig. */
export const CONFIG = Symbol('config');
