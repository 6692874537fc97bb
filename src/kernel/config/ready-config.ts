/** The configuration of a running process, with defaults resolved. */
import type { Config } from './config.js';

export interface ReadyConfig extends Config {
  readonly databaseUrl: string;
  /** Leads to the same database with nothing between, for whatever needs a session. */
  readonly databaseDirectUrl: string;
  /** The database is our own, in CALLBOARD_HOME. */
  readonly embedded: boolean;
  readonly adminKey: string;
  readonly encryptionKeys: string;
}

/** Injection token of the ReadyConfig. */
export const CONFIG = Symbol('config');
