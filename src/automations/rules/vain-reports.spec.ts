import type { Channel } from '../../tenants/index.js';
import type { ReportKind, StepBody } from './definition.dto.js';
import { compileDefinition } from './program.js';
import { vainReports } from './vain-reports.js';

/** Templates are called by their channels here. */
const send = (...templates: string[]): StepBody => ({ send: { templates } });
const report = (is: ReportKind, more: object = {}): StepBody => ({ report: { is, within: 'PT1H', ...more } });
const when = (yes: StepBody[], no: StepBody[] = []): StepBody => ({
  branch: { if: [{ field: 'data.vip', is: 'present' }], do: yes, else: no },
});
const until: StepBody = { waitUntil: { of: 'event.startsAt' } };

const vain = (...steps: StepBody[]): string[] =>
  vainReports(
    compileDefinition({ trigger: 'x', steps }).instructions,
    ({ send: { templates } }) => templates as Channel[],
  ).map(({ path, message }) => `${path} ${message}`);

test('What never comes is named, with where it comes and what is sent', () => {
  expect(vain(send('sms', 'mms'), report('clicked'))).toEqual([
    'definition.steps[1].report.is waits in vain: clicked comes on email, and the message before it goes by sms, mms',
  ]);
  expect(vain(send('email'), report('answered'))).toEqual([
    'definition.steps[1].report.is waits in vain: answered comes on sms, mms, whatsapp, voice, and the message before it goes by email',
  ]);
});

test.each<[string, StepBody[]]>([
  ['one of the channels has it', [send('sms', 'email'), report('clicked')]],
  ['one of two ways has it', [when([send('sms')], [send('email')]), report('clicked')]],
  ['it is sent on the way that is taken otherwise', [send('email'), when([send('sms')]), report('clicked')]],
  ['the message before what may be left out has it', [send('email'), until, send('sms'), until, report('clicked')]],
  ['the way after another message ends', [send('email'), when([send('sms'), { end: 'stop' }]), report('clicked')]],
])('A report may come where %s', (_, steps) => {
  expect(vain(...steps)).toEqual([]);
});

test('Only the last message counts, on each way by itself', () => {
  expect(vain(send('email'), send('sms'), report('clicked'))).toHaveLength(1);
  expect(vain(send('email'), when([send('sms'), report('clicked')], [report('clicked')]))).toHaveLength(1);
  expect(vain(send('sms'), report('delivered', { else: [send('email'), report('clicked')] }), report('read'))).toEqual(
    [],
  );
});
