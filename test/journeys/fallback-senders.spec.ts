/** A sender that cannot send is spoken for by another that its tenant has named; never for what may have been sent. */
import { act, audience, draft, ledgerOf, template, whenAll as whenCampaign } from '../campaigns/campaign.support.js';
import { openTestApp, type TestApp, type Tenant } from '../support/test-app.js';
import { until } from '../../harness/until.js';
import { decide } from '../support/consent.js';
import { read, send, sendAll, text, whenStatus } from '../support/messages.js';
import { newNumber, newSenderNumber } from '../support/people.js';
import { faults, recordOf } from '../support/sandbox.js';
import { newSender, type SenderInput, venueWith } from '../support/senders.js';

let app: TestApp;
let tenant: Tenant;
beforeAll(async () => {
  app = await openTestApp();
  tenant = await app.tenant();
});
afterAll(() => app.close());
afterEach(() => faults(app, {}));

/** Twilio's magic number for one that cannot send. */
const UNFIT = '+15005550007';

const sender = (venueId: string, address: string, more: Partial<SenderInput> = {}): Promise<string> =>
  newSender(app, tenant, { venueId, channel: 'sms', address, ...more });

/** A venue with a sender, and with another that stands in for it. */
async function pair(more: Partial<SenderInput> = {}): Promise<{ venueId: string; number: string; fallback: string }> {
  const { venueId, senderId, number: fallback } = await venueWith(app, tenant, 'sms', more);
  const number = newSenderNumber();
  await sender(venueId, number, { fallbackSenderId: senderId });
  return { venueId, number, fallback };
}

async function restLane(number: string, interval = '1 hour'): Promise<void> {
  await app.database.query(
    `update lane set rest_until = now() + $2::interval, rests = 5, rest_reason = 'unreachable', rest_code = 'http-503'
     where sender_address = $1`,
    [number, interval],
  );
}

/** Sends one, so that the sender has a lane. */
const opened = async (venueId: string): Promise<unknown> =>
  whenStatus(app, tenant, await send(app, tenant, text({ venueId })), 'delivered');

const sendersOf = async (ids: readonly string[]): Promise<string[]> =>
  (await recordOf(app)).filter(({ messageId }) => ids.includes(messageId ?? '')).map(({ from }) => from);

test('a message refused because of its sender leaves at once from the fallback, and its timeline shows it', async () => {
  const { venueId, senderId, number: fallback } = await venueWith(app, tenant, 'sms');
  await sender(venueId, UNFIT, { fallbackSenderId: senderId });
  const id = await send(app, tenant, text({ venueId }));
  const { events, ...message } = await whenStatus(app, tenant, id, 'delivered');
  expect(message).toMatchObject({ from: fallback, reason: null, attempts: 2 });
  expect(events.map(({ kind }) => kind)).toEqual(['queued', 'diverted', 'sent', 'delivered']);
  expect(events[1]).toMatchObject({ reason: 'config', code: '21606', source: 'dispatch' });
  expect(await sendersOf([id])).toEqual([fallback]);
});

test('what waits in a resting lane leaves from the fallback, each once', async () => {
  const { venueId, number, fallback } = await pair();
  await opened(venueId);
  await restLane(number);
  const ids = await sendAll(
    app,
    tenant,
    Array.from({ length: 40 }, () => text({ venueId })),
  );
  await until(async () => (await sendersOf(ids)).length === ids.length);
  expect(await sendersOf(ids)).toEqual(ids.map(() => fallback));
  await Promise.all(ids.map((id) => whenStatus(app, tenant, id, 'delivered')));
});

test('a message in doubt is never given to the fallback', async () => {
  const { venueId, number } = await pair();
  await opened(venueId);
  await faults(app, { calls: [{ provider: 'twilio', nth: { resetAfter: 1 } }], callbacks: { drop: 1 } });
  const doubted = await send(app, tenant, text({ venueId }));
  await whenStatus(app, tenant, doubted, 'unknown');
  await faults(app, {});
  await restLane(number);
  const later = await send(app, tenant, text({ venueId }));
  await whenStatus(app, tenant, later, 'delivered'); // the fallback has looked
  expect(await read(app, tenant, doubted)).toMatchObject({ status: 'unknown', from: number });
  expect(await sendersOf([doubted])).toEqual([number]);
});

