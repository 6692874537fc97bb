/** Somebody who says STOP hears no more from that venue on that channel, also of what was on its way. */
import { openHouse, type House, type Tenant } from '../support/house.js';
import { until } from '../support/until.js';
import { inboundForm, postTwilio } from './signed.js';

const RIVER = '+15557000001';
const HILL = '+15557000002';
const SHARED = '+15005550006';

interface MessageView {
  id: string;
  status: string;
  reason: string | null;
  explanation: string | null;
}

interface Taken {
  messageId: string;
  from: string;
  acceptedAt: string;
}

let house: House;
let tenant: Tenant;
let river: string;
let hill: string;

beforeAll(async () => {
  house = await openHouse();
  tenant = await house.tenant();
  river = await venue(tenant, 'River stage', RIVER);
  hill = await venue(tenant, 'Hill stage', HILL);
});
afterAll(() => house.close());
afterEach(() => house.http.put('/sandbox/faults').send({}).expect(200));

async function venue(owner: Tenant, name: string, number: string): Promise<string> {
  const { body } = await house.as(owner).post('/api/venues').send({ name }).expect(201);
  const { id } = body as { id: string };
  await house.as(owner).post('/api/senders').send({ venueId: id, channel: 'sms', address: number }).expect(201);
  return id;
}

let people = 0;
const somebody = (): string => `+1555300${String((people += 1)).padStart(4, '0')}`;

async function send(owner: Tenant, input: object): Promise<string> {
  const { body } = await house
    .as(owner)
    .post('/api/messages')
    .send({ channel: 'sms', content: { body: 'Doors at 19:00' }, ...input })
    .expect(202);
  return (body as { id: string }).id;
}

const text = (from: string, to: string, body: string): Promise<unknown> =>
  house.http
    .post('/sandbox/inbound')
    .send({ provider: 'twilio', from, to, body })
    .expect(200)
    .expect(/"status":200/);

async function ended(owner: Tenant, id: string): Promise<MessageView> {
  return until(async () => {
    const { body } = await house.as(owner).get(`/api/messages/${id}`).expect(200);
    const view = body as MessageView;
    return !['queued', 'scheduled', 'sending', 'sent'].includes(view.status) && view;
  });
}

async function taken(to: string): Promise<Taken[]> {
  const { body } = await house.http.get('/sandbox/messages').query({ to, limit: 1_000 }).expect(200);
  return (body as { items: Taken[] }).items;
}

async function consentOf(venueId: string, address: string): Promise<string> {
  const { body } = await house
    .as(tenant)
    .get(`/api/consent/${venueId}/${encodeURIComponent(address)}?channel=sms`)
    .expect(200);
  return (body as { status: string }).status;
}

test('a STOP to a venue’s number blocks that venue, in every category, and no other', async () => {
  const ana = somebody();
  await text(ana, RIVER, 'stop');
  expect(await consentOf(river, ana)).toBe('opted_out');
  expect(await consentOf(hill, ana)).toBe('unknown');
  const blocked = await ended(tenant, await send(tenant, { to: ana, venueId: river }));
  expect(blocked).toMatchObject({
    status: 'blocked_opted_out',
    reason: 'opted_out',
    explanation: expect.stringContaining('STOP'),
  });
  expect(await ended(tenant, await send(tenant, { to: ana, venueId: hill }))).toMatchObject({ status: 'delivered' });
  const mail = await send(tenant, {
    channel: 'email',
    to: 'ana@example.com',
    venueId: river,
    content: { subject: 's', text: 't' },
  });
  expect(await ended(tenant, mail)).toMatchObject({ status: 'delivered' });
});

test('a STOP to a number counts for pictures from it as well', async () => {
  const ben = somebody();
  await text(ben, RIVER, 'STOP');
  const mms = await send(tenant, {
    channel: 'mms',
    to: ben,
    venueId: river,
    content: { mediaUrls: ['https://example.com/plan.png'] },
  });
  expect(await ended(tenant, mms)).toMatchObject({ status: 'blocked_opted_out' });
});

