/** Automations, the events that start them, and the clock that their runs go by. */
import { CommandBus } from '@nestjs/cqrs';
import { until } from '../../harness/until.js';
import type { AutomationView } from '../../src/automations/rules/automations.dto.js';
import { AdvanceRuns } from '../../src/automations/runs/advance-runs.command.js';
import { RunClock } from '../../src/automations/runs/run-clock.js';
import type { RunView } from '../../src/automations/runs/runs.dto.js';
import { TakeEvents } from '../../src/automations/events/take-events.command.js';
import { consume } from './consumers.js';
import { newRef } from './host.js';
import type { TestApp, Tenant } from './test-app.js';

/** Puts the runs of an app on a clock of the test's. */
export function setClock(app: TestApp, time: string): void {
  app.nest.get(RunClock).now = () => Promise.resolve(new Date(time));
}

/** Creates a template. */
export async function template(app: TestApp, owner: Tenant, key: string, input: object): Promise<void> {
  await app
    .as(owner)
    .post('/api/templates')
    .send({ key, category: 'transactional', ...input })
    .expect(201);
}

/** Creates an automation. */
export async function automate(
  app: TestApp,
  owner: Tenant,
  definition: object,
  more: object = {},
): Promise<AutomationView> {
  const body = { key: newRef('automation'), name: 'A test', definition, ...more };
  return (await app.as(owner).post('/api/automations').send(body).expect(201)).body as AutomationView;
}

/** Says that something happened; answers our id of it. */
export async function happen(
  app: TestApp,
  owner: Tenant,
  type: string,
  data: object,
  more: object = {},
): Promise<string> {
  const body = { type, id: newRef('evt'), data, ...more };
  return ((await app.as(owner).post('/api/events').send(body).expect(202)).body as { id: string }).id;
}

/** Takes up events and moves runs, without waiting for the second at which a worker looks, until nothing is due. */
export async function advance(app: TestApp): Promise<void> {
  await consume(app, 'automation-runs');
  await until(async () => {
    await app.nest.get(CommandBus).execute(new TakeEvents());
    await app.nest.get(CommandBus).execute(new AdvanceRuns());
    return isSettled(app);
  });
}

/** A worker of the app may have them in hand. */
async function isSettled(app: TestApp): Promise<boolean> {
  const open = await app.database.query(
    `select from pending_event where attempts = 0
     union all select from automation_claim
     union all select from automation_run where due_at <= $1 and attempts = 0`,
    [await app.nest.get(RunClock).now()],
  );
  return open.length === 0;
}

/** The runs of an automation, oldest first. */
export async function runsOf(app: TestApp, owner: Tenant, automationId: string): Promise<RunView[]> {
  const { body } = await app.as(owner).get('/api/automation-runs').query({ automationId, limit: 500 }).expect(200);
  return (body as { items: RunView[] }).items.toReversed();
}

/** Waits until an automation has had this many runs that are over, and answers them. */
export const whenOver = (app: TestApp, owner: Tenant, automationId: string, count = 1): Promise<RunView[]> =>
  until(
    async () => {
      await advance(app);
      const runs = await runsOf(app, owner, automationId);
      return runs.filter(({ status }) => status !== 'waiting').length >= count && runs;
    },
    { withinMs: 10_000 },
  );

/** Waits until the one run of an automation waits, and answers it. */
export const whenWaiting = (app: TestApp, owner: Tenant, automationId: string): Promise<RunView> =>
  until(
    async () => {
      await advance(app);
      const [run] = await runsOf(app, owner, automationId);
      return run?.status === 'waiting' && run.log.length > 0 && run;
    },
    { withinMs: 10_000 },
  );

/** What a run did, in short. */
export const steps = ({ log }: RunView): string[] =>
  log.map(({ what, reason, channel, until: end }) => [what, reason ?? channel ?? end].filter(Boolean).join(' '));
