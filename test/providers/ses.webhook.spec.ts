/** SES events, in the shapes AWS documents, as events of ours. */
import type { ProviderEvent } from '../../src/providers/provider.events.js';
import { parseSesEvent } from '../../src/providers/ses/ses.webhook.js';
import type { SnsMessage } from '../../src/providers/ses/sns.message.js';
import { MalformedWebhook } from '../../src/providers/webhook.errors.js';
import { TOPIC } from './sns.js';

const MID = '0199a3c4-7d2e-7c11-9a53-0b6f1d2c3e4f';
const KEY = '22b80b92-fdea-4c2c-8f9d-bdfb0c7bf324';

const carrying = (message: unknown): SnsMessage => ({
  type: 'Notification',
  messageId: KEY,
  topicArn: TOPIC,
  message: typeof message === 'string' ? message : JSON.stringify(message),
  timestamp: new Date('2026-11-21T10:00:05Z'),
});

const event = (eventType: string, detail: object = {}, tags: object = { mid: [MID], tenant: ['t'] }) => ({
  eventType,
  mail: {
    timestamp: '2026-11-21T10:00:00.000Z',
    source: 'The Venue <tickets@venue.example>',
    messageId: '0100-ses-000000',
    destination: ['ana@example.com'],
    tags: { 'ses:configuration-set': ['events'], ...tags },
  },
  ...detail,
});

const read = (message: unknown): ProviderEvent[] => parseSesEvent(carrying(message));

const base = { dedupeKey: KEY, messageId: MID };
const sentAt = new Date('2026-11-21T10:00:00Z');
const later = '2026-11-21T10:00:03.000Z';
const status = { kind: 'status', ...base, providerMessageId: '0100-ses-000000' };

const bounced = (bounceType: string, bounceSubType: string, ...addresses: string[]) =>
  event('Bounce', {
    bounce: {
      bounceType,
      bounceSubType,
      bouncedRecipients: addresses.map((emailAddress) => ({ emailAddress, status: '5.1.1' })),
      timestamp: later,
    },
  });
const complained = (complaint: object) =>
  event('Complaint', {
    complaint: { complainedRecipients: [{ emailAddress: 'ana@example.com' }], timestamp: later, ...complaint },
  });

