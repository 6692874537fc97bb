/** Services hold their own ids of venues: an externalId names a venue wherever a request takes one. */
import type { ConsentView } from '../../src/consent/consent.dto.js';
import { draft, emptyAudience, template } from '../campaigns/campaign.support.js';
import { list, read, send, text } from '../support/messages.js';
import { newNumber, newSenderNumber } from '../support/people.js';
import { newVenue } from '../support/senders.js';
import { openTestApp, type TestApp, type Tenant } from '../support/test-app.js';

/** With what has to be encoded in a path. */
const HALL = 'hall/7 ü';

let app: TestApp;
let tenant: Tenant;
let other: Tenant;
let hall: string;
beforeAll(async () => {
  app = await openTestApp({ role: 'api' });
  tenant = await app.tenant();
  other = await app.tenant();
  const { body } = await app.as(tenant).post('/api/venues').send({ name: 'Hall', externalId: HALL }).expect(201);
  hall = (body as { id: string }).id;
});
afterAll(() => app.close());

const idsIn = (body: unknown): string[] => (body as { items: { id: string }[] }).items.map(({ id }) => id);

test('in messages, one and many, and in the filters of their history', async () => {
  const one = await send(app, tenant, text({ venueId: HALL }));
  expect(await read(app, tenant, one)).toMatchObject({ venueId: hall });
  const messages = [text({ venueId: HALL }), text({ venueId: hall }), text({ venueId: 'nowhere' }), text()];
  const batch = await app.as(tenant).post('/api/messages/batch').send({ messages }).expect(202);
  const { items } = batch.body as { items: { id: string; error?: object }[] };
  expect(items[2]?.error).toMatchObject({ status: 404, code: 'venue_not_found' });
  const expected = [items[1], items[0]].map((item) => item?.id).concat(one);
  for (const path of ['/api/messages', '/api/history']) {
    expect(idsIn(await list(app, tenant, { venueId: HALL }, path))).toEqual(expected);
    expect(idsIn(await list(app, tenant, { venueId: hall }, path))).toEqual(expected);
    expect(idsIn(await list(app, tenant, { venueId: 'nowhere' }, path))).toEqual([]);
  }
});

test('in the paths of consent and in imports', async () => {
  const [ana, bo] = [newNumber(), newNumber()];
  const at = (venue: string, address: string): string => `/api/consent/${encodeURIComponent(venue)}/${address}`;
  const put = await app.as(tenant).put(at(HALL, ana)).send({ status: 'opted_in', source: 'checkout' }).expect(200);
  expect(put.body).toMatchObject({ venueId: hall, status: 'opted_in' });
  const contacts = [{ address: bo, status: 'opted_out' }];
  const input = { venueId: HALL, channel: 'sms', source: 'import', contacts };
  expect((await app.as(tenant).post('/api/consent/import').send(input).expect(200)).body).toMatchObject({
    imported: 1,
  });
  for (const [address, status] of [
    [ana, 'opted_in'],
    [bo, 'opted_out'],
  ] as const) {
    for (const venue of [HALL, hall]) {
      const { body } = await app.as(tenant).get(at(venue, address)).expect(200);
      expect(body as ConsentView).toMatchObject({ venueId: hall, status });
      const log = await app
        .as(tenant)
        .get(`${at(venue, address)}/log`)
        .expect(200);
      expect(log.body).toMatchObject({ items: [{ status }] });
    }
  }
});

test('in senders and their list', async () => {
  const input = { venueId: HALL, channel: 'whatsapp', address: newSenderNumber() };
  const { body } = await app.as(tenant).post('/api/senders').send(input).expect(201);
  expect(body).toMatchObject({ venueId: hall });
  const listed = await app.as(tenant).get('/api/senders').query({ venueId: HALL }).expect(200);
  expect(idsIn(listed.body)).toEqual([(body as { id: string }).id]);
  expect((await app.as(tenant).get('/api/senders?venueId=nowhere').expect(200)).body).toMatchObject({ items: [] });
});

test('in campaigns, drafted and changed', async () => {
  const templateKey = await template(app, tenant, 'sms');
  const audienceId = await emptyAudience(app, tenant);
  const campaign = await draft(app, tenant, { channel: 'sms', venueId: HALL, templateKey, audienceId });
  expect(campaign.venueId).toBe(hall);
  const patch = (venueId: string) => app.as(tenant).patch(`/api/campaigns/${campaign.id}`).send({ venueId });
  expect((await patch(tenant.defaultVenueId).expect(200)).body).toMatchObject({ venueId: tenant.defaultVenueId });
  expect((await patch(HALL).expect(200)).body).toMatchObject({ venueId: hall });
  expect((await patch('nowhere').expect(404)).body).toMatchObject({ code: 'venue_not_found' });
});

