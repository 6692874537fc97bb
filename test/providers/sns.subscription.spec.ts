/** The SNS subscription handshake and its guard against being sent elsewhere. */
import { confirmSubscription } from '../../src/providers/ses/sns.subscription.js';
import type { SnsMessage } from '../../src/providers/ses/sns.message.js';
import { SnsVerifier } from '../../src/providers/ses/sns.signature.js';
import { MalformedWebhook, UntrustedWebhook } from '../../src/providers/webhook.errors.js';
import { Loopback } from './loopback.js';
import { bytesOf, certificatePem, confirmation, signed, TOPIC } from './sns.js';

const asking = (subscribeUrl: string): SnsMessage => ({
  type: 'SubscriptionConfirmation',
  messageId: 'f6f0d6a0-0000-4000-8000-000000000000',
  topicArn: TOPIC,
  message: '',
  timestamp: new Date(),
  subscribeUrl,
});

describe('the SNS subscription handshake', () => {
  let sns: Loopback;
  beforeEach(async () => {
    sns = await Loopback.open();
    sns.script = () => ({ status: 200, body: '<ConfirmSubscriptionResponse/>' });
  });
  afterEach(() => sns.close());

  test('GETs the address of a verified message, once', async () => {
    const body = signed(confirmation({ SubscribeURL: `${sns.origin}/?Action=ConfirmSubscription&Token=a1b2` }));
    const verifier = new SnsVerifier({ topicArns: [TOPIC], fetchCert: () => Promise.resolve(certificatePem) });
    await confirmSubscription(await verifier.verify(bytesOf(body)), sns.origin);
    expect(sns.received).toMatchObject([{ method: 'GET', path: '/?Action=ConfirmSubscription&Token=a1b2' }]);
  });

  test.each([
    'http://sns.eu-west-1.amazonaws.com/?Action=ConfirmSubscription',
    'https://sns.eu-west-1.amazonaws.com.evil.example/',
    'https://sns.eu-west-1.amazonaws.com:22/',
    'https://me:secret@sns.eu-west-1.amazonaws.com/',
    'https://evil.example/#sns.eu-west-1.amazonaws.com',
    'https://sqs.eu-west-1.amazonaws.com/',
    'https://169.254.169.254/latest/meta-data/',
    'http://127.0.0.1:1/',
    'file:///etc/passwd',
  ])('does not follow %s', async (url) => {
    await expect(confirmSubscription(asking(url), sns.origin)).rejects.toThrow(UntrustedWebhook);
  });

  test('does not follow the sandbox where none is allowed', async () => {
    await expect(confirmSubscription(asking(`${sns.origin}/`))).rejects.toThrow(UntrustedWebhook);
    expect(sns.received).toEqual([]);
  });

  test('follows no redirect, and fails when SNS does, so that the question is repeated', async () => {
    sns.script = () => ({ status: 302, body: '', headers: { location: 'http://127.0.0.1:1/' } });
    await expect(confirmSubscription(asking(`${sns.origin}/`), sns.origin)).rejects.toThrow('fetch failed');
    sns.script = () => ({ status: 500, body: '' });
    await expect(confirmSubscription(asking(`${sns.origin}/`), sns.origin)).rejects.toThrow('HTTP 500');
  });

  test('confirms nothing else', async () => {
    const url = `${sns.origin}/`;
    await expect(confirmSubscription({ ...asking(url), type: 'UnsubscribeConfirmation' }, sns.origin)).rejects.toThrow(
      MalformedWebhook,
    );
    await expect(confirmSubscription(asking('nowhere'), sns.origin)).rejects.toThrow(MalformedWebhook);
    expect(sns.received).toEqual([]);
  });
});
