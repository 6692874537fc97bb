/** SendGrid: the contract, and what only SendGrid does. */
import { MailService } from '@sendgrid/mail';
import type { Envelope, Outcome } from '../../src/providers/provider.port.js';
import { SendGridAdapter } from '../../src/providers/sendgrid/sendgrid.adapter.js';
import { BAD_ADDRESS, emailTo } from './envelopes.js';
import { DAY, type Books } from './books.contract.js';
import { json, Loopback, type Answer, type Received, type Script } from './loopback.js';
import { providerContract } from './provider.contract.js';

const account = { id: 'account-1', version: 1, credentials: { apiKey: 'SG.example_key' } } as const;

interface Personalization {
  readonly to: readonly [{ readonly email: string }];
  readonly subject: string;
  readonly headers?: Record<string, string>;
  readonly custom_args: { readonly cb_mid: string; readonly cb_tenant: string; readonly cb_correlation?: string };
  readonly substitutions?: Record<string, string>;
}
interface Mail {
  readonly from: { readonly email: string; readonly name?: string };
  readonly content: readonly { readonly type: string; readonly value: string }[];
  readonly personalizations: readonly Personalization[];
}
interface Delivered {
  readonly to: string;
  readonly text?: string;
  readonly html?: string;
}

const adapterAt = (baseUrl: string, timeoutMs = 60_000) => new SendGridAdapter({ baseUrl, timeoutMs });
const errors = (status: number, ...problems: { message: string; field?: string }[]): Answer =>
  json(status, { errors: problems.map((problem) => ({ field: null, help: null, ...problem })) });
const accepted = (id = 'sg-1'): Answer => ({ status: 202, body: '', headers: { 'x-message-id': id } });
const mailIn = ({ body }: Received): Mail => JSON.parse(body) as Mail;
const peopleIn = (request: Received): string[] => mailIn(request).personalizations.map(({ to: [{ email }] }) => email);

/** What SendGrid makes of a call: each recipient's own text. */
function deliveredBy(request: Received): Delivered[] {
  const { content, personalizations } = mailIn(request);
  return personalizations.map(({ to: [{ email }], substitutions = {} }) => {
    const part = (type: string): string | undefined =>
      Object.entries(substitutions).reduce(
        (text, [key, value]) => text?.replaceAll(key, () => value),
        content.find((each) => each.type === type)?.value,
      );
    return { to: email, text: part('text/plain'), html: part('text/html') };
  });
}

const healthy: Script = (request) => {
  if (request.path.endsWith('/v3/scopes')) return json(200, { scopes: ['mail.send'] });
  const bad = peopleIn(request).flatMap((to, index) =>
    to === BAD_ADDRESS
      ? [{ field: `personalizations.${index}.to.0.email`, message: 'Does not contain a valid address.' }]
      : [],
  );
  return bad.length > 0 ? errors(400, ...bad) : accepted();
};

const BOOKS: Books = {
  script: ({ path }) => {
    expect(path).toBe(`/v3/stats?start_date=${DAY}&end_date=${DAY}&aggregated_by=day`);
    const metrics = { requests: 40, processed: 39, delivered: 36, bounces: 2, blocks: 1, spam_reports: 1 };
    const nothing = { requests: 0, delivered: 0, bounces: 0, blocks: 0, spam_reports: 0 };
    return json(200, [
      { date: DAY, stats: [{ metrics }] },
      { date: '2026-11-29', stats: [{ metrics: nothing }] },
    ]);
  },
  usage: [{ day: DAY, channel: 'email', messages: 40, delivered: 36, bounced: 3, complained: 1 }],
};

providerContract({
  name: 'SendGrid',
  adapterAt,
  account,
  secret: 'apiKey',
  envelope: (to) => emailTo(to),
  goodRecipients: ['ana@example.com', 'ben@example.com', 'cem@example.com'],
  badRecipient: BAD_ADDRESS,
  healthy,
  badCredentials: errors(401, { message: 'The provided authorization grant is invalid, expired, or revoked' }),
  throttled: errors(429, { message: 'too many requests' }),
  callsFor: () => 1,
  messageIdsIn: (request) => mailIn(request).personalizations.map(({ custom_args: { cb_mid: id } }) => id),
  books: BOOKS,
});

