/** Where a tenant prefers two messages to none, one in doubt is sent once more. */
import { CommandBus } from '@nestjs/cqrs';
import { ReconcileDoubts } from '../../src/dispatch/doubts/reconcile-doubts.command.js';
import { RetryUncertain } from '../../src/dispatch/doubts/retry-uncertain.command.js';
import type { FaultPlan } from '../../src/sandbox/fault-plan.dto.js';
import { openTestApp, type TestApp, type Tenant } from '../support/test-app.js';
import { until } from '../../harness/until.js';
import { decide } from '../support/consent.js';
import { read, send, text, whenEnded, whenStatus } from '../support/messages.js';
import { newNumber } from '../support/people.js';
import { faults, recordOf, timesTakenBy } from '../support/sandbox.js';

let app: TestApp;
let tenant: Tenant;
beforeAll(async () => {
  app = await openTestApp();
  tenant = await app.tenant();
  await app
    .admin(tenant.id)
    .patch(`/api/tenants/${tenant.id}/settings`)
    .send({ retryUncertain: ['emergency'] })
    .expect(200);
});
afterAll(() => app.close());
afterEach(() => faults(app, {}));

const NOTHING_TAKEN: FaultPlan = { calls: [{ provider: 'twilio', nth: { badGateway: 1 } }] };
const TAKEN_IN_SILENCE: FaultPlan = { calls: [{ provider: 'twilio', nth: { resetAfter: 1 } }], callbacks: { drop: 1 } };

/** A text that ends in doubt under a plan of faults, which stays. */
async function doubtful(plan: FaultPlan, to: string, more: object = {}, owner = tenant): Promise<string> {
  await faults(app, plan);
  const id = await send(app, owner, text({ to, category: 'emergency', ...more }));
  await until(async () => (await read(app, owner, id)).status === 'unknown');
  return id;
}

/** Half a minute later. */
async function later(id: string): Promise<void> {
  await app.database.query(`update doubt set since = since - interval '31 seconds' where message_id = $1`, [id]);
  await app.nest.get(CommandBus).execute(new RetryUncertain());
}

/** Two minutes later, and what the provider's list says then. */
async function look(id: string): Promise<void> {
  await app.database.query(`update doubt set look_at = now() where message_id = $1`, [id]);
  await app.nest.get(CommandBus).execute(new ReconcileDoubts());
}

const follower = async (id: string): Promise<string> => (await read(app, tenant, id)).followedBy ?? '';

test('an alert that was not taken reaches the person by its second message, and the first ends once that is known', async () => {
  const to = newNumber();
  const id = await doubtful(NOTHING_TAKEN, to);
  await app.nest.get(CommandBus).execute(new RetryUncertain());
  expect(await read(app, tenant, id)).toMatchObject({ status: 'unknown', followedBy: null }); // not yet
  await faults(app, {});
  await later(id);
  const second = await follower(id);
  const { events, resendOf } = await whenStatus(app, tenant, second, 'delivered');
  expect(resendOf).toBe(id);
  expect(events).toContainEqual(expect.objectContaining({ kind: 'repeated', reason: 'in_doubt', source: 'dispatch' }));
  const first = await read(app, tenant, id);
  expect(first).toMatchObject({ status: 'unknown' });
  expect(first.events).toContainEqual(expect.objectContaining({ kind: 'repeated', reason: 'in_doubt' }));
  await look(id);
  expect(await read(app, tenant, id)).toMatchObject({ status: 'failed', reason: 'proven_absent', followedBy: second });
  expect(await timesTakenBy(app, to)).toBe(1);
});

test('an alert that was taken in silence may arrive twice, and both are known in the end', async () => {
  const to = newNumber();
  const id = await doubtful(TAKEN_IN_SILENCE, to);
  await until(async () => (await recordOf(app, to))[0]?.status === 'delivered');
  await faults(app, {});
  await later(id);
  const second = await follower(id);
  await whenStatus(app, tenant, second, 'delivered');
  await look(id);
  await whenStatus(app, tenant, id, 'delivered');
  expect(await timesTakenBy(app, to)).toBe(2);
  expect((await read(app, tenant, second)).providerMessageId).not.toBe((await read(app, tenant, id)).providerMessageId);
});

test('there is no third message, and nothing is decided about the first while the second is in doubt too', async () => {
  const to = newNumber();
  const id = await doubtful(NOTHING_TAKEN, to);
  await later(id);
  const second = await follower(id);
  await until(async () => (await read(app, tenant, second)).status === 'unknown');
  await later(second);
  expect(await read(app, tenant, second)).toMatchObject({ followedBy: null });
  await faults(app, {});
  await look(id);
  expect(await read(app, tenant, id)).toMatchObject({ status: 'unknown' });
  await look(second); // it was not taken: it is sent
  await whenStatus(app, tenant, second, 'delivered');
  await look(id);
  expect(await read(app, tenant, id)).toMatchObject({ status: 'failed', reason: 'proven_absent' });
  expect(await timesTakenBy(app, to)).toBe(1);
});

test('who says STOP in the meantime gets no second message', async () => {
  const to = newNumber();
  const id = await doubtful(NOTHING_TAKEN, to);
  await decide(app, tenant, [to], 'sms', 'opted_out');
  await faults(app, {});
  await later(id);
  expect(await whenEnded(app, tenant, await follower(id))).toMatchObject({ status: 'blocked_opted_out' });
  expect(await timesTakenBy(app, to)).toBe(0);
});

test('the desk does not send the first a third time', async () => {
  const to = newNumber();
  const id = await doubtful(NOTHING_TAKEN, to);
  await faults(app, {});
  await later(id);
  await whenStatus(app, tenant, await follower(id), 'delivered');
  const settled = await app.as(tenant).post(`/api/messages/${id}/settle`).send({ decision: 'requeue' }).expect(200);
  expect(settled.body).toEqual({ id, status: 'failed' });
  expect(await read(app, tenant, id)).toMatchObject({ status: 'failed', reason: 'given_up' });
  expect(await timesTakenBy(app, to)).toBe(1);
});

test.each([
  ['of another category', { category: 'transactional' }],
  ['after which nothing is to follow', { fallback: [] }],
])('a message %s stays in doubt', async (_, more) => {
  const id = await doubtful(NOTHING_TAKEN, newNumber(), more);
  await later(id);
  expect(await read(app, tenant, id)).toMatchObject({ status: 'unknown', followedBy: null });
});

test('a tenant who has not chosen so has no message sent twice', async () => {
  const other = await app.tenant();
  const { body } = await app.admin(other.id).get(`/api/tenants/${other.id}`).expect(200);
  expect(body).toMatchObject({ settings: { retryUncertain: [] } });
  const id = await doubtful(NOTHING_TAKEN, newNumber(), {}, other);
  await later(id);
  expect(await read(app, other, id)).toMatchObject({ status: 'unknown', followedBy: null });
});
