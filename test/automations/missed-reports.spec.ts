/** What becomes of a message while its run is thought about is not missed. */
import { CommandBus } from '@nestjs/cqrs';
import { HostData } from '../../src/host-data/index.js';
import { AdvanceRuns } from '../../src/automations/runs/advance-runs.command.js';
import type { RunView } from '../../src/automations/runs/runs.dto.js';
import { Ledger, Transitions } from '../../src/ledger/index.js';
import { advance, automate, happen, runsOf, setClock, steps, template } from '../support/automations.js';
import { consume } from '../support/consumers.js';
import { newCustomer, newRef, openHost } from '../support/host.js';
import { send as sendMessage, text } from '../support/messages.js';
import { newSenderNumber } from '../support/people.js';
import { newSender } from '../support/senders.js';
import { openTestApp, type TestApp, type Tenant } from '../support/test-app.js';

let app: TestApp;
let tenant: Tenant;
beforeAll(async () => {
  app = await openTestApp({ role: 'api' }); // its schedules rest: only the test moves runs
  tenant = await app.tenant();
  await openHost(app, tenant);
  await newSender(app, tenant, { channel: 'sms', address: newSenderNumber() });
  await template(app, tenant, 'note', { channel: 'sms', body: 'Doors at 19:00' });
});
afterAll(() => app.close());

/** Moves runs; this happens once the host has been read, and before anything follows from it. */
async function whileRead(happens: () => Promise<void>): Promise<void> {
  const host = app.nest.get(HostData);
  const read = host.read.bind(host);
  host.read = async (...asked) => {
    const records = await read(...asked);
    host.read = read;
    await happens();
    return records;
  };
  await app.nest.get(CommandBus).execute(new AdvanceRuns());
}

const send = { send: { templates: ['note'] } };
/** The run by these steps, after its first message. */
async function begun(...rest: object[]): Promise<{ id: string; messageId: string }> {
  const type = newRef('type');
  const { id } = await automate(app, tenant, { trigger: type, steps: [send, ...rest] });
  const { id: customerId } = await newCustomer(app, tenant);
  await happen(app, tenant, type, { customerId });
  await advance(app);
  return { id, messageId: (await theRun(id)).log[0]?.messageId ?? '' };
}
async function theRun(automationId: string): Promise<RunView> {
  const [run] = await runsOf(app, tenant, automationId);
  if (!run) throw new Error('there is a run');
  return run;
}
async function becomes(messageId: string, status: 'delivered' | 'undelivered'): Promise<void> {
  await app.nest.get(Transitions).apply([{ messageId, status }], 'webhook');
  await consume(app, 'automation-runs');
}

test('A message that arrives while the host is asked, by a run that is about to wait for that, has it go on at once', async () => {
  setClock(app, '2027-06-01T12:00:00Z');
  const { id, messageId } = await begun({ wait: 'PT1H' }, { report: { within: 'P2D', do: [send] } });
  setClock(app, '2027-06-01T13:00:00Z');
  await whileRead(() => becomes(messageId, 'delivered'));
  const run = await theRun(id);
  expect(run.status).toBe('done');
  expect(steps(run)).toEqual([
    'sent sms',
    'waits 2027-06-01T13:00:00.000Z',
    'waits 2027-06-03T13:00:00.000Z',
    'sent sms',
  ]);
});

test('So does one that has followed another, and of which the run has only just learnt', async () => {
  setClock(app, '2027-06-01T12:00:00Z');
  const { id, messageId } = await begun({ report: { within: 'P2D', do: [send] } });
  const follower = await sendMessage(app, tenant, text());
  await app.nest.get(Ledger).follow(messageId, follower);
  await becomes(messageId, 'undelivered');
  await whileRead(() => becomes(follower, 'delivered'));
  const run = await theRun(id);
  expect(run.status).toBe('done');
  expect(steps(run)).toEqual(['sent sms', 'waits 2027-06-03T12:00:00.000Z', 'sent sms']);
});
