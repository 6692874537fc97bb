/** SES events through SNS: the handshake, the envelope and its signature, what each recipient leads to. */
import { X509Certificate, verify } from 'node:crypto';
import { SendBulkEmailCommand, SendEmailCommand } from '@aws-sdk/client-sesv2';
import { until } from '../../harness/until.js';
import {
  TENANT_SES,
  TOPIC_ARN,
  openSandboxEnvironment,
  sorted,
  type Received,
  type SandboxEnvironment,
} from './sandbox-environment.js';

interface Envelope extends Record<string, string | undefined> {
  Message: string;
  Signature: string;
  SigningCertURL: string;
}
interface SesEvent {
  eventType: string;
  mail: {
    messageId: string;
    source: string;
    destination: string[];
    tags: Record<string, string[]>;
    commonHeaders: { subject: string };
  };
  bounce?: { bounceType: string; bounceSubType: string; bouncedRecipients: { emailAddress: string }[] };
  complaint?: { complainedRecipients: { emailAddress: string }[]; complaintFeedbackType: string };
  delivery?: { recipients: string[] };
  failure?: { errorMessage: string };
}

const envelopeOf = ({ body }: Received): Envelope => JSON.parse(body) as Envelope;
const typesOf = (requests: readonly Received[]): string[] => sorted(requests.map((each) => eventOf(each).eventType));
const eventOf = (request: Received): SesEvent => JSON.parse(envelopeOf(request).Message) as SesEvent;

function ofType(environment: SandboxEnvironment, type: string): SesEvent {
  const event = environment.received.map(eventOf).find(({ eventType }) => eventType === type);
  if (!event) throw new Error(`No ${type} event came`);
  return event;
}

/** The check of the SNS documentation, by hand. */
async function isGenuine(request: Received): Promise<boolean> {
  const envelope = envelopeOf(request);
  const pem = await (await fetch(envelope.SigningCertURL)).text();
  const names =
    envelope['Type'] === 'Notification'
      ? ['Message', 'MessageId', 'Subject', 'Timestamp', 'TopicArn', 'Type']
      : ['Message', 'MessageId', 'SubscribeURL', 'Timestamp', 'Token', 'TopicArn', 'Type'];
  const text = names.map((name) => `${name}\n${envelope[name]}\n`).join('');
  const digest = envelope['SignatureVersion'] === '1' ? 'sha1' : 'sha256';
  return verify(
    digest,
    Buffer.from(text),
    new X509Certificate(pem).publicKey,
    Buffer.from(envelope.Signature, 'base64'),
  );
}

const send = (environment: SandboxEnvironment, to: string, client = environment.ses()) =>
  client.send(
    new SendEmailCommand({
      FromEmailAddress: 'Riverside <tickets@riverside.example>',
      Destination: { ToAddresses: [to] },
      Content: { Simple: { Subject: { Data: 'Your tickets' }, Body: { Text: { Data: 'Hi' } } } },
      EmailTags: [{ Name: 'mid', Value: 'm-1' }],
      ConfigurationSetName: 'main',
    }),
  );

describe('the subscription', () => {
  test('is asked for until it is confirmed; events wait for it', async () => {
    const environment = await openSandboxEnvironment();
    try {
      environment.respond = () => 503;
      await send(environment, 'ana@example.com');
      await until(() => environment.handshakes.length >= 3);
      expect(environment.received).toEqual([]);
      const [request] = environment.handshakes;
      if (!request) throw new Error('No confirmation was asked for');
      expect(request.path).toBe('/webhook/ses');
      expect(request.headers).toMatchObject({
        'content-type': 'text/plain; charset=UTF-8',
        'x-amz-sns-topic-arn': TOPIC_ARN,
      });
      expect(await isGenuine(request)).toBe(true);

      environment.respond = () => 204;
      const url = new URL(String(envelopeOf(request)['SubscribeURL']));
      const forged = new URL(url);
      forged.searchParams.set('Token', 'guessed');
      expect((await fetch(forged)).status).toBe(400);
      expect(environment.received).toEqual([]);
      const confirmed = await fetch(url);
      expect(confirmed.status).toBe(200);
      expect(await confirmed.text()).toMatch(
        /^<ConfirmSubscriptionResponse.*<SubscriptionArn>arn:aws:sns:[^<]+<\/SubscriptionArn>/,
      );
      await until(() => environment.received.length === 2);
      expect(typesOf(environment.received)).toEqual(['Delivery', 'Send']);
    } finally {
      await environment.close();
    }
  });
});

