/** The configuration of the bench's processes: that of production, but for the address of the providers. */
import type { AppConfig } from '../src/app.config.js';

export const TWILIO = { accountSid: `AC${'b'.repeat(32)}`, authToken: 'token-of-the-bench' };
export const ADMIN_KEY = 'cb_admin_of_the_bench_only';
/** Database connections per process, as in production. */
export const POOL_SIZE = 20;

/** Beside those that senders usually have. */
const PLIVO = { authId: `MA${'B'.repeat(18)}`, authToken: 'token-of-the-bench' };
const SENDGRID = { apiKey: 'SG.key-of-the-bench' };
const SES = { region: 'us-east-1', accessKeyId: 'BENCHKEY', secretAccessKey: 'secret-of-the-bench' };

type Given = Pick<
  AppConfig,
  'role' | 'port' | 'publicUrl' | 'databaseUrl' | 'queueUrl' | 'encryptionKeys' | 'serviceBus' | 'otlp'
>;

export const callboardConfig = ({ providerUrl, ...given }: Given & { readonly providerUrl: string }): AppConfig => ({
  ...given,
  databaseDirectUrl: given.databaseUrl,
  host: '127.0.0.1',
  home: '.callboard',
  logLevel: 'info',
  databasePoolSize: POOL_SIZE,
  databaseReplicaLagSeconds: 5,
  embedded: false,
  adminKey: ADMIN_KEY,
  publicUrlGiven: true,
  sandbox: false,
  sandboxAsked: false,
  defaultProviders: {},
  marketingProviders: {},
  notices: { secrets: [], emails: [] },
  alerts: { limits: {} },
  underNpm: false,
  warnings: [],
  inboxDays: 30,
  eventDays: 90,
  statementGraceDays: 3,
  privateHosts: [],
  platform: {
    twilio: { credentials: TWILIO, baseUrl: providerUrl },
    plivo: { credentials: PLIVO, baseUrl: providerUrl },
    sendgrid: { credentials: SENDGRID, baseUrl: providerUrl },
    ses: { credentials: SES, baseUrl: providerUrl },
  },
});
