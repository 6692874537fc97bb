/** Twilio's error codes in our terms. */
import { outcomeOfNoAnswer } from '../network.errors.js';
import { RequestFault } from '../request-fault.js';
import { outcomeOf, verdictOfStatus, type Setback, type Verdict } from '../verdict.js';

/** The meaning of each code, in a response or in a later status callback. Source: Twilio's error dictionary and WhatsApp documentation. */
export const TWILIO_VERDICTS: Readonly<Record<Exclude<Verdict, 'unknown' | 'unlisted'>, readonly number[]>> = {
  // Too fast, or a full queue: retry later.
  rate: [20429, 21611, 30001, 30017, 30022, 63017, 63018],
  // Too many messages between these two numbers (14107), a handset that is off (30003), the recipient's quiet hours (30610).
  busy: [14107, 30003, 30610],
  // Daily caps.
  quota: [30023, 30027, 63038],
  unreachable: [20500, 20503, 30008, 30020, 30021, 30410, 63009, 63010, 63012, 63023],
  recipient: [
    13223, 13224, 21211, 21214, 21217, 21401, 21421, 21614, 21635, 30004, 30005, 30006, 30011, 63003, 63015, 63024,
    63032,
  ],
  // STOP to this sender, blocked by the user, or a known litigator (30640).
  'opted-out': [21610, 30640, 63014, 63033],
  // The text, the media, or the template; also free text outside WhatsApp's 24 hours (63016).
  content: [
    11200, 11751, 12300, 21602, 21605, 21617, 21618, 21620, 21623, 21654, 21655, 21656, 30007, 30019, 63005, 63006,
    63013, 63016, 63019, 63021, 63026, 63027, 63028, 63034, 63040, 63041, 63042, 63049,
  ],
  // A country that the account has not enabled: other countries work.
  sender: [21408],
  // No route between them (21612), a number that a trial account has not verified, a prefix that is suspected of fraud (30450).
  pair: [21219, 21608, 21612, 30450],
  // Each number has its own lane, so its faults apply to all messages there.
  config: [
    20003, 20006, 20403, 20404, 21212, 21215, 21601, 21603, 21604, 21606, 21609, 21659, 21660, 21661, 21701, 21703,
    21704, 21705, 21910, 30018, 30024, 30032, 30034, 30035, 63001, 63002, 63007, 63008, 63020,
  ],
  account: [20005, 30002, 30033, 63051],
};

/**
 * Pictures: the phone or its carrier takes none (30011), or not this one: too large (11751, 30019), of a type that carriers do not take
 * (12300), or nowhere to be fetched (11200). A text reaches the same phone.
 */
export const PICTURE_FAULTS: readonly number[] = [11200, 11751, 12300, 30011, 30019];

/** Reports after which a later message may arrive: the phone is off, the carrier failed or gave no reason, a queue was full. */
export const PASSING_FAULTS: readonly number[] = [
  30001, 30003, 30008, 30017, 30020, 30021, 30022, 30410, 63009, 63010, 63012, 63018, 63023,
];

const VERDICTS = new Map(
  (Object.keys(TWILIO_VERDICTS) as (keyof typeof TWILIO_VERDICTS)[]).flatMap((verdict) =>
    TWILIO_VERDICTS[verdict].map((code) => [code, verdict] as const),
  ),
);

/**
 * Codes that mean that the number takes no texts from anybody. Narrower than `recipient`: a number that is not on WhatsApp, cannot
 * take pictures or cannot be reached from here (21214) is valid.
 */
const DEAD_NUMBER: ReadonlySet<number> = new Set([
  13223, 13224, 21211, 21217, 21401, 21421, 21614, 21635, 30005, 30006,
]);
/** A landline or, if the sender is a short code, a carrier that does not serve short codes. */
const LANDLINE = 30006;

/** Whether a code, in a response or a status callback, means that this number must not be written to again, from any sender. */
export const saysDeadNumber = (code: string | undefined, from: string): boolean =>
  DEAD_NUMBER.has(Number(code)) && (Number(code) !== LANDLINE || from.startsWith('+'));

/** Whether a status callback's `ErrorCode` means that the person has opted out of this sender. */
export const saysOptedOut = (code: string | undefined): boolean => VERDICTS.get(Number(code)) === 'opted-out';

const WAITS: ReadonlySet<Verdict> = new Set(['rate', 'quota', 'unreachable', 'busy']);

/**
 * The outcome of a call from a sender that threw. A 5xx and a 408 may have been carried out; every other 4xx was not, and a 429 never is
 * ("always safe to retry", Twilio's documentation).
 */
export function outcomeOfTwilioError(error: unknown, from = '', retryAfterMs?: number): Setback {
  const { status, code, message } = (error ?? {}) as { status?: unknown; code?: number | string; message?: unknown };
  if (typeof status !== 'number') return outcomeOfNoAnswer(error);
  const label = code ? String(code) : `http-${status}`;
  if (status < 400 || status === 408 || status >= 500) return outcomeOf('unknown', label, { message });
  const verdict = VERDICTS.get(Number(code)) ?? verdictOfStatus(status);
  const answer = status === 429 && !WAITS.has(verdict) ? 'rate' : verdict;
  const outcome = outcomeOf(answer, label, { message, retryAfterMs });
  const isDead = outcome.kind === 'refused' && answer === 'recipient' && saysDeadNumber(label, from);
  return isDead ? { ...outcome, suppress: 'invalid_address' } : outcome;
}

/** A number that somebody else has bought since, or that was never for sale. */
const TAKEN: ReadonlySet<number> = new Set([21421, 21422]);

/** What is wrong with a request other than sending. */
export function faultOfTwilioError(error: unknown): RequestFault {
  const outcome = outcomeOfTwilioError(error);
  const { code, message } = outcome;
  if (TAKEN.has(Number(code))) return new RequestFault('taken', code, message);
  if (outcome.kind === 'deferred') return new RequestFault('later', code, message);
  return new RequestFault(outcome.kind === 'refused' ? 'refused' : 'unknown', code, message);
}