describe('events of an account of its own', () => {
  let environment: SandboxEnvironment;
  beforeAll(async () => {
    environment = await openSandboxEnvironment();
  });
  beforeEach(() => environment.reset());
  afterAll(() => environment.close());
  const ofTenant = ({ headers }: Received): boolean => headers['x-amz-sns-topic-arn'] === TENANT_SES.topicArn;

  test('come by its own topic, which asks for a subscription at the first of them', async () => {
    await send(environment, 'ana@example.com', environment.ses(TENANT_SES, TENANT_SES.region));
    const request = await until(() => environment.handshakes.find(ofTenant));
    expect(await isGenuine(request)).toBe(true);
    const url = new URL(String(envelopeOf(request)['SubscribeURL']));
    const ofAnother = new URL(url);
    ofAnother.searchParams.set('TopicArn', TOPIC_ARN);
    expect((await fetch(ofAnother)).status).toBe(400);
    expect((await fetch(url)).status).toBe(200);
    await until(() => environment.received.length === 2);
    expect(environment.received.every(ofTenant)).toBe(true);
    expect(await Promise.all(environment.received.map(isGenuine))).toEqual([true, true]);
    expect(ofType(environment, 'Delivery').mail).toMatchObject({ sendingAccountId: '210987654321' });
  });

  test('without a topic come to nobody', async () => {
    await send(environment, 'ana@example.com', environment.ses(TENANT_SES, 'eu-west-1'));
    await until(async () => (await environment.messages()).items[0]?.status === 'delivered');
    // A later email's events come after any of the first would have.
    await send(environment, 'ben@example.com', environment.ses(TENANT_SES, TENANT_SES.region));
    await until(() => environment.received.length >= 2);
    expect(environment.received.map((request) => eventOf(request).mail)).toMatchObject([
      { destination: ['ben@example.com'] },
      { destination: ['ben@example.com'] },
    ]);
  });
});

