/** Twilio's error codes in our terms. */
import { outcomeOfNoAnswer } from '../network.errors.js';
import { outcomeOf, type Setback, type Verdict } from '../verdict.js';

/**
 * The meaning of each code, in a response or in a later status callback. Unlisted 4xx codes are `config`, so that somebody
 * looks. Source: Twilio's error dictionary and WhatsApp documentation.
 */
export const TWILIO_VERDICTS: Readonly<Record<Exclude<Verdict, 'unknown'>, readonly number[]>> = {
  // Too fast, a full queue, or the recipient's quiet hours (30610): retry later.
  rate: [20429, 14107, 21611, 30001, 30017, 30022, 30610, 63017, 63018],
  // Daily caps.
  quota: [30023, 30027, 63038],
  unreachable: [20500, 20503, 30003, 30008, 30020, 30021, 30410, 63009, 63010, 63012, 63023],
  recipient: [
    13223, 13224, 21211, 21214, 21217, 21401, 21421, 21612, 21614, 21635, 30004, 30005, 30006, 30011, 63003, 63015,
    63024, 63032,
  ],
  // STOP to this sender, blocked by the user, or a known litigator (30640).
  'opted-out': [21610, 30640, 63014, 63033],
  // The text, the media, or the template; also free text outside WhatsApp's 24 hours (63016).
  content: [
    21602, 21605, 21617, 21618, 21620, 21623, 21654, 21655, 21656, 30007, 30019, 63005, 63006, 63013, 63016, 63019,
    63021, 63026, 63027, 63028, 63034, 63040, 63041, 63042, 63049,
  ],
  // A country that the account has not enabled: other countries work.
  sender: [21408],
  // Each number has its own lane, so its faults apply to all messages there.
  config: [
    20003, 20006, 20403, 20404, 21212, 21215, 21601, 21603, 21604, 21606, 21609, 21659, 21660, 21661, 21701, 21703,
    21704, 21705, 21910, 30018, 30024, 30032, 30034, 30035, 63001, 63002, 63007, 63008, 63020,
  ],
  account: [20005, 21219, 21608, 30002, 30033, 30450, 63051],
};

const VERDICTS = new Map(
  (Object.keys(TWILIO_VERDICTS) as (keyof typeof TWILIO_VERDICTS)[]).flatMap((verdict) =>
    TWILIO_VERDICTS[verdict].map((code) => [code, verdict] as const),
  ),
);

/**
 * Codes that mean that the number takes no texts from anybody. Narrower than `recipient`: a number that is not on WhatsApp or
 * cannot take pictures is valid.
 */
const DEAD_NUMBER: ReadonlySet<number> = new Set([
  13223, 13224, 21211, 21214, 21217, 21401, 21421, 21614, 21635, 30005, 30006,
]);

/** Whether a code, in a response or a status callback, means that this number must not be written to again. */
export const saysDeadNumber = (code: string | undefined): boolean => DEAD_NUMBER.has(Number(code));

/** Whether a status callback's `ErrorCode` means that the person has opted out of this sender. */
export const saysOptedOut = (code: string | undefined): boolean => VERDICTS.get(Number(code)) === 'opted-out';

/**
 * The outcome of a call that threw. A 5xx and a 408 may have been carried out; every other 4xx was not, and a 429 never is
 * ("always safe to retry", Twilio's documentation).
 */
export function outcomeOfTwilioError(error: unknown, retryAfterMs?: number): Setback {
  const { status, code } = (error ?? {}) as { status?: unknown; code?: number | string };
  if (typeof status !== 'number') return outcomeOfNoAnswer(error);
  const label = code ? String(code) : `http-${status}`;
  if (status < 400 || status === 408 || status >= 500) return outcomeOf('unknown', label);
  const verdict = VERDICTS.get(Number(code)) ?? 'config';
  const waiting = verdict === 'rate' || verdict === 'quota' || verdict === 'unreachable';
  const answer = status === 429 && !waiting ? 'rate' : verdict;
  if (answer === 'recipient' && saysDeadNumber(label)) {
    return { kind: 'refused', reason: answer, code: label, suppress: 'invalid_address' };
  }
  return outcomeOf(answer, label, retryAfterMs === undefined ? {} : { retryAfterMs });
}
