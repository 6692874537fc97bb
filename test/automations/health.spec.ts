/** What operators see of events and runs that wait, and what becomes of a step that fails. */
import { until } from '../../harness/until.js';
import { advance, automate, happen, runsOf, template } from '../support/automations.js';
import { newCustomer, openHost } from '../support/host.js';
import { newSenderNumber } from '../support/people.js';
import { newSender } from '../support/senders.js';
import { openTestApp, type TestApp, type Tenant } from '../support/test-app.js';

let app: TestApp;
let tenant: Tenant;
beforeAll(async () => {
  app = await openTestApp({ role: 'api' });
  tenant = await app.tenant();
  await openHost(app, tenant);
  await newSender(app, tenant, { channel: 'sms', address: newSenderNumber() });
  await template(app, tenant, 'hello', { channel: 'sms', body: 'Hello {{ customer.name }}' });
});
afterAll(() => app.close());

const gauge = async (name: string): Promise<number> =>
  Number(new RegExp(`^callboard_${name} (\\S+)$`, 'm').exec((await app.http.get('/metrics').expect(200)).text)?.[1]);
const ready = async (): Promise<string> => JSON.stringify((await app.http.get('/health/ready')).body);

test('An event that nobody takes up shows its age, and is a reason for degraded', async () => {
  await happen(app, tenant, 'guest.came', {});
  await until(async () => (await gauge('oldest_event_seconds')) > 0);
  expect(await ready()).not.toContain('an event waits');
  await app.database.query(`update pending_event set received_at = now() - interval '6 minutes'`);
  await until(async () => (await ready()).includes('an event waits for 36'));
  await advance(app);
  expect(await gauge('oldest_event_seconds')).toBe(0);
});

test('A step that fails is tried again, and keeps no other from its own', async () => {
  const { id } = await automate(app, tenant, { trigger: 'guest.came', steps: [{ send: { templates: ['hello'] } }] });
  const people = await Promise.all([1, 2, 3].map(() => newCustomer(app, tenant)));
  for (const person of people) await happen(app, tenant, 'guest.came', { customerId: person.id });
  // One cannot be written: the row of its step breaks a rule of the table.
  await app.database.query(
    `alter table automation_run add constraint refused check (customer_ref <> '${people[1]?.id}' or status = 'waiting')`,
  );
  await advance(app);
  const after = await runsOf(app, tenant, id);
  expect(after.map(({ status }) => status)).toEqual(['done', 'waiting', 'done']);
  expect(await gauge('failing_runs')).toBe(1);
  await app.database.query(`alter table automation_run drop constraint refused`);
  await app.database.query(`update automation_run set due_at = now() where attempts > 0`);
  await until(async () => {
    await advance(app);
    return (await gauge('failing_runs')) === 0;
  });
  const [, second] = await runsOf(app, tenant, id);
  expect(second).toMatchObject({ status: 'done', log: [{ what: 'sent' }] });
  const { body } = await app.as(tenant).get('/api/messages').expect(200);
  expect((body as { items: object[] }).items).toHaveLength(people.length);
});
