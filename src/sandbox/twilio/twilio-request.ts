/** Parses and validates the form of a Twilio send. */
import { twilioRefusal, type TwilioErrorCode } from './twilio-errors.js';

export type Form = Readonly<Record<string, unknown>>;

export interface TwilioSend {
  readonly channel: 'sms' | 'mms' | 'whatsapp';
  /** E.164, without `whatsapp:`. */
  readonly to: string;
  /** A number, an alphanumeric sender, or the sid of a messaging service that is to choose one. */
  readonly sender: string;
  readonly body: string;
  readonly mediaUrls: readonly string[];
  readonly contentSid?: string;
  readonly contentVariables?: string;
  readonly statusCallback?: string;
}

const WHATSAPP = 'whatsapp:';
const E164 = /^\+[1-9]\d{6,14}$/;
const MAX_BODY = 1_600;
const MAX_MEDIA = 10;

/** Twilio's own test numbers: https://www.twilio.com/docs/iam/test-credentials */
const MAGIC_TO: Readonly<Record<string, TwilioErrorCode>> = {
  '+15005550001': 21211,
  '+15005550002': 21612,
  '+15005550003': 21408,
  '+15005550004': 21610,
  '+15005550009': 21614,
};
/** The sandbox's own: +1 500 555 02NN is refused for a reason that no table lists. */
const ODD_TO = /^\+150055502\d\d$/;
const MAGIC_FROM: Readonly<Record<string, TwilioErrorCode>> = {
  '+15005550001': 21212,
  '+15005550007': 21606,
  '+15005550008': 21611,
};

/** Rejects errors with Twilio's code. `mayCall` decides which status callbacks the sandbox posts to. */
export function readTwilioSend(form: Form, mayCall: (url: string) => boolean): TwilioSend {
  const to = field(form, 'To');
  const from = field(form, 'From');
  const sender = from ? bare(from) : field(form, 'MessagingServiceSid');
  const body = field(form, 'Body') ?? '';
  const mediaUrls = [form['MediaUrl'] ?? []].flat().filter((url): url is string => typeof url === 'string');
  const contentSid = field(form, 'ContentSid');
  const statusCallback = field(form, 'StatusCallback');
  const whatsapp = to?.startsWith(WHATSAPP) ?? false;

  if (!to) throw twilioRefusal(21604);
  if (!E164.test(bare(to))) throw twilioRefusal(21211);
  refuseMagicRecipient(bare(to));
  if (!sender) throw twilioRefusal(21603);
  if (from && whatsapp !== from.startsWith(WHATSAPP)) throw twilioRefusal(21910);
  refuseMagic(MAGIC_FROM, sender);
  if (!body && mediaUrls.length === 0 && !contentSid) throw twilioRefusal(21602);
  if (body.length > MAX_BODY) throw twilioRefusal(21617);
  if (mediaUrls.length > MAX_MEDIA) throw twilioRefusal(21623);
  if (statusCallback && !mayCall(statusCallback)) throw twilioRefusal(21609);

  return {
    channel: whatsapp ? 'whatsapp' : mediaUrls.length > 0 ? 'mms' : 'sms',
    to: bare(to),
    sender,
    body,
    mediaUrls,
    contentSid,
    contentVariables: field(form, 'ContentVariables'),
    statusCallback,
  };
}

/** A number as in the API. */
export const onWire = (channel: string, number: string): string =>
  channel === 'whatsapp' ? WHATSAPP + number : number;

/** A number without its channel prefix. */
export const bare = (address: string): string =>
  address.startsWith(WHATSAPP) ? address.slice(WHATSAPP.length) : address;

/** Whether a sender is a messaging service. */
export const isService = (sender: string): boolean => /^MG[0-9a-f]{32}$/i.test(sender);

export function field(form: Form, name: string): string | undefined {
  const value = form[name];
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function refuseMagicRecipient(number: string): void {
  if (ODD_TO.test(number)) throw twilioRefusal(29999);
  refuseMagic(MAGIC_TO, number);
}

function refuseMagic(numbers: Readonly<Record<string, TwilioErrorCode>>, number: string): void {
  const code = numbers[number];
  if (code) throw twilioRefusal(code);
}
