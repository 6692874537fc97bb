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
  mode: 'live',
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
  allowedCountries: null,
  retention: { contentDays: 0, recipientDays: 0, receivedDays: 0 },
  notices: { secrets: [], emails: [] },
  alerts: { limits: {} },
  pumpingGuard: { mode: 'off', least: 30 },
  senderHealth: { bounceRate: 0.05, complaintRate: 0.001, leastMessages: 1_000, days: 7, resumption: 'by-hand' },
  secretsEverySeconds: 300,
  sessions: { idleMinutes: 30, hours: 12 },
  underNpm: false,
  warnings: [],
  inboxDays: 30,
  eventDays: 90,
  linkDays: 365,
  statementGraceDays: 3,
  privateHosts: ['127.0.0.1'],
  trustedProxies: [],
  limits: { requests: 256, batches: 4, connections: 10_000, arrivalSeconds: 30 },
  // Looked at, and never reached but where that is tried.
  rates: { send: 10_000_000, read: 10_000_000, write: 10_000_000, address: 10_000_000 },
  platform: {
    twilio: { credentials: TWILIO, baseUrl: providerUrl },
    plivo: { credentials: PLIVO, baseUrl: providerUrl },
    sendgrid: { credentials: SENDGRID, baseUrl: providerUrl },
    ses: { credentials: SES, baseUrl: providerUrl },
  },
});
