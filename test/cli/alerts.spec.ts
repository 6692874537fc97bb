/** What operators see and do of alerts from a terminal. */
import { callboard, environmentOf, type Said } from '../support/cli.js';
import { openTestApp, type TestApp } from '../support/test-app.js';

let app: TestApp;
beforeAll(async () => {
  app = await openTestApp({ role: 'api' });
});
afterAll(() => app.close());

const alerts = (...args: readonly string[]): Promise<Said> => callboard(environmentOf(app), 'alerts', ...args);

async function newAlert(rule: string, labels: object, value: number): Promise<string> {
  const [alert] = await app.database.query<{ id: string }>(
    `insert into alert (rule, labels, state, value, since, fired_at, resolved_at, evaluated_at)
     values ($1, $2, 'resolved', $3, now(), now(), now(), now()) returning id`,
    [rule, labels, value],
  );
  if (!alert) throw new Error('it was written');
  return alert.id;
}

const cells = (line = ''): string[] => line.split(/ {2,}/);

test('alerts are listed with what is wrong of what, how much, and what to do', async () => {
  const id = await newAlert('failure-rate', { channel: 'sms', provider: 'twilio' }, 0.123);
  const { out, code } = await alerts('list', '--rule', 'failure-rate');
  const [heading, line, ...rest] = out.split('\n');
  expect([code, rest]).toEqual([0, []]);
  expect(cells(heading)).toEqual([
    'ID',
    'STATE',
    'SEVERITY',
    'RULE',
    'OF',
    'VALUE',
    'LIMIT',
    'SINCE',
    'SILENT UNTIL',
    'RUNBOOK',
  ]);
  const [shownId, state, , rule, of, value, limit, , silent, runbook] = cells(line);
  expect([shownId, state, rule, of, value, limit, silent]).toEqual([
    id,
    'resolved',
    'failure-rate',
    'sms twilio',
    '12.3 %',
    '5 %',
    '-',
  ]);
  expect(runbook).toMatch(/runbooks\.md#failure-rate$/);
  expect(await alerts('list', '--state', 'firing', '--rule', 'failure-rate')).toMatchObject({
    code: 0,
    out: '',
    err: 'There are none.',
  });
});

test('rules are listed with their limits in their own units', async () => {
  const { out } = await alerts('rules');
  expect(out).toMatch(/^failure-rate +ok +\w+ +above 5 % /m);
  expect(out).toMatch(/^messages-in-doubt +ok +\w+ +above 0 /m);
  expect(out).toMatch(/ above [\d,]+ s /);
});

test('an alert is silenced with a reason for a time, and told of again', async () => {
  const id = await newAlert('usage-sums', {}, 2);
  const silenced = await alerts('silence', id, '--reason', 'Known');
  expect(silenced).toMatchObject({ code: 0, out: expect.stringMatching(/^Nobody is told of usage-sums until 20/) });
  const shown = JSON.parse((await alerts('list', '--rule', 'usage-sums', '--json')).out) as {
    items: { silencedUntil: string; silenceReason: string }[];
  };
  expect(shown.items[0]).toMatchObject({
    silenceReason: 'Known',
    silencedUntil: expect.stringMatching(/^20/) as string,
  });
  expect(await alerts('unsilence', id)).toMatchObject({ code: 0, out: 'People are told of usage-sums again.' });
  expect(await alerts('silence', id)).toMatchObject({ code: 2, err: expect.stringContaining('--reason') as string });
});
