/** What adapters find out about the set-up of an account: their real SDKs, against a provider on loopback. */
import { randomUUID } from 'node:crypto';
import {
  clockFinding,
  clockFindings,
  quotaFinding,
  type Finding,
  type SetUp,
} from '../../src/providers/examination.js';
import { PlivoAdapter } from '../../src/providers/plivo/plivo.adapter.js';
import type { ProviderAdapter } from '../../src/providers/provider.port.js';
import { ResendAdapter } from '../../src/providers/resend/resend.adapter.js';
import { SendGridAdapter } from '../../src/providers/sendgrid/sendgrid.adapter.js';
import { SesAdapter } from '../../src/providers/ses/ses.adapter.js';
import { TwilioAdapter } from '../../src/providers/twilio/twilio.adapter.js';
import { json, Loopback, type Answer } from './loopback.js';

const HOOKS = 'https://desk.example/webhook';
const ACCOUNT = randomUUID();

let provider: Loopback;
beforeAll(async () => {
  provider = await Loopback.open();
});
afterAll(() => provider.close());

/** Answers by the beginning of the path, the longest first; 404 for any other. */
function answer(routes: Readonly<Record<string, Answer>>): void {
  const paths = Object.keys(routes).toSorted((left, right) => right.length - left.length);
  provider.script = ({ path }) => routes[paths.find((each) => path.startsWith(each)) ?? ''] ?? json(404, {});
}

const examine = async (
  adapter: ProviderAdapter,
  credentials: Readonly<Record<string, string>>,
  setUp: SetUp,
): Promise<readonly Finding[]> => (await adapter.examine?.({ id: ACCOUNT, version: 1, credentials }, setUp)) ?? [];

/** By subject: the result and what was found. */
const inShort = (findings: readonly Finding[]): Record<string, string> =>
  Object.fromEntries(findings.map(({ subject, result, detail }) => [subject, `${result}: ${detail}`]));

describe('The clock', () => {
  const at = Date.parse('2026-11-29T12:00:00Z');

  test.each([
    [4_000, 'ok', '4.0 s ahead of ours'],
    [-4_000, 'ok', '4.0 s behind ours'],
    [6_000, 'warning', '6.0 s ahead of ours'],
    [-61_000, 'failed', '61.0 s behind ours'],
  ])('of somebody else that is %d ms off is judged by how far that is: %s', (offMs, result, detail) => {
    expect(clockFinding(at + offMs, at, at)).toMatchObject({ subject: 'clock', result, detail });
  });

  test('is given what the call took', () => {
    expect(clockFinding(at + 9_000, at, at + 10_000).result).toBe('ok');
  });

  test('is read from the header of an answer, if there is one', () => {
    expect(clockFindings('Sun, 29 Nov 2026 12:02:00 GMT', at, at)).toMatchObject([{ result: 'failed' }]);
    expect(clockFindings(undefined, at, at)).toEqual([]);
    expect(clockFindings('noon', at, at)).toEqual([]);
  });
});

test.each([
  [79, 'ok'],
  [80, 'warning'],
  [100, 'failed'],
])('A quota of which %d in a hundred are spent is %s', (used, result) => {
  expect(quotaFinding(used, 100, 'today')).toMatchObject({ result, detail: `${used} of 100 emails today` });
});

