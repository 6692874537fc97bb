/** The real SendGrid SDK against the sandbox: mail to one and to many, its errors, and events that can be verified. */
import { MailService } from '@sendgrid/mail';
import { until } from '../../harness/until.js';
import { parseSendGridWebhook, publicKeyOf } from '../../src/providers/sendgrid/sendgrid.webhook.js';
import { openSandboxEnvironment, SENDGRID, type Received, type SandboxEnvironment } from './sandbox-environment.js';

let environment: SandboxEnvironment;
beforeAll(async () => {
  environment = await openSandboxEnvironment();
});
afterEach(() => environment.reset());
afterAll(() => environment.close());

interface Event {
  readonly event: string;
  readonly email: string;
  readonly sg_event_id: string;
}
type Mail = Parameters<MailService['send']>[0];

function client(apiKey = SENDGRID.apiKey): MailService {
  const mail = new MailService();
  mail.setApiKey(apiKey);
  Reflect.get(mail, 'client').setDefaultRequest('baseUrl', `${environment.url}/sandbox/sendgrid`);
  return mail;
}

const mailTo = (to: string, more: object = {}): Mail => ({
  from: { email: 'tickets@riverside.example', name: 'Riverside' },
  subject: 'Your tickets',
  text: 'See you',
  html: '<p>See you</p>',
  personalizations: [{ to: { email: to }, customArgs: { cb_mid: '0192-ours' } }],
  ...more,
});
const refusal = async (mail: Mail, apiKey?: string): Promise<{ code: number; errors: unknown }> => {
  const error = await client(apiKey)
    .send(mail)
    .then(
      () => new Error('it was taken'),
      (reason: Error & { code: number; response: { body: { errors: unknown } } }) => reason,
    );
  if (!('code' in error)) throw error;
  return { code: error.code, errors: error.response.body.errors };
};
const taken = async (to: string) => (await environment.messages(`?provider=sendgrid&to=${to}`)).items;
const eventsIn = ({ body }: Received): Event[] => JSON.parse(body) as Event[];
const eventsOf = (to: string): Event[] => environment.received.flatMap(eventsIn).filter(({ email }) => email === to);

test('a mail is answered as SendGrid does and put on record with our message id', async () => {
  const [{ statusCode, headers, body }] = await client().send(
    mailTo('ana@example.com', { headers: { 'X-Row': '7' }, categories: ['tickets'] }),
  );
  expect({ statusCode, body }).toEqual({ statusCode: 202, body: '' });
  expect(await taken('ana@example.com')).toMatchObject([
    {
      provider: 'sendgrid',
      accountId: SENDGRID.id,
      channel: 'email',
      from: 'tickets@riverside.example',
      to: 'ana@example.com',
      subject: 'Your tickets',
      text: 'See you',
      html: '<p>See you</p>',
      headers: { 'X-Row': '7' },
      messageId: '0192-ours',
      providerMessageId: (headers as Record<string, string>)['x-message-id'],
    },
  ]);
});

test('a mail to many is each one’s own, under one id', async () => {
  const people = ['ana@example.com', 'ben@example.com'];
  await client().send(
    mailTo('', {
      html: '<p>Dear -name-</p>',
      substitutionWrappers: ['', ''],
      personalizations: people.map((email, index) => ({
        to: { email },
        subject: `For ${index} and -name-`,
        substitutions: { '-name-': `guest $& ${index}` },
      })),
    }),
  );
  const [[ana], [ben]] = [await taken('ana@example.com'), await taken('ben@example.com')];
  expect(ana).toMatchObject({ subject: 'For 0 and guest $& 0', html: '<p>Dear guest $& 0</p>' });
  expect(ben).toMatchObject({ subject: 'For 1 and guest $& 1', html: '<p>Dear guest $& 1</p>' });
  expect(ana?.providerMessageId).toBe(ben?.providerMessageId);
});

test('an email lives on in events, signed so that they can be verified, each with an id of its own', async () => {
  await client().send(mailTo('cem@example.com'));
  await until(() => eventsOf('cem@example.com').length === 2);
  expect(eventsOf('cem@example.com').map(({ event }) => event)).toEqual(['processed', 'delivered']);
  const answer = await fetch(`${environment.url}/sandbox/sendgrid/v3/user/webhooks/event/settings/signed`, {
    headers: { authorization: `Bearer ${SENDGRID.apiKey}` },
  });
  const { public_key: key } = (await answer.json()) as { public_key: string };
  for (const { path, url, headers, body } of environment.received) {
    expect(path).toBe('/webhook/sendgrid');
    const request = { url, headers: headers as Record<string, string>, rawBody: Buffer.from(body) };
    for (const event of parseSendGridWebhook(request, publicKeyOf(key))) expect(event.kind).toBe('status');
  }
  expect(new Set(eventsOf('cem@example.com').map(({ sg_event_id: id }) => id)).size).toBe(2);
});

test('the events of many are posted together', async () => {
  const people = Array.from({ length: 50 }, (_, index) => `many${index}@example.com`);
  await client().send(mailTo('', { personalizations: people.map((email) => ({ to: { email } })) }));
  await until(() => environment.received.flatMap(eventsIn).length === 100);
  expect(environment.received.length).toBeLessThan(50);
});

test.each([
  ['bounced+x@sandbox.sendgrid.test', ['processed', 'bounce']],
  ['blocked@sandbox.sendgrid.test', ['processed', 'bounce']],
  ['dropped@sandbox.sendgrid.test', ['dropped']],
  ['complained@sandbox.sendgrid.test', ['processed', 'delivered', 'spamreport']],
  ['unsubscribed@sandbox.sendgrid.test', ['processed', 'delivered', 'unsubscribe']],
  ['deferred@sandbox.sendgrid.test', ['processed', 'deferred', 'delivered']],
])('an email to %s has the life %j', async (to, names) => {
  await client().send(mailTo(to));
  await until(() => eventsOf(to).length === names.length);
  expect(eventsOf(to).map(({ event }) => event)).toEqual(names);
});

test('a key that no account has is refused', async () => {
  expect(await refusal(mailTo('ana@example.com'), 'SG.of_nobody')).toMatchObject({ code: 401 });
});

test.each<[object, string]>([
  [{ from: { email: 'nobody' } }, 'from.email'],
  [{ html: '' }, 'content.1.value'],
  [{ subject: '' }, 'personalizations.0.subject'],
  [{ personalizations: [{ to: { email: 'nobody' } }] }, 'personalizations.0.to.0.email'],
  [
    { personalizations: [{ to: { email: 'ana@example.com' } }, { to: { email: 'ANA@example.com' } }] },
    'personalizations.1.to',
  ],
  [
    { personalizations: [{ to: { email: 'ana@example.com' }, customArgs: { row: 7 } }] },
    'personalizations.0.custom_args',
  ],
  [
    { personalizations: [{ to: { email: 'ana@example.com' }, substitutions: { '-x-': 'x'.repeat(10_000) } }] },
    'personalizations.0.substitutions',
  ],
])('a mail with %j is refused, and nothing of it is taken', async (more, field) => {
  expect(await refusal(mailTo('ana@example.com', more))).toEqual({
    code: 400,
    errors: [{ field, message: expect.stringMatching(/\w \w/) as string, help: null }],
  });
  expect(await taken('ana@example.com')).toEqual([]);
});
