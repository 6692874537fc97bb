/** Twilio's resources as JSON. */
import type { RecordedMessage } from '../message-record.js';
import { isService, onWire } from './twilio-request.js';

export const API_VERSION = '2010-04-01';

export const messagesPath = (accountSid: string): string => `/${API_VERSION}/Accounts/${accountSid}/Messages`;

/** `price` as Twilio writes it, null until it is known. */
export function messageJson(message: RecordedMessage, price: string | null = null): object {
  const { accountId, channel, providerMessageId: sid, mediaUrls = [], errorCode = null, sentAt, acceptedAt } = message;
  const path = `${messagesPath(accountId)}/${sid}`;
  const fromService = isService(message.from);
  return {
    sid,
    account_sid: accountId,
    api_version: API_VERSION,
    body: message.body ?? '',
    from: fromService ? null : onWire(channel, message.from),
    to: onWire(channel, message.to),
    messaging_service_sid: fromService ? message.from : null,
    status: message.status,
    direction: message.direction ?? 'outbound-api',
    num_segments: String(message.segments ?? 1),
    num_media: String(mediaUrls.length),
    price,
    price_unit: price === null ? null : 'USD',
    error_code: errorCode,
    error_message: null,
    date_created: rfc2822(acceptedAt),
    date_sent: sentAt ? rfc2822(sentAt) : null,
    date_updated: rfc2822(sentAt ?? acceptedAt),
    uri: `${path}.json`,
    subresource_uris: { media: `${path}/Media.json` },
  };
}

export const accountJson = (accountSid: string, owner = accountSid, name = 'Sandbox account'): object => ({
  sid: accountSid,
  owner_account_sid: owner,
  friendly_name: name,
  status: 'active',
  type: 'Full',
  date_created: rfc2822(new Date(0)),
  date_updated: rfc2822(new Date(0)),
  uri: `/${API_VERSION}/Accounts/${accountSid}.json`,
  subresource_uris: { messages: `${messagesPath(accountSid)}.json` },
});

export const balanceJson = (accountSid: string): object => ({
  account_sid: accountSid,
  balance: '100.00',
  currency: 'USD',
});

export const rfc2822 = (date: Date): string => date.toUTCString().replace('GMT', '+0000');