describe('Amazon SES', () => {
  const topicArns = 'arn:aws:sns:eu-central-1:123456789012:ses-events';
  const keys = { region: 'eu-central-1', accessKeyId: 'AKIAEXAMPLE', secretAccessKey: 'secret-of-ses' };
  const wellSet = { ...keys, configurationSet: 'callboard', topicArns };
  const account = {
    SendingEnabled: true,
    ProductionAccessEnabled: true,
    EnforcementStatus: 'HEALTHY',
    SendQuota: { Max24HourSend: 1_000, MaxSendRate: 14, SentLast24Hours: 900 },
  };
  const identity = { VerifiedForSendingStatus: true, DkimAttributes: { SigningEnabled: true, Status: 'SUCCESS' } };
  const destination = (types: readonly string[]): Answer =>
    json(200, {
      EventDestinations: [
        { Name: 'one', Enabled: true, MatchingEventTypes: types, SnsDestination: { TopicArn: topicArns } },
      ],
    });
  const refusal = (type: string, status = 400): Answer => json(status, { message: '' }, { 'x-amzn-errortype': type });
  const all = ['SEND', 'DELIVERY', 'BOUNCE', 'COMPLAINT', 'REJECT'];
  const DESTINATIONS = '/v2/email/configuration-sets/callboard/event-destinations';
  const at = (credentials: Record<string, string> = wellSet): Promise<readonly Finding[]> =>
    examine(new SesAdapter({ endpoint: provider.origin }), credentials, {
      from: 'no-reply@mail.riverside.example',
      webhookUrl: `${HOOKS}/ses`,
    });

  test('is well with production access, a verified domain and all events', async () => {
    answer({
      '/v2/email/account': json(200, account),
      '/v2/email/identities': refusal('NotFoundException', 404),
      '/v2/email/identities/riverside.example': json(200, identity),
      [DESTINATIONS]: destination(all),
    });
    expect(inShort(await at())).toEqual({
      clock: expect.stringMatching(/^ok: /) as string,
      sending: 'ok: enabled, to everybody',
      quota: 'warning: 900 of 1000 emails in 24 hours',
      sender: 'ok: verified, signed with DKIM',
      events: 'ok: published to a topic of ours',
    });
  });

  test('is not, where sending is paused, nobody is verified and events go elsewhere', async () => {
    answer({
      '/v2/email/account': json(200, { ...account, SendingEnabled: false }),
      [DESTINATIONS]: json(200, { EventDestinations: [{ Name: 'one', Enabled: true, MatchingEventTypes: all }] }),
      '/v2/email/identities': refusal('NotFoundException', 404),
    });
    expect(inShort(await at())).toMatchObject({
      sending: 'failed: paused for the account',
      sender: 'failed: neither the address nor its domain is verified',
      events: expect.stringMatching(/^failed: the configuration set publishes to no topic of ours/) as string,
    });
  });

  test('is in doubt in its own sandbox, without DKIM, and with some events only', async () => {
    answer({
      '/v2/email/account': json(200, { ...account, ProductionAccessEnabled: false }),
      '/v2/email/identities/no-reply%40mail.riverside.example': json(200, { VerifiedForSendingStatus: true }),
      [DESTINATIONS]: destination(['SEND', 'DELIVERY', 'BOUNCE']),
    });
    expect(inShort(await at())).toMatchObject({
      sending: 'warning: to verified addresses only',
      sender: 'warning: verified, not signed with DKIM',
      events: 'warning: COMPLAINT, REJECT not published',
    });
  });

  test('tells a key that may only send nothing', async () => {
    answer({ '/': refusal('AccessDeniedException', 403) });
    const findings = await at();
    expect(findings.map(({ result }) => result)).toEqual(['skipped', 'skipped', 'skipped']);
    expect(findings[1]?.advice).toContain('ses:GetEmailIdentity');
  });

  test('reports nothing without a configuration set', async () => {
    answer({ '/v2/email/account': json(200, account), '/v2/email/identities': json(200, identity) });
    expect(inShort(await at(keys))['events']).toMatch(/^warning: no configuration set/);
    answer({ '/v2/email/configuration-sets': refusal('NotFoundException', 404), '/': json(200, account) });
    expect(inShort(await at())['events']).toBe('failed: the configuration set does not exist');
  });
});

