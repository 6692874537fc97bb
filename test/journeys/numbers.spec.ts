/** Numbers of venues: rented, used, verified and given back, whatever breaks on the way, at each provider that rents them. */
import { CommandBus } from '@nestjs/cqrs';
import { until } from '../../harness/until.js';
import { AdvanceNumbers } from '../../src/numbers/advance-numbers.command.js';
import { VerifyNumbers } from '../../src/numbers/verify-number.command.js';
import type { NumberView } from '../../src/numbers/numbers.dto.js';
import { openTestApp, type TestApp, type Tenant } from '../support/test-app.js';
import { consentOf } from '../support/consent.js';
import type { FaultyWire, WireFault } from '../support/faulty-wire.js';
import { send, text, whenStatus } from '../support/messages.js';
import { SHOPS, type ShopAccount } from '../support/number-shops.js';
import { hurryNumber, numberView, orderNumber, raiseMaxNumbers, whenNumber } from '../support/numbers.js';
import { newNumber } from '../support/people.js';
import { receive } from '../support/sandbox.js';
import { newSender, newVenue } from '../support/senders.js';

const HOW = ['error-before', 'reset-before', 'reset-after'] as const;

describe.each(SHOPS)('Numbers at $provider', (shop) => {
  const { provider, calls } = shop;
  let app: TestApp;
  let wire: FaultyWire;
  let tenant: Tenant;
  /** As the provider shows it. */
  let account: ShopAccount;
  beforeAll(async () => {
    app = await openTestApp({ defaultProviders: { sms: provider } });
    wire = await shop.breakable(app);
    account = shop.account(app);
    tenant = await app.tenant();
    await raiseMaxNumbers(app, tenant);
  });
  afterEach(() => wire.break(undefined));
  afterAll(async () => {
    await wire.close();
    await app.close();
  });
  const rented = (part: string): Promise<string[]> => account.rented(part);

  let areas = 300;
  /** Each test has an area of its own. */
  const area = (): string => String((areas += 1));
  const venue = (): Promise<string> => newVenue(app, tenant);

  const post = (input: object, as = tenant) =>
    app
      .as(as)
      .post('/api/numbers')
      .send({ venueId: as.defaultVenueId, ...input });
  const order = (input: object, as = tenant): Promise<NumberView> => orderNumber(app, as, input);
  const search = (more: object = {}): object => ({ country: 'US', areaCode: area(), ...more });
  const view = (id: string): Promise<NumberView> => numberView(app, tenant, id);
  const when = (id: string, ...statuses: NumberView['status'][]): Promise<NumberView> =>
    whenNumber(app, tenant, id, ...statuses);
  const release = (id: string, quarantineDays: number) =>
    app.as(tenant).post(`/api/numbers/${id}/release`).send({ quarantineDays });

  test('numbers for sale are shown, by country, area and what they carry', async () => {
    const { body } = await app
      .as(tenant)
      .get('/api/numbers/available?country=US&areaCode=212&channel=mms&limit=2')
      .expect(200);
    expect(body).toMatchObject({ provider, items: [{ address: `+1212${shop.first}` }, {}] });
    const none = await app.as(tenant).get('/api/numbers/available?country=DE&type=toll-free').expect(200);
    expect(none.body).toMatchObject({ items: [] });
  });

  test('an ordered number becomes the venue’s, speaks for it, hears its STOP, and is given back after its quarantine', async () => {
    const venueId = await venue();
    const { id, status } = await order({ venueId, search: search(), channels: ['sms', 'mms'] });
    expect(status).toBe('ordered');
    const active = await when(id, 'active');
    const address = active.address ?? '';
    expect(active).toMatchObject({
      providerId: expect.any(String),
      assignedAt: expect.any(String),
      releasedAt: null,
      rented: true,
    });
    const person = newNumber();
    const message = await send(app, tenant, text({ venueId, to: person }));
    expect(await whenStatus(app, tenant, message, 'delivered')).toMatchObject({ from: address });

    const { body } = await release(id, 30).expect(200);
    expect(body).toMatchObject({ status: 'quarantined', releasedAt: expect.any(String), returnedAt: null });
    await app
      .as(tenant)
      .post('/api/messages')
      .send(text({ venueId, to: person }))
      .expect(422);
    await receive(app, { provider, from: person, to: address, body: 'STOP' });
    expect((await consentOf(app, tenant, venueId, person)).status).toBe('opted_out');
    expect(await rented(id)).toEqual([address]);
    await app
      .as(tenant)
      .post('/api/numbers')
      .send({ venueId: await venue(), address })
      .expect(409);

    const returned = await when(id, 'released');
    expect(returned.returnedAt).not.toBeNull();
    expect(await rented(id)).toEqual([]);
    const history = await app
      .as(tenant)
      .get(`/api/numbers?address=${encodeURIComponent(address)}`)
      .expect(200);
    expect(history.body).toMatchObject({ items: [{ id, venueId, address, releasedAt: returned.releasedAt }] });
  });

  test.each(shop.steps.flatMap(([step, pattern]) => HOW.map((how) => [step, how, pattern] as const)))(
    'if %s ends in %s, one number is rented all the same, and no second',
    async (_, how, pattern) => {
      wire.break({ calls: pattern, how, times: 2 });
      const { id } = await order({ venueId: await venue(), search: search() });
      const { address, providerId } = await when(id, 'active');
      expect(await rented(id)).toEqual([address]);
      expect(await rented(`+1${areas}`)).toEqual([address]);
      expect(await account.postsTo(providerId ?? '')).toMatch(`${app.url}/webhook/${provider}`);
    },
  );

  test('if every answer is lost from the purchase on, one number is rented, and no second', async () => {
    wire.break({ calls: shop.after, how: 'reset-after', times: 5, since: calls.buy });
    const wanted = search();
    const { id } = await order({ venueId: await venue(), search: wanted });
    const { address } = await when(id, 'active');
    expect(await rented(id)).toEqual([address]);
    expect(await rented(`+1${areas}`)).toEqual([address]);
  });

  test.each<[string, WireFault, object]>([
    [
      'the purchase is refused',
      { calls: calls.buy, how: shop.refused.buying, times: 1 },
      { faultCode: shop.refused.buyingCode },
    ],
    [
      'the search is refused',
      { calls: calls.search, how: shop.refused.searching, times: 1 },
      { faultCode: shop.refused.searchingCode },
    ],
  ])('if %s, there is no number, and none is paid for', async (_, fault, why) => {
    wire.break(fault);
    const { id } = await order({ venueId: await venue(), search: search() });
    expect(await when(id, 'failed')).toMatchObject({ fault: 'refused', ...why, assignedAt: null });
    expect(await rented(`+1${areas}`)).toEqual([]);
  });

  test('a number that the account has by hand is never taken for one that was rented, whatever answer is lost', async () => {
    const address = `+1${area()}5550000`;
    await account.rent(address);
    wire.break({ calls: calls.find, how: 'reset-after', times: 2 });
    const { id } = await order({ venueId: await venue(), address });
    expect(await when(id, 'failed', 'active')).toMatchObject({ fault: 'taken', providerId: null, returnedAt: null });
    expect(await rented(address)).toEqual([address]);
  });

  test('if the venue cannot have it, the number is given back, however often that fails', async () => {
    const [other, address] = [await venue(), `+1${area()}5550000`];
    const { id } = await order({ venueId: await venue(), address });
    await newSender(app, tenant, { venueId: other, channel: 'sms', address });
    wire.break({ calls: calls.release, how: 'reset-before', times: 2 });
    expect(await when(id, 'returning')).toMatchObject({ fault: 'unfit', faultCode: 'sender_taken' });
    expect(await rented(id)).toEqual([address]);
    expect(await when(id, 'failed')).toMatchObject({ fault: 'unfit', returnedAt: expect.any(String) });
    expect(await rented(id)).toEqual([]);
  });

  /** Its purchase was carried out, and the answer was lost. */
  const boughtInSilence = async (): Promise<string> => {
    wire.break({ calls: calls.buy, how: 'reset-after', times: 1 });
    const { id } = await order({ venueId: await venue(), search: search() });
    await until(async () => {
      await app.nest.get(CommandBus).execute(new AdvanceNumbers());
      return (await rented(`+1${areas}`)).length === 1;
    });
    return id;
  };

  test('if it cannot be told whether it was bought, and the order is called off, it is looked for and given back', async () => {
    const id = await boughtInSilence();
    await release(id, 30).expect(200);
    await when(id, 'failed');
    expect(await rented(`+1${areas}`)).toEqual([]);
  });

  test('a number that does not show at once after its purchase is waited for, and no other is rented', async () => {
    const id = await boughtInSilence();
    wire.break({ calls: calls.find, how: 'hidden', times: 3 });
    const { address } = await when(id, 'active');
    expect(await rented(id)).toEqual([address]);
    expect(await rented(`+1${areas}`)).toEqual([address]);
  });

  test('a number that somebody else buys at that moment is replaced by the next', async () => {
    const { id } = await order({ venueId: await venue(), search: { country: 'US', areaCode: '533' } });
    const { address } = await when(id, 'active');
    expect(wire.calls.filter((call) => calls.buy.test(call)).length).toBeGreaterThan(1);
    expect(await rented(id)).toEqual([address]);
  });

  test('a named number that is taken is not replaced, and a country without numbers has none', async () => {
    const taken = await order({ venueId: await venue(), address: '+15005550000' });
    expect(await when(taken.id, 'failed')).toMatchObject({ fault: 'taken', faultCode: shop.takenCode });
    const none = await order({ venueId: await venue(), search: { country: 'FR' } });
    expect(await when(none.id, 'failed')).toMatchObject({ fault: 'none_available' });
  });

  test('two venues that order at once get two numbers', async () => {
    const wanted = search();
    const ids = await Promise.all(
      [await venue(), await venue()].map(async (venueId) => (await order({ venueId, search: wanted })).id),
    );
    const numbers = await Promise.all(ids.map(async (id) => (await when(id, 'active')).address));
    expect(new Set(numbers).size).toBe(2);
  });

  test('an order that finds no answer for a day is given up', async () => {
    wire.break({ calls: calls.search, how: 'error-before', times: 100 });
    const { id } = await order({ venueId: await venue(), search: search() });
    await until(async () => {
      await hurryNumber(app, id);
      return (await view(id)).faultCode === shop.brokenCode;
    });
    await app.database.query(`update phone_number set created_at = created_at - interval '1 day' where id = $1`, [id]);
    expect(await when(id, 'failed')).toMatchObject({ fault: 'unanswered', faultCode: shop.brokenCode });
  });

  test('a number that the account has is taken over, posts to us, and is kept when its venue leaves it', async () => {
    const address = `+1${area()}5550000`;
    const providerId = await account.rent(address, 'https://old.example.com');
    const venueId = await venue();
    const { id } = await order({ venueId, address, attach: true });
    expect(await when(id, 'active')).toMatchObject({ providerId, rented: false });
    expect(await account.postsTo(providerId)).toMatch(`${app.url}/webhook/${provider}`);
    expect((await release(id, 30).expect(200)).body).toMatchObject({ status: 'released', returnedAt: null });
    expect(await rented(address)).toEqual([address]);
    const gone = await order({ venueId, address: `+1${area()}5550000`, attach: true });
    expect(await when(gone.id, 'failed')).toMatchObject({ fault: 'not_owned' });
  });

  test('a webhook that was changed is put right, and a number that is gone is told of', async () => {
    const { id } = await order({ venueId: await venue(), search: search() });
    const { providerId } = await when(id, 'active');
    const verify = () => app.as(tenant).post(`/api/numbers/${id}/verify`);
    expect((await verify().expect(200)).body).toMatchObject({ repaired: false, problem: null });
    await account.redirect(providerId ?? '', 'https://elsewhere.example.com');
    expect((await verify().expect(200)).body).toMatchObject({ repaired: true, problem: null });
    expect(await account.postsTo(providerId ?? '')).toMatch(`${app.url}/webhook/${provider}`);
    await account.giveBack(providerId ?? '');
    await app.database.query(`update phone_number set checked_at = now() - interval '2 days' where id = $1`, [id]);
    await app.nest.get(CommandBus).execute(new VerifyNumbers());
    expect(await view(id)).toMatchObject({ problem: 'missing', status: 'active' });
    wire.break({ calls: calls.find, how: 'error-before', times: 1 });
    expect((await verify().expect(503)).body).toMatchObject({ code: 'numbers_unanswered' });
  });

  test('a venue has one number', async () => {
    const venueId = await venue();
    await order({ venueId, search: search() });
    const { body } = await post({ venueId, search: search() }).expect(409);
    expect(body).toMatchObject({ code: 'venue_has_number' });
  });

  test('a tenant rents no more numbers than its settings allow', async () => {
    const owner = await app.tenant();
    await app.as(owner).patch(`/api/tenants/${owner.id}/settings`).send({ maxNumbers: 1 }).expect(200);
    await order({ search: search() }, owner);
    const { body } = await app
      .as(owner)
      .post('/api/numbers')
      .send({ venueId: await newVenue(app, owner), search: search() })
      .expect(409);
    expect(body).toMatchObject({ code: 'number_limit' });
  });

  test.each([
    [{}, 'address'],
    [{ address: '+14155550100', search: { country: 'US' } }, 'address'],
    [{ search: { country: 'US' }, attach: true }, 'address'],
    [{ search: { country: 'us' } }, 'search.country'],
    [{ search: { country: 'US' }, pool: 'MG1' }, 'pool'],
    [{ search: { country: 'US' }, channels: ['fax'] }, 'channels'],
  ])('an order that cannot be meant says what to change: %j', async (input, path) => {
    const { body } = await post(input).expect(400);
    expect((body as { errors: { path: string }[] }).errors[0]?.path).toMatch(path);
  });

  test('at a provider where we rent none, a number is rented by hand', async () => {
    const { body } = await post({ search: search(), provider: 'ses' }).expect(422);
    expect(body).toMatchObject({ code: 'numbers_not_rented' });
  });
});