test('in the venue’s own path and list', async () => {
  const externalId = 'garden';
  const { body } = await app.as(tenant).post('/api/venues').send({ name: 'Garden', externalId }).expect(201);
  expect((await app.as(tenant).get('/api/venues/garden').expect(200)).body).toEqual(body);
  const found = await app.as(tenant).get('/api/venues').query({ externalId }).expect(200);
  expect(found.body).toEqual({ items: [body], nextCursor: null });
  expect((await app.as(other).get('/api/venues').query({ externalId }).expect(200)).body).toMatchObject({ items: [] });
  const moved = await app.as(tenant).patch('/api/venues/garden').send({ externalId: 'garden-2' }).expect(200);
  expect((await app.as(tenant).get('/api/venues/garden-2').expect(200)).body).toEqual(moved.body);
  await app.as(tenant).get('/api/venues/garden').expect(404);
});

test('in the operator’s filters, where a tenant is named', async () => {
  const since = new Date(Date.now() - 60_000).toISOString();
  const id = await send(app, tenant, text({ venueId: HALL, sendAt: new Date(Date.now() + 3_600_000).toISOString() }));
  await app.as(tenant).post(`/api/messages/${id}/cancel`).expect(200);
  const resend = async (venueId: string): Promise<unknown> => {
    const filter = { status: 'cancelled', since, venueId };
    return (await app.as(tenant).post('/api/desk/resend').send(filter).expect(200)).body;
  };
  expect(await resend('nowhere')).toMatchObject({ messages: 0 });
  expect(await resend(HALL)).toMatchObject({ messages: 1 });
  const { body } = await app.as(tenant).get('/api/audit?action=message.resend').expect(200);
  expect(body).toMatchObject({ items: [{ details: { filter: { venueId: hall } } }, {}] });
  for (const path of ['/api/desk/doubts/settle', '/api/desk/waiting/retry', '/api/desk/waiting/give-up']) {
    const ask = (agent: ReturnType<TestApp['as']>, venueId: string) =>
      agent.post(path).send({ venueId, ...(path.endsWith('settle') && { decision: 'fail' }) });
    await ask(app.as(tenant), HALL).expect(200);
    await ask(app.admin(), hall).expect(200);
    const refused = await ask(app.admin(), HALL).expect(400);
    expect(refused.body).toMatchObject({ code: 'invalid_request', errors: [{ path: 'venueId' }] });
  }
});

test('and names no venue of another tenant, as an unknown one', async () => {
  const consent = `/api/consent/${encodeURIComponent(HALL)}/%2B4915123456789`;
  const contacts = [{ address: newNumber(), status: 'opted_in' }];
  const campaign = { templateKey: await template(app, other, 'sms'), audienceId: await emptyAudience(app, other) };
  const theirs = app.as(other);
  for (const answer of [
    await theirs.post('/api/messages').send(text({ venueId: HALL })),
    await theirs.post('/api/senders').send({ venueId: HALL, channel: 'sms', address: newSenderNumber() }),
    await theirs.get(consent),
    await theirs.get(`${consent}/log`),
    await theirs.put(consent).send({ status: 'opted_in', source: 'x' }),
    await theirs.post('/api/consent/import').send({ venueId: HALL, channel: 'sms', source: 'x', contacts }),
    await theirs.post('/api/campaigns').send({ name: 'x', channel: 'sms', venueId: HALL, ...campaign }),
    await theirs.get(`/api/venues/${encodeURIComponent(HALL)}`),
  ]) {
    expect([answer.status, (answer.body as { code: string }).code]).toEqual([404, 'venue_not_found']);
  }
  expect(idsIn(await list(app, other, { venueId: HALL }))).toEqual([]);
});

test('gives way to an id: a venue cannot take the place of another by its externalId', async () => {
  const first = await newVenue(app, tenant, 'First');
  const impostor = { name: 'Impostor', externalId: first };
  await app.as(tenant).post('/api/venues').send(impostor).expect(201);
  expect(await read(app, tenant, await send(app, tenant, text({ venueId: first })))).toMatchObject({ venueId: first });
  const uuid = '0199f3a0-7c1e-7b3a-9d1c-2f4b6a8c0e12';
  const { body } = await app.as(tenant).post('/api/venues').send({ name: 'By UUID', externalId: uuid }).expect(201);
  const message = await read(app, tenant, await send(app, tenant, text({ venueId: uuid })));
  expect(message.venueId).toBe((body as { id: string }).id);
});