describe('SendGrid', () => {
  const KEY = `MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE${'A'.repeat(86)}==`;
  const credentials = { apiKey: 'SG.a-key-of-sendgrid', webhookKey: KEY };
  const events = { processed: true, delivered: true, bounce: true, dropped: true, spam_report: true };
  const webhook = { enabled: true, url: `${HOOKS}/sendgrid`, public_key: KEY, ...events };
  const WEBHOOKS = '/v3/user/webhooks/event/settings/all';
  const rest = {
    '/v3/scopes': json(200, { scopes: ['mail.send'] }),
    '/v3/verified_senders': json(200, { results: [] }),
    '/v3/whitelabel/domains': json(200, [{ domain: 'riverside.example', valid: true }]),
    '/v3/user/credits': json(200, { used: 10, total: 100 }),
  };
  const found = async (): Promise<Record<string, string>> =>
    inShort(
      await examine(new SendGridAdapter({ baseUrl: provider.origin }), credentials, {
        from: 'No-Reply@riverside.example',
        webhookUrl: `${HOOKS}/sendgrid`,
      }),
    );

  test('is well with an authenticated domain and a signed webhook that leads here', async () => {
    answer({ ...rest, [WEBHOOKS]: json(200, { webhooks: [{ url: 'https://other.example' }, webhook] }) });
    expect(await found()).toEqual({
      clock: expect.stringMatching(/^ok: /) as string,
      sender: 'ok: its domain is authenticated',
      webhook: 'ok: leads here, signed with our key',
      quota: 'ok: 10 of 100 emails in this period',
    });
  });

  test.each([
    ['none leads here', []],
    ['disabled', [{ ...webhook, enabled: false }]],
    ['not signed', [{ ...webhook, public_key: '' }]],
    ['signed with another key than ours', [{ ...webhook, public_key: KEY.replace('AAA', 'BBB') }]],
  ])('is not, where its webhook is so: %s', async (detail, webhooks) => {
    answer({ ...rest, [WEBHOOKS]: json(200, { webhooks }) });
    expect((await found())['webhook']).toBe(`failed: ${detail}`);
  });

  test('is in doubt where its webhook lacks events', async () => {
    answer({ ...rest, [WEBHOOKS]: json(200, { webhooks: [{ ...webhook, bounce: false }] }) });
    expect((await found())['webhook']).toBe('warning: without bounce');
  });

  test('knows a sender that is verified alone, and one that is not', async () => {
    const results = [{ from_email: 'no-reply@riverside.example', verified: true }];
    answer({ ...rest, '/v3/verified_senders': json(200, { results }), '/v3/whitelabel/domains': json(403, {}) });
    expect((await found())['sender']).toBe('ok: verified');
    answer({ ...rest, '/v3/whitelabel/domains': json(200, [{ domain: 'riverside.example', valid: false }]) });
    expect((await found())['sender']).toBe('failed: the records of its domain are not valid');
  });

  test('tells a key that may only send nothing but the time', async () => {
    answer({ '/v3/scopes': rest['/v3/scopes'], '/': json(403, {}) });
    expect(await found()).toMatchObject({
      sender: 'skipped: the key may not ask for it',
      webhook: 'skipped: the key may not ask for it',
      quota: 'skipped: the key may not ask for it',
    });
  });
});

describe('Resend', () => {
  const credentials = { apiKey: 're_a_key_of_resend', webhookSecret: 'whsec_b3Vycw==' };
  const events = ['sent', 'delivered', 'bounced', 'complained', 'failed', 'suppressed'].map(
    (event) => `email.${event}`,
  );
  const webhook = { id: 'wh-1', endpoint: `${HOOKS}/resend`, status: 'enabled', events };
  const usage = { emails: { daily: { used: 100, limit: 100 }, monthly: { used: 100, limit: 3_000 } } };
  const rest = {
    '/domains': json(200, { data: [{ name: 'riverside.example', status: 'verified' }] }),
    '/webhooks?': json(200, { data: [webhook] }),
    '/webhooks/wh-1': json(200, { ...webhook, signing_secret: credentials.webhookSecret }),
    '/usage': json(200, usage),
  };
  const findings = (): Promise<readonly Finding[]> =>
    examine(new ResendAdapter({ baseUrl: provider.origin, callsPerSecond: 1_000 }), credentials, {
      from: 'no-reply@riverside.example',
      webhookUrl: `${HOOKS}/resend`,
    });
  const found = async (): Promise<Record<string, string>> => inShort(await findings());

  test('is well with a verified domain, and a webhook that leads here with our secret', async () => {
    answer(rest);
    expect((await findings()).map(({ subject, result, detail }) => `${subject} ${result}: ${detail}`).slice(1)).toEqual(
      [
        'sender ok: its domain is verified',
        'webhook ok: leads here, signed with our secret',
        'quota failed: 100 of 100 emails today',
        'quota ok: 100 of 3000 emails this month',
      ],
    );
  });

  test.each([
    [
      'failed: none leads here',
      { '/webhooks?': json(200, { data: [{ ...webhook, endpoint: 'https://other.example' }] }) },
    ],
    ['failed: disabled', { '/webhooks?': json(200, { data: [{ ...webhook, status: 'disabled' }] }) }],
    [
      'warning: without email.bounced',
      { '/webhooks?': json(200, { data: [{ ...webhook, events: events.toSpliced(2, 1) }] }) },
    ],
    [
      'failed: signed with another secret than ours',
      { '/webhooks/wh-1': json(200, { ...webhook, signing_secret: 'x' }) },
    ],
  ])('has a webhook that is not as it should be: %s', async (detail, changed) => {
    answer({ ...rest, ...changed });
    expect((await found())['webhook']).toBe(detail);
  });

  test('is not well with a domain that waits for its records, or is unknown', async () => {
    answer({ ...rest, '/domains': json(200, { data: [{ name: 'riverside.example', status: 'pending' }] }) });
    expect((await found())['sender']).toBe('failed: its domain is pending');
    answer({ ...rest, '/domains': json(200, { data: [] }) });
    expect((await found())['sender']).toBe('failed: its domain is not one of the account');
  });

  test('tells a key that may only send nothing', async () => {
    answer({ '/': json(401, { name: 'restricted_api_key', message: '', statusCode: 401 }) });
    expect((await findings()).map(({ result }) => result)).toEqual(['skipped', 'skipped', 'skipped']);
  });
});

