import { InvalidAutomation } from './automations.errors.js';
import type { DefinitionBody, StepBody } from './definition.dto.js';
import { compileDefinition } from './program.js';

const send: StepBody = { send: { templates: ['a'] } };
const definition = (steps: StepBody[], more: Partial<DefinitionBody> = {}): DefinitionBody => ({
  trigger: 'x',
  steps,
  ...more,
});

function faultsOf(given: DefinitionBody): string[] {
  try {
    compileDefinition(given);
    return [];
  } catch (error) {
    if (error instanceof InvalidAutomation) return error.errors.map(({ path, message }) => `${path} ${message}`);
    throw error;
  }
}
const ops = (steps: StepBody[]): string[] => compileDefinition(definition(steps)).instructions.map(({ op }) => op);

test('A branch is a test, and a jump over what is done otherwise', () => {
  const branch = { if: [{ field: 'data.vip', is: 'present' as const }], do: [send], else: [send, send] };
  expect(ops([{ branch }, send])).toEqual(['test', 'send', 'jump', 'send', 'send', 'send']);
  expect(compileDefinition(definition([{ branch }, send])).instructions).toMatchObject([
    { otherwise: 3 },
    {},
    { to: 5 },
    {},
    {},
    {},
  ]);
});

test('A time that is past leads to the next wait of its list', () => {
  const until: StepBody = { waitUntil: { of: 'event.startsAt', offset: '-PT2H' } };
  const { instructions } = compileDefinition(definition([until, send, { wait: 'PT1H' }, send, until, send]));
  expect(instructions).toMatchObject([{ op: 'until', past: 2 }, {}, {}, {}, { op: 'until', past: 6 }, {}]);
});

test.each<[string, DefinitionBody, string[]]>([
  [
    'a step that does nothing',
    definition([{}]),
    ['definition.steps[0] must do exactly one thing: send, wait, waitUntil, branch, report, end'],
  ],
  [
    'a step that does two things',
    definition([{ ...send, wait: 'PT1H' }]),
    ['definition.steps[0] must do exactly one thing: send, wait, waitUntil, branch, report, end, not send and wait'],
  ],
  [
    'a report on nothing',
    definition([{ report: { within: 'PT1H' } }]),
    ['definition.steps[0].report waits for a message, and none is sent before'],
  ],
  [
    'a condition without a value, one with one too many, and lists in the wrong place',
    definition([send], {
      conditions: [
        { field: 'data.a', is: 'equal' },
        { field: 'data.a', is: 'present', value: 1 },
        { field: 'data.a', is: 'one_of', value: 1 },
        { field: 'data.a', is: 'equal', value: [1] },
        { field: 'data.a', is: 'at_least', value: '1' },
      ],
    }),
    [
      'definition.conditions[0].value is missing: what equal compares with',
      'definition.conditions[1].value is not compared by present: leave it out',
      'definition.conditions[2].value must be a list for one_of',
      'definition.conditions[3].value is a list: that is for one_of',
      'definition.conditions[4].value must be a number for at_least',
    ],
  ],
  [
    'quiet hours without end',
    definition([send], { quietHours: { from: '21:00', to: '21:00' } }),
    ['definition.quietHours begin and end at the same time: leave them out'],
  ],
  [
    'an offer in the night',
    definition([send], { to: 'waitlist', offerFor: 'PT1H', quietHours: { from: '21:00', to: '08:00' } }),
    ['definition.quietHours are not for a waiting list: an offer would lapse before anybody hears of it'],
  ],
  [
    'an offer to nobody',
    definition([send], { offerFor: 'PT1H' }),
    ['definition.offerFor is for a waiting list, and needed there'],
  ],
  [
    'too many steps',
    definition(
      [...Array(5).keys()].map(() => ({
        branch: { if: [{ field: 'data.a', is: 'present' }], do: Array.from({ length: 50 }, () => send) },
      })),
    ),
    ['definition.steps come to more than 200 in all'],
  ],
])('%s is refused, with where it is', (_name, given, faults) => {
  expect(faultsOf(given)).toEqual(faults);
});

test('Steps that are nested too deeply are refused', () => {
  const nested = (levels: number): StepBody[] =>
    levels === 0 ? [send] : [{ branch: { if: [{ field: 'data.a', is: 'present' }], do: nested(levels - 1) } }];
  expect(faultsOf(definition(nested(5)))).toEqual([]);
  expect(faultsOf(definition(nested(6)))[0]).toMatch(/branch\.do is nested more than 6 levels deep$/);
});
