/** Numbers that are rented into a Messaging Service of Twilio. */
import { openTestApp, type TestApp, type Tenant } from '../support/test-app.js';
import { breakableTwilio, type FaultyWire, type WireFault } from '../support/faulty-wire.js';
import { send, text, whenStatus } from '../support/messages.js';
import { SHOPS } from '../support/number-shops.js';
import { orderNumber, raiseMaxNumbers, whenNumber } from '../support/numbers.js';
import { newNumber } from '../support/people.js';
import { newVenue } from '../support/senders.js';

const POOL = /^POST \/v1\/Services/;

let app: TestApp;
let wire: FaultyWire;
let tenant: Tenant;
beforeAll(async () => {
  app = await openTestApp();
  wire = await breakableTwilio(app);
  tenant = await app.tenant();
  await raiseMaxNumbers(app, tenant);
});
afterEach(() => wire.break(undefined));
afterAll(async () => {
  await wire.close();
  await app.close();
});

const rented = async (part: string): Promise<string[]> =>
  (await SHOPS.find(({ provider }) => provider === 'twilio')
    ?.account(app)
    .rented(part)) ?? [];
let areas = 300;
const search = (): object => ({ country: 'US', areaCode: String((areas += 1)) });
const newPool = (): string => `MG${String((areas += 1)).padEnd(32, '0')}`;

test.each<[string, WireFault]>([
  ['fails', { calls: POOL, how: 'error-before', times: 2 }],
  ['breaks off before', { calls: POOL, how: 'reset-before', times: 1 }],
  ['breaks off after', { calls: POOL, how: 'reset-after', times: 1 }],
])('if the pool %s, one number is rented all the same, and joins it', async (_, fault) => {
  wire.break(fault);
  const pool = newPool();
  const { id } = await orderNumber(app, tenant, { venueId: await newVenue(app, tenant), search: search(), pool });
  const { address } = await whenNumber(app, tenant, id, 'active');
  expect(await rented(id)).toEqual([address]);
});

test('if the pool refuses it, there is no number, and none is paid for', async () => {
  wire.break({ calls: POOL, how: { refused: 21712 }, times: 1 });
  const wanted = { venueId: await newVenue(app, tenant), search: search(), pool: newPool() };
  const { id } = await orderNumber(app, tenant, wanted);
  const why = { fault: 'refused', faultCode: '21712', assignedAt: null };
  expect(await whenNumber(app, tenant, id, 'failed')).toMatchObject(why);
  expect(await rented(id)).toEqual([]);
});

test('a venue has several numbers in a pool, which speaks for it', async () => {
  const [venueId, pool] = [await newVenue(app, tenant), newPool()];
  for (const wanted of [search(), search()]) {
    const { id } = await orderNumber(app, tenant, { venueId, search: wanted, pool });
    expect(await whenNumber(app, tenant, id, 'active')).toMatchObject({ pool });
  }
  const message = await send(app, tenant, text({ venueId, to: newNumber() }));
  expect(await whenStatus(app, tenant, message, 'delivered')).toMatchObject({ from: pool });
});
