/** A venue's first text, where the tenant has numbers rented by itself: it waits for the number, and is sent from it. */
import { until } from '../../harness/until.js';
import { openTestApp, type TestApp, type Tenant } from '../support/test-app.js';
import type { FaultyWire } from '../support/faulty-wire.js';
import { read, send, text, whenEnded, whenStatus } from '../support/messages.js';
import { SHOPS } from '../support/number-shops.js';
import { newMailbox, newNumber } from '../support/people.js';
import { recordOf } from '../support/sandbox.js';
import { newSender, newVenue } from '../support/senders.js';

describe.each(SHOPS)('Automatic numbers at $provider', (shop) => {
  const { provider, calls } = shop;
  let app: TestApp;
  let wire: FaultyWire;
  beforeAll(async () => {
    app = await openTestApp({ defaultProviders: { sms: provider } });
    wire = await shop.breakable(app);
  });
  afterEach(() => wire.break(undefined));
  afterAll(async () => {
    await wire.close();
    await app.close();
  });

  let areas = 600;
  async function tenantWith(more: object = {}): Promise<Tenant> {
    const tenant = await app.tenant();
    const autoNumbers = { country: 'US', areaCode: String((areas += 1)), ...more };
    await app.as(tenant).patch(`/api/tenants/${tenant.id}/settings`).send({ autoNumbers }).expect(200);
    return tenant;
  }
  const numbersOf = async (tenant: Tenant): Promise<{ address: string; status: string; venueId: string }[]> =>
    (await app.as(tenant).get('/api/numbers').expect(200)).body.items as never;
  const accept = async (tenant: Tenant, input: object): Promise<{ id: string; from: string | null }> =>
    (await app.as(tenant).post('/api/messages').send(text(input)).expect(202)).body as never;
  /** Holds every order up until it is lifted. */
  const hold = (): void => wire.break({ calls: calls.search, how: 'error-before', times: 1_000 });
  const hurry = async (): Promise<void> => {
    await app.database.query(
      `update phone_number set due_at = now() where due_at is not null and status = 'ordered' and lease is null`,
    );
  };

  test('the first text of a venue orders a number, waits for it with the next ones, and all are sent from it once', async () => {
    const tenant = await tenantWith();
    const venueId = await newVenue(app, tenant);
    hold();
    const people = [newNumber(), newNumber(), newNumber()];
    const first = await accept(tenant, { venueId, to: people[0] });
    expect(first.from).toBeNull();
    const batch = people.slice(1).map((to) => text({ venueId, to }));
    const { body } = await app.as(tenant).post('/api/messages/batch').send({ messages: batch }).expect(202);
    const ids = [first.id, ...(body as { items: { id: string }[] }).items.map(({ id }) => id)];
    expect(await read(app, tenant, first.id)).toMatchObject({ status: 'queued', from: null, reason: null });
    expect(await numbersOf(tenant)).toMatchObject([{ status: 'ordered', venueId }]);
    wire.break(undefined);
    await hurry();
    for (const id of ids) await whenStatus(app, tenant, id, 'delivered');
    const [number, ...more] = await numbersOf(tenant);
    expect(more).toEqual([]);
    for (const person of people) expect(await recordOf(app, person)).toMatchObject([{ from: number?.address }]);
    expect((await accept(tenant, { venueId, to: newNumber() })).from).toBe(number?.address);
  });

  test('what is for later waits for its hour, and then goes out from the number', async () => {
    const tenant = await tenantWith();
    const venueId = await newVenue(app, tenant);
    const to = newNumber();
    const sendAt = new Date(Date.now() + 3_600_000).toISOString();
    const id = await send(app, tenant, { ...text({ venueId, to }), sendAt });
    await until(async () => (await numbersOf(tenant))[0]?.status === 'active');
    expect(await read(app, tenant, id)).toMatchObject({ status: 'scheduled' });
    await app.database.query(`update pending set ready_at = now() where message_id = $1`, [id]);
    expect(await whenStatus(app, tenant, id, 'delivered')).toMatchObject({
      from: (await numbersOf(tenant))[0]?.address,
    });
  });

  test('if no number can be had, it goes out from the platform’s, and no order is made for each text', async () => {
    const tenant = await tenantWith();
    const venueId = await newVenue(app, tenant);
    wire.break({ calls: calls.buy, how: shop.refused.buying, times: 1 });
    const id = await send(app, tenant, text({ venueId, to: newNumber() }));
    const platform = app.config.platform[provider]?.from;
    expect(await whenEnded(app, tenant, id)).toMatchObject({ status: 'delivered', from: platform });
    expect((await accept(tenant, { venueId, to: newNumber() })).from).toBe(platform);
    expect(await numbersOf(tenant)).toMatchObject([{ status: 'failed' }]);
  });

  test('a venue that gets a sender by hand meanwhile speaks from it', async () => {
    const tenant = await tenantWith();
    const venueId = await newVenue(app, tenant);
    wire.break({ calls: calls.buy, how: shop.refused.buying, times: 1 });
    const id = await send(app, tenant, text({ venueId, to: newNumber() }));
    const address = `+1${areas}5559999`;
    await newSender(app, tenant, { venueId, channel: 'sms', address });
    expect(await whenEnded(app, tenant, id)).toMatchObject({ status: 'delivered', from: address });
  });

  test('if nothing can speak for the venue, what waited has failed, and its fallback follows', async () => {
    const tenant = await tenantWith();
    const venueId = await newVenue(app, tenant);
    hold();
    const to = newMailbox();
    const content = { subject: 'Gate 5', text: 'Please go to gate 5' };
    const alternate = { alternateTo: to, fallback: [{ channel: 'email', content }] };
    const id = await send(app, tenant, { ...text({ venueId, to: newNumber() }), ...alternate });
    const silent = await newSender(app, tenant, { venueId, channel: 'sms', address: `+1${areas}5557777` });
    await app.as(tenant).patch(`/api/senders/${silent}`).send({ status: 'inactive' }).expect(200);
    wire.break({ calls: calls.buy, how: shop.refused.buying, times: 1 });
    await hurry();
    const ended = await whenStatus(app, tenant, id, 'failed');
    expect(ended).toMatchObject({ reason: 'number_unavailable', from: null, attempts: 0 });
    const followedBy = await until(async () => (await read(app, tenant, id)).followedBy ?? undefined);
    await whenStatus(app, tenant, followedBy, 'delivered');
  });

  test('a text that is refused orders nothing', async () => {
    const tenant = await tenantWith();
    const venueId = await newVenue(app, tenant);
    const post = (input: object) =>
      app
        .as(tenant)
        .post('/api/messages')
        .send(text({ venueId, to: newNumber(), ...input }));
    await post({ content: { body: 'long '.repeat(400) } }).expect(422);
    await post({ metadata: { words: 'x'.repeat(20_000) } }).expect(400);
    await post({ fallback: [{ channel: 'email', content: { subject: 'Hi', text: 'Hi' } }] }).expect(400);
    expect(await numbersOf(tenant)).toEqual([]);
  });

  test('what waits can be cancelled, and is never sent', async () => {
    const tenant = await tenantWith();
    const venueId = await newVenue(app, tenant);
    hold();
    const to = newNumber();
    const id = await send(app, tenant, text({ venueId, to }));
    await app.as(tenant).post(`/api/messages/${id}/cancel`).expect(200);
    wire.break(undefined);
    await hurry();
    await until(async () => (await numbersOf(tenant))[0]?.status === 'active');
    expect(await read(app, tenant, id)).toMatchObject({ status: 'cancelled', from: null });
    expect(await recordOf(app, to)).toEqual([]);
  });

  test('a venue with a sender, and a tenant who wants none, order nothing', async () => {
    const tenant = await tenantWith();
    const venueId = await newVenue(app, tenant);
    await newSender(app, tenant, { venueId, channel: 'sms', address: `+1${areas}5558888` });
    await accept(tenant, { venueId, to: newNumber() });
    await app.as(tenant).patch(`/api/tenants/${tenant.id}/settings`).send({ autoNumbers: null }).expect(200);
    const { from } = await accept(tenant, { venueId: await newVenue(app, tenant), to: newNumber() });
    expect(from).toBe(app.config.platform[provider]?.from);
    expect(await numbersOf(tenant)).toEqual([]);
  });

  test('no lane of waiting messages is shown as one that sends', async () => {
    const tenant = await tenantWith();
    hold();
    await accept(tenant, { venueId: await newVenue(app, tenant), to: newNumber() });
    const { body } = await app.admin().get('/api/lanes?limit=500').expect(200);
    expect(
      (body as { items: { sender: string | null }[] }).items.filter(({ sender }) => sender?.startsWith('number:')),
    ).toEqual([]);
  });
});
