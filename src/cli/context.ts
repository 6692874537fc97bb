/** What the commands are given by the application, which alone knows all modules. */
import type { HostDataConfig } from '../host-data/index.js';
import type { Config, Database, FoundGround, GrantedRole, Grantees } from '../kernel/index.js';
import type { PlatformSettings, ProviderName, ProvidersConfig } from '../providers/index.js';
import { sandboxPlatform } from '../sandbox/index.js';
import type { Screen } from '../terminal/index.js';

export type CliConfig = Config & ProvidersConfig & HostDataConfig;

/** A database as it is: opening it changes nothing. */
export interface OpenDatabase {
  readonly database: Database;
  /** The migrations of this release that it has not had. */
  pending(): Promise<string[]>;
  /** The roles that were granted something, and what they lack of it. */
  grantedRoles(): Promise<GrantedRole[]>;
  /** Grants as the owner, where nothing is pending. Raises NotGranted and NotMigrated. */
  grant(grantees: Grantees): Promise<void>;
  close(): Promise<void>;
}

export interface CliContext {
  /** Reads the environment as the service does, and the secrets that it names. Raises BadConfiguration. */
  readonly loadConfig: () => Promise<CliConfig>;
  /** The database and the keys of the deployment, as far as there are any. Starts nothing and generates nothing. */
  readonly findGround: (config: CliConfig) => Promise<FoundGround>;
  /** Opens a database as it is. */
  readonly openDatabase: (databaseUrl: string) => Promise<OpenDatabase>;
  /** Results, for people. */
  readonly screen: Screen;
  /** Prints a line. */
  readonly say: (line: string) => void;
  /** Prints a line where it does not mix with results. */
  readonly complain: (line: string) => void;
}

/** A command cannot be carried out, for a reason that its caller can change. */
export class CommandFailed extends Error {}

/** The platform's accounts, as the service has them: the sandbox's in sandbox mode. Raises CommandFailed. */
export async function platformOf(
  context: CliContext,
  config: CliConfig,
): Promise<Readonly<Partial<Record<ProviderName, PlatformSettings>>>> {
  if (!config.sandbox) return config.platform;
  const { adminKey } = await context.findGround(config);
  if (adminKey === undefined) {
    throw new CommandFailed(
      'No provider is configured, and the sandbox has no accounts before the service has started once: run `npm start`, ' +
        'or set the variables of the deployment.',
    );
  }
  return sandboxPlatform(adminKey, config.mode);
}
