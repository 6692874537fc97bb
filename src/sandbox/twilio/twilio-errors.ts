/** Twilio's error bodies. Codes and texts: https://www.twilio.com/docs/api/errors */
import { WireRefusal, type WireAnswer } from '../wire.js';

const ERRORS = {
  20001: [400, 'A parameter is not what it should be.'],
  20003: [401, 'Authenticate'],
  20404: [404, 'The requested resource was not found'],
  20429: [429, 'Too Many Requests'],
  20500: [500, 'An internal server error has occurred'],
  21201: [400, "No 'To' number is specified."],
  21205: [400, 'The Url is not one that this sandbox may call: use this service’s own address.'],
  21211: [400, "The 'To' number is not a valid phone number."],
  21212: [400, "The 'From' number is not a valid phone number, shortcode, or alphanumeric sender ID."],
  21408: [400, "Permission to send an SMS has not been enabled for the region indicated by the 'To' number."],
  21421: [400, 'PhoneNumber is invalid.'],
  21422: [400, 'PhoneNumber is not available.'],
  21602: [400, 'Message body is required.'],
  21603: [400, "A 'From' phone number is required."],
  21604: [400, "A 'To' phone number is required."],
  21606: [400, "The 'From' phone number provided is not a valid, message-capable Twilio phone number."],
  21609: [400, "The 'StatusCallback' URL is not one that this sandbox may call: use this service's own address."],
  21610: [400, 'Attempt to send to unsubscribed recipient'],
  21611: [429, "This 'From' number has exceeded the maximum number of queued messages."],
  21612: [400, "The message From/To pair violates a gateway or routing rule: the 'To' number is not reachable."],
  21614: [400, "'To' number is not a valid mobile number"],
  21617: [400, 'The concatenated message body exceeds the 1600 character limit'],
  21623: [400, 'Number of media files exceeds allowed limit'],
  21710: [409, 'Phone Number or Short Code is already in the Messaging Service.'],
  21712: [409, 'Phone Number or Short Code is associated with another Messaging Service.'],
  /** Invented: a code that no table lists. */
  29999: [400, 'Something that no table lists.'],
  21910: [400, "Invalid 'From' and 'To' pair. 'From' and 'To' should be of the same channel"],
} as const;
export type TwilioErrorCode = keyof typeof ERRORS;

export function twilioError(code: TwilioErrorCode): WireAnswer {
  const [status, message] = ERRORS[code];
  return twilioJson(status, { code, message, more_info: `https://www.twilio.com/docs/errors/${code}`, status });
}

export const twilioRefusal = (code: TwilioErrorCode): WireRefusal => new WireRefusal(twilioError(code));

export const twilioJson = (status: number, body: object): WireAnswer => ({
  status,
  headers: { 'content-type': 'application/json;charset=utf-8', 'twilio-request-id': twilioSid('RQ') },
  body: JSON.stringify(body),
});

/** A new sid: two letters and 32 hex digits. */
export const twilioSid = (prefix: string): string => prefix + crypto.randomUUID().replaceAll('-', '');
