/** What Resend says of our emails, and how it proves that it is Resend. */
import { Webhook } from 'standardwebhooks';
import type { WebhookRequest } from '../../src/providers/provider.webhook.js';
import { parseResendWebhook, resendReport } from '../../src/providers/resend/resend.webhook.js';
import { MalformedWebhook, UntrustedWebhook } from '../../src/providers/webhook.errors.js';

const SECRET = `whsec_${Buffer.from('a secret of twenty-four.').toString('base64')}`;
const MID = '019a9b1c-4a3c-7b1e-8f00-000000000001';

interface Event {
  readonly type: string;
  readonly created_at?: string;
  readonly data?: object;
}

const event = (type: string, data: object = {}): Event => ({
  type,
  created_at: '2026-11-27T10:00:00.000Z',
  data: { email_id: 're-1', to: ['ana@example.com'], tags: { mid: MID, tenant: 't' }, ...data },
});

function signed(body: string, { secret = SECRET, at = new Date(), id = 'msg_1' } = {}): WebhookRequest {
  return {
    url: 'https://desk.example.com/webhook/resend',
    rawBody: Buffer.from(body),
    headers: {
      'svix-id': id,
      'svix-timestamp': String(Math.floor(at.getTime() / 1_000)),
      'svix-signature': new Webhook(secret).sign(id, at, body),
    },
  };
}

const read = (of: Event) => parseResendWebhook(signed(JSON.stringify(of)), SECRET);
const base = {
  dedupeKey: 'msg_1',
  occurredAt: new Date('2026-11-27T10:00:00.000Z'),
  messageId: MID,
};
const status = (word: string, more: object = {}) => [
  { kind: 'status', ...base, providerMessageId: 're-1', status: word, ...more },
];

test.each([
  ['email.sent', {}, status('sent')],
  ['email.delivered', {}, status('delivered')],
  [
    'email.bounced',
    { bounce: { type: 'Permanent', subType: 'General', message: 'no ana@example.com here' } },
    status('undelivered', {
      code: 'Permanent/General',
      message: 'no ana@example.com here',
      suppress: { address: 'ana@example.com', reason: 'hard_bounce' },
    }),
  ],
  [
    'email.bounced',
    { bounce: { type: 'Permanent', subType: 'General', diagnosticCode: ['smtp; 550 5.1.1 user unknown'] } },
    status('undelivered', {
      code: 'Permanent/General',
      suppress: { address: 'ana@example.com', reason: 'hard_bounce', noMailbox: true },
    }),
  ],
  [
    'email.bounced',
    { bounce: { type: 'Transient', subType: 'MailboxFull' } },
    status('undelivered', { code: 'Transient/MailboxFull' }),
  ],
  [
    'email.bounced',
    { bounce: { type: 'Transient', subType: 'General', diagnosticCode: ['smtp; 421 4.7.0 try again'] } },
    status('undelivered', { code: 'Transient/General' }),
  ],
  ['email.bounced', { bounce: { type: 'Transient', subType: 'General', diagnosticCode: [] } }, status('sent')],
  ['email.bounced', { bounce: { type: 'Undetermined', subType: 'Undetermined' } }, status('sent')],
  ['email.bounced', {}, status('undelivered', { code: 'Undetermined/Undetermined' })],
  [
    'email.failed',
    { failed: { reason: 'reached_daily_quota' } },
    status('failed', { code: 'failed', message: 'reached_daily_quota' }),
  ],
  [
    'email.suppressed',
    { suppressed: { type: 'OnAccountSuppressionList' } },
    status('undelivered', { code: 'suppressed' }),
  ],
  [
    'email.complained',
    {},
    [
      {
        kind: 'engagement',
        ...base,
        type: 'complained',
        suppress: { address: 'ana@example.com', reason: 'complaint' },
      },
    ],
  ],
  ['email.opened', {}, [{ kind: 'engagement', ...base, type: 'opened' }]],
  ['email.clicked', { click: { link: 'https://x' } }, [{ kind: 'engagement', ...base, type: 'clicked' }]],
  [
    'email.clicked',
    { click: { link: 'https://x', userAgent: 'Slackbot 1.0' } },
    [{ kind: 'engagement', ...base, type: 'clicked', byMachine: true }],
  ],
  ['email.delivery_delayed', {}, [{ kind: 'engagement', ...base, type: 'delayed' }]],
  ['email.scheduled', {}, [{ kind: 'ignored', dedupeKey: 'msg_1', type: 'email.scheduled' }]],
  ['contact.created', {}, [{ kind: 'ignored', dedupeKey: 'msg_1', type: 'contact.created' }]],
])('reads the event %s with %j', (type, data, expected) => {
  expect(read(event(type, data))).toEqual(expected);
});