describe('Plivo', () => {
  const credentials = { authId: `MA${'7'.repeat(18)}`, authToken: 'token-of-plivo' };
  const base = `/v1/Account/${credentials.authId}/`;
  const number = { sms_enabled: true, application: `${base}Application/2037/` };
  const rest = {
    [base]: json(200, { state: 'active', billing_mode: 'prepaid', auto_recharge: false, cash_credits: '12.5' }),
    [`${base}Number/15550001111/`]: json(200, number),
    [`${base}Application/?`]: json(200, { objects: [] }),
    [`${base}Application/2037/`]: json(200, { message_url: `${HOOKS}/plivo/${ACCOUNT}`, message_method: 'POST' }),
  };
  const found = async (): Promise<Record<string, string>> => {
    const adapter = new PlivoAdapter({ baseUrl: provider.origin, webhookUrl: `${HOOKS}/plivo` });
    return inShort(await examine(adapter, credentials, { from: '+15550001111', webhookUrl: `${HOOKS}/plivo` }));
  };

  test('is well with credit, a number of its own, and an application that leads here', async () => {
    answer(rest);
    expect(await found()).toEqual({
      clock: expect.stringMatching(/^ok: /) as string,
      credit: 'ok: 12.50 USD',
      sender: 'ok: a number of the account',
      webhook: 'ok: leads here',
    });
  });

  test('is not well without credit, or with a number of somebody else', async () => {
    answer({
      ...rest,
      [base]: json(200, { cash_credits: '0', auto_recharge: false }),
      [`${base}Number/`]: json(404, { error: 'not found' }),
      [`${base}Number/15550001111/`]: json(404, { error: 'not found' }),
    });
    expect(await found()).toMatchObject({ credit: 'failed: 0.00 USD', sender: 'failed: not a number of the account' });
  });

  test.each([
    ['failed: messages to the number go elsewhere', { message_url: 'https://other.example', message_method: 'POST' }],
    ['warning: called with GET', { message_url: `${HOOKS}/plivo`, message_method: 'GET' }],
  ])('has an application that is not as it should be: %s', async (detail, application) => {
    answer({ ...rest, [`${base}Application/2037/`]: json(200, application) });
    expect((await found())['webhook']).toBe(detail);
  });

  test.each([
    [
      'ok: their messages come here',
      { objects: [{ message_url: `${HOOKS}/plivo/${ACCOUNT}`, message_method: 'POST' }] },
    ],
    ['failed: their messages go elsewhere', { objects: [{ message_url: 'https://old.example' }] }],
    ['failed: Plivo answered no-answer', {}],
  ])('tells of the numbers that we have rented: %s', async (detail, { objects }: { objects?: readonly object[] }) => {
    const listed = objects?.map((application) => ({ ...application, app_name: `callboard-${ACCOUNT}` }));
    answer({ ...rest, [`${base}Application/?`]: json(200, { objects: listed }) });
    expect((await found())['rented numbers']).toBe(detail);
  });

  test('has a number without an application, which nobody hears', async () => {
    answer({ ...rest, [`${base}Number/15550001111/`]: json(200, { sms_enabled: false }) });
    expect(await found()).toMatchObject({
      sender: 'failed: the number takes no texts',
      webhook: 'failed: no application is attached to the number',
    });
  });
});

