/** `webhook send`: signed webhooks for a deployment, from the command line. */
import { randomUUID } from 'node:crypto';
import { callboard, environmentOf, type Environment, type Said } from '../support/cli.js';
import { consentOf, suppressionOf } from '../support/consent.js';
import { email, read, send, text, whenStatus } from '../support/messages.js';
import { newMailbox, newNumber } from '../support/people.js';
import { faults } from '../support/sandbox.js';
import { newSender, venueWith } from '../support/senders.js';
import { openTestApp, type TestApp, type Tenant } from '../support/test-app.js';
import { until } from '../../harness/until.js';

let app: TestApp;
let tenant: Tenant;
let environment: Environment;
beforeAll(async () => {
  app = await openTestApp();
  tenant = await app.tenant();
  environment = environmentOf(app);
  await faults(app, { callbacks: { drop: 1 } }); // the sandbox reports nothing: what arrives is the command's
});
afterAll(() => app.close());

const webhook = (...args: readonly string[]): Promise<Said> => callboard(environment, 'webhook', 'send', ...args);
const given = (provider: string, event: string, ...more: readonly string[]): Promise<Said> =>
  webhook('--provider', provider, '--event', event, ...more);

describe.each(['twilio', 'plivo'] as const)('A text through %s', (provider) => {
  test('is reported as delivered, or with a code and who is suppressed for it', async () => {
    const { venueId } = await venueWith(app, tenant, 'sms', { provider });
    const [ana, ben] = [newNumber(), newNumber()];
    const ids = [
      await send(app, tenant, text({ venueId, to: ana })),
      await send(app, tenant, text({ venueId, to: ben })),
    ];
    for (const id of ids) await whenStatus(app, tenant, id, 'sent');
    const url = `${app.url}/webhook/${provider}?mid=${ids[0]}`;
    expect(await given(provider, 'delivered', '--message', String(ids[0]))).toEqual({
      code: 0,
      out: `POST ${url} answered 204`,
      err: '',
    });
    await whenStatus(app, tenant, String(ids[0]), 'delivered');
    const code = provider === 'twilio' ? '30005' : '50';
    await given(provider, 'undelivered', '--message', String(ids[1]), '--to', ben, '--code', code);
    expect(await whenStatus(app, tenant, String(ids[1]), 'undelivered')).toMatchObject({ errorCode: code });
    expect(await suppressionOf(app, tenant, ben)).toMatchObject({ reason: 'invalid_address' });
  });

  test('is found by the provider’s id of it and its recipient too', async () => {
    const { venueId } = await venueWith(app, tenant, 'sms', { provider });
    const to = newNumber();
    const id = await send(app, tenant, text({ venueId, to }));
    const { providerMessageId } = await whenStatus(app, tenant, id, 'sent');
    await given(provider, 'delivered', '--provider-message', String(providerMessageId), '--to', to);
    await whenStatus(app, tenant, id, 'delivered');
  });

  test('is answered by a STOP, which opts its writer out', async () => {
    const { venueId, number } = await venueWith(app, tenant, 'sms', { provider });
    const person = newNumber();
    const said = await given(provider, 'inbound', '--from', person, '--to', number, '--body', 'STOP');
    expect(said).toMatchObject({ code: 0, err: '' });
    expect(said.out).not.toContain(person);
    expect((await consentOf(app, tenant, venueId, person)).status).toBe('opted_out');
  });
});

test('An email through Resend is reported as bounced, and its address is suppressed', async () => {
  await newSender(app, tenant, { channel: 'email', address: 'box@riverside.example', provider: 'resend' });
  const to = newMailbox();
  const id = await send(app, tenant, email({ to }));
  await whenStatus(app, tenant, id, 'sent');
  expect(await given('resend', 'bounced', '--message', id, '--to', to)).toMatchObject({ code: 0, err: '' });
  expect(await whenStatus(app, tenant, id, 'undelivered')).toMatchObject({ errorCode: 'Permanent/General' });
  expect(await suppressionOf(app, tenant, to)).toMatchObject({ reason: 'hard_bounce' });
});

