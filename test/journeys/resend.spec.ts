/** Email through Resend, who knows a call again: what is in doubt is settled by making the same call once more. */
import { randomUUID } from 'node:crypto';
import { CommandBus } from '@nestjs/cqrs';
import type { ClaimedMessage } from '../../src/ledger/claimed-message.js';
import { Envelopes } from '../../src/dispatch/drain/envelopes.js';
import { digestOf } from '../../src/dispatch/drain/open-calls.js';
import { RepeatCalls } from '../../src/dispatch/doubts/repeat-calls.command.js';
import type { FaultPlan } from '../../src/sandbox/fault-plan.dto.js';
import { openTestApp, type TestApp, type Tenant } from '../support/test-app.js';
import { until } from '../../harness/until.js';
import { decide, suppressionOf } from '../support/consent.js';
import { abandon, read, send, sendAll, whenStatus } from '../support/messages.js';
import { change, newEvent, openHost } from '../support/host.js';
import { newMailbox } from '../support/people.js';
import { faults, recordOf, timesTakenBy } from '../support/sandbox.js';
import { newSender } from '../support/senders.js';

let app: TestApp;
let tenant: Tenant;
beforeAll(async () => {
  app = await openTestApp();
  tenant = await app.tenant();
  await speaksThroughResend(tenant, 'box@riverside.example');
});
afterAll(() => app.close());
afterEach(() => faults(app, {}));

const NOTHING_TAKEN: FaultPlan = { calls: [{ provider: 'resend', nth: { badGateway: 1 } }] };
const TAKEN_IN_SILENCE: FaultPlan = { calls: [{ provider: 'resend', nth: { resetAfter: 1 } }], callbacks: { drop: 1 } };

async function speaksThroughResend(owner: Tenant, address: string): Promise<void> {
  await newSender(app, owner, { channel: 'email', address, provider: 'resend' });
}

const email = (to: string, more: object = {}): object => ({
  channel: 'email',
  to,
  content: { subject: 'Doors', html: '<p>at 19:00</p>' },
  ...more,
});

/** Its lane, rested: many calls in doubt would make it rest for longer and longer. */
const laneIs = (state: 'active' | 'paused') =>
  app.database.query(
    `update lane set state = $1, rest_until = '-infinity', rests = 0, setbacks = 0, rest_reason = null, rest_code = null
     where provider = 'resend'`,
    [state],
  );

/** A minute later for all calls, and the next look at them. */
async function look(): Promise<void> {
  await laneIs('active');
  await app.database.query(`update open_call set look_at = now()`);
  await app.nest.get(CommandBus).execute(new RepeatCalls());
}

const openCalls = async (id: string): Promise<number> =>
  (await app.database.query(`select from open_call where $1::uuid = any(message_ids)`, [id])).length;

/** Mails to people who are new, which end in doubt together in one call, under a plan of faults that is over then. */
async function doubtful(plan: FaultPlan, count: number, more: object = {}): Promise<{ id: string; to: string }[]> {
  await faults(app, plan);
  // Held in their lane until all are accepted, so that one call carries them.
  await send(app, tenant, email(newMailbox(), { sendAt: new Date(Date.now() + 86_400_000).toISOString() }));
  await laneIs('paused');
  const people = Array.from({ length: count }, () => newMailbox());
  const ids = await sendAll(
    app,
    tenant,
    people.map((to) => email(to, more)),
  );
  await laneIs('active');
  for (const id of ids) await whenStatus(app, tenant, id, 'unknown');
  await faults(app, {});
  return ids.map((id, place) => ({ id, to: people[place] ?? '' }));
}

