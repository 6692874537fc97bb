/** What SendGrid says of our emails, and how it proves that it is SendGrid. */
import { generateKeyPairSync, sign } from 'node:crypto';
import type { WebhookRequest } from '../../src/providers/provider.webhook.js';
import { parseSendGridWebhook, publicKeyOf, SendGridWebhook } from '../../src/providers/sendgrid/sendgrid.webhook.js';
import { MalformedWebhook, UntrustedWebhook } from '../../src/providers/webhook.errors.js';

const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const stranger = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
const MID = '019a9b1c-4a3c-7b1e-8f00-000000000001';
const AT = 1_795_000_000;

const event = (name: string, more: object = {}): object => ({
  email: 'ana@example.com',
  timestamp: AT,
  event: name,
  sg_event_id: 'event-1',
  sg_message_id: 'sg-1.recvd-5f.filter0001.1',
  'smtp-id': '<sg-1@geopod>',
  category: ['tickets'],
  cb_mid: MID,
  cb_tenant: 't',
  ...more,
});

const seconds = (ms = Date.now()): string => String(Math.floor(ms / 1_000));
function signed(body: string, { key = privateKey, timestamp = seconds() } = {}): WebhookRequest {
  return {
    url: 'https://desk.example.com/webhook/sendgrid',
    rawBody: Buffer.from(body),
    headers: {
      'x-twilio-email-event-webhook-timestamp': timestamp,
      'x-twilio-email-event-webhook-signature': sign('sha256', Buffer.from(timestamp + body), key).toString('base64'),
    },
  };
}

const read = (...events: unknown[]) => parseSendGridWebhook(signed(JSON.stringify(events)), publicKey);
const base = { dedupeKey: 'event-1', occurredAt: new Date(AT * 1_000), messageId: MID };
const status = (word: string, more: object = {}) => ({
  kind: 'status',
  ...base,
  providerMessageId: 'sg-1',
  status: word,
  ...more,
});
const engagement = (type: string, more: object = {}) => ({ kind: 'engagement', ...base, type, ...more });
const address = 'ana@example.com';

test.each<[string, object, object]>([
  ['processed', {}, status('sent')],
  ['delivered', { response: '250 OK', ip: '203.0.113.1', tls: 1 }, status('delivered')],
  ['deferred', { response: '421 4.7.0', attempt: '3' }, engagement('delayed')],
  [
    'bounce',
    { type: 'bounce', status: '5.1.1', reason: '550 no such user', bounce_classification: 'Invalid Address' },
    status('undelivered', {
      code: 'bounce/Invalid Address',
      message: '550 no such user',
      suppress: { address, reason: 'hard_bounce', noMailbox: true },
    }),
  ],
  [
    'bounce',
    { type: 'bounce', status: '5.0.0' },
    status('undelivered', { code: 'bounce/5.0.0', suppress: { address, reason: 'hard_bounce' } }),
  ],
  [
    'bounce',
    { type: 'blocked', status: '4.7.1', reason: '450 try later', bounce_classification: 'Reputation' },
    status('undelivered', { code: 'blocked/Reputation', message: '450 try later' }),
  ],
  [
    'dropped',
    { reason: 'Bounced Address' },
    status('undelivered', {
      code: 'dropped/Bounced Address',
      message: 'Bounced Address',
      suppress: { address, reason: 'hard_bounce' },
    }),
  ],
  [
    'dropped',
    { reason: 'Invalid' },
    status('undelivered', {
      code: 'dropped/Invalid',
      message: 'Invalid',
      suppress: { address, reason: 'invalid_address' },
    }),
  ],
  [
    'dropped',
    { reason: 'Spam Reporting Address' },
    status('undelivered', {
      code: 'dropped/Spam Reporting Address',
      message: 'Spam Reporting Address',
      suppress: { address, reason: 'complaint' },
    }),
  ],
  [
    'dropped',
    { reason: 'Unsubscribed Address' },
    status('undelivered', {
      code: 'dropped/Unsubscribed Address',
      message: 'Unsubscribed Address',
      optedOut: true,
    }),
  ],
  [
    'dropped',
    { reason: 'Recipient List over Package Quota' },
    status('undelivered', {
      code: 'dropped/Recipient List over Package Quota',
      message: 'Recipient List over Package Quota',
    }),
  ],
  ['open', { useragent: 'Thunderbird' }, engagement('opened')],
  ['open', { sg_machine_open: true }, { ...engagement('opened'), byMachine: true }],
  ['open', { useragent: 'Mozilla/5.0' }, { ...engagement('opened'), byMachine: true }],
  ['click', { useragent: 'Googlebot/2.1' }, { ...engagement('clicked'), byMachine: true }],
  ['click', { url: 'https://x' }, engagement('clicked')],
  ['spamreport', {}, engagement('complained', { suppress: { address, reason: 'complaint' } })],
  ['unsubscribe', {}, engagement('unsubscribed', { optedOut: true })],
  ['group_unsubscribe', { asm_group_id: 7 }, engagement('unsubscribed', { optedOut: true })],
  ['group_resubscribe', { asm_group_id: 7 }, { kind: 'ignored', dedupeKey: 'event-1', type: 'group_resubscribe' }],
  ['account_status_change', {}, { kind: 'ignored', dedupeKey: 'event-1', type: 'account_status_change' }],
])('reads the event %s with %j', (name, more, expected) => {
  expect(read(event(name, more))).toEqual([expected]);
});

