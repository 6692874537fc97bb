/** What becomes of messages in the hands of a worker that died, or stood still while another took its lane. */
import { randomUUID } from 'node:crypto';
import { openTestApp, type TestApp, type Tenant } from '../support/test-app.js';
import { until } from '../../harness/until.js';
import { abandon, send, whenStatus } from '../support/messages.js';
import { newMailbox, newNumber } from '../support/people.js';
import { recordOf } from '../support/sandbox.js';
import { newSender } from '../support/senders.js';

let app: TestApp;
let tenant: Tenant;
let withResend: Tenant;
beforeAll(async () => {
  app = await openTestApp();
  [tenant, withResend] = [await app.tenant(), await app.tenant()];
  const { defaultVenueId: venueId } = withResend;
  const sender = { venueId, channel: 'email', address: 'box@riverside.example', provider: 'resend' };
  await newSender(app, withResend, sender);
});
afterAll(() => app.close());

type Provider = 'ses' | 'resend' | 'twilio';

const ownerOf = (provider: Provider): Tenant => (provider === 'resend' ? withResend : tenant);
const messageBy = (provider: Provider): { to: string; channel: string; content: object } =>
  provider === 'twilio'
    ? { channel: 'sms', to: newNumber(), content: { body: 'Doors at 19:00' } }
    : { channel: 'email', to: newMailbox(), content: { subject: 'Doors', text: 'at 19:00' } };

const laneIs = (provider: Provider, state: 'active' | 'paused') =>
  app.database.query(`update lane set state = $2 where provider = $1`, [provider, state]);

/** A message as a worker leaves it that died before its call was begun, or after. */
async function abandoned(provider: Provider, begun: boolean): Promise<{ id: string; to: string }> {
  await laneIs(provider, 'paused');
  const message = messageBy(provider);
  const id = await send(app, ownerOf(provider), message);
  await abandon(app, id, begun);
  await laneIs(provider, 'active');
  await send(app, ownerOf(provider), messageBy(provider)); // wakes its lane
  return { id, to: message.to };
}

test.each<Provider>(['ses', 'resend', 'twilio'])(
  'what a dead worker had begun no call to %s for is sent by another, once',
  async (provider) => {
    const { id, to } = await abandoned(provider, false);
    const { events, attempts } = await whenStatus(app, ownerOf(provider), id, 'delivered');
    expect(events.map(({ kind, code }) => [kind, code])).toContainEqual(['deferred', 'not_called']);
    expect(attempts).toBe(2);
    expect(await recordOf(app, to)).toHaveLength(1);
  },
);

test.each<Provider>(['ses', 'resend', 'twilio'])(
  'what it may have called %s with is in doubt, and nobody sends it again',
  async (provider) => {
    const { id, to } = await abandoned(provider, true);
    expect(await whenStatus(app, ownerOf(provider), id, 'unknown')).toMatchObject({ reason: 'worker_lost' });
    expect(await recordOf(app, to)).toEqual([]);
  },
);

test('a drain that was overtaken between its claim and its call calls nobody, and leaves the message to whoever has it', async () => {
  await laneIs('ses', 'paused');
  const message = messageBy('ses');
  const id = await send(app, tenant, message);
  const [lane] = await app.database.query<{ id: string }>(`select lane_id as id from message where id = $1`, [id]);
  const [other, wake] = [randomUUID(), `/api/lanes/${lane?.id}/wake`];
  await app.database.transaction(async () => {
    await app.database.query(`lock table consent in access exclusive mode`); // the gate waits for it
    const meanwhile = (sql: string, ...more: string[]) => app.database.apart(sql, [id, ...more]);
    await app.database.apart(`update lane set state = 'active' where id = $1`, [lane?.id]);
    await app.admin().post(wake).expect(204);
    await until(
      async () => (await meanwhile(`select from pending where message_id = $1 and claim is not null`)).length === 1,
    );
    await meanwhile(`update pending set claim = $2 where message_id = $1`, other);
    await meanwhile(`update message set status = 'sending', attempts = 2 where id = $1`);
  });
  await until(async () => (await app.database.query(`select from lane where lease_holder is not null`)).length === 0);
  // The claim that it left is the one that a later drain finds, and settles as a dead worker's.
  await app.admin().post(wake).expect(204);
  const settled = await whenStatus(app, tenant, id, 'unknown');
  expect(settled).toMatchObject({ reason: 'worker_lost', attempts: 2 });
  expect(settled.events.map(({ code }) => code)).not.toContain('not_called');
  expect(await recordOf(app, message.to)).toEqual([]);
});