describe('SendGrid on the wire', () => {
  let provider: Loopback;
  const send = (envelopes: Envelope[]): Promise<Outcome[]> => adapterAt(provider.origin).send(account, envelopes);
  const first = (): Received => provider.received[0] as Received;
  const some = (count: number, content: (index: number) => Parameters<typeof emailTo>[1] = () => ({})): Envelope[] =>
    Array.from({ length: count }, (_, index) => emailTo(`p${index}@example.com`, content(index)));

  beforeEach(async () => {
    provider = await Loopback.open();
    provider.script = healthy;
  });
  afterEach(() => provider.close());

  test('sends one email as it is, with our ids among its arguments', async () => {
    const envelope: Envelope = {
      ...emailTo('ana@example.com', {
        replyTo: 'box@venue.example',
        headers: [{ name: 'List-Unsubscribe', value: '<https://v/u>' }],
      }),
      fromName: 'Ana <of> "The Venue"',
      correlationId: 'checkout-7',
    };
    await send([envelope]);
    expect(first().path).toBe('/v3/mail/send');
    expect(first().headers.authorization).toBe('Bearer SG.example_key');
    expect(first().headers).not.toHaveProperty('list-unsubscribe');
    expect(mailIn(first())).toEqual({
      from: { email: 'tickets@venue.example', name: 'Ana <of> "The Venue"' },
      reply_to: { email: 'box@venue.example' },
      content: [
        { type: 'text/plain', value: 'See you' },
        { type: 'text/html', value: '<p>See you &amp; enjoy</p>' },
      ],
      personalizations: [
        {
          to: [{ email: 'ana@example.com' }],
          subject: 'Your tickets',
          headers: { 'List-Unsubscribe': '<https://v/u>' },
          custom_args: {
            cb_mid: envelope.messageId,
            cb_tenant: envelope.tenantId,
            cb_correlation: 'checkout-7',
          },
        },
      ],
    });
  });

  test('says the same as the SDK with its own transport', async () => {
    const mail = new MailService();
    mail.setApiKey('SG.example_key');
    Reflect.get(mail, 'client').setDefaultRequest('baseUrl', provider.origin);
    const envelope = emailTo('ana@example.com');
    await send([envelope]);
    await mail.send({
      from: { email: 'tickets@venue.example' },
      text: 'See you',
      html: '<p>See you &amp; enjoy</p>',
      personalizations: [
        {
          to: { email: 'ana@example.com' },
          subject: 'Your tickets',
          customArgs: { cb_mid: envelope.messageId, cb_tenant: envelope.tenantId },
        },
      ],
    });
    const [ours, theirs] = provider.received;
    expect(theirs?.path).toBe(ours?.path);
    expect(mailIn(ours as Received)).toEqual(mailIn(theirs as Received));
  });

  test('sends what emails have in common once, and everybody gets their own', async () => {
    const envelopes = some(50, (index) => ({
      subject: `For ${index}`,
      html: `<html><body>\n<h1>Hello</h1>\n<p>Dear guest ${index},</p>\n${'<p>It is on.</p>\n'.repeat(100)}</body></html>`,
      text: `Dear guest ${index},\nIt is on. $& $1 -text-0-`,
    }));
    const outcomes = await send(envelopes);
    expect(outcomes).toEqual(envelopes.map(() => ({ kind: 'accepted', providerMessageId: 'sg-1' })));
    expect(provider.received).toHaveLength(1);
    expect(deliveredBy(first())).toEqual(
      envelopes.map(({ to, content }) => {
        if (content.kind !== 'email') throw new Error('an email');
        return { to, text: content.text, html: content.html };
      }),
    );
    expect(mailIn(first()).personalizations.map(({ subject }) => subject)).toEqual(
      envelopes.map((_, index) => `For ${index}`),
    );
    expect(first().body.length).toBeLessThan(50 * 600);
  });

  test('sends an email alone that has too much of its own, and those of two templates by themselves', async () => {
    const long = 'x'.repeat(10_000);
    await send([...some(3), emailTo('odd@example.com', { text: long, html: long })]);
    expect(provider.received.map(peopleIn)).toEqual([
      ['p0@example.com', 'p1@example.com', 'p2@example.com'],
      ['odd@example.com'],
    ]);
    provider.received.length = 0;
    await send(
      some(6, (index) => ({ html: index % 2 === 0 ? `<p>${long}</p>` : `<p><b>${long.toUpperCase()}</b></p>` })),
    );
    expect(provider.received.map((request) => peopleIn(request).length)).toEqual([3, 3]);
  });

  test('says nothing for a part that is empty', async () => {
    await send([emailTo('ana@example.com', { text: '' }), emailTo('ben@example.com', { html: undefined })]);
    expect(provider.received.map((request) => mailIn(request).content.map(({ type }) => type))).toEqual([
      ['text/html'],
      ['text/plain'],
    ]);
  });

  test('takes a thousand at a time, each address once, and the senders of a call are one', async () => {
    const others = some(3).map((each) => ({ ...each, from: 'other@venue.example' }));
    const twice = { ...emailTo('P7@example.com') };
    const outcomes = await send([...some(1_001), twice, ...others]);
    expect(outcomes.every(({ kind }) => kind === 'accepted')).toBe(true);
    expect(provider.received.map((request) => peopleIn(request).length).toSorted((a, b) => b - a)).toEqual([
      1_000, 3, 2,
    ]);
  });

  test('sends the others again, together, without the one that was refused', async () => {
    const envelopes = some(20);
    envelopes[7] = emailTo(BAD_ADDRESS);
    const outcomes = await send(envelopes);
    expect(outcomes[7]).toEqual({
      kind: 'refused',
      reason: 'recipient',
      code: 'http-400 personalizations.to.email',
      message: 'Does not contain a valid address.',
    });
    expect(outcomes.filter(({ kind }) => kind === 'accepted')).toHaveLength(19);
    expect(provider.received.map((request) => peopleIn(request).length)).toEqual([20, 19]);
  });

  test('finds the one among many that is refused without being named', async () => {
    provider.script = (request) =>
      peopleIn(request).includes('p11@example.com') ? errors(400, { message: 'Bad Request' }) : accepted();
    const outcomes = await send(some(20));
    expect(outcomes.map(({ kind }, index) => (kind === 'refused' ? index : -1)).filter((index) => index >= 0)).toEqual([
      11,
    ]);
    expect(provider.received.length).toBeLessThan(12);
  });

  test.each<[number, string, string | undefined, object]>([
    [400, 'Does not contain a valid address.', 'personalizations.0.to.0.email', { reason: 'recipient' }],
    [400, 'The from email does not contain a valid address.', 'from.email', { reason: 'sender' }],
    [400, 'The reply_to email does not contain a valid address.', 'reply_to.email', { reason: 'sender' }],
    [400, 'The content value must be a string.', 'content.0.value', { reason: 'content' }],
    [413, 'too large', undefined, { reason: 'content', code: 'http-413' }],
    [401, 'Maximum credits exceeded', undefined, { kind: 'deferred', reason: 'quota' }],
    [401, 'Permission denied, wrong credentials', undefined, { reason: 'config' }],
    [403, 'The from address does not match a verified Sender Identity.', 'from', { reason: 'sender' }],
    [403, 'access forbidden', undefined, { reason: 'config' }],
    [403, 'Your account has been suspended', undefined, { reason: 'account' }],
    [418, 'teapot', undefined, { reason: 'unlisted', code: 'http-418' }],
    [500, 'down', undefined, { kind: 'unknown', code: 'http-500' }],
  ])('reads an answer of %d "%s"', async (status, message, field, outcome) => {
    provider.script = () => errors(status, { message, ...(field === undefined ? {} : { field }) });
    expect(await send([emailTo('ana@example.com')])).toEqual([
      { kind: 'refused', code: expect.any(String), message, ...outcome },
    ]);
  });

  test('comes back when the provider says that its limit is reset', async () => {
    const inFive = String(Math.floor(Date.now() / 1_000) + 5);
    provider.script = () => json(429, { errors: [{ message: 'too many requests' }] }, { 'x-ratelimit-reset': inFive });
    const [outcome] = await send([emailTo('ana@example.com')]);
    const { retryAfterMs } = outcome as { retryAfterMs: number };
    expect(retryAfterMs).toBeGreaterThan(0);
    expect(retryAfterMs).toBeLessThanOrEqual(5_000);
  });

  test('is in doubt about an email that was taken without an id', async () => {
    provider.script = () => ({ status: 202, body: '' });
    expect(await send([emailTo('ana@example.com')])).toEqual([{ kind: 'unknown', code: 'no-answer' }]);
  });

  test('ping says when a key may not send', async () => {
    provider.script = () => json(200, { scopes: ['stats.read'] });
    await expect(adapterAt(provider.origin).ping(account)).rejects.toThrow('lacks the scope mail.send');
  });
});