test('email goes out through it and is followed to its end by its webhooks', async () => {
  const [to, gone, angry] = [newMailbox(), 'bounced+resend@resend.dev', 'complained+resend@resend.dev'];
  const [sent, bounced, complained] = [
    await send(app, tenant, email(to)),
    await send(app, tenant, email(gone)),
    await send(app, tenant, email(angry)),
  ];
  const { events, providerMessageId } = await whenStatus(app, tenant, sent, 'delivered');
  expect(events.map(({ kind, source }) => [kind, source])).toEqual([
    ['queued', 'api'],
    ['sent', 'dispatch'],
    ['delivered', 'webhook'],
  ]);
  expect(await recordOf(app, to)).toMatchObject([
    { provider: 'resend', from: 'box@riverside.example', messageId: sent, providerMessageId, html: '<p>at 19:00</p>' },
  ]);
  await whenStatus(app, tenant, bounced, 'undelivered');
  expect(await until(() => suppressionOf(app, tenant, gone))).toMatchObject({ reason: 'hard_bounce' });
  await whenStatus(app, tenant, complained, 'delivered');
  expect(await until(() => suppressionOf(app, tenant, angry))).toMatchObject({ reason: 'complaint' });
});

test('a tenant has it through an account of its own, whose webhooks have an address and a secret of their own', async () => {
  const owner = await app.tenant();
  const credentials = {
    apiKey: 're_of_riverside_alone',
    webhookSecret: `whsec_${Buffer.from('secret of riverside alone').toString('base64')}`,
  };
  const entered = await app
    .as(owner)
    .post('/api/provider-accounts')
    .send({ provider: 'resend', name: 'Our own', credentials })
    .expect(201);
  await speaksThroughResend(owner, 'tickets@own.example');
  const to = newMailbox();
  await whenStatus(app, owner, await send(app, owner, email(to)), 'delivered');
  expect(await recordOf(app, to)).toMatchObject([{ accountId: (entered.body as { id: string }).id }]);
});

test.each(['/webhook/resend', `/webhook/resend/${randomUUID()}`])(
  'a webhook to %s that nobody signed is refused',
  async (path) => {
    const event = { type: 'email.delivered', data: { email_id: 'x' } };
    const { body } = await app.http.post(path).set('svix-id', 'msg_1').send(event).expect(403);
    expect(body).toMatchObject({ code: 'webhook_untrusted' });
  },
);

test.each([1, 3])(
  'what it took in silence is known by the same call (%d together), and not sent again',
  async (count) => {
    const people = await doubtful(TAKEN_IN_SILENCE, count);
    await faults(app, { callbacks: { drop: 1 } });
    await look();
    for (const { id, to } of people) {
      const { attempts, providerMessageId } = await whenStatus(app, tenant, id, 'sent');
      expect(attempts).toBe(1);
      expect(await recordOf(app, to)).toMatchObject([{ messageId: id, providerMessageId }]);
    }
  },
);

test.each([1, 3])('what it never took is sent by the same call (%d together), once', async (count) => {
  const people = await doubtful(NOTHING_TAKEN, count);
  await look();
  for (const { id, to } of people) {
    await whenStatus(app, tenant, id, 'delivered');
    expect(await timesTakenBy(app, to)).toBe(1);
  }
  await look();
  for (const { id, to } of people) {
    expect(await timesTakenBy(app, to)).toBe(1);
    await until(async () => (await openCalls(id)) === 0);
  }
});

test('while it still fails, the call stays open and is made again later', async () => {
  const [{ id, to } = { id: '', to: '' }] = await doubtful(NOTHING_TAKEN, 1);
  await faults(app, { calls: [{ provider: 'resend', nth: { serverError: 1 } }] });
  await look();
  expect(await read(app, tenant, id)).toMatchObject({ status: 'unknown' });
  const { body } = await app.as(tenant).get('/api/desk/doubts').expect(200);
  expect(body).toMatchObject({
    items: [{ message: { id }, looks: 1, nextLookAt: expect.any(String) as string }],
  });
  await faults(app, { calls: [{ provider: 'resend', nth: { tooMany: 1 } }] });
  await look();
  expect(await read(app, tenant, id)).toMatchObject({ status: 'unknown' });
  await faults(app, {});
  await look();
  await whenStatus(app, tenant, id, 'delivered');
  expect(await timesTakenBy(app, to)).toBe(1);
});

test('a call is not made again once one of its people wants nothing more', async () => {
  const people = await doubtful(NOTHING_TAKEN, 2);
  const [first, second] = people;
  if (!first || !second) throw new Error('two were sent');
  await decide(app, tenant, [second.to], 'email', 'opted_out');
  await look();
  for (const { id, to } of people) {
    expect(await read(app, tenant, id)).toMatchObject({ status: 'unknown' });
    expect(await timesTakenBy(app, to)).toBe(0);
    await until(async () => (await openCalls(id)) === 0);
  }
});

