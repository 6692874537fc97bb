/** The real Resend SDK against the sandbox: sending, keys that are known again, webhooks, refusals. */
import { randomUUID } from 'node:crypto';
import { Resend } from 'resend';
import { Webhook } from 'standardwebhooks';
import { until } from '../../harness/until.js';
import { RESEND, openSandboxEnvironment, type Received, type SandboxEnvironment } from './sandbox-environment.js';

let environment: SandboxEnvironment;
beforeAll(async () => {
  environment = await openSandboxEnvironment();
});
afterEach(() => environment.reset());
afterAll(() => environment.close());

const client = (apiKey = RESEND.apiKey): Resend => new Resend(apiKey, { baseUrl: `${environment.url}/sandbox/resend` });
const email = (to = 'ana@example.com', more: object = {}) => ({
  from: 'Riverside <tickets@riverside.example>',
  to: [to],
  subject: 'Your tickets',
  html: '<p>See you</p>',
  tags: [{ name: 'mid', value: '0192-ours' }],
  ...more,
});
const taken = async (to = 'ana@example.com') => (await environment.messages(`?provider=resend&to=${to}`)).items;
const typeOf = ({ body }: Received): string => (JSON.parse(body) as { type: string }).type;
/** The webhooks about emails to this person, whatever else still comes in. */
const webhooksOf = (to: string): Received[] => environment.received.filter(({ body }) => body.includes(`"${to}"`));

test('an email is answered as Resend does and put on record with our message id', async () => {
  const { data } = await client().emails.send(email('Ana <ana@example.com>', { headers: { 'X-Row': '7' } }));
  expect(await taken()).toMatchObject([
    {
      provider: 'resend',
      accountId: RESEND.id,
      channel: 'email',
      from: 'tickets@riverside.example',
      to: 'ana@example.com',
      subject: 'Your tickets',
      html: '<p>See you</p>',
      headers: { 'X-Row': '7' },
      messageId: '0192-ours',
      providerMessageId: data?.id,
    },
  ]);
});

test('a batch is taken as a whole or, when asked to, as far as it goes', async () => {
  const batch = [email('ana@example.com'), email('nobody'), email('ben@example.com')];
  const strict = await client().batch.send(batch);
  expect(strict.error).toMatchObject({ statusCode: 422, name: 'validation_error', message: 'Invalid `to` field.' });
  expect(await taken()).toEqual([]);
  const { data } = await client().batch.send(batch, { batchValidation: 'permissive' });
  expect(data?.data).toHaveLength(2);
  expect(data?.errors).toEqual([{ index: 1, message: 'Invalid `to` field.' }]);
  expect(await taken('ben@example.com')).toMatchObject([{ providerMessageId: data?.data[1]?.id }]);
});

describe('a call with a key', () => {
  test('that is made again is answered as the first was, and takes nothing more', async () => {
    const idempotencyKey = randomUUID();
    const one = await client().emails.send(email(), { idempotencyKey });
    const other = await client().emails.send(email(), { idempotencyKey });
    expect(other.data).toEqual(one.data);
    expect(await taken()).toHaveLength(1);
    const batches = [await client().batch.send([email()], { idempotencyKey: `${idempotencyKey}/batch` })];
    batches.push(await client().batch.send([email()], { idempotencyKey: `${idempotencyKey}/batch` }));
    expect(batches[1]?.data).toEqual(batches[0]?.data);
    expect(await taken()).toHaveLength(2);
  });

  test('that comes with another body is refused', async () => {
    const idempotencyKey = randomUUID();
    await client().emails.send(email(), { idempotencyKey });
    const { error } = await client().emails.send(email('ben@example.com'), { idempotencyKey });
    expect(error).toMatchObject({ statusCode: 409, name: 'invalid_idempotent_request' });
  });

  test('whose first is still under way is refused', async () => {
    await environment.call('PUT', 'faults', { calls: [{ provider: 'resend', latencyMs: { min: 3_000, max: 3_000 } }] });
    const idempotencyKey = randomUUID();
    const answers = await Promise.all([1, 2].map(() => client().emails.send(email(), { idempotencyKey })));
    expect(answers.flatMap(({ error }) => error?.name ?? [])).toEqual(['concurrent_idempotent_requests']);
    expect(await taken()).toHaveLength(1);
  });

  test('that failed is not remembered', async () => {
    const idempotencyKey = randomUUID();
    await environment.call('PUT', 'faults', { calls: [{ provider: 'resend', nth: { serverError: 1 } }] });
    const failed = await client().emails.send(email(), { idempotencyKey });
    expect(failed.error).toMatchObject({ statusCode: 500, name: 'internal_server_error' });
    await environment.call('PUT', 'faults', {});
    expect((await client().emails.send(email(), { idempotencyKey })).error).toBeNull();
  });

  test('of more than 256 characters is refused', async () => {
    const { error } = await client().emails.send(email(), { idempotencyKey: 'k'.repeat(257) });
    expect(error).toMatchObject({ statusCode: 400, name: 'invalid_idempotency_key' });
  });
});

test('an email lives on in webhooks, signed so that they can be verified, each with an id of its own', async () => {
  await client().emails.send(email('cem@example.com'));
  const webhooks = await until(() => webhooksOf('cem@example.com').length === 2 && webhooksOf('cem@example.com'));
  expect(webhooks.map(typeOf)).toEqual(['email.sent', 'email.delivered']);
  for (const { path, headers, body } of webhooks) {
    expect(path).toBe('/webhook/resend');
    const [id, timestamp, signature] = ['svix-id', 'svix-timestamp', 'svix-signature'].map((name) =>
      String(headers[name]),
    );
    const named = {
      'webhook-id': id ?? '',
      'webhook-timestamp': timestamp ?? '',
      'webhook-signature': signature ?? '',
    };
    expect(new Webhook(RESEND.webhookSecret).verify(body, named)).toMatchObject({
      data: { to: ['cem@example.com'], tags: { mid: '0192-ours' } },
    });
  }
  expect(new Set(webhooks.map(({ headers }) => headers['svix-id'])).size).toBe(2);
});

test.each([
  ['bounced+x@resend.dev', ['email.sent', 'email.bounced']],
  ['complained@resend.dev', ['email.sent', 'email.delivered', 'email.complained']],
  ['suppressed@resend.dev', ['email.suppressed']],
])('an email to %s has the life %j', async (to, types) => {
  await client().emails.send(email(to));
  await until(() => webhooksOf(to).length === types.length);
  expect(webhooksOf(to).map(typeOf)).toEqual(types);
});

test('an email can be asked about by its account alone', async () => {
  const { data } = await client().emails.send(email());
  const last = async () => (await client().emails.get(data?.id ?? '')).data?.last_event;
  await until(async () => (await last()) === 'delivered');
  expect((await client().emails.get(randomUUID())).error).toMatchObject({ statusCode: 404, name: 'not_found' });
});

test('a key that no account has is refused', async () => {
  const { error } = await client('re_of_nobody').emails.send(email());
  expect(error).toMatchObject({ statusCode: 403, name: 'invalid_api_key' });
});

test.each([
  [{ from: 'nobody' }, 'Invalid `from` field.'],
  [{ to: [] }, 'Invalid `to` field.'],
  [{ html: undefined }, 'Missing `html` or `text` field.'],
  [{ tags: [{ name: 'a b', value: 'c' }] }, 'Tags should only contain ASCII letters, numbers, underscores, or dashes.'],
])('an email with %j is refused', async (more, message) => {
  const { error } = await client().emails.send(email('ana@example.com', more));
  expect(error).toMatchObject({ statusCode: 422, name: 'validation_error', message });
});
