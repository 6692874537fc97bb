/** Inbound messages to our numbers, as forwarded by Twilio. */
import { LRUCache } from 'lru-cache';
import type { PostResult } from '../callback-sender.js';
import type { InboundText } from '../sandbox-wire.js';
import type { Sandbox } from '../sandbox.js';
import type { TwilioAccounts } from './twilio-accounts.js';
import type { TwilioBooks } from './twilio-books.js';
import { signedForm } from './twilio-callbacks.js';
import { twilioSid } from './twilio-errors.js';
import { bare, onWire } from './twilio-request.js';
import { API_VERSION } from './twilio-resources.js';
import type { TwilioMedia } from './twilio-media.js';
import type { TwilioNumbers } from './twilio-numbers.js';
import type { TwilioSubscribers } from './twilio-subscribers.js';

const PEOPLE_KNOWN = 10_000;

/** What else there is of Twilio. */
interface TwilioDesk {
  readonly accounts: TwilioAccounts;
  readonly numbers: TwilioNumbers;
  readonly books: TwilioBooks;
  readonly media: TwilioMedia;
}

export class TwilioInbound {
  /** Of people who hide them, by user id. */
  private readonly hidden = new LRUCache<string, string>({ max: PEOPLE_KNOWN });

  constructor(
    private readonly desk: TwilioDesk,
    private readonly subscribers: TwilioSubscribers,
    private readonly sandbox: Pick<Sandbox, 'sender' | 'options'>,
  ) {}

  /** Applies keywords as Twilio does, then posts the message to our webhook once and returns the response. */
  async receive({
    channel,
    from,
    userId,
    to,
    body,
    media = [],
  }: InboundText): Promise<{ result: PostResult; providerMessageId: string }> {
    if (userId !== undefined) this.hidden.set(userId, from);
    const number = this.hidden.get(from) ?? from;
    const { accounts, numbers, books } = this.desk;
    const service = numbers.serviceOf(to);
    this.subscribers.heard(channel, number, service ?? to, body);
    const { accountSid, authToken } = await accounts.holderOf(channel, to);
    const sid = twilioSid('SM');
    const { sender, options } = this.sandbox;
    const counted = options.countSegments(body);
    const at = new Date();
    books.enter({
      provider: 'twilio',
      accountId: accountSid,
      channel: channel === 'sms' && media.length > 0 ? 'mms' : channel,
      direction: 'inbound',
      from: number,
      to,
      body,
      providerMessageId: sid,
      segments: channel === 'sms' && media.length === 0 ? counted.segments : 1,
      acceptedAt: at,
      sentAt: at,
      status: 'received',
    });
    const fields = {
      ...inboundFields({ channel, from, userId, to, body }, accountSid, sid, counted),
      ...this.desk.media.fieldsOf(accountSid, sid, media),
      ...(service !== undefined && { MessagingServiceSid: service }),
    };
    const url = `${options.publicUrl}/webhook/twilio`;
    const result = await sender.postOnce(url, signedForm(url, authToken, fields));
    return { result, providerMessageId: sid };
  }
}

/** The fields of an inbound message. */
export function inboundFields(
  { channel, from, userId, to, body }: InboundText,
  accountSid: string,
  sid: string,
  { segments }: { readonly segments: number },
): Record<string, string> {
  return {
    AccountSid: accountSid,
    ApiVersion: API_VERSION,
    Body: body,
    From: onWire(channel, from),
    MessageSid: sid,
    NumMedia: '0',
    NumSegments: String(segments),
    SmsMessageSid: sid,
    SmsSid: sid,
    SmsStatus: 'received',
    To: onWire(channel, to),
    ...(channel === 'whatsapp' && { ProfileName: 'Sandbox', ...idsOf(from, userId) }),
  };
}

/** `WaId` is the number without its plus: who hides it has none. */
function idsOf(from: string, userId: string | undefined): Readonly<Record<string, string>> {
  if (!from.startsWith('+')) return { ExternalUserId: from };
  return { WaId: bare(from).slice(1), ...(userId !== undefined && { ExternalUserId: userId }) };
}