describe('Twilio', () => {
  const credentials = { accountSid: `AC${'7'.repeat(32)}`, authToken: 'token-of-twilio' };
  const base = `/2010-04-01/Accounts/${credentials.accountSid}`;
  const number = {
    phone_number: '+15550001111',
    capabilities: { voice: true, sms: true, mms: true },
    sms_url: `${HOOKS}/twilio#rc=5&rp=all`,
    sms_method: 'POST',
    sms_application_sid: '',
  };
  const numbers = (...all: readonly object[]): Answer => json(200, { incoming_phone_numbers: all });
  const rest = {
    [`${base}.json`]: json(200, { sid: credentials.accountSid, status: 'active', type: 'Full' }),
    [`${base}/Balance.json`]: json(200, { balance: '12.5', currency: 'USD' }),
    [`${base}/IncomingPhoneNumbers.json`]: numbers({ ...number, phone_number: '+155500011110' }, number),
  };
  const found = async (more: Record<string, string> = {}): Promise<Record<string, string>> => {
    const adapter = new TwilioAdapter({ baseUrl: provider.origin, webhookUrl: `${HOOKS}/twilio` });
    const setUp = { from: '+15550001111', webhookUrl: `${HOOKS}/twilio` };
    return inShort(await examine(adapter, { ...credentials, ...more }, setUp));
  };

  test('is well with a balance, and a number whose messages come here', async () => {
    answer(rest);
    expect(await found()).toEqual({
      clock: expect.stringMatching(/^ok: /) as string,
      account: 'ok: active',
      balance: 'ok: 12.50 USD',
      sender: 'ok: a number of the account',
      webhook: 'ok: leads here',
    });
  });

  test.each([
    ['at another address', { ...number, sms_url: 'https://demo.twilio.com/welcome/sms/reply' }],
    ['with GET', { ...number, sms_method: 'GET' }],
    ['by an application', { ...number, sms_application_sid: `AP${'7'.repeat(32)}` }],
  ])('is in doubt where the messages of the number arrive %s', async (_, changed) => {
    answer({ ...rest, [`${base}/IncomingPhoneNumbers.json`]: numbers(changed) });
    expect((await found())['webhook']).toBe('warning: messages to the number go elsewhere');
  });

  test('is not well with a number of somebody else, or one that takes no texts', async () => {
    answer({ ...rest, [`${base}/IncomingPhoneNumbers.json`]: numbers() });
    expect((await found())['sender']).toBe('failed: not a number of the account');
    const deaf = { ...number, capabilities: { voice: true, sms: false, mms: false } };
    answer({ ...rest, [`${base}/IncomingPhoneNumbers.json`]: numbers(deaf) });
    expect((await found())['sender']).toBe('failed: the number takes no texts');
  });

  test('is in doubt as a trial, and without a balance', async () => {
    answer({
      ...rest,
      [`${base}.json`]: json(200, { status: 'active', type: 'Trial' }),
      [`${base}/Balance.json`]: json(200, { balance: '-3', currency: 'USD' }),
    });
    expect(await found()).toMatchObject({
      account: 'warning: a trial: it sends to verified numbers only',
      balance: 'warning: -3.00 USD',
    });
  });

  test('tells an API key neither account nor balance', async () => {
    const refused = json(401, { code: 20003, message: 'Authenticate', status: 401 });
    answer({ ...rest, [`${base}/Balance.json`]: refused });
    const byKey = await found({ apiKeySid: `SK${'7'.repeat(32)}`, apiKeySecret: 'secret-of-key' });
    expect(byKey).toMatchObject({ balance: 'skipped: the API key may not ask for it', webhook: 'ok: leads here' });
    expect(byKey).not.toHaveProperty('account');
  });
});

test.each([
  [
    'ses',
    new SesAdapter({ endpoint: 'http://127.0.0.1:1' }),
    { region: 'eu-central-1', accessKeyId: 'AKIA', secretAccessKey: 'secret' },
  ],
  ['resend', new ResendAdapter({ baseUrl: 'http://127.0.0.1:1', callsPerSecond: 1_000 }), { apiKey: 're_key' }],
  ['sendgrid', new SendGridAdapter({ baseUrl: 'http://127.0.0.1:1' }), { apiKey: 'SG.key' }],
  [
    'plivo',
    new PlivoAdapter({ baseUrl: 'http://127.0.0.1:1', webhookUrl: HOOKS }),
    { authId: `MA${'7'.repeat(18)}`, authToken: 'token' },
  ],
  [
    'twilio',
    new TwilioAdapter({ baseUrl: 'http://127.0.0.1:1', webhookUrl: HOOKS }),
    { accountSid: `AC${'7'.repeat(32)}`, authToken: 'token' },
  ],
] as const)('An examination of %s that nobody answers says so', async (name, adapter, credentials) => {
  const findings = await examine(adapter, credentials, { webhookUrl: `${HOOKS}/${name}` });
  expect(findings.filter(({ result, detail }) => result === 'failed' && detail.includes('ECONNREFUSED'))).not.toEqual(
    [],
  );
});
