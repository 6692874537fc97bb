/** What becomes of messages in the hands of a worker that died, or stood still while another took its lane. */
import { randomUUID } from 'node:crypto';
import { openHouse, type House, type Tenant } from '../support/house.js';
import { until } from '../../harness/until.js';
import { abandon, newMailbox, newNumber, read, recordOf, send, whenStatus } from './support.js';

let house: House;
let tenant: Tenant;
let withResend: Tenant;
beforeAll(async () => {
  house = await openHouse();
  [tenant, withResend] = [await house.tenant(), await house.tenant()];
  const { defaultVenueId: venueId } = withResend;
  const sender = { venueId, channel: 'email', address: 'box@riverside.example', provider: 'resend' };
  await house.as(withResend).post('/api/senders').send(sender).expect(201);
});
afterAll(() => house.close());

type Provider = 'ses' | 'resend' | 'twilio';

const ownerOf = (provider: Provider): Tenant => (provider === 'resend' ? withResend : tenant);
const messageBy = (provider: Provider): { to: string; channel: string; content: object } =>
  provider === 'twilio'
    ? { ...{ channel: 'sms', to: newNumber() }, content: { body: 'Doors at 19:00' } }
    : { ...{ channel: 'email', to: newMailbox() }, content: { subject: 'Doors', text: 'at 19:00' } };

const laneIs = (provider: Provider, state: 'active' | 'paused') =>
  house.database.query(`update lane set state = $2 where provider = $1`, [provider, state]);

/** A message as a worker leaves it that died before its call was begun, or after. */
async function abandoned(provider: Provider, begun: boolean): Promise<{ id: string; to: string }> {
  await laneIs(provider, 'paused');
  const message = messageBy(provider);
  const id = await send(house, ownerOf(provider), message);
  await abandon(house, id, begun);
  await laneIs(provider, 'active');
  await send(house, ownerOf(provider), messageBy(provider)); // wakes its lane
  return { id, to: message.to };
}

test.each<Provider>(['ses', 'resend', 'twilio'])(
  'what a dead worker had begun no call to %s for is sent by another, once',
  async (provider) => {
    const { id, to } = await abandoned(provider, false);
    const { events, attempts } = await whenStatus(house, ownerOf(provider), id, 'delivered');
    expect(events.map(({ kind, code }) => [kind, code])).toContainEqual(['deferred', 'not_called']);
    expect(attempts).toBe(2);
    expect(await recordOf(house, to)).toHaveLength(1);
  },
);

test.each<Provider>(['ses', 'resend', 'twilio'])(
  'what it may have called %s with is in doubt, and nobody sends it again',
  async (provider) => {
    const { id, to } = await abandoned(provider, true);
    expect(await whenStatus(house, ownerOf(provider), id, 'unknown')).toMatchObject({ reason: 'worker_lost' });
    expect(await recordOf(house, to)).toEqual([]);
  },
);

test('a drain that was overtaken between its claim and its call calls nobody, and leaves the message to whoever has it', async () => {
  await laneIs('ses', 'paused');
  const message = messageBy('ses');
  const id = await send(house, tenant, message);
  const [lane] = await house.database.query<{ id: string }>(`select lane_id as id from message where id = $1`, [id]);
  const [other, wake] = [randomUUID(), `/api/lanes/${lane?.id}/wake`];
  await house.database.transaction(async () => {
    await house.database.query(`lock table consent in access exclusive mode`); // the gate waits for it
    const meanwhile = (sql: string, ...more: string[]) => house.database.apart(sql, [id, ...more]);
    await house.database.apart(`update lane set state = 'active' where id = $1`, [lane?.id]);
    await house.admin().post(wake).expect(204);
    await until(
      async () => (await meanwhile(`select from pending where message_id = $1 and claim is not null`)).length === 1,
    );
    await meanwhile(`update pending set claim = $2 where message_id = $1`, other);
    await meanwhile(`update message set status = 'sending', attempts = 2 where id = $1`);
  });
  await until(async () => (await house.database.query(`select from lane where lease_holder is not null`)).length === 0);
  expect(await read(house, tenant, id)).toMatchObject({ status: 'sending', attempts: 2 });
  expect(await house.database.query(`select claim from pending where message_id = $1`, [id])).toEqual([
    { claim: other },
  ]);
  expect(await recordOf(house, message.to)).toEqual([]);
});