test('once a STOP is answered, nothing more is taken: neither what was queued nor what was on its way', async () => {
  const cem = somebody();
  await house.http
    .put('/sandbox/faults')
    .send({ calls: [{ provider: 'twilio', latencyMs: { min: 200, max: 3_000 } }] })
    .expect(200);
  const messages = Array.from({ length: 400 }, () => ({
    channel: 'sms',
    to: cem,
    venueId: river,
    content: { body: 'Doors at 19:00' },
  }));
  await house.as(tenant).post('/api/messages/batch').send({ messages }).expect(202);
  await until(async () => (await taken(cem)).length > 2);
  expect(await postTwilio(house, inboundForm(cem, RIVER, 'Stop'))).toBe(200); // not by the sandbox, which would block it too
  const answeredAt = Date.now();
  const before = (await taken(cem)).length;
  expect(before).toBeLessThan(400);
  await until(async () => {
    const { body } = await house.as(tenant).get('/api/messages').query({ to: cem, limit: 500 }).expect(200);
    return (body as { items: MessageView[] }).items.every(({ status }) =>
      ['delivered', 'blocked_opted_out'].includes(status),
    );
  }, 60_000);
  const all = await taken(cem);
  expect(all.length).toBe(before);
  expect(Math.max(...all.map(({ acceptedAt }) => Date.parse(acceptedAt)))).toBeLessThanOrEqual(answeredAt);
}, 90_000);

test('START lets messages through again', async () => {
  const dora = somebody();
  await text(dora, RIVER, 'STOP');
  expect(await ended(tenant, await send(tenant, { to: dora, venueId: river }))).toMatchObject({
    status: 'blocked_opted_out',
  });
  await text(dora, RIVER, 'START');
  expect(await consentOf(river, dora)).toBe('opted_in');
  expect(await ended(tenant, await send(tenant, { to: dora, venueId: river }))).toMatchObject({ status: 'delivered' });
});

test('YES reopens only for somebody who is out, and is no opt-in from anybody else', async () => {
  const [eli, fay] = [somebody(), somebody()];
  await text(eli, RIVER, 'YES');
  expect(await consentOf(river, eli)).toBe('unknown');
  await text(fay, RIVER, 'STOP');
  await text(fay, RIVER, 'yes');
  expect(await consentOf(river, fay)).toBe('opted_in');
});

test('a STOP to the platform’s shared number blocks that number for every tenant, and no number of a venue’s own', async () => {
  const gil = somebody();
  const [first, second] = [await house.tenant(), await house.tenant()];
  await text(gil, SHARED, 'STOP');
  for (const owner of [first, second]) {
    expect(await ended(owner, await send(owner, { to: gil }))).toMatchObject({
      status: 'blocked_opted_out',
      reason: 'number_opted_out',
    });
  }
  expect(await ended(tenant, await send(tenant, { to: gil, venueId: river }))).toMatchObject({ status: 'delivered' });
});

test('a number that moved to another venue speaks for the venue that has it now', async () => {
  const moved = '+15557000009';
  const old = await venue(tenant, 'Old hall', moved);
  const { body } = await house.as(tenant).get('/api/senders').query({ venueId: old }).expect(200);
  const [sender] = (body as { items: { id: string }[] }).items;
  await house.as(tenant).patch(`/api/senders/${sender?.id}`).send({ status: 'released' }).expect(200);
  const next = await venue(tenant, 'New hall', moved);
  const hal = somebody();
  await text(hal, moved, 'STOP');
  expect(await consentOf(next, hal)).toBe('opted_out');
  expect(await consentOf(old, hal)).toBe('unknown');
});

test('a provider that says the person has opted out is believed and logged', async () => {
  const magic = '+15005550004'; // Twilio's test number that answers 21610
  expect(await ended(tenant, await send(tenant, { to: magic, venueId: river }))).toMatchObject({
    ...{ status: 'blocked_opted_out', reason: 'opted_out_at_provider' },
  });
  expect(await consentOf(river, magic)).toBe('opted_out');
  const { body } = await house
    .as(tenant)
    .get(`/api/consent/${river}/${encodeURIComponent(magic)}/log?channel=sms`)
    .expect(200);
  expect((body as { items: object[] }).items[0]).toMatchObject({ source: 'provider', evidence: { code: '21610' } });
});

test('what is queued for later is stopped by a STOP that comes before its hour', async () => {
  const ida = somebody();
  const id = await send(tenant, { to: ida, venueId: river, sendAt: new Date(Date.now() + 2_500).toISOString() });
  await text(ida, RIVER, 'STOP');
  expect(await ended(tenant, id)).toMatchObject({ status: 'blocked_opted_out' });
  expect(await taken(ida)).toEqual([]);
});
