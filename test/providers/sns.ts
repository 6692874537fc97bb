/** Amazon SNS's side of a webhook: messages as it signs them. */
import { randomUUID, sign } from 'node:crypto';
import { createSelfSignedCertificate } from '../../src/kernel/self-signed-certificate.js';

export const TOPIC = 'arn:aws:sns:eu-west-1:123456789012:ses-events';
export const CERT_URL = `https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-${'0a'.repeat(16)}.pem`;
export const { privateKey, certificatePem } = createSelfSignedCertificate('sns.amazonaws.com');

export type SnsBody = Record<string, string>;

export const notification = (message: unknown, more: SnsBody = {}): SnsBody => ({
  Type: 'Notification',
  MessageId: randomUUID(),
  TopicArn: TOPIC,
  Message: typeof message === 'string' ? message : JSON.stringify(message),
  Timestamp: new Date().toISOString(),
  UnsubscribeURL: 'https://sns.eu-west-1.amazonaws.com/?Action=Unsubscribe',
  ...more,
});

export const confirmation = (more: SnsBody = {}): SnsBody => ({
  Type: 'SubscriptionConfirmation',
  MessageId: randomUUID(),
  TopicArn: TOPIC,
  Token: 'a1b2',
  Message: 'You have chosen to subscribe to the topic',
  SubscribeURL: `https://sns.eu-west-1.amazonaws.com/?Action=ConfirmSubscription&TopicArn=${TOPIC}&Token=a1b2`,
  Timestamp: new Date().toISOString(),
  ...more,
});

/** Signs as SNS documents it: the fields in alphabetical order, each as key, line break, value, line break. */
export function signed(body: SnsBody, version: '1' | '2' = '2', key = privateKey): SnsBody {
  const names =
    body.Type === 'Notification'
      ? ['Message', 'MessageId', 'Subject', 'Timestamp', 'TopicArn', 'Type']
      : ['Message', 'MessageId', 'SubscribeURL', 'Timestamp', 'Token', 'TopicArn', 'Type'];
  const text = names.flatMap((name) => (name in body ? [`${name}\n${body[name]}\n`] : [])).join('');
  const signature = sign(version === '1' ? 'sha1' : 'sha256', Buffer.from(text), key);
  return { ...body, SignatureVersion: version, Signature: signature.toString('base64'), SigningCertURL: CERT_URL };
}

export const bytesOf = (body: unknown): Buffer => Buffer.from(JSON.stringify(body));
