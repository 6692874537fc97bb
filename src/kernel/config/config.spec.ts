/** The configuration, pure: from variables to a Config, or to every mistake at once. */
import { randomBytes } from 'node:crypto';
import { resolve } from 'node:path';
import { BadConfiguration, loadConfig } from './config.js';

type Environment = Readonly<Record<string, string>>;

const KEYS = `k1:${randomBytes(32).toString('base64')}`;
const TWILIO = { TWILIO_ACCOUNT_SID: `AC${'0'.repeat(32)}`, TWILIO_AUTH_TOKEN: 'twilio-auth-token' };
const SES = { AWS_REGION: 'eu-central-1', AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE', AWS_SECRET_ACCESS_KEY: 'aws-secret-key' };
const OWN_DATABASE = {
  DATABASE_URL: 'postgres://callboard@localhost/callboard',
  CALLBOARD_ADMIN_KEY: 'an-admin-key-of-ours',
  CALLBOARD_ENCRYPTION_KEYS: KEYS,
};

function problemsOf(environment: Environment): readonly string[] {
  try {
    loadConfig(environment);
  } catch (error) {
    if (error instanceof BadConfiguration) return error.problems;
    throw error;
  }
  return [];
}

describe('Without any variable', () => {
  test('everything has its default', () => {
    expect(loadConfig({})).toEqual({
      port: 3000,
      host: '127.0.0.1',
      role: 'all',
      home: resolve('.callboard'),
      logLevel: 'info',
      databaseUrl: undefined,
      databasePoolSize: 20,
      inboxDays: 30,
      queueUrl: undefined,
      adminKey: undefined,
      encryptionKeys: undefined,
      publicUrl: 'http://127.0.0.1:3000',
      publicUrlGiven: false,
      sandbox: true,
      sandboxAsked: false,
      underNpm: false,
      twilio: undefined,
      ses: undefined,
    });
  });

  test('nothing can be changed afterwards', () => {
    expect(Object.isFrozen(loadConfig({}))).toBe(true);
  });

  test('a variable that is set to nothing counts as not set', () => {
    expect(loadConfig({ PORT: '', DATABASE_URL: ' ', TWILIO_ACCOUNT_SID: '' })).toEqual(loadConfig({}));
  });
});

describe('The address of the service', () => {
  test.each<[Environment, string]>([
    [{ HOST: '0.0.0.0', PORT: '8080' }, 'http://127.0.0.1:8080'],
    [{ HOST: '::', PORT: '8080' }, 'http://127.0.0.1:8080'],
    [{ HOST: '::1' }, 'http://[::1]:3000'],
    [{ PUBLIC_URL: 'https://callboard.example/base//' }, 'https://callboard.example/base'],
  ])('with %j is %s', (environment, publicUrl) => {
    expect(loadConfig(environment)).toMatchObject({ publicUrl, publicUrlGiven: 'PUBLIC_URL' in environment });
  });
});

describe('Providers', () => {
  test('that are configured come with what was set', () => {
    const config = loadConfig({
      ...TWILIO,
      ...SES,
      TWILIO_PHONE_NUMBER: '+15551234567',
      TWILIO_WEBHOOK_BASE_URL: 'https://callboard.example/',
      SES_FROM: 'tickets@riverside.example',
      SES_TOPIC_ARNS: 'arn:aws:sns:eu-central-1:123456789012:events, arn:aws:sns:eu-central-1:123456789012:more',
    });
    expect(config.twilio).toEqual({
      accountSid: TWILIO.TWILIO_ACCOUNT_SID,
      authToken: TWILIO.TWILIO_AUTH_TOKEN,
      phoneNumber: '+15551234567',
      webhookBaseUrl: 'https://callboard.example',
    });
    expect(config.ses).toMatchObject({ region: 'eu-central-1', from: 'tickets@riverside.example' });
    expect(config.ses?.topicArns).toHaveLength(2);
  });

  test('that are Resend come with what was set, and need a key', () => {
    const webhookSecret = `whsec_${Buffer.from('a secret of twenty-four.').toString('base64')}`;
    const config = loadConfig({
      RESEND_API_KEY: 're_riverside',
      RESEND_WEBHOOK_SECRET: webhookSecret,
      RESEND_BASE_URL: 'https://resend.example/',
      RESEND_FROM: 'tickets@riverside.example',
    });
    expect(config).toMatchObject({
      sandbox: false,
      resend: {
        apiKey: 're_riverside',
        webhookSecret,
        baseUrl: 'https://resend.example',
        from: 'tickets@riverside.example',
      },
    });
    expect(problemsOf({ RESEND_FROM: 'tickets@riverside.example' })).toEqual([
      expect.stringContaining('RESEND_API_KEY'),
    ]);
    expect(problemsOf({ RESEND_API_KEY: 're_riverside', RESEND_WEBHOOK_SECRET: 'secret' })).toEqual([
      expect.stringContaining('RESEND_WEBHOOK_SECRET'),
    ]);
  });

  test.each<[string, Environment]>([
    ['Twilio', TWILIO],
    ['SES', SES],
  ])('turn the sandbox off: %s', (_, environment) => {
    expect(loadConfig(environment)).toMatchObject({ sandbox: false });
    expect(loadConfig({ CALLBOARD_SANDBOX: 'off' })).toMatchObject({ sandbox: false });
  });

  test.each(['TWILIO_ACCOUNT_SID', 'TWILIO_AUTH_TOKEN', 'AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'SES_FROM'])(
    'cannot stand beside the sandbox, not even with %s alone',
    (name) => {
      const problems = problemsOf({ CALLBOARD_SANDBOX: 'on', [name]: 'anything' });
      expect(problems).toContainEqual(
        `CALLBOARD_SANDBOX=on cannot stand beside real providers: unset ${name}, or turn it off`,
      );
    },
  );

  test('that are configured in part are told what else they need', () => {
    expect(problemsOf({ TWILIO_AUTH_TOKEN: 'twilio-auth-token', SES_FROM: 'tickets@riverside.example' })).toEqual([
      expect.stringContaining('TWILIO_ACCOUNT_SID is missing'),
      expect.stringContaining('AWS_REGION is missing'),
      expect.stringContaining('AWS_ACCESS_KEY_ID is missing'),
      expect.stringContaining('AWS_SECRET_ACCESS_KEY is missing'),
    ]);
  });
});

describe('A database of one’s own', () => {
  test('needs keys that are kept elsewhere', () => {
    expect(problemsOf({ DATABASE_URL: OWN_DATABASE.DATABASE_URL })).toEqual([
      expect.stringMatching(/^CALLBOARD_ADMIN_KEY is missing/),
      expect.stringMatching(/^CALLBOARD_ENCRYPTION_KEYS is missing/),
    ]);
    expect(problemsOf(OWN_DATABASE)).toEqual([]);
  });

  test('is what a worker needs', () => {
    expect(problemsOf({ CALLBOARD_ROLE: 'worker' })).toEqual([expect.stringContaining('set DATABASE_URL')]);
    expect(loadConfig({ ...OWN_DATABASE, CALLBOARD_ROLE: 'worker' })).toMatchObject({ role: 'worker' });
  });
});

const BAD: Environment = {
  PORT: '70000',
  CALLBOARD_ROLE: 'sender',
  LOG_LEVEL: 'loud',
  DATABASE_URL: 'mysql://root:hunter2-db@db/callboard',
  DATABASE_POOL_SIZE: 'many',
  CALLBOARD_INBOX_DAYS: 'a month',
  QUEUE_URL: 'amqp://guest:hunter2-queue@queue',
  CALLBOARD_ADMIN_KEY: 'hunter2-admin',
  CALLBOARD_ENCRYPTION_KEYS: 'k1:aHVudGVyMi1rZXlz',
  PUBLIC_URL: 'callboard.example',
  CALLBOARD_SANDBOX: 'perhaps',
  TWILIO_ACCOUNT_SID: 'hunter2-sid',
  TWILIO_AUTH_TOKEN: 'short!',
  TWILIO_PHONE_NUMBER: '5559876543',
  TWILIO_WEBHOOK_BASE_URL: 'callboard.example',
  TWILIO_API_BASE_URL: 'localhost',
  AWS_REGION: 'Frankfurt',
  AWS_ACCESS_KEY_ID: 'a b',
  AWS_SECRET_ACCESS_KEY: 'hunt er2',
  AWS_ENDPOINT_URL_SESV2: 'localhost',
  SES_FROM: 'tickets',
  SES_TOPIC_ARNS: 'events',
  SES_CONFIGURATION_SET: 'two words',
};

describe('Bad variables', () => {
  test('are all named at once', () => {
    const problems = problemsOf(BAD);
    const named = problems.map((problem) => /^[A-Z_0-9]+/.exec(problem)?.[0]);
    expect(new Set(named)).toEqual(new Set(Object.keys(BAD)));
  });

  test('are never quoted: they may be secrets', () => {
    const text = problemsOf(BAD).join('\n');
    for (const value of Object.values(BAD)) expect(text).not.toContain(value);
  });

  test('make one error that lists them line by line', () => {
    expect(() => loadConfig({ PORT: 'x', LOG_LEVEL: 'loud' })).toThrow(
      'The configuration cannot be used:\n  - PORT is not a whole number from 1 to 65535\n  - LOG_LEVEL is not one of trace',
    );
  });
});
