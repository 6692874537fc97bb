/** The gate's rules, pure. */
import fc from 'fast-check';
import { CATEGORIES } from '../tenants/index.js';
import { DECISIONS } from './consent.entity.js';
import {
  LASTING_REASONS,
  SUPPRESSION_REASONS,
  exempted,
  isExemptible,
  judge,
  type GateFacts,
} from './consent.rules.js';

/** A transactional message with nothing against it, to somebody without a decision. */
const CLEAR: GateFacts = {
  category: 'transactional',
  isTest: false,
  expired: false,
  channelEnabled: true,
  countryAllowed: true,
  optInRequired: false,
  senderSilenced: false,
  consent: null,
  leftMarketing: false,
  numberOptedOut: false,
  suppression: null,
  isDead: false,
  rangeBlocked: false,
  senderPaused: false,
  quietUntil: null,
};

const anyFacts: fc.Arbitrary<GateFacts> = fc.record({
  category: fc.constantFrom(...CATEGORIES),
  isTest: fc.boolean(),
  expired: fc.boolean(),
  channelEnabled: fc.boolean(),
  countryAllowed: fc.boolean(),
  optInRequired: fc.boolean(),
  senderSilenced: fc.boolean(),
  consent: fc.constantFrom(null, ...DECISIONS),
  leftMarketing: fc.boolean(),
  numberOptedOut: fc.boolean(),
  suppression: fc.constantFrom(null, ...SUPPRESSION_REASONS),
  isDead: fc.boolean(),
  rangeBlocked: fc.boolean(),
  senderPaused: fc.boolean(),
  quietUntil: fc.constantFrom(null, new Date('2026-12-01T08:00:00Z')),
});

const against = {
  expired: { expired: true },
  disabled: { channelEnabled: false },
  country: { countryAllowed: false },
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
    ['a transactional message to somebody who left marketing', { leftMarketing: true }],
    ['a test to a range that is blocked', { rangeBlocked: true, isTest: true }],
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
    [
      'an emergency to a country that is not allowed',
      { ...against.country, category: 'emergency' },
      'cancelled',
      'country_not_allowed',
    ],
    ['a test to one', { ...against.country, isTest: true }, 'cancelled', 'country_not_allowed'],
    ['a sender that was silenced', { senderSilenced: true, consent: 'opted_in' }, 'cancelled', 'sender_silenced'],
    [
      'a number of a range that is blocked, despite an opt-in',
      { rangeBlocked: true, consent: 'opted_in' },
      'suppressed',
      'number_range_blocked',
    ],
    [
      'an opt-out, before a range that is blocked',
      { ...against.optedOut, rangeBlocked: true },
      'blocked_opted_out',
      'opted_out',
    ],
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
    [
      'marketing to somebody who left it, despite an opt-in',
      { ...against.marketing, leftMarketing: true, consent: 'opted_in' },
      'blocked_opted_out',
      'opted_out',
    ],
    [
      'what the platform knows to be dead, despite an opt-in',
      { isDead: true, consent: 'opted_in' },
      'suppressed',
      'dead_address',
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

  test.each(LASTING_REASONS)('returns the suppression’s own reason: %s', (suppression) => {
    expect(judge({ ...CLEAR, suppression })).toEqual({ pass: false, status: 'suppressed', reason: suppression });
  });

  test('stops marketing alone to an address that has taken nothing for days', () => {
    fc.assert(
      fc.property(anyFacts, (facts) => {
        const verdict = judge({ ...facts, suppression: 'soft_bounce' });
        if (facts.category === 'marketing') expect(verdict.pass).toBe(false);
        else expect(verdict).toEqual(judge({ ...facts, suppression: null }));
      }),
    );
  });

  test('lets marketing wait whose sender is paused, and stops or passes everything else as before', () => {
    fc.assert(
      fc.property(anyFacts, (facts) => {
        const before = judge({ ...facts, senderPaused: false, quietUntil: null });
        const waits = before.pass && facts.category === 'marketing' && !facts.isTest;
        expect(judge({ ...facts, senderPaused: true })).toEqual(
          waits ? { pass: false, waits: 'sender_paused' } : before,
        );
      }),
    );
  });

  test('has marketing wait for its hours that would go otherwise, and nothing else', () => {
    fc.assert(
      fc.property(anyFacts, fc.date({ noInvalidDate: true }), (facts, until) => {
        const before = judge({ ...facts, quietUntil: null });
        const waits = before.pass && facts.category === 'marketing' && !facts.isTest;
        expect(judge({ ...facts, quietUntil: until })).toEqual(
          waits ? { pass: false, waits: 'quiet_hours', until } : before,
        );
      }),
    );
  });

  test('never lets anything pass after an opt-out, to a suppressed address, on a disabled channel, to a country that is not allowed or after expiry', () => {
    fc.assert(
      fc.property(
        anyFacts,
        fc.constantFrom('expired', 'disabled', 'country', 'optedOut', 'numberOptedOut', 'suppressed'),
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

describe('An exemption', () => {
  test.each<[string, 'opt_in' | 'opt_out', Partial<GateFacts>]>([
    ['a question where an opt-in is required', 'opt_in', against.optInRequired],
    ['the confirmation of a STOP', 'opt_out', against.optedOut],
    ['the confirmation of a STOP to a shared number', 'opt_out', against.numberOptedOut],
    [
      'the confirmation of a STOP where an opt-in is required',
      'opt_out',
      { ...against.optedOut, ...against.optInRequired },
    ],
  ])('lets %s pass', (_, from, facts) => {
    expect(judge({ ...CLEAR, ...facts })).toMatchObject({ pass: false });
    expect(judge(exempted({ ...CLEAR, ...facts }, from))).toEqual({ pass: true });
  });

  test('changes nothing of marketing, of a dead address, or, from an opt-in, after an opt-out', () => {
    fc.assert(
      fc.property(anyFacts, fc.constantFrom('opt_in', 'opt_out'), (facts, from) => {
        const [before, then] = [judge(facts), judge(exempted(facts, from))];
        if (facts.category !== 'transactional') expect(then).toEqual(before);
        if (facts.suppression !== null && facts.suppression !== 'soft_bounce')
          expect(then).toMatchObject({ pass: false });
        if (facts.isDead || facts.expired || !facts.channelEnabled) expect(then).toMatchObject({ pass: false });
        if (from === 'opt_in' && facts.consent === 'opted_out') expect(then).toMatchObject({ pass: false });
      }),
    );
  });

  test('is looked up for whatever it could change', () => {
    fc.assert(
      fc.property(anyFacts, fc.constantFrom('opt_in', 'opt_out'), (any, from) => {
        const facts = { ...any, countryAllowed: true };
        const before = judge(facts);
        fc.pre(JSON.stringify(judge(exempted(facts, from))) !== JSON.stringify(before));
        expect(isExemptible(facts.category, before)).toBe(true);
      }),
    );
  });
});
