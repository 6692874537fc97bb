/** Resend: the contract, and what only Resend does. */
import { randomUUID } from 'node:crypto';
import type { Envelope, Outcome } from '../../src/providers/provider.port.js';
import { ResendAdapter } from '../../src/providers/resend/resend.adapter.js';
import { BAD_ADDRESS, emailTo } from './envelopes.js';
import { json, Loopback, type Answer, type Received, type Script } from './loopback.js';
import { providerContract } from './provider.contract.js';

const account = {
  id: 'account-1',
  version: 1,
  credentials: { apiKey: 're_example_key' },
} as const;

interface Email {
  readonly from: string;
  readonly to: [string];
  readonly tags: readonly { readonly name: string; readonly value: string }[];
}

const adapterAt = (baseUrl: string, timeoutMs = 60_000) =>
  new ResendAdapter({ baseUrl, timeoutMs, callsPerSecond: 1_000 });

const error = (statusCode: number, name: string, message: string, headers: Record<string, string> = {}): Answer =>
  json(statusCode, { statusCode, name, message }, headers);
const isBatch = ({ path }: Received): boolean => path.endsWith('/emails/batch');
const emailsIn = ({ body }: Received): Email[] => [JSON.parse(body) as Email | Email[]].flat();
const keyOf = (request: Received | undefined): unknown => request?.headers['idempotency-key'];

const healthy: Script = (request) => {
  if (request.path === '/domains') return json(200, { object: 'list', data: [] });
  const emails = emailsIn(request);
  if (!isBatch(request)) {
    const [{ to: [to] } = { to: [''] }] = emails;
    return to === BAD_ADDRESS ? error(422, 'validation_error', 'Invalid `to` field.') : json(200, { id: `re-${to}` });
  }
  const data = emails.filter(({ to: [to] }) => to !== BAD_ADDRESS).map(({ to: [to] }) => ({ id: `re-${to}` }));
  const errors = emails.flatMap(({ to: [to] }, index) =>
    to === BAD_ADDRESS ? [{ index, message: 'Invalid `to` field.' }] : [],
  );
  return json(200, { data, errors });
};

providerContract({
  name: 'Resend',
  adapterAt,
  account,
  secret: 'apiKey',
  envelope: (to) => emailTo(to),
  goodRecipients: ['ana@example.com', 'ben@example.com', 'cem@example.com'],
  badRecipient: BAD_ADDRESS,
  healthy,
  badCredentials: error(403, 'invalid_api_key', 'API key is invalid'),
  throttled: error(429, 'rate_limit_exceeded', 'Too many requests.'),
  callsFor: () => 1,
  messageIdsIn: (request) => emailsIn(request).map(({ tags }) => tags.find(({ name }) => name === 'mid')?.value),
  books: 'none',
});

