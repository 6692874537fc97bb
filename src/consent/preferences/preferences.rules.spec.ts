/** What people want, and the decisions that follow, pure. */
import fc from 'fast-check';
import { judge, type GateFacts } from '../consent.rules.js';
import { DECISIONS } from '../consent.entity.js';
import { decisionsFor, wishesIn, type ConsentFacts, type Wishes } from './preferences.rules.js';

const anyFacts: fc.Arbitrary<ConsentFacts> = fc.record({
  consent: fc.constantFrom(null, ...DECISIONS),
  leftMarketing: fc.boolean(),
  optInRequired: fc.boolean(),
});

const passes = (facts: ConsentFacts, category: GateFacts['category']): boolean =>
  judge({
    ...facts,
    category,
    isTest: false,
    expired: false,
    channelEnabled: true,
    countryAllowed: true,
    rangeBlocked: false,
    senderSilenced: false,
    senderPaused: false,
    quietUntil: null,
    isDead: false,
    numberOptedOut: false,
    suppression: null,
  }).pass;

/** The facts after a decision, newer than all before. */
const after = (facts: ConsentFacts, decisions: ReturnType<typeof decisionsFor>): ConsentFacts =>
  decisions.reduce(
    (so, { status, category }) =>
      category ? { ...so, leftMarketing: true } : { ...so, consent: status, leftMarketing: false },
    facts,
  );

test('A page shows as wanted what the gate lets pass', () => {
  fc.assert(
    fc.property(anyFacts, (facts) => {
      expect(wishesIn(facts)).toEqual({
        news: passes(facts, 'marketing'),
        rest: passes(facts, 'transactional'),
      });
    }),
  );
});

test('What is wished is what the gate does from then on, and the same wish again changes nothing', () => {
  fc.assert(
    fc.property(anyFacts, fc.record({ news: fc.boolean(), rest: fc.boolean() }), (facts, wanted: Wishes) => {
      const then = after(facts, decisionsFor(wishesIn(facts), wanted));
      const shown = wishesIn(then);
      expect(shown).toEqual({ news: wanted.news, rest: wanted.rest || wanted.news });
      expect(decisionsFor(shown, wanted)).toEqual([]);
    }),
  );
});