describe('events', () => {
  let environment: SandboxEnvironment;
  beforeAll(async () => {
    environment = await openSandboxEnvironment();
    await until(() => environment.handshakes.length > 0);
    const [request] = environment.handshakes;
    await fetch(String(request && envelopeOf(request)['SubscribeURL']));
  });
  beforeEach(() => environment.reset());
  afterAll(() => environment.close());

  test('carry the message id, our tags and a genuine signature', async () => {
    const { MessageId } = await send(environment, 'ana@example.com');
    await until(() => environment.received.length === 2);
    expect(typesOf(environment.received)).toEqual(['Delivery', 'Send']);
    expect(ofType(environment, 'Send').mail).toMatchObject({
      messageId: MessageId,
      source: 'Riverside <tickets@riverside.example>',
      destination: ['ana@example.com'],
      commonHeaders: { subject: 'Your tickets' },
      tags: { mid: ['m-1'], 'ses:configuration-set': ['main'] },
    });
    expect(ofType(environment, 'Delivery')).toMatchObject({
      delivery: { recipients: ['ana@example.com'] },
      mail: { messageId: MessageId },
    });
    for (const request of environment.received) {
      expect(request.headers).toMatchObject({
        'content-type': 'text/plain; charset=UTF-8',
        'user-agent': 'Amazon Simple Notification Service Agent',
        'x-amz-sns-message-id': envelopeOf(request)['MessageId'],
        'x-amz-sns-subscription-arn': expect.stringContaining(`${TOPIC_ARN}:`),
      });
      expect(envelopeOf(request)).toMatchObject({ SignatureVersion: '2', TopicArn: TOPIC_ARN });
      expect(envelopeOf(request).SigningCertURL).toMatch(
        /\/sandbox\/sns\/SimpleNotificationService-[0-9a-f]{32}\.pem$/,
      );
      expect(await isGenuine(request)).toBe(true);
    }
    expect((await environment.messages()).items[0]?.status).toBe('delivered');
  });

  test.each([
    ['success@simulator.amazonses.com', ['Send', 'Delivery'], 'delivered'],
    ['ooto@simulator.amazonses.com', ['Send', 'Delivery', 'Bounce'], 'delivered'],
    ['bounce@simulator.amazonses.com', ['Send', 'Bounce'], 'bounced'],
    ['BOUNCE+label@simulator.amazonses.com', ['Send', 'Bounce'], 'bounced'],
    ['complaint+1@simulator.amazonses.com', ['Send', 'Delivery', 'Complaint'], 'complained'],
    ['suppressionlist@simulator.amazonses.com', ['Send', 'Bounce'], 'bounced'],
  ])('of %s are %j', async (to, types, status) => {
    await send(environment, to);
    await until(() => environment.received.length === types.length);
    expect(typesOf(environment.received)).toEqual(sorted(types));
    expect((await environment.messages()).items[0]?.status).toBe(status);
    const { bounce, complaint } = ofType(environment, String(types.at(-1)));
    if (bounce) {
      const bounceSubType = to.startsWith('suppression') ? 'Suppressed' : 'General';
      expect(bounce).toMatchObject({
        bounceType: to.startsWith('ooto') ? 'Transient' : 'Permanent',
        bounceSubType,
        bouncedRecipients: [{ emailAddress: to }],
      });
    }
    if (complaint)
      expect(complaint).toMatchObject({ complainedRecipients: [{ emailAddress: to }], complaintFeedbackType: 'abuse' });
  });

  test('of a template whose variable is missing are a rendering failure', async () => {
    await environment.ses().send(
      new SendBulkEmailCommand({
        FromEmailAddress: 'tickets@riverside.example',
        DefaultContent: { Template: { TemplateContent: { Subject: 'Hi {{name}}', Text: 'Hi' }, TemplateData: '{}' } },
        BulkEmailEntries: [{ Destination: { ToAddresses: ['ana@example.com'] } }],
      }),
    );
    await until(() => environment.received.length === 1);
    expect(environment.received.map(eventOf)).toMatchObject([
      { eventType: 'Rendering Failure', failure: { errorMessage: expect.stringContaining("'name'") } },
    ]);
  });

  test('can be signed with version 1', async () => {
    await environment.call('PUT', 'faults', { callbacks: { snsSignatureVersion: '1' } });
    await send(environment, 'ana@example.com');
    await until(() => environment.received.length === 2);
    for (const request of environment.received) {
      expect(envelopeOf(request)['SignatureVersion']).toBe('1');
      expect(await isGenuine(request)).toBe(true);
    }
  });

  test('are posted again after a 5xx, the same to the letter, and never after a 4xx', async () => {
    const deliveries = (): Received[] =>
      environment.received.filter((request) => eventOf(request).eventType === 'Delivery');
    environment.respond = (request) =>
      eventOf(request).eventType === 'Send' ? 400 : deliveries().length < 3 ? 503 : 204;
    await send(environment, 'ana@example.com');
    await until(() => deliveries().length === 3);
    expect(environment.received.filter((request) => eventOf(request).eventType === 'Send')).toHaveLength(1);
    expect(new Set(deliveries().map(({ body }) => body)).size).toBe(1);
  });

  test('repeated are one notification; forged ones do not verify', async () => {
    await environment.call('PUT', 'faults', { callbacks: { duplicate: 1, copies: 3 } });
    await send(environment, 'ana@example.com');
    await until(() => environment.received.length === 6);
    expect(new Set(environment.received.map(({ body }) => body)).size).toBe(2);
    await environment.reset();
    await environment.call('PUT', 'faults', { callbacks: { badSignature: 1 } });
    await send(environment, 'ana@example.com');
    await until(() => environment.received.length === 2);
    expect(await Promise.all(environment.received.map(isGenuine))).toEqual([false, false]);
  });
});