describe('Resend on the wire', () => {
  let provider: Loopback;
  const send = (envelopes: Envelope[], signal?: AbortSignal): Promise<Outcome[]> =>
    adapterAt(provider.origin).send(account, envelopes, signal);
  const first = (): Received => provider.received[0] as Received;

  beforeEach(async () => {
    provider = await Loopback.open();
    provider.script = healthy;
  });
  afterEach(() => provider.close());

  test('sends one email by itself, under a key of the message and its attempt', async () => {
    const envelope: Envelope = {
      ...emailTo('ana@example.com', {
        replyTo: 'box@venue.example',
        headers: [{ name: 'List-Unsubscribe', value: '<https://v/u>' }],
      }),
      fromName: 'The Venue',
      attempt: 3,
      correlationId: 'checkout-7',
    };
    await send([envelope]);
    expect(first().path).toBe('/emails');
    expect(first().headers.authorization).toBe('Bearer re_example_key');
    expect(keyOf(first())).toBe(`${envelope.messageId}/3`);
    expect(JSON.parse(first().body)).toEqual({
      from: '"The Venue" <tickets@venue.example>',
      to: ['ana@example.com'],
      reply_to: 'box@venue.example',
      subject: 'Your tickets',
      html: '<p>See you &amp; enjoy</p>',
      text: 'See you',
      headers: { 'List-Unsubscribe': '<https://v/u>' },
      tags: [
        { name: 'mid', value: envelope.messageId },
        { name: 'tenant', value: envelope.tenantId },
        { name: 'correlation', value: 'checkout-7' },
      ],
    });
  });

  test('makes the very same call again for the same envelopes: same key, same bytes', async () => {
    for (const envelopes of [[emailTo('ana@example.com')], [emailTo('ana@example.com'), emailTo('ben@example.com')]]) {
      provider.received.length = 0;
      await send(envelopes);
      await send(structuredClone(envelopes));
      const [one, other] = provider.received;
      expect(keyOf(other)).toBe(keyOf(one));
      expect(other?.body).toBe(one?.body);
    }
  });

  test('gives another key to another attempt, and to other company', async () => {
    const [ana, ben, cem] = ['ana@example.com', 'ben@example.com', 'cem@example.com'].map((to) => emailTo(to));
    if (!ana || !ben || !cem) throw new Error('three were made');
    await send([ana, ben]);
    await send([{ ...ana, attempt: 2 }, ben]);
    await send([ana, cem]);
    await send([ben, ana]);
    expect(new Set(provider.received.map(keyOf)).size).toBe(4);
    for (const request of provider.received) expect(String(keyOf(request)).length).toBeLessThanOrEqual(256);
  });

  test('takes a hundred at a time, and the senders of a call are one', async () => {
    const others = Array.from({ length: 3 }, (_, index) => ({
      ...emailTo(`o${index}@example.com`),
      from: 'other@venue.example',
    }));
    const outcomes = await send([
      ...Array.from({ length: 101 }, (_, index) => emailTo(`p${index}@example.com`)),
      ...others,
    ]);
    expect(outcomes.every(({ kind }) => kind === 'accepted')).toBe(true);
    expect(provider.received.map((request) => emailsIn(request).length)).toEqual([100, 1, 3]);
    for (const request of provider.received) expect(new Set(emailsIn(request).map(({ from }) => from)).size).toBe(1);
  });

  test('sends each alone when what may be the matter with one refuses all', async () => {
    provider.script = (request) =>
      isBatch(request) ? error(422, 'validation_error', 'Invalid `to` field.') : healthy(request);
    await expect(send([emailTo('ana@example.com'), emailTo(BAD_ADDRESS), emailTo('ben@example.com')])).resolves.toEqual(
      [
        { kind: 'accepted', providerMessageId: 're-ana@example.com' },
        { kind: 'refused', reason: 'recipient', code: 'validation_error', message: 'Invalid `to` field.' },
        { kind: 'accepted', providerMessageId: 're-ben@example.com' },
      ],
    );
  });

  test('is in doubt about a batch whose ids do not add up', async () => {
    provider.script = () => json(200, { data: [{ id: 'one' }], errors: [] });
    const outcomes = await send([emailTo('ana@example.com'), emailTo('ben@example.com')]);
    expect(outcomes).toEqual([
      { kind: 'unknown', code: 'no-answer' },
      { kind: 'unknown', code: 'no-answer' },
    ]);
  });

  test.each([
    [409, 'concurrent_idempotent_requests', { kind: 'unknown', code: 'concurrent_idempotent_requests' }],
    [409, 'invalid_idempotent_request', { kind: 'unknown', code: 'invalid_idempotent_request' }],
    [429, 'daily_quota_exceeded', { kind: 'deferred', reason: 'quota', code: 'daily_quota_exceeded' }],
    [401, 'restricted_api_key', { kind: 'refused', reason: 'config', code: 'restricted_api_key' }],
    [422, 'invalid_attachment', { kind: 'refused', reason: 'content', code: 'invalid_attachment' }],
    [500, 'internal_server_error', { kind: 'unknown', code: 'http-500' }],
    [418, 'teapot', { kind: 'refused', reason: 'unlisted', code: 'http-418' }],
    [401, 'teapot', { kind: 'refused', reason: 'config', code: 'http-401' }],
  ])('reads an answer of %d %s', async (status, name, outcome) => {
    provider.script = () => error(status, name, 'said the provider');
    expect(await send([emailTo('ana@example.com')])).toEqual([{ ...outcome, message: 'said the provider' }]);
  });

  test('says whose fault a validation error is', async () => {
    const answers: [number, string, string][] = [
      [403, 'The venue.example domain is not verified.', 'sender'],
      [422, 'Invalid `from` field.', 'sender'],
      [422, 'Invalid `to` field. The address to@from.example is not one.', 'recipient'],
      [422, 'The subject from `ana@example.com` is too long.', 'content'],
    ];
    for (const [status, message, reason] of answers) {
      provider.script = () => error(status, 'validation_error', message);
      expect(await send([emailTo('ana@example.com')])).toEqual([expect.objectContaining({ kind: 'refused', reason })]);
    }
  });

  test.each<[unknown, string, string | undefined]>([
    [['Invalid `to` field.'], 'recipient', '["Invalid `to` field."]'],
    [{ from: 'Invalid `from` field.' }, 'sender', '{"from":"Invalid `from` field."}'],
    [7, 'content', '7'],
    [null, 'content', undefined],
    [undefined, 'content', undefined],
  ])('reads a refusal whose message is no text: %j', async (message, reason, words) => {
    provider.script = () => json(422, { statusCode: 422, name: 'validation_error', message });
    expect(await send([emailTo('ana@example.com')])).toEqual([
      { kind: 'refused', reason, code: 'validation_error', message: words },
    ]);
  });

  test('comes back after the time that the provider names', async () => {
    provider.script = () => error(429, 'rate_limit_exceeded', 'Too many requests.', { 'retry-after': '7' });
    expect(await send([emailTo('ana@example.com')])).toEqual([
      {
        kind: 'deferred',
        reason: 'rate',
        code: 'rate_limit_exceeded',
        message: 'Too many requests.',
        retryAfterMs: 7_000,
      },
    ]);
  });

  test('spaces the calls of an account, and begins none once it is given up', async () => {
    const adapter = new ResendAdapter({ baseUrl: provider.origin, callsPerSecond: 4 });
    const began = performance.now();
    const given = new AbortController();
    provider.script = (request) => {
      if (provider.received.length === 2) given.abort();
      return healthy(request);
    };
    const sends = Array.from({ length: 4 }, () => adapter.send(account, [emailTo('ana@example.com')], given.signal));
    const outcomes = (await Promise.all(sends)).flat();
    expect(performance.now() - began).toBeGreaterThan(200);
    expect(outcomes.slice(2)).toEqual([
      { kind: 'deferred', reason: 'unreachable', code: 'aborted' },
      { kind: 'deferred', reason: 'unreachable', code: 'aborted' },
    ]);
    expect(provider.received).toHaveLength(2);
  });

  test('reports what became of an email', async () => {
    provider.script = ({ path }) =>
      json(200, { id: path.slice('/emails/'.length), to: ['ana@example.com'], last_event: 'clicked' });
    const messageId = randomUUID();
    const adapter = adapterAt(provider.origin);
    await expect(adapter.report(account, { providerMessageId: 're-1', messageId })).resolves.toEqual({
      kind: 'status',
      dedupeKey: 'report:re-1:clicked',
      messageId,
      providerMessageId: 're-1',
      status: 'delivered',
    });
    provider.script = () => error(404, 'not_found', 'Email not found');
    await expect(adapter.report(account, { providerMessageId: 're-1', messageId })).rejects.toThrow('http-404');
  });

  test('ping takes a key that may only send for well', async () => {
    provider.script = () => error(401, 'restricted_api_key', 'This API key is restricted to only send emails');
    await expect(adapterAt(provider.origin).ping(account)).resolves.toBeUndefined();
  });
});