test('an email without our tag is looked up by its id, if it went to one address', () => {
  const created_at = '2026-11-27T09:59:00.000Z';
  const [one] = read(event('email.sent', { tags: { mid: 'welcome' }, created_at }));
  expect(one).not.toHaveProperty('messageId');
  expect(one).toMatchObject({
    lookup: { providerMessageId: 're-1', to: 'ana@example.com', sentAt: new Date(created_at) },
  });
  const [other] = read(event('email.sent', { tags: {}, to: ['ana@example.com', 'ben@example.com'] }));
  expect(other).not.toHaveProperty('lookup');
});

test('a time that is none is left out', () => {
  const [one] = read({ ...event('email.sent'), created_at: '+275760-09-13T00:00:00.000Z' });
  expect(one).not.toHaveProperty('occurredAt');
});

test('an event of an email that names none is malformed', () => {
  expect(() => read(event('email.sent', { email_id: undefined }))).toThrow(MalformedWebhook);
  expect(() => parseResendWebhook(signed('{"type": "email.'), SECRET)).toThrow(MalformedWebhook);
  expect(() => parseResendWebhook(signed('null'), SECRET)).not.toThrow();
});

test('what is forged, altered, too old or from the future is not trusted', () => {
  const body = JSON.stringify(event('email.delivered'));
  const other = `whsec_${Buffer.from('another of twenty-four..').toString('base64')}`;
  const ago = (ms: number) => new Date(Date.now() - ms);
  const bad: WebhookRequest[] = [
    signed(body, { secret: other }),
    { ...signed(body), rawBody: Buffer.from(body.replace('delivered', 'bounced')) },
    signed(body, { at: ago(6 * 60_000) }),
    signed(body, { at: ago(-6 * 60_000) }),
    { ...signed(body), headers: {} },
    { ...signed(body), headers: { ...signed(body).headers, 'svix-id': 'msg_2' } },
    { ...signed(body), headers: { ...signed(body).headers, 'svix-timestamp': 'now' } },
    { ...signed(body), headers: { ...signed(body).headers, 'svix-signature': 'v1,?' } },
  ];
  for (const request of bad) expect(() => parseResendWebhook(request, SECRET)).toThrow(UntrustedWebhook);
});

test('while the secret is changed, one of several signatures is enough', () => {
  const request = signed(JSON.stringify(event('email.delivered')));
  const both = `v1,bm90IHRoaXMgb25l ${request.headers['svix-signature']}`;
  expect(
    parseResendWebhook({ ...request, headers: { ...request.headers, 'svix-signature': both } }, SECRET),
  ).toHaveLength(1);
});

test.each([
  ['delivered', { kind: 'status', status: 'delivered' }],
  ['opened', { kind: 'status', status: 'delivered' }],
  ['bounced', { kind: 'status', status: 'undelivered' }],
  [
    'complained',
    { kind: 'status', status: 'delivered', suppress: { address: 'ana@example.com', reason: 'complaint' } },
  ],
  ['queued', { kind: 'ignored' }],
])('an email whose last event is %s is reported as such', (lastEvent, expected) => {
  expect(resendReport(lastEvent, { providerMessageId: 're-1', messageId: MID, to: ['ana@example.com'] })).toMatchObject(
    expected,
  );
});
