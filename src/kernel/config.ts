/** The only file that reads the environment: once, typed, naming every mistake at once. */
import { resolve } from 'node:path';
import { EnvironmentReader } from './environment-reader.js';
import { KeyRing } from './key-ring.js';

export type Role = 'all' | 'api' | 'worker';

export interface TwilioConfig {
  readonly accountSid: string;
  readonly authToken: string;
  readonly phoneNumber?: string;
  readonly webhookBaseUrl?: string;
  readonly apiBaseUrl?: string;
}

export interface SesConfig {
  readonly region: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly endpoint?: string;
  readonly from?: string;
  readonly topicArns: readonly string[];
  readonly configurationSet?: string;
}

export interface Config {
  readonly port: number;
  readonly host: string;
  readonly role: Role;
  readonly home: string;
  readonly logLevel: string;
  /** Absent: the embedded PostgreSQL. */
  readonly databaseUrl?: string;
  readonly databasePoolSize: number;
  /** Absent: the queues live in the database. */
  readonly queueUrl?: string;
  readonly adminKey?: string;
  /** `id:base64(32 bytes)`, comma-separated; the first encrypts. */
  readonly encryptionKeys?: string;
  readonly publicUrl: string;
  /** False where PUBLIC_URL was not set and `publicUrl` is only this process's own address. */
  readonly publicUrlGiven: boolean;
  readonly sandbox: boolean;
  /** CALLBOARD_SANDBOX=on was set, so the sandbox is no accident. */
  readonly sandboxAsked: boolean;
  /** Started by an npm script, which this process should not outlive. */
  readonly underNpm: boolean;
  readonly twilio?: TwilioConfig;
  readonly ses?: SesConfig;
}

const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'silent'] as const;
const ROLES = ['all', 'api', 'worker'] as const;

