/** Plivo's webhooks: status callbacks and inbound messages, form-encoded and signed in both versions. */
import { createHmac, randomUUID } from 'node:crypto';
import type { Callback, Post } from '../callback-sender.js';
import type { RecordedMessage } from '../message-record.js';
import type { InboundText } from '../sandbox-wire.js';

/** Plivo does not publish how it tries again; the sandbox does a few times. */
const RETRY_DELAYS_MS = [200, 800, 3_200];

/** One step in a message's life. */
export interface PlivoStage {
  readonly status: string;
  readonly errorCode?: number;
}

export function plivoCallback(
  url: string,
  authToken: string,
  message: RecordedMessage,
  stage: PlivoStage,
  sequence: number,
  forged: boolean,
): Callback {
  let post: Post | undefined;
  return {
    url,
    prepare: () => (post ??= signedForm(url, authToken, statusFields(message, stage, sequence), forged)),
    retryDelaysMs: RETRY_DELAYS_MS,
    retryOn: (result) => typeof result !== 'number' || result >= 500,
  };
}

/** A form post with the signatures of both versions. */
export function signedForm(
  url: string,
  authToken: string,
  fields: Readonly<Record<string, string>>,
  forged = false,
): Post {
  const nonce = randomUUID().replaceAll('-', '').slice(0, 20);
  const sign = (signed: string): string =>
    createHmac('sha256', forged ? `not ${authToken}` : authToken)
      .update(signed)
      .digest('base64');
  const v3 = sign(`${signedByV3(url, fields)}.${nonce}`);
  const v2 = sign(`${url.split('?')[0]}${nonce}`);
  return {
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      'user-agent': 'Plivo',
      'x-plivo-signature-v3': v3,
      'x-plivo-signature-ma-v3': v3,
      'x-plivo-signature-v3-nonce': nonce,
      'x-plivo-signature-v2': v2,
      'x-plivo-signature-ma-v2': v2,
      'x-plivo-signature-v2-nonce': nonce,
    },
    body: new URLSearchParams(fields).toString(),
  };
}

/** The address, `?`, the query sorted, a dot if there is one, and the fields sorted. */
function signedByV3(url: string, fields: Readonly<Record<string, string>>): string {
  const [address = '', search = ''] = url.split('?');
  const query = [...new URLSearchParams(search)].map(([name, value]) => `${name}=${value}`).sort();
  const pairs = Object.keys(fields)
    .sort()
    .map((name) => name + fields[name]);
  return `${address}?${query.join('&')}${query.length > 0 ? '.' : ''}${pairs.join('')}`;
}

/** The fields of one status callback. */
export function statusFields(
  message: Pick<RecordedMessage, 'channel' | 'providerMessageId' | 'from' | 'to' | 'segments' | 'acceptedAt'>,
  { status, errorCode }: PlivoStage,
  sequence: number,
): Record<string, string> {
  const { channel, providerMessageId: uuid, from, to, segments = 1 } = message;
  return {
    MessageUUID: uuid,
    ParentMessageUUID: uuid,
    PartInfo: '1 of 1',
    From: withoutPlus(from),
    To: withoutPlus(to),
    Type: channel,
    Status: status,
    Sequence: String(sequence),
    Units: String(segments),
    TotalRate: '0.00500',
    TotalAmount: (0.005 * segments).toFixed(5),
    MessageTime: message.acceptedAt.toISOString(),
    ...(errorCode !== undefined && { ErrorCode: String(errorCode) }),
  };
}

/** The fields of an inbound message. */
export const inboundFields = (
  { from, to, body }: Pick<InboundText, 'from' | 'to' | 'body'>,
  uuid: string,
  { segments }: { readonly segments: number },
): Record<string, string> => ({
  From: withoutPlus(from),
  To: withoutPlus(to),
  Type: 'sms',
  Text: body,
  MessageUUID: uuid,
  Units: String(segments),
});

/** The same of an MMS, whose text has another name. */
export const mmsFields = (
  { from, to, body }: Pick<InboundText, 'from' | 'to' | 'body'>,
  uuid: string,
  mediaUrls: readonly string[],
): Record<string, string> => ({
  From: withoutPlus(from),
  To: withoutPlus(to),
  Type: 'mms',
  Body: body,
  MessageUUID: uuid,
  Units: '1',
  MediaCount: String(mediaUrls.length),
  ...Object.fromEntries(mediaUrls.map((url, place) => [`Media${place}`, url])),
});

/** Plivo writes numbers without their plus. */
export const withoutPlus = (number: string): string => number.replace(/^\+/, '');
