/** Every alert rule, fired on purpose and cleared. */
import { isWell } from '../../src/alerts/alert.rules.js';
import { labelKey } from '../../src/alerts/rule.js';
import { RULES } from '../../src/alerts/rule-list.js';
import type { AlertView } from '../../src/alerts/alerts.dto.js';
import { until } from '../../harness/until.js';
import { alerts, look, openQuietApp, pass, toldOf } from './alerts.support.js';
import { CONDITIONS, sceneOf, type Scene } from './conditions.js';
import type { TestApp } from '../support/test-app.js';

let app: TestApp;
let scene: Scene;
beforeAll(async () => {
  app = await openQuietApp();
  scene = await sceneOf(app);
});
beforeEach(() => app.database.query(`update message_event set at = now()`)); // their consumers rest, as all workers
afterAll(() => app.close());

test('Each rule has a condition in which it fires', () => {
  expect(Object.keys(CONDITIONS).toSorted()).toEqual(RULES.map(({ name }) => name).toSorted());
});

test.each(RULES)('The rule $name fires once it was wrong for its time, and is over once it was well', async (rule) => {
  const condition = CONDITIONS[rule.name];
  if (!condition) throw new Error('there is a condition');
  const newest = async (): Promise<AlertView | undefined> =>
    (await alerts(app, { rule: rule.name })).find(({ labels }) => labelKey(labels) === labelKey(condition.labels));
  await look(app);
  expect(await newest()).toBeUndefined();

  await condition.begin(scene);
  const begun = await until(async () => {
    await look(app);
    return newest();
  });
  expect(begun.state).toBe(rule.holdSeconds > 0 ? 'pending' : 'firing');
  expect(await toldOf(app, begun.id)).toHaveLength(rule.holdSeconds > 0 ? 0 : 1);
  await pass(app, rule.holdSeconds);
  await look(app);
  expect(await newest()).toMatchObject({ id: begun.id, state: 'firing', resolvedAt: null });
  expect(await toldOf(app, begun.id)).toMatchObject([
    { kind: 'alert.firing', data: { rule: rule.name, labels: condition.labels, runbook: begun.runbook } },
  ]);

  await condition.end(scene);
  const well = await until(async () => {
    await look(app);
    const now = await newest();
    return now && isWell(now.value, rule) && now;
  });
  expect(well).toMatchObject({ id: begun.id, state: 'firing' });
  await pass(app, rule.clearSeconds);
  await look(app);
  expect(await newest()).toMatchObject({ id: begun.id, state: 'resolved' });
  expect((await toldOf(app, begun.id)).map(({ kind }) => kind)).toEqual(['alert.firing', 'alert.resolved']);
});
