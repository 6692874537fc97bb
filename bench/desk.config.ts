/** The configuration of the bench's processes: that of production, but for the address of the providers. */
import type { ReadyConfig } from '../src/kernel/index.js';

export const TWILIO = { accountSid: `AC${'b'.repeat(32)}`, authToken: 'token-of-the-bench' };
export const ADMIN_KEY = 'cb_admin_of_the_bench_only';
/** Connections of each process, as in production. */
export const POOL_SIZE = 20;

const SES = {
  ...{ region: 'us-east-1', accessKeyId: 'BENCHKEY', secretAccessKey: 'secret-of-the-bench' },
  topicArns: [],
};

type Given = Pick<ReadyConfig, 'role' | 'port' | 'publicUrl' | 'databaseUrl' | 'queueUrl' | 'encryptionKeys'>;

export const deskConfig = ({ providerUrl, ...given }: Given & { readonly providerUrl: string }): ReadyConfig => ({
  ...given,
  host: '127.0.0.1',
  home: '.callboard',
  logLevel: 'info',
  databasePoolSize: POOL_SIZE,
  embedded: false,
  adminKey: ADMIN_KEY,
  publicUrlGiven: true,
  sandbox: false,
  sandboxAsked: false,
  underNpm: false,
  inboxDays: 30,
  twilio: { ...TWILIO, apiBaseUrl: providerUrl },
  ses: { ...SES, endpoint: providerUrl },
});
