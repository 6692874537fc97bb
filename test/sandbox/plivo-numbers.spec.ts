/** The real Plivo SDK against the sandbox: numbers for sale, rented ones, and their applications. */
import { newApplication, plivoClient, type PlivoSdkClient } from '../providers/plivo-sdk.js';
import { openSandboxEnvironment, PLIVO, type SandboxEnvironment } from './sandbox-environment.js';

let environment: SandboxEnvironment;
beforeAll(async () => {
  environment = await openSandboxEnvironment();
});
afterAll(() => environment.close());

const client = (authToken = PLIVO.authToken): PlivoSdkClient =>
  plivoClient(`${environment.url}/sandbox/plivo`, { authId: PLIVO.authId, authToken });
/** The SDK's lists have more than their items. */
const itemsOf = async <Item>(list: Promise<readonly Item[]>): Promise<Item[]> => [...(await list)];
const refused = (status: number): object => expect.objectContaining({ status }) as object;

let areas = 700;
/** Each test rents in an area of its own. */
async function newNumber(): Promise<string> {
  const [first] = await client().numbers.search('US', { type: 'local', pattern: String((areas += 1)) });
  return String(first?.['number']);
}
let names = 0;
const applicationWith = (settings: object = {}): Promise<string> =>
  newApplication(client(), `of-tests-${(names += 1)}`, { answerUrl: 'https://a.example', ...settings });

test('numbers for sale are listed by country, type, beginning and services, twenty at a time', async () => {
  const found = await itemsOf(client().numbers.search('US', { type: 'local', pattern: '415', services: 'sms,mms' }));
  expect(found).toHaveLength(20);
  expect(found[0]).toMatchObject({ number: '14155555000', prefix: '415', restriction: null });
  const [next] = await client().numbers.search('US', { type: 'local', pattern: '415', limit: 1, offset: 20 });
  expect(next).toMatchObject({ number: '14155555020' });
  const [tollFree] = await client().numbers.search('US', { type: 'tollfree' });
  expect(tollFree).toMatchObject({ number: '18335555000' });
  expect(await itemsOf(client().numbers.search('US', { type: 'mobile' }))).toEqual([]);
  expect(await itemsOf(client().numbers.search('GB', { type: 'mobile', services: 'mms' }))).toEqual([]);
  const [german] = await client().numbers.search('DE', { type: 'mobile' });
  expect(german).toMatchObject({ restriction: 'country-address' });
  await expect(client().numbers.search('Germany', {})).rejects.toEqual(refused(400));
});

test('a number is rented once, with its application, is listed by its beginning and alias, and given back', async () => {
  const [number, appId] = [await newNumber(), await applicationWith()];
  expect(await client().numbers.buy(number, appId)).toMatchObject({
    message: 'created',
    status: 'fulfilled',
    numbers: [{ number, status: 'Success' }],
    statusCode: 201,
  });
  await expect(client().numbers.buy(number, appId)).rejects.toEqual(refused(404));
  expect(await client().numbers.get(number)).toMatchObject({
    number,
    alias: null,
    application: `/v1/Account/${PLIVO.authId}/Application/${appId}/`,
    smsEnabled: true,
    mmsEnabled: true,
    subAccount: null,
  });
  expect(await client().numbers.update(number, { appId, alias: 'Box office' })).toMatchObject({ message: 'changed' });
  expect(await itemsOf(client().numbers.list({ alias: 'Box office' }))).toMatchObject([
    { number, alias: 'Box office' },
  ]);
  expect(await itemsOf(client().numbers.list({ alias: 'Box' }))).toEqual([]);
  expect(await itemsOf(client().numbers.list({ numberStartswith: number.slice(0, 8) }))).toMatchObject([{ number }]);
  expect(await client().numbers.unrent(number)).toBe(true);
  await expect(client().numbers.unrent(number)).rejects.toEqual(refused(404));
  await expect(client().numbers.get(number)).rejects.toEqual(refused(404));
});

test('a change that names no application attaches the default one', async () => {
  const [number, appId] = [await newNumber(), await applicationWith()];
  await client().numbers.buy(number, appId);
  await client().numbers.update(number, { alias: 'Box office' });
  expect((await client().numbers.get(number))['application']).not.toContain(appId);
});

test('a number of a country that asks for documents is not the account’s until it has them', async () => {
  const [german] = await client().numbers.search('DE', { type: 'mobile' });
  const number = String(german?.['number']);
  expect(await client().numbers.buy(number)).toMatchObject({ numbers: [{ number, status: 'pending' }] });
  await expect(client().numbers.get(number)).rejects.toEqual(refused(404));
});

test('nobody rents a number that is taken, is none, or goes to an application that does not exist', async () => {
  await expect(client().numbers.buy('15005550000')).rejects.toEqual(refused(404));
  await expect(client().numbers.buy('15335555000')).rejects.toEqual(refused(404));
  await expect(client().numbers.buy('0')).rejects.toEqual(refused(404));
  await expect(client().numbers.buy(await newNumber(), '1')).rejects.toEqual(refused(404));
});

test('an application is made, changed, found by its id and listed', async () => {
  const id = await applicationWith({ messageUrl: 'https://old.example' });
  expect(await client().applications.update(id, { messageUrl: 'https://new.example' })).toMatchObject({
    message: 'changed',
  });
  expect(await client().applications.get(id)).toMatchObject({ appId: id, answerUrl: 'https://a.example' });
  const listed = await client().applications.list();
  expect(listed.map(({ appId }) => appId)).toContain(id);
  await expect(client().applications.get('1')).rejects.toEqual(refused(404));
});

test.each([
  ['without an address for calls', 'of-tests', {}],
  ['with a blank in its name', 'of tests', { answer_url: 'https://a.example' }],
])('an application %s is refused', async (_, app_name, settings) => {
  const basic = Buffer.from(`${PLIVO.authId}:${PLIVO.authToken}`).toString('base64');
  const answer = await fetch(`${environment.url}/sandbox/plivo/v1/Account/${PLIVO.authId}/Application/`, {
    method: 'POST',
    headers: { authorization: `Basic ${basic}`, 'content-type': 'application/json' },
    body: JSON.stringify({ app_name, ...settings }),
  });
  expect(answer.status).toBe(400);
});

test('what people write to a rented number goes where its application says, and nowhere without an address', async () => {
  const number = await newNumber();
  await client().numbers.buy(number, await applicationWith({ messageUrl: `${environment.receiverUrl}/of/the/venue` }));
  const write = (to: string) =>
    environment.call('POST', 'inbound', { provider: 'plivo', from: '+14155550177', to: `+${to}`, body: 'Hi' });
  expect(await write(number)).toMatchObject({ body: { status: 204 } });
  expect(environment.received.map(({ path, form }) => [path, form['To']])).toEqual([['/of/the/venue', number]]);
  const silent = await newNumber();
  await client().numbers.buy(silent, await applicationWith());
  expect(await write(silent)).not.toMatchObject({ body: { status: 204 } });
  expect(environment.received).toHaveLength(1);
});

test('nobody else’s credentials see, rent or give back', async () => {
  const number = await newNumber();
  await client().numbers.buy(number);
  const stranger = client('another');
  await expect(stranger.numbers.get(number)).rejects.toEqual(refused(401));
  await expect(stranger.numbers.buy(await newNumber())).rejects.toEqual(refused(401));
  await expect(stranger.numbers.unrent(number)).rejects.toEqual(refused(401));
});
