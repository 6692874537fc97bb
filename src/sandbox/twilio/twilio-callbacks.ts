/** Twilio's webhooks: status callbacks and inbound messages, form-encoded and signed. */
import { createHmac } from 'node:crypto';
import type { Callback, Post, PostResult } from '../callback-sender.js';
import type { RecordedMessage } from '../message-record.js';
import { isService, onWire } from './twilio-request.js';
import { API_VERSION } from './twilio-resources.js';

/** The sender if a messaging service is to choose. */
const SERVICE_NUMBER = '+15005550006';
const RETRY_DELAYS_MS = [200, 400, 800, 1_600, 3_200];

/** One step in a message's life. */
export interface Stage {
  readonly status: string;
  readonly errorCode?: number;
}

/** One status callback of a message. */
export const statusCallback = (
  url: string,
  authToken: string,
  message: RecordedMessage,
  stage: Stage,
  forged: boolean,
): Callback => callbackOf(url, authToken, statusFields(message, stage), forged);

/** One callback. Its retry rules are in the URL's fragment, which is neither sent nor signed. */
export function callbackOf(
  url: string,
  authToken: string,
  fields: Readonly<Record<string, string>>,
  forged: boolean,
): Callback {
  const [address = '', fragment = ''] = url.split('#');
  let post: Post | undefined;
  return {
    url: address,
    prepare: () => (post ??= signedForm(address, authToken, fields, forged)),
    ...retryPolicy(new URLSearchParams(fragment)),
  };
}

/** A form post with `X-Twilio-Signature`: HMAC-SHA1 over the URL and the sorted fields. */
export function signedForm(
  url: string,
  authToken: string,
  fields: Readonly<Record<string, string>>,
  forged = false,
): Post {
  const signed = Object.keys(fields)
    .sort()
    .reduce((text, name) => text + name + fields[name], url);
  const signature = createHmac('sha1', forged ? `not ${authToken}` : authToken)
    .update(signed)
    .digest('base64');
  return {
    headers: {
      'content-type': 'application/x-www-form-urlencoded; charset=UTF-8',
      'user-agent': 'TwilioProxy/1.1',
      'x-twilio-signature': signature,
      'i-twilio-idempotency-token': crypto.randomUUID(),
    },
    body: new URLSearchParams(fields).toString(),
  };
}

/** The fields of one status callback. */
export function statusFields(
  message: Pick<RecordedMessage, 'accountId' | 'channel' | 'providerMessageId' | 'from' | 'to'>,
  { status, errorCode }: Stage,
): Record<string, string> {
  const { channel, providerMessageId: sid, from, to } = message;
  const fromService = isService(from);
  const isReceipt = status === 'delivered' || status === 'undelivered';
  return {
    AccountSid: message.accountId,
    ApiVersion: API_VERSION,
    From: onWire(channel, fromService ? SERVICE_NUMBER : from),
    MessageSid: sid,
    MessageStatus: status,
    SmsSid: sid,
    SmsStatus: status,
    To: onWire(channel, to),
    ...(fromService && { MessagingServiceSid: from }),
    ...(errorCode !== undefined && { ErrorCode: String(errorCode) }),
    ...(isReceipt && { RawDlrDoneDate: new Date().toISOString().replace(/\D/g, '').slice(2, 12) }),
    ...(channel === 'whatsapp' && { ChannelPrefix: 'whatsapp', ChannelToAddress: to }),
    ...(status === 'read' && { EventType: 'READ' }),
  };
}

/**
 * Connection overrides `rc` (0 to 5, default 1) and `rp` (`ct`, `rt`, `4xx`, `5xx`, `all`, default `ct`):
 * https://www.twilio.com/docs/usage/webhooks/webhooks-connection-overrides
 */
function retryPolicy(overrides: URLSearchParams): Pick<Callback, 'retryDelaysMs' | 'retryOn'> {
  const count = Number(overrides.get('rc') ?? 1);
  const policies = (overrides.get('rp') ?? 'ct').split(',');
  return {
    retryDelaysMs: RETRY_DELAYS_MS.slice(0, Number.isInteger(count) && count >= 0 ? count : 1),
    retryOn: (result) => {
      const kind = kindOf(result);
      return kind !== undefined && (policies.includes('all') || policies.includes(kind));
    },
  };
}

function kindOf(result: PostResult): string | undefined {
  if (result === 'not-connected') return 'ct';
  if (result === 'no-answer') return 'rt';
  return result >= 500 ? '5xx' : result >= 400 ? '4xx' : undefined;
}
