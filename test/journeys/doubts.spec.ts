/** Messages in doubt, settled by what the provider says it has. */
import { CommandBus } from '@nestjs/cqrs';
import { GiveUpDoubts } from '../../src/dispatch/doubts/give-up-doubts.command.js';
import { ReconcileDoubts } from '../../src/dispatch/doubts/reconcile-doubts.command.js';
import { Transitions } from '../../src/ledger/transitions.js';
import type { FaultPlan } from '../../src/sandbox/fault-plan.dto.js';
import { openTestApp, type TestApp, type Tenant } from '../support/test-app.js';
import { until } from '../../harness/until.js';
import { decide } from '../support/consent.js';
import { email, read, send, text, whenStatus } from '../support/messages.js';
import { newMailbox, newNumber } from '../support/people.js';
import { faults, recordOf, timesTakenBy } from '../support/sandbox.js';
import { venueWith } from '../support/senders.js';

let app: TestApp;
let tenant: Tenant;
let venueId: string;
beforeAll(async () => {
  app = await openTestApp();
  tenant = await app.tenant();
});
afterAll(() => app.close());
beforeEach(async () => {
  ({ venueId } = await venueWith(app, tenant, 'sms'));
});
afterEach(() => faults(app, {}));

const NOTHING_TAKEN: FaultPlan = { calls: [{ provider: 'twilio', nth: { badGateway: 1 } }] };
const TAKEN_IN_SILENCE: FaultPlan = { calls: [{ provider: 'twilio', nth: { resetAfter: 1 } }], callbacks: { drop: 1 } };

/** A text that ends in doubt under a plan of faults, which is over then. */
async function doubtful(plan: FaultPlan, to: string, body: string): Promise<string> {
  await faults(app, plan);
  const id = await send(app, tenant, { channel: 'sms', venueId, to, content: { body } });
  await whenStatus(app, tenant, id, 'unknown');
  return id;
}

/** Two minutes later for these, and the next look at them. */
async function look(...ids: string[]): Promise<void> {
  await app.database.query(`update doubt set look_at = now() where message_id = any($1)`, [ids]);
  await app.nest.get(CommandBus).execute(new ReconcileDoubts());
}

const isLookedInto = async (id: string): Promise<boolean> =>
  (await app.database.query(`select from doubt where message_id = $1 and look_at < 'infinity'`, [id])).length > 0;

test('what the provider never took is sent, once', async () => {
  const to = newNumber();
  const id = await doubtful(NOTHING_TAKEN, to, 'Doors at 19:00');
  await faults(app, {});
  expect(await isLookedInto(id)).toBe(true);
  await look(id);
  const { events, attempts } = await whenStatus(app, tenant, id, 'delivered');
  expect(attempts).toBe(2);
  expect(events.map(({ kind, source }) => [kind, source])).toEqual([
    ['queued', 'api'],
    ['unknown', 'dispatch'],
    ['deferred', 'reconciler'],
    ['sent', 'dispatch'],
    ['delivered', 'webhook'],
  ]);
  expect(await timesTakenBy(app, to)).toBe(1);
  expect(await isLookedInto(id)).toBe(false);
});

test('what the provider took in silence is known by its own list, and not sent again', async () => {
  const to = newNumber();
  const id = await doubtful(TAKEN_IN_SILENCE, to, 'Doors at 19:00');
  await until(async () => (await recordOf(app, to))[0]?.status === 'delivered');
  await look(id);
  const { events, attempts, providerMessageId } = await whenStatus(app, tenant, id, 'delivered');
  expect(attempts).toBe(1);
  expect(providerMessageId).toBe((await recordOf(app, to))[0]?.providerMessageId);
  expect(events.map(({ kind, source }) => [kind, source])).toEqual([
    ['queued', 'api'],
    ['unknown', 'dispatch'],
    ['sent', 'reconciler'],
    ['delivered', 'reconciler'],
  ]);
  expect(await timesTakenBy(app, to)).toBe(1);
});

