/** The gate's rules, pure. */
import fc from 'fast-check';
import { CATEGORIES } from '../tenants/index.js';
import { DECISIONS } from './consent.entity.js';
import { SUPPRESSION_REASONS, judge, type GateFacts } from './consent.rules.js';

/** A transactional message with nothing against it, to somebody without a decision. */
const CLEAR: GateFacts = {
  category: 'transactional',
  isTest: false,
  expired: false,
  channelEnabled: true,
  optInRequired: false,
  senderSilenced: false,
  consent: null,
  numberOptedOut: false,
  suppression: null,
};

const anyFacts: fc.Arbitrary<GateFacts> = fc.record({
  category: fc.constantFrom(...CATEGORIES),
  isTest: fc.boolean(),
  expired: fc.boolean(),
  channelEnabled: fc.boolean(),
  optInRequired: fc.boolean(),
  senderSilenced: fc.boolean(),
  consent: fc.constantFrom(null, ...DECISIONS),
  numberOptedOut: fc.boolean(),
  suppression: fc.constantFrom(null, ...SUPPRESSION_REASONS),
});

const against = {
  expired: { expired: true },
  disabled: { channelEnabled: false },
  optedOut: { consent: 'opted_out' },
  numberOptedOut: { numberOptedOut: true },
  suppressed: { suppression: 'complaint' },
  marketing: { category: 'marketing' },
  optInRequired: { optInRequired: true },
} as const;

describe('The gate', () => {
  test.each<[string, Partial<GateFacts>]>([
    ['a transactional message without a consent record', {}],
    ['a transactional message to somebody who opted in', { consent: 'opted_in' }],
    [
      'a transactional message to somebody who opted in, if that is required',
      { consent: 'opted_in', optInRequired: true },
    ],
    ['marketing to somebody who opted in', { category: 'marketing', consent: 'opted_in' }],
    ['a test to somebody without a decision', { category: 'marketing', optInRequired: true, isTest: true }],
    [
      'marketing to somebody who opted in, if that is required',
      { category: 'marketing', consent: 'opted_in', optInRequired: true },
    ],
    ['an emergency where an opt-in is required', { category: 'emergency', optInRequired: true }],
  ])('lets %s pass', (_, facts) => {
    expect(judge({ ...CLEAR, ...facts })).toEqual({ pass: true });
  });

  test.each<[string, Partial<GateFacts>, string, string]>([
    [
      'an expired message, before any other check',
      { ...against.expired, ...against.disabled, ...against.optedOut },
      'expired',
      'expired',
    ],
    [
      'a disabled channel, before consent',
      { ...against.disabled, ...against.optedOut },
      'cancelled',
      'channel_disabled',
    ],
    [
      'a disabled channel, even with an opt-in',
      { ...against.disabled, consent: 'opted_in' },
      'cancelled',
      'channel_disabled',
    ],
    ['a sender that was silenced', { senderSilenced: true, consent: 'opted_in' }, 'cancelled', 'sender_silenced'],
    ['transactional after STOP', against.optedOut, 'blocked_opted_out', 'opted_out'],
    ['an emergency after STOP', { ...against.optedOut, category: 'emergency' }, 'blocked_opted_out', 'opted_out'],
    ['marketing after STOP', { ...against.optedOut, ...against.marketing }, 'blocked_opted_out', 'opted_out'],
    [
      'an opt-out, before a suppression',
      { ...against.optedOut, ...against.suppressed },
      'blocked_opted_out',
      'opted_out',
    ],
    ['STOP to a shared number', against.numberOptedOut, 'blocked_opted_out', 'number_opted_out'],
    [
      'STOP to a shared number, despite an opt-in',
      { ...against.numberOptedOut, consent: 'opted_in' },
      'blocked_opted_out',
      'number_opted_out',
    ],
    [
      'a suppressed address, despite an opt-in',
      { ...against.suppressed, consent: 'opted_in' },
      'suppressed',
      'complaint',
    ],
    [
      'a suppressed address, before a missing opt-in',
      { ...against.suppressed, ...against.marketing },
      'suppressed',
      'complaint',
    ],
    ['marketing to somebody nobody has heard from', against.marketing, 'skipped_no_consent', 'no_opt_in'],
    [
      'marketing, before a required opt-in',
      { ...against.marketing, ...against.optInRequired },
      'skipped_no_consent',
      'no_opt_in',
    ],
    ['transactional where an opt-in is required', against.optInRequired, 'skipped_no_consent', 'opt_in_required'],
  ])('stops %s', (_, facts, status, reason) => {
    expect(judge({ ...CLEAR, ...facts })).toEqual({ pass: false, status, reason });
  });

  test.each(SUPPRESSION_REASONS)('returns the suppression’s own reason: %s', (suppression) => {
    expect(judge({ ...CLEAR, suppression })).toEqual({ pass: false, status: 'suppressed', reason: suppression });
  });

  test('never lets anything pass after an opt-out, to a suppressed address, on a disabled channel or after expiry', () => {
    fc.assert(
      fc.property(
        anyFacts,
        fc.constantFrom('expired', 'disabled', 'optedOut', 'numberOptedOut', 'suppressed'),
        (facts, rule) => {
          expect(judge({ ...facts, ...against[rule] }).pass).toBe(false);
        },
      ),
    );
  });

  test('lets marketing pass only to those who opted in, and tests', () => {
    fc.assert(
      fc.property(anyFacts, (facts) => {
        const { pass } = judge({ ...facts, category: 'marketing' });
        expect(!pass || facts.consent === 'opted_in' || facts.isTest).toBe(true);
      }),
    );
  });

  test('is not stricter after an opt-in, nor laxer when one is required', () => {
    fc.assert(
      fc.property(anyFacts, (facts) => {
        const { pass } = judge(facts);
        if (facts.consent === null && pass) expect(judge({ ...facts, consent: 'opted_in' }).pass).toBe(true);
        if (!pass) expect(judge({ ...facts, optInRequired: true }).pass).toBe(false);
      }),
    );
  });
});