describe('SES events', () => {
  test.each<[string, object, ProviderEvent]>([
    ['Send', event('Send', { send: {} }), { ...status, occurredAt: sentAt, status: 'sent' } as ProviderEvent],
    [
      'Delivery',
      event('Delivery', { delivery: { timestamp: later, recipients: ['ana@example.com'] } }),
      { ...status, occurredAt: new Date(later), status: 'delivered' } as ProviderEvent,
    ],
    [
      'Reject',
      event('Reject', { reject: { reason: 'Bad content' } }),
      { ...status, occurredAt: sentAt, status: 'failed', code: 'Reject', message: 'Bad content' } as ProviderEvent,
    ],
    [
      'Rendering Failure',
      event('Rendering Failure', { failure: { errorMessage: 'missing', templateName: '' } }),
      {
        ...status,
        occurredAt: sentAt,
        status: 'failed',
        code: 'Rendering Failure',
        message: 'missing',
      } as ProviderEvent,
    ],
    [
      'DeliveryDelay',
      event('DeliveryDelay', { deliveryDelay: { timestamp: later, delayType: 'MailboxFull' } }),
      { kind: 'engagement', ...base, occurredAt: new Date(later), type: 'delayed' },
    ],
    [
      'Open',
      event('Open', { open: { timestamp: later, userAgent: 'x' } }),
      { kind: 'engagement', ...base, occurredAt: new Date(later), type: 'opened' },
    ],
    [
      'Open',
      event('Open', { open: { timestamp: later, userAgent: 'Mozilla/5.0' } }),
      { kind: 'engagement', ...base, occurredAt: new Date(later), type: 'opened', byMachine: true },
    ],
    [
      'Click',
      event('Click', { click: { timestamp: later, userAgent: 'Slackbot 1.0' } }),
      { kind: 'engagement', ...base, occurredAt: new Date(later), type: 'clicked', byMachine: true },
    ],
    [
      'Click',
      event('Click', { click: { timestamp: later, link: 'https://venue.example' } }),
      { kind: 'engagement', ...base, occurredAt: new Date(later), type: 'clicked' },
    ],
  ])('%s', (_, message, expected) => {
    expect(read(message)).toEqual([expected]);
  });

  test.each(['General', 'NoEmail', 'Suppressed', 'OnAccountSuppressionList'])(
    'a permanent bounce (%s) suppresses the address',
    (subType) => {
      expect(read(bounced('Permanent', subType, 'ana@example.com'))).toEqual([
        {
          ...status,
          occurredAt: new Date(later),
          status: 'undelivered',
          code: `Permanent/${subType}`,
          suppress: {
            address: 'ana@example.com',
            reason: 'hard_bounce',
            ...(/General|NoEmail/.test(subType) && { noMailbox: true }),
          },
        },
      ]);
    },
  );

  test('a permanent bounce that is about the sender says nothing of the mailbox', () => {
    const policy = event('Bounce', {
      bounce: {
        bounceType: 'Permanent',
        bounceSubType: 'General',
        bouncedRecipients: [
          { emailAddress: 'ana@example.com', status: '5.7.1', diagnosticCode: 'smtp; 550 5.7.1 rejected by policy' },
        ],
        timestamp: later,
      },
    });
    expect(read(policy)).toMatchObject([{ suppress: { address: 'ana@example.com', reason: 'hard_bounce' } }]);
    expect(JSON.stringify(read(policy))).not.toContain('noMailbox');
  });

  test.each([
    ['Transient', 'General'],
    ['Transient', 'MailboxFull'],
    ['Undetermined', 'Undetermined'],
  ])('a %s bounce (%s) suppresses nothing', (type, subType) => {
    expect(read(bounced(type, subType, 'ana@example.com'))).toEqual([
      { ...status, occurredAt: new Date(later), status: 'undelivered', code: `${type}/${subType}` },
    ]);
  });

  test.each([
    ['Transient', 'General', 'sent'],
    ['Transient', 'Undetermined', 'sent'],
    ['Undetermined', 'Undetermined', 'sent'],
    ['Undetermined', 'General', 'sent'],
    ['Transient', 'MailboxFull', 'undelivered'],
    ['Transient', 'MessageTooLarge', 'undelivered'],
    ['Transient', 'ContentRejected', 'undelivered'],
    ['Permanent', 'General', 'undelivered'],
  ])(
    'a %s bounce (%s) without any status of a mail server reports the message as %s',
    (bounceType, bounceSubType, word) => {
      const bounce = { bounceType, bounceSubType, bouncedRecipients: [{ emailAddress: 'ana@example.com' }] };
      expect(read(event('Bounce', { bounce }))).toMatchObject([{ kind: 'status', status: word }]);
    },
  );

  test('a complaint of a failed authentication is none of a person', () => {
    expect(read(complained({ complaintFeedbackType: 'auth-failure' }))).toEqual([
      { kind: 'engagement', ...base, occurredAt: new Date(later), type: 'auth_failed' },
    ]);
  });

  test('several bounced addresses are kept apart', () => {
    expect(read(bounced('Permanent', 'General', 'ana@example.com', '"Ben" <ben@example.com>'))).toMatchObject([
      { dedupeKey: KEY, suppress: { address: 'ana@example.com' } },
      { dedupeKey: `${KEY}:1`, suppress: { address: 'ben@example.com' } },
    ]);
  });

  test('a permanent bounce that names nobody still fails the message', () => {
    expect(read(bounced('Permanent', 'General'))).toEqual([
      { ...status, occurredAt: new Date(later), status: 'undelivered', code: 'Permanent/General' },
    ]);
  });

  test('a complaint suppresses, and leaves the message delivered', () => {
    expect(read(complained({ complaintFeedbackType: 'abuse' }))).toEqual([
      {
        kind: 'engagement',
        ...base,
        occurredAt: new Date(later),
        type: 'complained',
        suppress: { address: 'ana@example.com', reason: 'complaint' },
      },
    ]);
  });

  test('a complaint that SES foresaw means that nothing was sent', () => {
    expect(read(complained({ complaintSubType: 'OnAccountSuppressionList' }))).toMatchObject([
      { kind: 'status', status: 'undelivered', suppress: { address: 'ana@example.com', reason: 'complaint' } },
    ]);
  });

  test('"not spam" is no complaint', () => {
    expect(read(complained({ complaintFeedbackType: 'not-spam' }))).toEqual([
      { kind: 'ignored', dedupeKey: KEY, type: 'Complaint/not-spam' },
    ]);
  });

  test('the older notifications of an identity are read alike', () => {
    const { eventType: notificationType, ...rest } = event('Delivery', { delivery: { timestamp: later } });
    expect(read({ notificationType, ...rest })).toMatchObject([{ kind: 'status', status: 'delivered' }]);
  });

  test.each([
    ['no tags', undefined],
    ['a tag that is no UUID', { mid: ['1 or 1=1'] }],
    ['a tag that is a string', { mid: MID }],
    ['an empty tag', { mid: [] }],
  ])('a message with %s is known only by the id of SES', (_, tags) => {
    const message = event('Send', { send: {} }, { mid: undefined, ...tags });
    expect(read(message)).toEqual([
      {
        kind: 'status',
        dedupeKey: KEY,
        lookup: { providerMessageId: '0100-ses-000000', to: 'ana@example.com', sentAt },
        providerMessageId: '0100-ses-000000',
        occurredAt: sentAt,
        status: 'sent',
      },
    ]);
  });

  test.each([
    ['a greeting in plain text', 'Successfully validated SNS topic for Amazon SES event publishing.', 'Notification'],
    ['a subscription event', event('Subscription', { subscription: {} }), 'Subscription'],
    ['another notification', { notificationType: 'AmazonSnsSubscriptionSucceeded' }, 'AmazonSnsSubscriptionSucceeded'],
    ['an event nobody knows', event('constructor'), 'constructor'],
    ['JSON of another kind', [1], 'Notification'],
    ['null', null, 'Notification'],
  ])('%s is ignored', (_, message, type) => {
    expect(read(message)).toEqual([{ kind: 'ignored', dedupeKey: KEY, type }]);
  });

  test('an event that names no email is malformed', () => {
    expect(() => read({ eventType: 'Send' })).toThrow(MalformedWebhook);
    expect(() => read({ eventType: 'Bounce', mail: null })).toThrow(MalformedWebhook);
  });
});

test.each(['+275760-09-13T00:00:00Z', '-000001-01-01T00:00:00Z', '1969-12-31T23:59:59Z', '12026-01-01', 'yesterday'])(
  'a time that nobody can mean is none: %s',
  (timestamp) => {
    const [delivered] = read(event('Delivery', { delivery: { timestamp } }));
    expect(delivered).toMatchObject({ kind: 'status', status: 'delivered' });
    expect(delivered).not.toHaveProperty('occurredAt');
  },
);
