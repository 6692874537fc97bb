/** The variables of all providers, pure: from an environment to settings, or to every mistake at once. */
import { BadConfiguration, loadConfig } from '../../src/kernel/config/config.js';
import { DESCRIPTORS } from '../../src/providers/provider-list.js';
import {
  choiceVariables,
  configuringVariables,
  readProviders,
  type ProvidersConfig,
} from '../../src/providers/providers-config.js';

type Environment = Readonly<Record<string, string>>;

const TWILIO = { TWILIO_ACCOUNT_SID: `AC${'0'.repeat(32)}`, TWILIO_AUTH_TOKEN: 'twilio-auth-token' };
const SES = { AWS_REGION: 'eu-central-1', AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE', AWS_SECRET_ACCESS_KEY: 'aws-secret-key' };

const readAll = (environment: Environment): ProvidersConfig => loadConfig(readProviders, environment);

function problemsOf(environment: Environment): readonly string[] {
  try {
    readAll(environment);
  } catch (error) {
    if (error instanceof BadConfiguration) return error.problems;
    throw error;
  }
  return [];
}

describe('Without any variable', () => {
  test('the sandbox stands in for all providers', () => {
    expect(readAll({})).toMatchObject({ sandbox: true, sandboxAsked: false, platform: {} });
  });

  test('a variable that is set to nothing counts as not set', () => {
    expect(readAll({ TWILIO_ACCOUNT_SID: '', SES_FROM: ' ' })).toEqual(readAll({}));
  });
});

describe('Providers', () => {
  test('that are configured come with what was set', () => {
    const config = readAll({
      ...TWILIO,
      ...SES,
      TWILIO_PHONE_NUMBER: '+15551234567',
      TWILIO_WEBHOOK_BASE_URL: 'https://callboard.example/',
      SES_FROM: 'tickets@riverside.example',
      SES_TOPIC_ARNS: 'arn:aws:sns:eu-central-1:123456789012:events, arn:aws:sns:eu-central-1:123456789012:more',
    });
    expect(config.platform.twilio).toEqual({
      credentials: { accountSid: TWILIO.TWILIO_ACCOUNT_SID, authToken: TWILIO.TWILIO_AUTH_TOKEN },
      from: '+15551234567',
      webhookBaseUrl: 'https://callboard.example',
    });
    expect(config.platform.ses).toEqual({
      credentials: {
        region: 'eu-central-1',
        accessKeyId: SES.AWS_ACCESS_KEY_ID,
        secretAccessKey: SES.AWS_SECRET_ACCESS_KEY,
        topicArns: 'arn:aws:sns:eu-central-1:123456789012:events,arn:aws:sns:eu-central-1:123456789012:more',
      },
      from: 'tickets@riverside.example',
    });
  });

  test('that are Resend come with what was set, and need a key', () => {
    const webhookSecret = `whsec_${Buffer.from('a secret of twenty-four.').toString('base64')}`;
    const config = readAll({
      RESEND_API_KEY: 're_riverside',
      RESEND_WEBHOOK_SECRET: webhookSecret,
      RESEND_BASE_URL: 'https://resend.example/',
      RESEND_FROM: 'tickets@riverside.example',
    });
    expect(config).toMatchObject({
      sandbox: false,
      platform: {
        resend: {
          credentials: { apiKey: 're_riverside', webhookSecret },
          baseUrl: 'https://resend.example',
          from: 'tickets@riverside.example',
        },
      },
    });
    expect(problemsOf({ RESEND_FROM: 'tickets@riverside.example' })).toEqual([
      expect.stringContaining('RESEND_API_KEY'),
    ]);
    expect(problemsOf({ RESEND_API_KEY: 're_riverside', RESEND_WEBHOOK_SECRET: 'secret' })).toEqual([
      expect.stringContaining('RESEND_WEBHOOK_SECRET'),
    ]);
  });

  test('take an API key of Twilio in whole', () => {
    const key = { TWILIO_API_KEY_SID: `SK${'1'.repeat(32)}`, TWILIO_API_KEY_SECRET: 'secret-of-the-key' };
    expect(readAll({ ...TWILIO, ...key }).platform.twilio?.credentials).toMatchObject({
      apiKeySid: key.TWILIO_API_KEY_SID,
      apiKeySecret: key.TWILIO_API_KEY_SECRET,
    });
    for (const [name, other] of [
      ['TWILIO_API_KEY_SID', 'TWILIO_API_KEY_SECRET'],
      ['TWILIO_API_KEY_SECRET', 'TWILIO_API_KEY_SID'],
    ] as const) {
      expect(problemsOf({ ...TWILIO, [name]: key[name] })).toEqual([
        `${other} is missing: ${name} is of no use without it`,
      ]);
    }
  });

  test('take no keys of SES where the SDK is to find them, and a region all the same', () => {
    const { AWS_REGION } = SES;
    expect(readAll({ SES_CREDENTIALS: 'chain', AWS_REGION })).toMatchObject({
      sandbox: false,
      platform: { ses: { credentials: { source: 'chain', region: AWS_REGION } } },
    });
    expect(problemsOf({ SES_CREDENTIALS: 'chain' })).toEqual([expect.stringContaining('AWS_REGION is missing')]);
    expect(
      readAll({ ...SES, AWS_SESSION_TOKEN: 'a-session-token-of-some-length' }).platform.ses?.credentials,
    ).toMatchObject({ sessionToken: 'a-session-token-of-some-length' });
  });

  test.each<[string, Environment]>([
    ['Twilio', TWILIO],
    ['SES', SES],
  ])('turn the sandbox off: %s', (_, environment) => {
    expect(readAll(environment)).toMatchObject({ sandbox: false });
    expect(readAll({ CALLBOARD_SANDBOX: 'off' })).toMatchObject({ sandbox: false });
  });

  test.each(configuringVariables())('cannot stand beside the sandbox, not even with %s alone', (name) => {
    const problems = problemsOf({ CALLBOARD_SANDBOX: 'on', [name]: 'anything' });
    expect(problems).toContainEqual(
      `CALLBOARD_SANDBOX=on cannot stand beside real providers: unset ${name}, or turn it off`,
    );
  });

  test('cannot stand beside test mode, which is the sandbox’s', () => {
    expect(readAll({ CALLBOARD_MODE: 'test' })).toMatchObject({ mode: 'test', sandbox: true });
    const [beside] = problemsOf({ CALLBOARD_MODE: 'test', ...TWILIO });
    expect(beside).toMatch(/^CALLBOARD_MODE=test cannot stand beside real providers: unset TWILIO_ACCOUNT_SID/);
    const [without] = problemsOf({ CALLBOARD_MODE: 'test', CALLBOARD_SANDBOX: 'off' });
    expect(without).toMatch(/^CALLBOARD_SANDBOX=off leaves CALLBOARD_MODE=test no provider/);
  });

  test('that are configured in part lead to an error that names what else they need', () => {
    expect(problemsOf({ TWILIO_AUTH_TOKEN: 'twilio-auth-token', SES_FROM: 'tickets@riverside.example' })).toEqual([
      expect.stringContaining('TWILIO_ACCOUNT_SID is missing'),
      expect.stringContaining('AWS_REGION is missing'),
      expect.stringContaining('AWS_ACCESS_KEY_ID is missing'),
      expect.stringContaining('AWS_SECRET_ACCESS_KEY is missing'),
    ]);
  });
});

const BAD: Environment = {
  CALLBOARD_EMAIL_PROVIDER: 'pigeon',
  CALLBOARD_EMAIL_MARKETING_PROVIDER: 'crow',
  CALLBOARD_SMS_PROVIDER: 'sparrow',
  CALLBOARD_SMS_MARKETING_PROVIDER: 'swallow',
  CALLBOARD_SANDBOX: 'perhaps',
  TWILIO_ACCOUNT_SID: 'hunter2-sid',
  TWILIO_AUTH_TOKEN: 'short!',
  TWILIO_API_KEY_SID: 'hunter2-key-sid',
  TWILIO_API_KEY_SECRET: 'brief',
  TWILIO_PHONE_NUMBER: '5559876543',
  TWILIO_WHATSAPP_NUMBER: 'whatsapp:+15559876543',
  TWILIO_WEBHOOK_BASE_URL: 'callboard.example',
  TWILIO_API_BASE_URL: 'localhost',
  AWS_REGION: 'Frankfurt',
  AWS_ACCESS_KEY_ID: 'a b',
  AWS_SECRET_ACCESS_KEY: 'hunt er2',
  AWS_SESSION_TOKEN: 'h2',
  SES_CREDENTIALS: 'vault',
  AWS_ENDPOINT_URL_SESV2: 'localhost',
  SES_FROM: 'tickets',
  SES_TOPIC_ARNS: 'hunter2-topic',
  SES_CONFIGURATION_SET: 'two words',
  PLIVO_AUTH_ID: 'hunter2-id',
  PLIVO_AUTH_TOKEN: 'short!',
  PLIVO_PHONE_NUMBER: '5559876543',
  PLIVO_WEBHOOK_BASE_URL: 'callboard.example',
  PLIVO_BASE_URL: 'localhost',
  SENDGRID_API_KEY: 'hunter2-key',
  SENDGRID_WEBHOOK_KEY: 'hunter2-webhook',
  SENDGRID_REGION: 'mars',
  SENDGRID_BASE_URL: 'localhost',
  SENDGRID_FROM: 'tickets@',
  RESEND_API_KEY: 'hunter2-key',
  RESEND_WEBHOOK_SECRET: 'whsec_?',
  RESEND_BASE_URL: 'localhost',
  RESEND_FROM: 'tickets@',
};

describe('Bad variables', () => {
  test('are all named at once', () => {
    const named = problemsOf(BAD).map((problem) => /^[A-Z_0-9]+/.exec(problem)?.[0]);
    expect(new Set(named)).toEqual(new Set(Object.keys(BAD)));
    const variables = DESCRIPTORS.flatMap((descriptor) => descriptor.variables.map(({ name }) => name));
    expect(new Set(Object.keys(BAD))).toEqual(new Set([...variables, ...choiceVariables(), 'CALLBOARD_SANDBOX']));
  });

  test('are never quoted: they may be secrets', () => {
    const text = problemsOf(BAD).join('\n');
    for (const value of Object.values(BAD)) expect(text).not.toContain(value);
  });
});

test.each(DESCRIPTORS)(
  'each variable of $name sets a credential or setting of its own',
  ({ variables, credentials }) => {
    const targets = variables.map((variable) => ('credential' in variable ? variable.credential : variable.setting));
    expect(new Set(targets).size).toBe(targets.length);
    expect(targets).toEqual(expect.arrayContaining(Object.keys(credentials)));
  },
);