test.each(['opened', 'clicked'])(
  'An email through Resend is reported as %s, and its timeline says so',
  async (event) => {
    await newSender(app, tenant, { channel: 'email', address: `${event}@riverside.example`, provider: 'resend' });
    const id = await send(app, tenant, email());
    await whenStatus(app, tenant, id, 'sent');
    // What comes within seconds is a machine's.
    await app.database.query(`update message set sent_at = now() - interval '1 hour' where id = $1`, [id]);
    expect(await given('resend', event, '--message', id)).toMatchObject({ code: 0, err: '' });
    await until(async () => (await read(app, tenant, id)).events.some(({ kind }) => kind === event));
  },
);

describe('A webhook that is refused', () => {
  const message = randomUUID();
  const twilio = { TWILIO_ACCOUNT_SID: `AC${'0'.repeat(32)}`, TWILIO_AUTH_TOKEN: 'a-wrong-secret' };

  test('says which secret to compare and that the URL is signed, and shows neither', async () => {
    const args = ['webhook', 'send', '--provider', 'twilio', '--event', 'delivered', '--message', message];
    const { code, out, err } = await callboard({ ...environment, ...twilio }, ...args);
    expect(code).toBe(1);
    expect(out).toMatch(/ answered 403: .*the signature is not that of an account of ours/);
    expect(err).toContain('Is TWILIO_AUTH_TOKEN the one the deployment runs with?');
    expect(err).toContain(`is ${app.url} exactly the deployment’s PUBLIC_URL (or TWILIO_WEBHOOK_BASE_URL)?`);
    expect(out + err).not.toContain('secret');
  });

  test('for Resend names the clock, since the URL is not signed', async () => {
    const RESEND_WEBHOOK_SECRET = `whsec_${Buffer.from('not that of the deployment').toString('base64')}`;
    const resend = { RESEND_API_KEY: 're_12345678', RESEND_FROM: 'a@example.com', RESEND_WEBHOOK_SECRET };
    const args = ['webhook', 'send', '--provider', 'resend', '--event', 'delivered', '--message', message];
    const { code, err } = await callboard({ ...environment, ...resend }, ...args);
    expect({ code, err }).toEqual({
      code: 1,
      err: 'Is RESEND_WEBHOOK_SECRET the one the deployment runs with? The time is signed too: it must be right within five minutes.',
    });
  });

  test('because its URL is another than the deployment’s is told so', async () => {
    const elsewhere = app.url.replace('127.0.0.1', 'localhost');
    const { code, err } = await given('twilio', 'delivered', '--message', message, '--url', elsewhere);
    expect(code).toBe(1);
    expect(err).toContain(`is ${elsewhere} exactly the deployment’s PUBLIC_URL`);
  });

  test('where nobody listens is told so', async () => {
    const said = await given('plivo', 'sent', '--message', message, '--url', 'http://127.0.0.1:1');
    expect(said).toMatchObject({ code: 1, err: 'Does the service run, and is http://127.0.0.1:1 its address?' });
    expect(said.out).toContain('no answer (ECONNREFUSED)');
  });
});

