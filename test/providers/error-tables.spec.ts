/** The tables that turn provider errors into outcomes. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { BulkEmailStatus } from '@aws-sdk/client-sesv2';
import { PLIVO_CODES } from '../../src/providers/plivo/plivo.errors.js';
import { outcomeOfEntry, outcomeOfSesError, SES_RULES } from '../../src/providers/ses/ses.errors.js';
import { saysDeadNumber, outcomeOfTwilioError, TWILIO_VERDICTS } from '../../src/providers/twilio/twilio.errors.js';

const sesError = (name: string, message: unknown, httpStatusCode = 400) =>
  outcomeOfSesError(Object.assign(new Error(), { name, message, $metadata: { httpStatusCode } }));
const verdictOf = (outcome: { kind: string; reason?: string }): string => outcome.reason ?? outcome.kind;

describe('the table of SES', () => {
  test.each([
    ['TooManyRequestsException', 'Too many requests', 429, 'rate'],
    ['ThrottlingException', 'Maximum sending rate exceeded.', 400, 'rate'],
    ['ThrottlingException', 'Daily message quota exceeded.', 400, 'quota'],
    ['LimitExceededException', 'Daily message quota exceeded.', 400, 'quota'],
    ['LimitExceededException', 'Maximum sending rate exceeded.', 400, 'rate'],
    ['LimitExceededException', '', 400, 'quota'],
    ['InternalServiceErrorException', '', 500, 'unknown'],
    ['InternalFailure', '', 500, 'unknown'],
    ['ServiceUnavailable', '', 503, 'unknown'],
    ['RequestTimeoutException', '', 408, 'unknown'],
    ['MessageRejected', 'Email address is not verified. The following identities failed', 400, 'sender'],
    ['MessageRejected', 'The message contained a virus', 400, 'content'],
    ['MailFromDomainNotVerifiedException', '', 400, 'sender'],
    ['NotFoundException', 'Configuration set <x> does not exist.', 404, 'config'],
    ['SendingPausedException', '', 400, 'account'],
    ['AccountSuspendedException', '', 400, 'account'],
    ['BadRequestException', 'Illegal address', 400, 'recipient'],
    ['BadRequestException', 'Illegal address: from@sender.example', 400, 'recipient'],
    ['BadRequestException', 'Local address contains control or whitespace', 400, 'recipient'],
    ['BadRequestException', "Missing final '@domain'", 400, 'recipient'],
    ['BadRequestException', 'Domain contains illegal character', 400, 'recipient'],
    ['BadRequestException', 'Invalid email address <ana@example>', 400, 'recipient'],
    ['BadRequestException', 'From address is invalid', 400, 'sender'],
    ['BadRequestException', 'Header name is too long', 400, 'content'],
    ['ValidationException', '1 validation error detected', 400, 'content'],
    ['AccessDeniedException', 'not authorized to perform ses:SendEmail', 403, 'config'],
    ['UnrecognizedClientException', '', 403, 'config'],
    ['InvalidSignatureException', '', 403, 'config'],
    ['ExpiredTokenException', '', 403, 'config'],
    ['SignatureDoesNotMatch', '', 403, 'config'],
    ['SyntaxError', 'Unexpected token <', 413, 'content'],
    ['SyntaxError', 'Unexpected token <', 429, 'rate'],
    ['SyntaxError', 'Unexpected token <', 401, 'config'],
    ['SyntaxError', 'Unexpected token <', 404, 'unlisted'],
    ['NewException', '', 400, 'unlisted'],
    ['NewException', '', 403, 'unlisted'],
  ])('%s "%s" (%d) is %s', (name, message, status, verdict) => {
    expect(verdictOf(sesError(name, message, status))).toBe(verdict);
  });

  test.each([
    [['Illegal address'], 'recipient'],
    [{ text: 7 }, 'content'],
    [null, 'content'],
    [7, 'content'],
  ])('a message that is no text (%j) is %s', (message, verdict) => {
    expect(verdictOf(sesError('BadRequestException', message))).toBe(verdict);
    expect(verdictOf(outcomeOfEntry({ Status: 'FAILED', Error: message as unknown as string }))).toBe(verdict);
  });

  test('a 5xx is in doubt, whatever its name says', () => {
    expect(sesError('TooManyRequestsException', '', 503)).toEqual({
      kind: 'unknown',
      code: 'TooManyRequestsException',
    });
  });

  test('knows every status of a bulk entry that the SDK knows', () => {
    const known = new Set(SES_RULES.flatMap(({ names }) => names));
    for (const status of Object.values(BulkEmailStatus)) {
      if (status !== 'SUCCESS') expect(known).toContain(status);
    }
  });

  test.each([
    [BulkEmailStatus.TRANSIENT_FAILURE, '', 'unreachable'],
    [BulkEmailStatus.ACCOUNT_THROTTLED, '', 'rate'],
    [BulkEmailStatus.ACCOUNT_DAILY_QUOTA_EXCEEDED, '', 'quota'],
    [BulkEmailStatus.ACCOUNT_SUSPENDED, '', 'account'],
    [BulkEmailStatus.ACCOUNT_SENDING_PAUSED, '', 'account'],
    [BulkEmailStatus.CONFIGURATION_SET_SENDING_PAUSED, '', 'account'],
    [BulkEmailStatus.MAIL_FROM_DOMAIN_NOT_VERIFIED, '', 'sender'],
    [BulkEmailStatus.CONFIGURATION_SET_NOT_FOUND, '', 'config'],
    [BulkEmailStatus.MESSAGE_REJECTED, 'virus', 'content'],
    [BulkEmailStatus.MESSAGE_REJECTED, 'Email address is not verified.', 'sender'],
    [BulkEmailStatus.INVALID_PARAMETER, 'Illegal address', 'recipient'],
    [BulkEmailStatus.FAILED, 'Header name is too long', 'content'],
  ])('an entry %s "%s" is %s', (Status, Error, verdict) => {
    expect(verdictOf(outcomeOfEntry({ Status, Error }))).toBe(verdict);
  });
});

describe('the table of Twilio', () => {
  test('gives each code one meaning', () => {
    const codes = Object.values(TWILIO_VERDICTS).flat();
    expect(new Set(codes).size).toBe(codes.length);
  });

  test.each(Object.entries(TWILIO_VERDICTS))('%s', (verdict, codes) => {
    for (const code of codes) {
      expect(outcomeOfTwilioError({ status: 400, code })).toMatchObject({ reason: verdict, code: String(code) });
    }
  });

  test('takes a 429 for a matter of time, whatever its code', () => {
    expect(outcomeOfTwilioError({ status: 429, code: 21211 })).toMatchObject({ kind: 'deferred', reason: 'rate' });
  });

  test('calls a number dead only where it is dead for everybody', () => {
    expect(TWILIO_VERDICTS.recipient.filter((code) => !saysDeadNumber(String(code), '+14155550100'))).toEqual([
      21214, 30004, 30011, 63003, 63015, 63024, 63032,
    ]);
    expect(saysDeadNumber(undefined, '+14155550100')).toBe(false);
  });

  test.each([
    ['30006', '+14155550100', true],
    ['30006', '24365', false],
    ['30006', 'Riverside', false],
    ['30005', '24365', true],
  ])('calls a number that %s was reported of to %s dead: %s', (code, from, isDead) => {
    expect(saysDeadNumber(code, from)).toBe(isDead);
  });

  test.each([
    [21610, 'opted-out'],
    [21612, 'pair'],
    [21608, 'pair'],
    [21219, 'pair'],
    [30450, 'pair'],
    [21408, 'sender'],
    [63016, 'content'],
    [63049, 'content'],
    [14107, 'busy'],
    [30003, 'busy'],
    [30610, 'busy'],
  ])('what %d says of a sender and a recipient (%s) suppresses nobody and is not about the lane', (code, reason) => {
    const outcome = outcomeOfTwilioError({ status: 400, code }, '+14155550100');
    expect(outcome).toMatchObject({ reason });
    expect(outcome).not.toHaveProperty('suppress');
  });

  test.each([
    [400, 29_999, 'unlisted', '29999'],
    [403, undefined, 'unlisted', 'http-403'],
    [404, undefined, 'unlisted', 'http-404'],
    [401, 29_999, 'config', '29999'],
    [413, undefined, 'content', 'http-413'],
  ])('a %d with a code that it does not list (%s) is %s', (status, code, reason, label) => {
    expect(outcomeOfTwilioError({ status, code })).toMatchObject({ kind: 'refused', reason, code: label });
  });
});

test('docs/sender-authentication.md names no code that our tables do not have', () => {
  const guide = readFileSync(join(import.meta.dirname, '../../docs/sender-authentication.md'), 'utf8');
  const named = [...guide.matchAll(/\b(?:[1-3]\d|63)\d{3}\b/g)].map(([code]) => Number(code));
  expect(named).toContain(30034);
  expect(named.filter((code) => !Object.values(TWILIO_VERDICTS).flat().includes(code))).toEqual([]);
  const ofPlivo = [...guide.matchAll(/Plivo[^|]*?`(\d+)`/g)].map(([, code = '']) => code);
  expect(ofPlivo).not.toEqual([]);
  expect(ofPlivo.filter((code) => !(code in PLIVO_CODES))).toEqual([]);
});