test('reads every event of a post, and what cannot be read holds up none of them', () => {
  const events = read(
    event('delivered'),
    'nonsense',
    null,
    event('delivered', { sg_event_id: undefined, sg_message_id: undefined }),
    event('open', { sg_event_id: 'event-2' }),
  );
  expect(events.map(({ kind }) => kind)).toEqual(['status', 'ignored', 'ignored', 'ignored', 'engagement']);
  expect(new Set(events.map(({ dedupeKey }) => dedupeKey)).size).toBe(5);
});

test('an event without an id is known again by what it says', () => {
  const odd = event('delivered', { sg_event_id: undefined });
  expect(read(odd)[0]?.dedupeKey).toBe(read(odd)[0]?.dedupeKey);
  expect(read(odd)[0]?.dedupeKey).not.toBe(read({ ...odd, event: 'open' })[0]?.dedupeKey);
});

test('an email without our argument is looked up by its id and address', () => {
  const [one] = read(event('delivered', { cb_mid: 'welcome' }));
  expect(one).not.toHaveProperty('messageId');
  expect(one).toMatchObject({ lookup: { providerMessageId: 'sg-1', to: 'ana@example.com' } });
});

test('a time that is none is left out', () => {
  for (const timestamp of ['soon', -1, 1e300, null]) {
    expect(read(event('delivered', { timestamp }))[0]).not.toHaveProperty('occurredAt');
  }
});

test('a body that is no list is malformed', () => {
  for (const body of ['{"event": "delivered"}', '[{"event": "deliv', '', 'null']) {
    expect(() => parseSendGridWebhook(signed(body), publicKey)).toThrow(MalformedWebhook);
  }
});

test('what is forged, altered, too old or from the future is not trusted', () => {
  const body = JSON.stringify([event('delivered')]);
  const good = signed(body);
  const hours = 3_600_000;
  const bad: WebhookRequest[] = [
    signed(body, { key: stranger }),
    { ...good, rawBody: Buffer.from(body.replace('delivered', 'spamreport')) },
    { ...good, rawBody: Buffer.from(`${body} `) },
    { ...good, headers: { ...good.headers, 'x-twilio-email-event-webhook-timestamp': seconds(Date.now() - 1_000) } },
    { ...good, headers: { ...good.headers, 'x-twilio-email-event-webhook-signature': '?' } },
    { ...good, headers: {} },
    signed(body, { timestamp: seconds(Date.now() - 49 * hours) }),
    signed(body, { timestamp: seconds(Date.now() + hours) }),
    signed(body, { timestamp: 'now' }),
  ];
  for (const request of bad) expect(() => parseSendGridWebhook(request, publicKey)).toThrow(UntrustedWebhook);
  expect(parseSendGridWebhook(signed(body, { timestamp: seconds(Date.now() - 25 * hours) }), publicKey)).toHaveLength(
    1,
  );
});

describe('the accounts', () => {
  const webhookKey = publicKey.export({ format: 'der', type: 'spki' }).toString('base64');
  const other = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const accounts = (key?: string) => {
    const credentials: Record<string, string> = key === undefined ? {} : { webhookKey: key };
    const account = { id: 'account-1', version: 1, credentials };
    return {
      platform: () => Promise.resolve(account),
      find: (id: string) => Promise.resolve(id === 'account-1' ? account : undefined),
      findByExternalId: () => Promise.resolve([]),
      all: () => Promise.resolve([]),
    };
  };
  const request = signed(JSON.stringify([event('delivered')]));

  test('count events for the account of the path, or the platform’s', async () => {
    const webhook = new SendGridWebhook();
    for (const accountId of ['account-1', undefined]) {
      const verified = await webhook.verify({ ...request, accountId }, accounts(webhookKey));
      expect(verified).toMatchObject({ accountIds: ['account-1'], answer: { status: 200 } });
    }
  });

  test('trust nothing for an account without a key, with another, or with one that is none', async () => {
    const webhook = new SendGridWebhook();
    const anothers = other.publicKey.export({ format: 'der', type: 'spki' }).toString('base64');
    await expect(webhook.verify(request, accounts())).rejects.toThrow(UntrustedWebhook);
    await expect(new SendGridWebhook().verify(request, accounts(anothers))).rejects.toThrow(UntrustedWebhook);
    await expect(webhook.verify({ ...request, accountId: 'another' }, accounts(webhookKey))).rejects.toThrow(
      UntrustedWebhook,
    );
    expect(() => publicKeyOf(Buffer.alloc(91).toString('base64'))).toThrow(UntrustedWebhook);
  });
});
