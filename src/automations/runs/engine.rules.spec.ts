/** Until when what a run sends is of use: it depends on the way that the run has taken. */
import type { DefinitionBody, StepBody } from '../rules/definition.dto.js';
import { compileDefinition } from '../rules/program.js';
import { nextMove, type Position, type Sight } from './engine.rules.js';

const HOUR_MS = 3_600_000;
const send: StepBody = { send: { templates: ['a'] } };
const until = (offset: string, more: object = {}): StepBody => ({
  waitUntil: { of: 'event.startsAt', offset, ifPast: 'continue', ...more },
});
/** Which way is taken is said by `data.vip`. */
const branch = (yes: StepBody[], no: StepBody[] = []): StepBody => ({
  branch: { if: [{ field: 'data.vip', is: 'equal', value: true }], do: yes, else: no },
});

interface Around {
  readonly startsAt?: string;
  readonly endsAt?: string;
  readonly isVip?: boolean;
  /** How long after the time that it waited for a worker gets to it. */
  readonly lateMs?: number;
}

/** The limit of each message, of a rule that begins on the first of June; an event at eight in the evening on the tenth. */
function limitsOf(steps: StepBody[], around: Around = {}, more: Partial<DefinitionBody> = {}): unknown[] {
  const { startsAt = '2027-06-10T20:00:00Z', endsAt, isVip = false, lateMs = 0 } = around;
  const program = compileDefinition({ trigger: 'x', steps, ...more });
  const limits: unknown[] = [];
  let position: Position = { place: 0, waitingSince: null, reach: null, passed: [] };
  let now = new Date('2027-06-01T12:00:00Z');
  for (;;) {
    const sight: Sight = {
      now,
      facts: { data: { vip: isVip } },
      moments: {
        'event.startsAt': new Date(startsAt),
        ...(endsAt !== undefined && { 'event.endsAt': new Date(endsAt) }),
        'offer.until': new Date('2027-06-01T14:00:00Z'),
      },
      eventZone: 'UTC',
      recipientZone: 'UTC',
      report: 'open',
      engagement: new Set(),
    };
    const move = nextMove(program, position, sight);
    if (move.kind === 'end') return move.reason === null ? limits : [...limits, move.reason];
    if (move.kind === 'wait') [position, now] = [move.position, new Date(move.until.getTime() + lateMs)];
    else position = move.next;
    if (move.kind === 'send') limits.push(move.expiresAt?.toISOString() ?? move.notAfter);
    if (move.kind === 'skip') limits.push(move.reason);
  }
}

const STARTS = 'event.startsAt';

test.each<[string, StepBody[], Around, unknown[]]>([
  ['a time before the event', [send, until('-PT2H'), send], {}, [null, STARTS]],
  ['a time at or after it', [until('PT0S'), send, until('PT2H'), send], {}, [null, null]],
  ['a wait that ends before it', [until('-PT2H'), { wait: 'PT1H' }, send], {}, [STARTS]],
  ['a wait that ends with it', [until('-PT2H'), { wait: 'PT1H' }, { wait: 'PT1H' }, send], {}, [null]],
  ['a wait of days that ends with it', [until('-P1D'), { wait: 'P1D' }, send], {}, [null]],
  ['a report that took too long', [send, until('-PT2H'), { report: { within: 'PT3H' } }, send], {}, [null, 'too_late']],
  ['one way of a branch', [branch([until('-PT2H')], [until('-P1D')]), send], {}, [STARTS]],
  ['the other way', [branch([until('-PT2H')], [until('-P1D')]), send], { isVip: true }, [STARTS]],
  ['a way that leads past the event', [until('-P1D'), branch([until('PT2H')]), send], { isVip: true }, [null]],
  ['a way that does not', [until('-P1D'), branch([until('PT2H')]), send], {}, [STARTS]],
  ['an hour of the day that lies before it', [until('PT0S', { at: '10:00' }), send], {}, [STARTS]],
  [
    'an hour of the day that lies after it',
    [until('PT0S', { at: '10:00' }), send],
    { startsAt: '2027-06-10T09:00:00Z' },
    [null],
  ],
  ['an hour after it on a day before', [until('-PT2H', { at: '23:00' }), send], {}, [null]],
  [
    'a time before its end',
    [until('-PT1H', { of: 'event.endsAt' }), send],
    { endsAt: '2027-06-10T23:00:00Z' },
    ['event.endsAt'],
  ],
  [
    'the end of an event that tells of none',
    [until('-PT1H', { of: 'event.endsAt' }), send],
    {},
    ['event_time_unknown'],
  ],
])('What follows %s knows until when it is of use', (_, steps, around, expected) => {
  expect(limitsOf(steps, around)).toEqual(expected);
});

test('A worker that is late makes no thanks of a reminder', () => {
  const steps = [until('-PT2H', { ifPast: 'skip' }), { wait: 'PT1H' }, send];
  expect(limitsOf(steps, { lateMs: HOUR_MS / 2 })).toEqual(['too_late']);
  expect(limitsOf(steps, { lateMs: HOUR_MS / 4 })).toEqual([STARTS]);
});

test('A step may say itself until when it is of use', () => {
  const own: StepBody = { send: { templates: ['a'], notAfter: 'event.endsAt' } };
  expect(limitsOf([own, until('-PT2H'), own], { endsAt: '2027-06-10T23:00:00Z' })).toEqual([
    'event.endsAt',
    'event.endsAt',
  ]);
  expect(limitsOf([own])).toEqual(['event_time_unknown']);
});

test('An offer ends when it lapses, and only where there is one', () => {
  expect(limitsOf([send], {}, { to: 'waitlist', offerFor: 'PT2H' })).toEqual(['2027-06-01T14:00:00.000Z']);
  expect(limitsOf([{ wait: 'PT2H' }, send], {}, { to: 'waitlist', offerFor: 'PT2H' })).toEqual(['too_late']);
  expect(limitsOf([{ wait: 'PT2H' }, send])).toEqual([null]);
});