test('a call is made again only while its message is of use, and not while the platform cannot say', async () => {
  await openHost(app, tenant);
  const eventId = await newEvent(app, tenant, '2027-03-27T20:00');
  const about = { hostData: { eventId, notAfter: 'event.startsAt' } };
  const [{ id: used } = { id: '' }] = await doubtful(NOTHING_TAKEN, 1, about);
  await look();
  await whenStatus(app, tenant, used, 'delivered');
  const [{ id, to } = { id: '', to: '' }] = await doubtful(NOTHING_TAKEN, 1, about);
  await app.database.query(`alter table sample_host.events rename to events_away`);
  try {
    await look();
    expect(await openCalls(id)).toBe(1);
  } finally {
    await app.database.query(`alter table sample_host.events_away rename to events`);
  }
  await change(app, tenant, 'events', eventId, { starts_at: '2026-01-01T20:00' });
  await until(async () => {
    await look();
    return (await openCalls(id)) === 0;
  });
  expect(await read(app, tenant, id)).toMatchObject({ status: 'unknown' });
  expect(await timesTakenBy(app, to)).toBe(0);
});

test('a call whose messages read differently now is not the same call', async () => {
  const [{ id, to } = { id: '', to: '' }] = await doubtful(NOTHING_TAKEN, 1);
  await app.database.query(`update message set content = content || '{"subject": "Doors!"}' where id = $1`, [id]);
  await look();
  expect(await read(app, tenant, id)).toMatchObject({ status: 'unknown' });
  expect(await timesTakenBy(app, to)).toBe(0);
  await until(async () => (await openCalls(id)) === 0);
});

test('what a person has decided is not overtaken by a repeated call', async () => {
  const people = await doubtful(NOTHING_TAKEN, 3);
  const [first, second, third] = people;
  if (!first || !second || !third) throw new Error('three were sent');
  const settle = (id: string, decision: string) =>
    app.as(tenant).post(`/api/messages/${id}/settle`).send({ decision }).expect(200);
  await settle(first.id, 'fail');
  await settle(second.id, 'requeue');
  await whenStatus(app, tenant, second.id, 'delivered');
  await look();
  expect(await timesTakenBy(app, first.to)).toBe(0);
  expect(await timesTakenBy(app, second.to)).toBe(1);
  expect(await read(app, tenant, third.id)).toMatchObject({ status: 'unknown' });
});

test('what a dead worker may have sent is in doubt, and settled by the same call', async () => {
  await laneIs('paused');
  const to = newMailbox();
  const id = await send(app, tenant, email(to));
  await abandon(app, id, true);
  const [message] = await app.database.query<ClaimedMessage & { lane_id: string }>(
    `select * from message where id = $1`,
    [id],
  );
  if (!message) throw new Error('it was accepted');
  const prepared = await app.nest.get(Envelopes).prepare([message]);
  const envelopes = prepared.flatMap((one) => ('envelope' in one ? [one.envelope] : []));
  await app.database.query(
    `insert into open_call (lane_id, message_ids, digest, repeatable_until)
     values ($1, array[$2::uuid], $3, now() + interval '1 hour')`,
    [message.lane_id, id, digestOf(envelopes)],
  );
  await laneIs('active');
  await send(app, tenant, email(newMailbox()));
  await whenStatus(app, tenant, id, 'unknown');
  await look();
  expect(await whenStatus(app, tenant, id, 'delivered')).toMatchObject({ attempts: 1 });
  expect(await timesTakenBy(app, to)).toBe(1);
});

test('a call that the provider knows no more is never made again', async () => {
  const [{ id, to } = { id: '', to: '' }] = await doubtful(NOTHING_TAKEN, 1);
  await app.database.query(`update open_call set repeatable_until = now() where $1::uuid = any(message_ids)`, [id]);
  await look();
  expect(await read(app, tenant, id)).toMatchObject({ status: 'unknown' });
  await until(async () => (await openCalls(id)) === 0);
  expect(await timesTakenBy(app, to)).toBe(0);
});
