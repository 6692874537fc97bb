/** The only file that reads the environment: once, typed, reporting all errors together. */
import { resolve } from 'node:path';
import { readDogStatsD, type DogStatsDConfig } from '../observability/dogstatsd.js';
import { EnvironmentReader } from './environment-reader.js';
import { readHttpLimits, readRates, type HttpLimits, type Rates } from '../http/http-limits.js';
import { KeyRing } from './key-ring.js';
import type { LogDestination } from '../logging/logger.js';
import { readOtlp, type OtlpConfig } from '../observability/otlp.js';
import { readRegions, regionWarnings, type RegionsConfig } from '../regions/regions-config.js';
import { readMode, type ModeConfig } from '../test-mode/mode.js';
import { unknownVariables } from './unknown-variables.js';

export type Environment = Readonly<Record<string, string | undefined>>;

/** That of the process itself. */
export const ownEnvironment = (): Environment => process.env;

export type Role = 'all' | 'api' | 'worker';

export interface Config extends ModeConfig, RegionsConfig {
  readonly port: number;
  readonly host: string;
  readonly role: Role;
  readonly home: string;
  readonly logLevel: string;
  /** Absent: the standard output. */
  readonly logTo?: LogDestination;
  /** Absent: the embedded PostgreSQL. */
  readonly databaseUrl?: string;
  /** Past a pooler, where `databaseUrl` leads through one. */
  readonly databaseDirectUrl?: string;
  readonly databasePoolSize: number;
  /** A standby, for reads that may be `databaseReplicaLagSeconds` old. */
  readonly databaseReplicaUrl?: string;
  readonly databaseReplicaLagSeconds: number;
  /** Absent: the queues are in the database. */
  readonly queueUrl?: string;
  /** How long applied provider events are kept. */
  readonly inboxDays: number;
  /** How long events of services are kept once they are taken up, and their ids known. */
  readonly eventDays: number;
  /** How long after a message was accepted its counted links lead on. */
  readonly linkDays: number;
  /** How long after the end of a month its statement waits for late reports. */
  readonly statementGraceDays: number;
  /** Hosts outside the public internet that may be contacted although a caller names them. */
  readonly privateHosts: readonly string[];
  /** Networks of the proxies before the API: what they say of a caller's address is believed. */
  readonly trustedProxies: readonly string[];
  /** How much the API takes at once. */
  readonly limits: HttpLimits;
  /** How much one caller may ask for in a minute. */
  readonly rates: Rates;
  readonly adminKey?: string;
  /** The one before, while callers change over: as good as the other. */
  readonly formerAdminKey?: string;
  /** `id:base64(32 bytes)`, comma-separated; the first encrypts. */
  readonly encryptionKeys?: string;
  /** Absent: no telemetry is exported. */
  readonly otlp?: OtlpConfig;
  /** Absent: metrics are not sent to a Datadog agent. */
  readonly dogStatsD?: DogStatsDConfig;
  readonly publicUrl: string;
  /** False if PUBLIC_URL was not set and `publicUrl` is only this process's own address. */
  readonly publicUrlGiven: boolean;
  /** Where the command line finds the API, if not at `publicUrl`, and the key it asks with. */
  readonly apiUrl?: string;
  readonly apiKey?: string;
  /** How often secrets managers are asked whether a secret is another. */
  readonly secretsEverySeconds: number;
  /** Started by an npm script; this process should not outlive it. */
  readonly underNpm: boolean;
  /** Things in the environment that are probably mistakes, to be logged at start. */
  readonly warnings: readonly string[];
}

const UNSEEN_CALLERS =
  'CALLBOARD_TRUSTED_PROXIES does not name the live api: all callers with test keys seem to be at its address, share one rate limit, and are no network of a key';
const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'silent'] as const;
/** A name, or an address of either family, without brackets. */
const TRUSTED = /^[\da-f.:]+(?:\/\d{1,3})?$/i;
const HOST = /^(?:[a-z\d](?:[a-z\d.-]*[a-z\d])?|[a-f\d]*:[a-f\d:.]+)$/i;
const ROLES = ['all', 'api', 'worker'] as const;

/** Raised once at start, naming every bad variable, so that a misconfigured process never half-starts. */
export class BadConfiguration extends Error {
  constructor(readonly problems: readonly string[]) {
    super(`The configuration cannot be used:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`);
    this.name = 'BadConfiguration';
  }
}

/**
 * Reads an environment into a frozen Config, with the part that `readPart` reads for the modules above the kernel.
 * Raises BadConfiguration naming every bad variable, including those reported by `readPart`.
 */
