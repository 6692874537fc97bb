/** SNS messages: the JSON envelope and its signature. https://docs.aws.amazon.com/sns/latest/dg/sns-verify-signature-of-message.html */
import { sign, type KeyObject } from 'node:crypto';
import { promisify } from 'node:util';
import type { Post } from '../callback-sender.js';

/** Off the main thread: an RSA signature takes a quarter of a millisecond. */
const signAsync = promisify(sign);

/** The signed fields, in this order, if present. */
const SIGNED = ['Message', 'MessageId', 'SubscribeURL', 'Subject', 'Timestamp', 'Token', 'TopicArn', 'Type'] as const;
const DIGEST = { '1': 'sha1', '2': 'sha256' } as const;
const FORGED_SIGNATURE = Buffer.alloc(256, 1).toString('base64');

export interface SnsFields {
  readonly Type: 'Notification' | 'SubscriptionConfirmation';
  readonly MessageId: string;
  readonly TopicArn: string;
  readonly Subject?: string;
  readonly Message: string;
  readonly Timestamp: string;
  readonly SignatureVersion: '1' | '2';
  readonly SigningCertURL: string;
  readonly Token?: string;
  readonly SubscribeURL?: string;
  readonly UnsubscribeURL?: string;
}

/** Base64; version 1 is SHA1 with RSA, version 2 SHA256 with RSA. */
export async function signSns(fields: SnsFields, privateKey: KeyObject): Promise<string> {
  const text = SIGNED.flatMap((name) => (fields[name] === undefined ? [] : `${name}\n${fields[name]}\n`)).join('');
  const signature = await signAsync(DIGEST[fields.SignatureVersion], Buffer.from(text), privateKey);
  return signature.toString('base64');
}

/** The post of a message, with SNS's headers; with a wrong signature if none is given. */
export function snsPost(fields: SnsFields, signature = FORGED_SIGNATURE, subscriptionArn?: string): Post {
  return {
    headers: {
      'content-type': 'text/plain; charset=UTF-8',
      'user-agent': 'Amazon Simple Notification Service Agent',
      'x-amz-sns-message-type': fields.Type,
      'x-amz-sns-message-id': fields.MessageId,
      'x-amz-sns-topic-arn': fields.TopicArn,
      ...(subscriptionArn && { 'x-amz-sns-subscription-arn': subscriptionArn }),
    },
    body: JSON.stringify({ ...fields, Signature: signature }),
  };
}
