/** What an escalation does next. */
import fc from 'fast-check';
import { STATUSES, type MessageStatus } from '../ledger/index.js';
import { moveOf, STEP_CHANNELS, type Attempt, type EscalationFacts, type Step } from './escalation.rules.js';

const NOW = new Date('2026-11-29T10:00:00Z');
const ago = (seconds: number): Date => new Date(NOW.getTime() - seconds * 1_000);
const call = (to: string): Step => ({ to, channel: 'voice', waitSeconds: 60 });
const text = (to: string): Step => ({ to, channel: 'sms', waitSeconds: 300 });
const tried = (status: MessageStatus | null, more: Partial<Attempt> = {}): Attempt => ({
  step: 0,
  attempt: 1,
  messageId: status === null ? null : `m${more.step ?? 0}`,
  status,
  at: ago(30),
  settledAt: null,
  ...more,
});
const facts = (attempts: readonly Attempt[], more: Partial<EscalationFacts> = {}): EscalationFacts => ({
  steps: [call('ana'), call('ben'), text('cem')],
  retry: { attempts: 2, pauseSeconds: 20 },
  untilAcknowledged: true,
  attempts,
  ...more,
});
const move = (attempts: readonly Attempt[], more: Partial<EscalationFacts> = {}) => moveOf(facts(attempts, more), NOW);

test('the first person is called first', () => {
  expect(move([])).toEqual({ kind: 'try', step: 0, attempt: 1 });
});

test.each<[string, Attempt, object]>([
  ['that is under way is waited for', tried('sent'), { kind: 'wait', until: ago(-30) }],
  ['that waits for its turn is waited for', tried('queued'), { kind: 'wait', until: ago(-30) }],
  ['that takes too long is left, and the next person called', tried('sent', { at: ago(61) }), { step: 1, attempt: 1 }],
  ['in doubt is waited for no longer', tried('unknown', { at: ago(61) }), { step: 1, attempt: 1 }],
  ['that was answered without a key is over', tried('delivered', { settledAt: ago(6) }), { step: 1, attempt: 1 }],
  [
    'that has just ended may have a key yet',
    tried('delivered', { settledAt: ago(2) }),
    { kind: 'wait', until: ago(-3) },
  ],
  ['that was busy is made again after a pause', tried('undelivered', { settledAt: ago(25) }), { step: 0, attempt: 2 }],
  [
    'that was busy is not made again at once',
    tried('undelivered', { settledAt: ago(5) }),
    { kind: 'wait', until: ago(-15) },
  ],
  [
    'is made no more often than it is to be',
    tried('undelivered', { attempt: 2, settledAt: ago(25) }),
    { step: 1, attempt: 1 },
  ],
  ['that could not be connected is not made again', tried('failed', { settledAt: ago(1) }), { step: 1, attempt: 1 }],
  ['to somebody who opted out is not made', tried('blocked_opted_out'), { step: 1, attempt: 1 }],
  ['that was refused is not made', tried(null), { step: 1, attempt: 1 }],
])('a call %s', (_, attempt, expected) => {
  expect(move([attempt])).toMatchObject(expected);
});

test('a text that arrived is waited for as long as the step says', () => {
  const sent = tried('delivered', { step: 2, at: ago(299), settledAt: ago(298) });
  expect(move([tried('failed'), sent])).toEqual({ kind: 'wait', until: ago(-1) });
  expect(move([{ ...sent, at: ago(301) }])).toEqual({ kind: 'exhausted' });
});

test('a text that did not arrive is not sent again', () => {
  expect(move([tried('undelivered')], { steps: [text('cem'), call('ana')] })).toEqual({
    kind: 'try',
    step: 1,
    attempt: 1,
  });
});

test('whoever acknowledges ends it, also one who was called before', () => {
  const attempts = [tried('read', { at: ago(200) }), tried('sent', { step: 1 })];
  expect(move(attempts)).toEqual({ kind: 'acknowledged', messageId: 'm0' });
});

test('where nobody is asked for a key, who is reached ends it', () => {
  expect(move([tried('delivered')], { untilAcknowledged: false })).toEqual({ kind: 'reached', messageId: 'm0' });
});

test('it ends when there is nobody left', () => {
  expect(move([tried('failed', { step: 2 })])).toEqual({ kind: 'exhausted' });
});

test('it always ends: at most every person as often as they may be called', () => {
  const steps = fc
    .array(fc.constantFrom(...STEP_CHANNELS), { minLength: 1, maxLength: 6 })
    .map((channels) => channels.map((channel): Step => ({ to: channel, channel, waitSeconds: 60 })));
  const ends = fc.array(fc.constantFrom(null, ...STATUSES), { minLength: 40, maxLength: 40 });
  fc.assert(
    fc.property(steps, fc.integer({ min: 1, max: 4 }), fc.boolean(), ends, (people, most, untilAcknowledged, fates) => {
      const attempts: Attempt[] = [];
      let clock = NOW.getTime();
      for (let round = 0; ; round += 1) {
        expect(round).toBeLessThan(200);
        const given: EscalationFacts = {
          steps: people,
          retry: { attempts: most, pauseSeconds: 20 },
          untilAcknowledged,
          attempts,
        };
        const next = moveOf(given, new Date(clock));
        if (next.kind === 'wait') {
          expect(next.until.getTime()).toBeGreaterThan(clock);
          clock = next.until.getTime();
        } else if (next.kind === 'try') {
          const status = fates[attempts.length] ?? null;
          const at = new Date(clock);
          const { step, attempt } = next;
          attempts.push({ step, attempt, messageId: status && `m${attempts.length}`, status, at, settledAt: at });
        } else break;
      }
      expect(attempts.length).toBeLessThanOrEqual(people.length * most);
    }),
  );
});