test('nothing is diverted while the fallback rests too, and both wait', async () => {
  const { venueId, number, fallback } = await pair();
  await opened(venueId);
  await restLane(number);
  await whenStatus(app, tenant, await send(app, tenant, text({ venueId })), 'delivered');
  await restLane(fallback);
  const id = await send(app, tenant, text({ venueId }));
  await until(
    async () =>
      (
        await app.database.query(
          `select from schedule where name = 'divert-messages'
    and last_started_at > (select uuid_extract_timestamp($1::uuid) + interval '1 second')`,
          [id],
        )
      ).length > 0,
  );
  expect(await read(app, tenant, id)).toMatchObject({ status: 'queued', from: number, attempts: 0 });
  await restLane(number, '0 s');
  expect(await whenStatus(app, tenant, id, 'delivered')).toMatchObject({ from: number });
});

test('a fallback asks consent anew: nobody who opted out of the venue hears from it', async () => {
  const { venueId, number } = await pair();
  await opened(venueId);
  await restLane(number);
  const to = newNumber();
  const id = await send(app, tenant, text({ venueId, to }));
  await decide(app, tenant, [to], 'sms', 'opted_out', venueId);
  await whenStatus(app, tenant, id, 'blocked_opted_out');
  expect(await sendersOf([id])).toEqual([]);
});

test('a country that neither sender may write to ends the message after one call of each', async () => {
  const { venueId } = await pair();
  const id = await send(app, tenant, text({ venueId, to: '+15005550003' }));
  const { events, ...message } = await whenStatus(app, tenant, id, 'failed');
  expect(message).toMatchObject({ reason: 'sender_misconfigured', errorCode: '21408', attempts: 2 });
  expect(events.map(({ kind }) => kind)).toEqual(['queued', 'diverted', 'failed']);
});

test('a number that refuses the recipient is not asked again through another', async () => {
  const { venueId } = await pair();
  const id = await send(app, tenant, text({ venueId, to: '+15005550009' }));
  expect(await whenStatus(app, tenant, id, 'failed')).toMatchObject({ reason: 'recipient_refused', attempts: 1 });
});

test('a cancelled campaign takes back what was diverted too', async () => {
  const { number, senderId } = await venueWith(app, tenant, 'sms', { ratePerSecond: 0.01 });
  const venueId = await venueOf(senderId);
  const first = await sender(venueId, newSenderNumber(), { fallbackSenderId: senderId });
  const templateKey = await template(app, tenant, 'sms');
  const audienceId = await phones(60);
  const { id } = await draft(app, tenant, { channel: 'sms', venueId, senderId: first, templateKey, audienceId });
  await act(app, tenant, id, 'launch');
  const [lane] = await until(async () => {
    const lanes = await app.database.query<{ address: string }>(
      `update lane set rest_until = now() + interval '1 hour', rests = 5, rest_reason = 'account', rest_code = '30002'
       where id = (select lane_id from campaign where id = $1) returning sender_address as address`,
      [id],
    );
    return lanes.length > 0 && lanes;
  });
  expect(lane?.address).not.toBe(number);
  await until(async () => {
    const diverted = await app.database.query(`select from message where campaign_id = $1 and sender_address = $2`, [
      id,
      number,
    ]);
    return diverted.length > 0;
  });
  await act(app, tenant, id, 'cancel');
  await whenCampaign(app, tenant, id, ['cancelled', 'delivered', 'sent']);
  const { cancelled = 0, ...others } = await ledgerOf(app, id);
  expect(cancelled).toBeGreaterThan(0);
  expect(cancelled + Object.values(others).reduce((sum, count) => sum + count, 0)).toBe(60);
});

async function venueOf(senderId: string): Promise<string> {
  const { body } = await app.as(tenant).get(`/api/senders/${senderId}`).expect(200);
  return (body as { venueId: string }).venueId;
}

async function phones(count: number): Promise<string> {
  const id = await audience(app, tenant, 0);
  await app.database.query(
    `insert into contact (audience_id, kind, address, attributes, import_id)
     select $1, 'phone', '+4917' || lpad(n::text, 8, '0'), '{"name":"Ana"}', uuidv7() from generate_series(1, $2::int) as n`,
    [id, count],
  );
  return id;
}