test('of two equal texts in doubt the one that was taken counts for one of them, and the other is sent', async () => {
  const to = newNumber();
  const ids = [
    await doubtful(TAKEN_IN_SILENCE, to, 'Doors at 19:00'),
    await doubtful(NOTHING_TAKEN, to, 'Doors at 19:00'),
  ];
  await faults(app, {});
  await Promise.all([look(...ids), look(...ids)]);
  for (const id of ids) {
    await until(async () => ['sent', 'delivered'].includes((await read(app, tenant, id)).status));
  }
  expect(await timesTakenBy(app, to)).toBe(2);
});

test('a text that may be another keeps it in doubt, until that one is known', async () => {
  const to = newNumber();
  const taken = await doubtful(TAKEN_IN_SILENCE, to, 'Doors at 19:00');
  const absent = await doubtful(NOTHING_TAKEN, to, 'Doors at 20:00');
  await faults(app, {});
  await look(absent);
  expect(await read(app, tenant, absent)).toMatchObject({ status: 'unknown' });
  expect(await isLookedInto(absent)).toBe(true);
  await look(taken);
  await look(absent);
  await whenStatus(app, tenant, absent, 'delivered');
  expect(await timesTakenBy(app, to)).toBe(2);
});

test('email has no list: it waits for its own word, or for a person', async () => {
  await faults(app, { calls: [{ provider: 'ses', nth: { badGateway: 1 } }] });
  const message = email();
  const id = await send(app, tenant, message);
  await whenStatus(app, tenant, id, 'unknown');
  await look(id);
  expect(await read(app, tenant, id)).toMatchObject({ status: 'unknown', attempts: 1 });
  expect(await isLookedInto(id)).toBe(false);
});

const isRegistered = async (id: string): Promise<boolean> =>
  (await app.database.query(`select from doubt where message_id = $1`, [id])).length > 0;

test('the register holds a message until it is settled, by whomever', async () => {
  const to = newNumber();
  await faults(app, {
    calls: [{ provider: 'twilio', nth: { resetAfter: 1 } }],
    callbacks: { delayMs: { min: 3_000, max: 3_000 } },
  });
  const id = await send(app, tenant, text({ venueId, to }));
  await whenStatus(app, tenant, id, 'unknown');
  expect(await isRegistered(id)).toBe(true);
  await whenStatus(app, tenant, id, 'delivered');
  expect(await isRegistered(id)).toBe(false);
});

test('a tenant has marketing in doubt given up after three days, which no fallback follows, and late news still counts', async () => {
  await app
    .admin(tenant.id)
    .patch(`/api/tenants/${tenant.id}/settings`)
    .send({ giveUpDoubts: ['marketing'] })
    .expect(200);
  await faults(app, { calls: [{ provider: 'ses', nth: { badGateway: 1 } }] });
  const inDoubt = async (category: string): Promise<string> => {
    const to = newMailbox();
    if (category === 'marketing') await decide(app, tenant, [to], 'email');
    const content = { subject: 'Doors', text: 'at 19:00' };
    const fallback = [{ channel: 'email', content }];
    const id = await send(app, tenant, { channel: 'email', to, category, content, fallback });
    await whenStatus(app, tenant, id, 'unknown');
    return id;
  };
  const [ticket, news, fresh] = [
    await inDoubt('transactional'),
    await inDoubt('marketing'),
    await inDoubt('marketing'),
  ];
  await app.database.query(
    `update doubt set look_at = 'infinity', since = since - case when message_id = $2 then interval '1 day' else interval '4 days' end
     where message_id = any($1)`,
    [[ticket, news, fresh], fresh],
  );
  await app.nest.get(CommandBus).execute(new GiveUpDoubts());
  expect(await read(app, tenant, news)).toMatchObject({ status: 'failed', reason: 'never_known', followedBy: null });
  expect(await app.database.query(`select from fallback_due where message_id = $1`, [news])).toEqual([]);
  expect(await read(app, tenant, ticket)).toMatchObject({ status: 'unknown' });
  expect(await read(app, tenant, fresh)).toMatchObject({ status: 'unknown' });
  await app.nest.get(Transitions).apply([{ messageId: news, status: 'delivered' }], 'webhook');
  expect(await read(app, tenant, news)).toMatchObject({ status: 'delivered' });
});