describe('What cannot be sent', () => {
  test.each([
    ['ses', 'Amazon SNS signs with a private key that only it has.'],
    ['sendgrid', '"Test Your Integration"'],
  ])('is a webhook of %s, whose key nobody else has', async (provider, why) => {
    const { code, out, err } = await given(provider, 'delivered');
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err).toContain(why);
  });

  test('is one of a provider without an account', async () => {
    const twilio = { TWILIO_ACCOUNT_SID: `AC${'0'.repeat(32)}`, TWILIO_AUTH_TOKEN: 'a-wrong-secret' };
    const args = ['webhook', 'send', '--provider', 'plivo', '--event', 'sent', '--message', randomUUID()];
    const { code, err } = await callboard({ ...environment, ...twilio }, ...args);
    expect({ code, err }).toEqual({
      code: 1,
      err: 'The platform has no account at plivo: set PLIVO_AUTH_ID, PLIVO_AUTH_TOKEN.',
    });
  });

  test('is one with a configuration that the service would refuse, in the same words', async () => {
    const args = ['webhook', 'send', '--provider', 'twilio', '--event', 'sent', '--message', randomUUID()];
    const { code, err } = await callboard({ PORT: '!psst' }, ...args);
    expect({ code, err }).toEqual({
      code: 1,
      err: 'The configuration cannot be used:\n  - PORT is not a whole number from 1 to 65535',
    });
  });
});

describe('What cannot be understood', () => {
  test.each([
    [['webhok', 'send'], 'There is no command "webhok send": is it "webhook send"?'],
    [[], 'Which command?'],
    [['webhook', 'send', '--frob'], "Unknown option '--frob': is it --from?"],
    [['webhook', 'send', '--shout'], "Unknown option '--shout'."],
    [['webhook', 'send', 'twilio'], '"twilio" is one too many'],
    [['webhook', 'send', '--provider', 'pigeon'], '--provider is one of ses, sendgrid, resend, twilio, plivo.'],
    [['webhook', 'send', '--provider', 'resend', '--event', 'read'], '--event is one of scheduled, sent, '],
    [['webhook', 'send', '--provider', 'twilio', '--event', 'sent'], 'Of which message?'],
    [['webhook', 'send', '--provider', 'twilio', '--event', 'sent', '--message', '7'], '--message is the id'],
    [['webhook', 'send', '--provider', 'twilio', '--event', 'inbound'], 'Who writes?'],
    [['webhook', 'send', '--provider', 'twilio', '--event', 'sent', '--code', 'x'], '--code is one of Twilio’s'],
    [['webhook', 'send', '--provider', 'twilio', '--event', 'sent', '--url', 'here'], '--url is an address'],
  ])('is answered with the usage and code 2: %j', async (args, problem) => {
    const { code, out, err } = await callboard(environment, ...args);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toMatch(/^[^]+\n\nUsage: npm run callboard -- /);
    expect(err.startsWith(problem)).toBe(true);
  });

  test('is explained on demand', async () => {
    const all = await callboard({}, '--help');
    expect(all).toMatchObject({ code: 0, err: '' });
    expect(all.out).toContain('webhook send');
    const one = await callboard({}, 'webhook', 'send', '--help');
    expect(one).toMatchObject({ code: 0, err: '' });
    expect(one.out).toContain('--provider-message');
  });
});

test('A webhook of a tenant’s own account is signed with the tenant’s secret, at the account’s own path', async () => {
  const credentials = { authId: `MA${'7'.repeat(18)}`, authToken: 'token-of-riverside' };
  const input = { provider: 'plivo', name: 'Our own', credentials };
  const { body } = await app.as(tenant).post('/api/provider-accounts').send(input).expect(201);
  const { id: account } = body as { id: string };
  const { venueId } = await venueWith(app, tenant, 'sms', { provider: 'plivo' });
  const id = await send(app, tenant, text({ venueId }));
  await whenStatus(app, tenant, id, 'sent');
  const { authId: PLIVO_AUTH_ID, authToken: PLIVO_AUTH_TOKEN } = credentials;
  const args = ['webhook', 'send', '--provider', 'plivo', '--event', 'delivered', '--message', id];
  const said = await callboard({ ...environment, PLIVO_AUTH_ID, PLIVO_AUTH_TOKEN }, ...args, '--account', account);
  expect(said).toMatchObject({ code: 0, err: '' });
  await whenStatus(app, tenant, id, 'delivered');
  expect((await read(app, tenant, id)).provider).toBe('plivo');
});
