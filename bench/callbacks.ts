/** Status callbacks as Twilio signs them. */
import { getExpectedTwilioSignature } from 'twilio/lib/webhooks/webhooks.js';

export interface TwilioTarget {
  readonly origin: string;
  readonly accountSid: string;
  readonly authToken: string;
}

export interface SentMessage {
  readonly id: string;
  readonly provider_message_id: string;
  readonly sender_address: string;
  readonly recipient: string;
}

/** A status callback that passes as Twilio's: its path, headers and body. */
export function signedCallback(
  { origin, accountSid, authToken }: TwilioTarget,
  { id, provider_message_id: sid, sender_address: from, recipient }: SentMessage,
  status: string,
): { path: string; headers: Record<string, string>; body: string } {
  const path = `/webhook/twilio?mid=${id}`;
  const form = {
    ApiVersion: '2010-04-01',
    AccountSid: accountSid,
    From: from,
    To: recipient,
    SmsSid: sid,
    MessageSid: sid,
    SmsStatus: status,
    MessageStatus: status,
  };
  const signature = getExpectedTwilioSignature(authToken, `${origin}${path}`, form);
  const headers = { 'content-type': 'application/x-www-form-urlencoded', 'x-twilio-signature': signature };
  return { path, headers, body: new URLSearchParams(form).toString() };
}