/** Every variable that configures a real provider; any of them set turns the sandbox off. */
const PROVIDER_VARIABLES = [
  ...['TWILIO_ACCOUNT_SID', 'TWILIO_AUTH_TOKEN', 'AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'SES_FROM'],
  ...['SENDGRID_API_KEY', 'RESEND_API_KEY', 'PLIVO_AUTH_ID', 'PLIVO_AUTH_TOKEN'],
];

/** Raised once at start with every bad variable named, so that a misconfigured process never half-starts. */
export class BadConfiguration extends Error {
  constructor(readonly problems: readonly string[]) {
    super(`The configuration cannot be used:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`);
    this.name = 'BadConfiguration';
  }
}

/** Reads the process environment into a frozen Config. Raises BadConfiguration naming every bad variable. */
export function loadConfig(env: Readonly<Record<string, string | undefined>> = process.env): Config {
  const read = new EnvironmentReader(env);
  const port = read.integer('PORT', 3000, 1, 65_535);
  const host = read.text('HOST') ?? '127.0.0.1';
  const databaseUrl = read.url('DATABASE_URL', ['postgres:', 'postgresql:']);
  const config: Config = {
    port,
    host,
    role: read.oneOf('CALLBOARD_ROLE', ROLES, 'all'),
    home: resolve(read.text('CALLBOARD_HOME') ?? '.callboard'),
    logLevel: read.oneOf('LOG_LEVEL', LOG_LEVELS, 'info'),
    databaseUrl,
    databasePoolSize: read.integer('DATABASE_POOL_SIZE', 20, 2, 500),
    queueUrl: read.url('QUEUE_URL', ['redis:', 'rediss:']),
    adminKey: read.secret('CALLBOARD_ADMIN_KEY', 16),
    encryptionKeys: read.parsed('CALLBOARD_ENCRYPTION_KEYS', (text) => KeyRing.parse(text)),
    publicUrl: (read.url('PUBLIC_URL', ['http:', 'https:']) ?? `http://${hostInUrl(host)}:${port}`).replace(/\/+$/, ''),
    publicUrlGiven: read.text('PUBLIC_URL') !== undefined,
    sandbox: sandboxMode(read),
    sandboxAsked: read.text('CALLBOARD_SANDBOX') === 'on',
    underNpm: read.text('npm_lifecycle_event') !== undefined,
    twilio: twilioConfig(read),
    ses: sesConfig(read),
  };
  if (databaseUrl) {
    read.require('CALLBOARD_ADMIN_KEY', 'it protects the API once the database is yours (at least 16 characters)');
    read.require('CALLBOARD_ENCRYPTION_KEYS', 'it encrypts stored credentials: `id:base64 of 32 random bytes`');
  }
  if (config.role === 'worker' && !databaseUrl) {
    read.complain('CALLBOARD_ROLE=worker shares the database of an api process: set DATABASE_URL');
  }
  if (read.problems.length > 0) throw new BadConfiguration(read.problems);
  return Object.freeze(config);
}

/** The sandbox is for a house without real providers: never beside one. */
function sandboxMode(read: EnvironmentReader): boolean {
  const configured = PROVIDER_VARIABLES.filter((name) => read.text(name) !== undefined);
  const wanted = read.oneOf('CALLBOARD_SANDBOX', ['on', 'off', ''] as const, '');
  if (wanted === 'on' && configured.length > 0) {
    read.complain(
      `CALLBOARD_SANDBOX=on cannot stand beside real providers: unset ${configured.join(', ')}, or turn it off`,
    );
  }
  return wanted === '' ? configured.length === 0 : wanted === 'on';
}

function twilioConfig(read: EnvironmentReader): TwilioConfig | undefined {
  if (!read.anyOf('TWILIO_ACCOUNT_SID', 'TWILIO_AUTH_TOKEN')) return undefined;
  return {
    accountSid: read.required(
      'TWILIO_ACCOUNT_SID',
      /^AC[0-9a-zA-Z]{32}$/,
      'AC and 32 characters, from the Twilio console',
    ),
    authToken: read.required('TWILIO_AUTH_TOKEN', /^\S{8,}$/, 'the auth token of that account'),
    phoneNumber: read.matching('TWILIO_PHONE_NUMBER', /^\+[1-9]\d{6,14}$/, 'a number as +15551234567'),
    webhookBaseUrl: read.url('TWILIO_WEBHOOK_BASE_URL', ['http:', 'https:'])?.replace(/\/+$/, ''),
    apiBaseUrl: read.url('TWILIO_API_BASE_URL', ['http:', 'https:'])?.replace(/\/+$/, ''),
  };
}

function sesConfig(read: EnvironmentReader): SesConfig | undefined {
  if (!read.anyOf('AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'SES_FROM')) return undefined;
  return {
    region: read.required('AWS_REGION', /^[a-z]{2}(-[a-z]+)+-\d$/, 'an AWS region such as eu-central-1'),
    accessKeyId: read.required('AWS_ACCESS_KEY_ID', /^\w{4,128}$/, 'an AWS access key id'),
    secretAccessKey: read.required('AWS_SECRET_ACCESS_KEY', /^\S{8,}$/, 'the secret of that access key'),
    endpoint: read.url('AWS_ENDPOINT_URL_SESV2', ['http:', 'https:']),
    from: read.matching('SES_FROM', /^[^\s@]+@[^\s@]+\.[^\s@]+$/, 'an email address verified in SES'),
    topicArns: read.list(
      'SES_TOPIC_ARNS',
      /^arn:aws[a-z-]*:sns:[a-z0-9-]+:\d{12}:[\w-]+$/,
      'SNS topic ARNs, comma-separated',
    ),
    configurationSet: read.matching('SES_CONFIGURATION_SET', /^[\w-]{1,64}$/, 'the name of a configuration set'),
  };
}

function hostInUrl(host: string): string {
  if (host === '0.0.0.0' || host === '::') return '127.0.0.1';
  return host.includes(':') ? `[${host}]` : host;
}