export function loadConfig<Part extends object>(
  readPart: (read: EnvironmentReader) => Part,
  env: Environment,
): Config & Part {
  const read = new EnvironmentReader(env);
  const port = read.integer('PORT', 3000, 1, 65_535);
  const host = read.text('HOST') ?? '127.0.0.1';
  const databaseUrl = read.url('DATABASE_URL', ['postgres:', 'postgresql:']);
  const [adminKey, formerAdminKey] = read.secrets('CALLBOARD_ADMIN_KEY', 16);
  const config: Config & Part & { warnings: string[] } = {
    port,
    host,
    role: read.oneOf('CALLBOARD_ROLE', ROLES, 'all'),
    home: resolve(read.text('CALLBOARD_HOME') ?? '.callboard'),
    logLevel: read.oneOf('LOG_LEVEL', LOG_LEVELS, 'info'),
    ...readMode(read),
    ...readRegions(read),
    databaseUrl,
    databaseDirectUrl: read.url('DATABASE_DIRECT_URL', ['postgres:', 'postgresql:']),
    databasePoolSize: read.integer('DATABASE_POOL_SIZE', 20, 2, 500),
    databaseReplicaUrl: read.url('DATABASE_REPLICA_URL', ['postgres:', 'postgresql:']),
    databaseReplicaLagSeconds: read.integer('DATABASE_REPLICA_LAG_SECONDS', 5, 1, 3_600),
    queueUrl: read.url('QUEUE_URL', ['redis:', 'rediss:']),
    inboxDays: read.integer('CALLBOARD_INBOX_DAYS', 30, 1, 3_650),
    eventDays: read.integer('CALLBOARD_EVENT_DAYS', 90, 1, 3_650),
    linkDays: read.integer('CALLBOARD_LINK_DAYS', 365, 1, 3_650),
    statementGraceDays: read.integer('CALLBOARD_STATEMENT_GRACE_DAYS', 3, 0, 28),
    privateHosts: read.list('CALLBOARD_PRIVATE_HOSTS', HOST, 'a list of host names or addresses, without ports'),
    trustedProxies: read.list(
      'CALLBOARD_TRUSTED_PROXIES',
      TRUSTED,
      'a list of addresses or networks, such as 10.0.0.0/8',
    ),
    limits: readHttpLimits(read),
    rates: readRates(read),
    adminKey,
    formerAdminKey,
    encryptionKeys: read.parsed('CALLBOARD_ENCRYPTION_KEYS', (text) => KeyRing.parse(text)),
    otlp: readOtlp(read),
    dogStatsD: readDogStatsD(read),
    publicUrl: (read.url('PUBLIC_URL', ['http:', 'https:']) ?? `http://${hostInUrl(host)}:${port}`).replace(/\/+$/, ''),
    publicUrlGiven: read.text('PUBLIC_URL') !== undefined,
    apiUrl: read.url('CALLBOARD_URL', ['http:', 'https:'])?.replace(/\/+$/, ''),
    apiKey: read.text('CALLBOARD_KEY'),
    secretsEverySeconds: read.integer('CALLBOARD_SECRETS_SECONDS', 300, 10, 86_400),
    underNpm: read.text('npm_lifecycle_event') !== undefined,
    warnings: [],
    ...readPart(read),
  };
  if (databaseUrl) {
    read.require('CALLBOARD_ADMIN_KEY', 'it protects the API once the database is yours (at least 16 characters)');
    read.require('CALLBOARD_ENCRYPTION_KEYS', 'it encrypts stored credentials: `id:base64 of 32 random bytes`');
  }
  if (config.databaseDirectUrl) read.require('DATABASE_URL', 'DATABASE_DIRECT_URL is the way past its pooler');
  if (config.databaseReplicaUrl) read.require('DATABASE_URL', 'DATABASE_REPLICA_URL is of a standby of it');
  if (config.role === 'worker' && !databaseUrl) {
    read.complain('CALLBOARD_ROLE=worker shares the database of an api process: set DATABASE_URL');
  }
  if (config.mode === 'test' && config.trustedProxies.length === 0) config.warnings.push(UNSEEN_CALLERS);
  config.warnings.push(...regionWarnings(config));
  config.warnings.push(...unknownVariables(Object.keys(env), [...read.known]));
  if (read.problems.length > 0) throw new BadConfiguration([...read.problems, ...config.warnings]);
  return Object.freeze(config);
}

function hostInUrl(host: string): string {
  if (host === '0.0.0.0' || host === '::') return '127.0.0.1';
  return host.includes(':') ? `[${host}]` : host;
}
