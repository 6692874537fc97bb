/** Phone numbers at Plivo: bought in the sandbox, told by its SDK, and what is made of Plivo's faults. */
import type { NumberSearch } from '../../src/providers/provider.numbers.js';
import { PlivoAdapter } from '../../src/providers/plivo/plivo.adapter.js';
import { RequestFault } from '../../src/providers/request-fault.js';
import { openSandboxEnvironment, PLIVO, type SandboxEnvironment } from '../sandbox/sandbox-environment.js';
import { html, json, Loopback, type Received, type Reply } from './loopback.js';
import { newApplication, plivoClient, type PlivoSdkClient } from './plivo-sdk.js';

const WEBHOOK = 'https://desk.example.com/webhook/plivo';
const account = { id: PLIVO.id, version: 1, credentials: { authId: PLIVO.authId, authToken: PLIVO.authToken } };
const OURS = `${WEBHOOK}/${PLIVO.id}`;
const search = (more: Partial<NumberSearch> = {}): NumberSearch => ({
  country: 'US',
  type: 'local',
  channels: ['sms'],
  limit: 3,
  ...more,
});
const faultOf = (asked: Promise<unknown>): Promise<unknown> =>
  asked.then(
    () => undefined,
    (error: unknown) => error instanceof RequestFault && [error.kind, error.code],
  );

describe('In the sandbox', () => {
  let environment: SandboxEnvironment;
  let numbers: PlivoAdapter['numbers'];
  let sdk: PlivoSdkClient;
  beforeAll(async () => {
    environment = await openSandboxEnvironment();
    const baseUrl = `${environment.url}/sandbox/plivo`;
    ({ numbers } = new PlivoAdapter({ baseUrl, webhookUrl: WEBHOOK }));
    sdk = plivoClient(baseUrl, PLIVO);
  });
  afterAll(() => environment.close());

  const firstFor = async (more: Partial<NumberSearch>): Promise<string> =>
    (await numbers.search(account, search(more)))[0]?.address ?? '';
  const told = (address: string) => sdk.numbers.get(address.slice(1));
  /** The ids of all applications by their names. */
  const applications = async (): Promise<Map<unknown, unknown>> =>
    new Map((await sdk.applications.list()).map(({ appName, appId }) => [appName, appId]));
  const ours = async (): Promise<string> => String((await applications()).get(`callboard-${PLIVO.id}`));

  test('numbers for sale are found by country, type, area code and digits', async () => {
    const [first, ...more] = await numbers.search(account, search({ areaCode: '212', contains: '50*7' }));
    expect(first).toEqual({
      address: '+12125555007',
      channels: ['sms', 'mms', 'voice'],
      locality: null,
      region: null,
    });
    expect(more).toHaveLength(2);
    expect(await numbers.search(account, search({ limit: 50 }))).toHaveLength(50);
    expect(await firstFor({ type: 'toll-free' })).toMatch(/^\+1833/);
    expect(await firstFor({ country: 'GB', type: 'mobile', channels: ['sms', 'voice'] })).toMatch(/^\+447/);
  });

  test('numbers that cannot be bought by a call alone, or carry too little, are not for sale', async () => {
    expect(await numbers.search(account, search({ country: 'DE', type: 'mobile' }))).toEqual([]);
    expect(await numbers.search(account, search({ country: 'GB', type: 'mobile', channels: ['mms'] }))).toEqual([]);
    expect(await numbers.search(account, search({ type: 'mobile' }))).toEqual([]);
  });

  test('a number that was bought has its name and our application, posts to us, and can be given back twice', async () => {
    const address = await firstFor({ areaCode: '213' });
    const bought = await numbers.buy(account, address, 'callboard 7');
    expect(bought).toEqual({
      providerId: address.slice(1),
      address,
      label: 'callboard 7',
      channels: ['sms', 'mms', 'voice'],
      wired: true,
    });
    expect(await numbers.find(account, address)).toEqual(bought);
    expect(await told(address)).toMatchObject({
      alias: 'callboard 7',
      application: expect.stringContaining(`/Application/${await ours()}/`),
    });
    expect(await firstFor({ areaCode: '213' })).not.toBe(address);
    await numbers.release(account, bought.providerId);
    await numbers.release(account, bought.providerId);
    expect(await numbers.find(account, address)).toBeUndefined();
  });

  test('all numbers of an account share one application, which follows our address', async () => {
    const [address, other] = [await firstFor({ areaCode: '214' }), await firstFor({ areaCode: '215' })];
    await numbers.buy(account, address, 'one');
    const before = await applications();
    await numbers.buy(account, other, 'two');
    expect(await applications()).toEqual(before);
    const baseUrl = `${environment.url}/sandbox/plivo`;
    const moved = new PlivoAdapter({ baseUrl, webhookUrl: 'https://new.example.com/webhook/plivo' }).numbers;
    expect(await moved.find(account, address)).toMatchObject({ wired: false });
    await moved.wire(account, other.slice(1));
    expect(await moved.find(account, address)).toMatchObject({ wired: true });
    expect(await applications()).toEqual(before);
    await numbers.wire(account, address.slice(1));
  });

  test('a webhook that was changed at Plivo is noticed, and put right without its name', async () => {
    const address = await firstFor({ areaCode: '216' });
    const { providerId } = await numbers.buy(account, address, 'callboard');
    await sdk.numbers.update(providerId, { appId: '20000000000000001' });
    expect(await numbers.find(account, address)).toMatchObject({ wired: false, label: 'callboard' });
    await numbers.wire(account, providerId);
    expect(await numbers.find(account, address)).toMatchObject({ wired: true, label: 'callboard' });
    await sdk.applications.update(await ours(), { messageUrl: 'https://elsewhere.example.com' });
    expect(await numbers.find(account, address)).toMatchObject({ wired: false });
    await numbers.wire(account, providerId);
    await sdk.applications.update(await ours(), { messageMethod: 'GET' });
    expect(await numbers.find(account, address)).toMatchObject({ wired: false });
    await numbers.wire(account, providerId, 'another');
    expect(await numbers.find(account, address)).toMatchObject({ wired: true, label: 'another' });
  });

  test('an application made by hand that posts to us will do', async () => {
    const address = await firstFor({ areaCode: '217' });
    await sdk.numbers.buy(address.slice(1));
    expect(await numbers.find(account, address)).toMatchObject({ wired: false, label: '' });
    await sdk.applications.update('20000000000000001', { messageUrl: OURS });
    expect(await numbers.find(account, address)).toMatchObject({ wired: true, label: '' });
  });

  test('a number that somebody else has bought meanwhile is taken', async () => {
    const contested = await firstFor({ areaCode: '533' });
    expect(await faultOf(numbers.buy(account, contested, 'callboard'))).toEqual(['taken', 'http-404']);
    expect(await faultOf(numbers.buy(account, '+15005550000', 'callboard'))).toEqual(['taken', 'http-404']);
  });

  test('a number that waits for documents carries nothing', async () => {
    expect(await numbers.buy(account, '+4915735955000', 'callboard')).toMatchObject({ channels: [], wired: false });
    await numbers.release(account, '4915735955000');
  });

  test('nobody else’s credentials buy', async () => {
    const stranger = {
      ...account,
      id: 'stranger',
      credentials: { ...account.credentials, authToken: 'not the token' },
    };
    expect(await faultOf(numbers.buy(stranger, '+12125555001', 'callboard'))).toEqual(['refused', 'http-401']);
  });
});

describe('On the wire', () => {
  const ID = '12125555001';
  const APP = { app_id: '77', app_name: `callboard-${PLIVO.id}`, message_url: OURS, message_method: 'POST' };
  const APPS = json(200, { objects: [APP] });
  const NUMBER = { number: ID, alias: 'callboard', application: `/v1/Account/${PLIVO.authId}/Application/77/` };
  const BOUGHT = json(201, { numbers: [{ number: ID, status: 'Success' }], status: 'fulfilled' });
  let provider: Loopback;
  let numbers: PlivoAdapter['numbers'];
  beforeEach(async () => {
    provider = await Loopback.open();
    ({ numbers } = new PlivoAdapter({ baseUrl: provider.origin, webhookUrl: WEBHOOK }));
  });
  afterEach(() => provider.close());

  const base = `/v1/Account/${PLIVO.authId}/`;
  /** Answers by method and the beginning of the path, the first that fits. */
  const answer = (replies: Readonly<Record<string, Reply>>): void => {
    provider.script = ({ method, path }) => {
      const call = `${method} ${path.slice(base.length)}`;
      const known = Object.keys(replies).find((start) => call.startsWith(start));
      return known === undefined ? json(404, { error: 'not found' }) : (replies[known] ?? 'reset');
    };
  };
  const ALL_WELL = {
    'GET Application/?': APPS,
    'GET Application/77/': json(200, APP),
    'POST PhoneNumber/': BOUGHT,
    'POST Number/': json(202, { message: 'changed' }),
    'GET Number/': json(200, { ...NUMBER, sms_enabled: true }),
    'DELETE ': { status: 204, body: '' },
  };
  const buy = () => numbers.buy(account, `+${ID}`, 'callboard');

  /** What both said: method, path, query and body. */
  const inShort = ({ method, path, headers, body }: Received): unknown => {
    const { pathname, searchParams } = new URL(path, 'http://localhost');
    // The SDK gives a deletion an empty text.
    const said: unknown = body === '' || body === '""' ? undefined : JSON.parse(body);
    return [method, pathname, Object.fromEntries(searchParams), said, headers.authorization];
  };

  test('says the same as the SDK', async () => {
    answer({
      ...ALL_WELL,
      'GET PhoneNumber/': json(200, { objects: [] }),
      'POST Application/': json(201, { app_id: '9' }),
    });
    await numbers.search(account, search({ areaCode: '212', channels: ['sms', 'mms'] }));
    await buy();
    await numbers.release(account, ID);
    answer({
      ...ALL_WELL,
      'GET Application/?': json(200, { objects: [] }),
      'POST Application/': json(201, { app_id: '9' }),
    });
    await numbers.wire(account, ID);
    answer({
      ...ALL_WELL,
      'GET Application/?': json(200, { objects: [{ ...APP, message_url: '' }] }),
      'POST Application/': json(202, {}),
    });
    await numbers.wire(account, ID);
    const own = provider.received.splice(0).map(inShort);

    const sdk = plivoClient(provider.origin, PLIVO);
    const page = { limit: 20, offset: 0 };
    const settings = { messageUrl: OURS, messageMethod: 'POST', answerUrl: OURS, answerMethod: 'POST' };
    answer({
      ...ALL_WELL,
      'GET PhoneNumber/': json(200, { objects: [] }),
      'POST Application/': json(201, { app_id: '9' }),
    });
    await sdk.numbers.search('US', { type: 'local', services: 'sms,mms', pattern: '212', ...page });
    await sdk.applications.list({ ...page });
    await sdk.numbers.buy(ID, '77');
    await sdk.numbers.update(ID, { appId: '77', alias: 'callboard' });
    await sdk.numbers.get(ID);
    await sdk.applications.get('77');
    await sdk.numbers.unrent(ID);
    await sdk.applications.list({ ...page });
    await newApplication(sdk, `callboard-${PLIVO.id}`, settings);
    await sdk.numbers.update(ID, { appId: '9' });
    await sdk.applications.list({ ...page });
    await sdk.applications.update('77', { ...settings });
    await sdk.numbers.update(ID, { appId: '77' });
    expect(own).toEqual(provider.received.map(inShort));
  });

  test.each<[string, Reply, unknown]>([
    ['too many calls', json(429, { error: 'slow down' }), ['later', 'http-429']],
    ['a server error', json(500, { error: 'oops' }), ['unknown', 'http-500']],
    ['a gateway’s page', html(502), ['unknown', 'http-502']],
    ['a redirect', json(302, {}), ['unknown', 'http-302']],
    ['a connection that breaks', 'reset', ['unknown', 'ECONNRESET']],
    ['a number that is gone', json(404, { error: 'not found' }), ['taken', 'http-404']],
    ['no credit', json(402, { error: 'insufficient credit' }), ['refused', 'http-402']],
    ['a wrong request', json(400, { error: 'no' }), ['refused', 'http-400']],
  ])('%s while buying is told apart', async (_, reply, fault) => {
    answer({ ...ALL_WELL, 'POST PhoneNumber/': reply });
    expect(await faultOf(buy())).toEqual(fault);
  });

  test.each<[string, Record<string, Reply>]>([
    ['is not named', { 'POST Number/': json(400, { error: 'no' }) }],
    ['is not found', { 'GET Number/': json(404, { error: 'not found' }) }],
    ['cannot be asked for', { 'GET Number/': json(401, { error: 'no' }) }],
    ['is shown as another', { 'GET Number/': json(200, { number: '1' }) }],
    ['is hidden behind a proxy’s page', { 'GET Number/': html(200) }],
  ])('a number that was bought and then %s may be ours', async (_, replies) => {
    answer({ ...ALL_WELL, ...replies });
    expect(await faultOf(buy())).toEqual(['unknown', expect.any(String)]);
  });

  test.each<[string, Reply, unknown]>([
    ['no list', json(200, {}), ['unknown', 'no-answer']],
    ['a proxy’s page', html(200), ['unknown', 'no-answer']],
    [
      'applications without end',
      json(200, { objects: Array.from({ length: 20 }, () => ({})) }),
      ['refused', 'too-many-applications'],
    ],
    ['one without an id', json(200, { objects: [{ app_name: APP.app_name }] }), ['unknown', 'no-answer']],
  ])('%s in the place of applications buys nothing, and makes no second one', async (_, reply, fault) => {
    answer({ ...ALL_WELL, 'GET Application/?': reply });
    expect(await faultOf(buy())).toEqual(fault);
    expect(provider.received.filter(({ method }) => method === 'POST')).toEqual([]);
  });

  test('an application is found on any page', async () => {
    const others = Array.from({ length: 20 }, () => ({ app_id: '1', app_name: 'another' }));
    answer({ 'GET Application/?limit=20&offset=0': json(200, { objects: others }), ...ALL_WELL });
    await numbers.wire(account, ID);
    expect(provider.received.map(({ method, body }) => [method, body]).slice(2)).toEqual([['POST', '{"app_id":"77"}']]);
  });

  test('a number of a subaccount is not the main account’s', async () => {
    answer({ ...ALL_WELL, 'GET Number/': json(200, { ...NUMBER, sub_account: 'SA000000000000000001' }) });
    expect(await numbers.find(account, `+${ID}`)).toBeUndefined();
    answer({ ...ALL_WELL, 'GET Number/': json(200, { ...NUMBER, sub_account: `/v1/Account/${PLIVO.authId}/` }) });
    expect(await numbers.find(account, `+${ID}`)).toMatchObject({ wired: true });
  });

  test('digits are looked for in the first two hundred numbers', async () => {
    const page = Array.from({ length: 20 }, (_, n) => ({ number: `121255550${10 + n}`, sms_enabled: true }));
    answer({ 'GET PhoneNumber/': json(200, { objects: page }) });
    expect(await numbers.search(account, search({ contains: '999' }))).toEqual([]);
    expect(provider.received).toHaveLength(10);
  });

  test('nobody listening has bought nothing', async () => {
    const { origin } = provider;
    await provider.close();
    ({ numbers } = new PlivoAdapter({ baseUrl: origin, webhookUrl: WEBHOOK }));
    expect(await faultOf(buy())).toEqual(['later', 'ECONNREFUSED']);
    provider = await Loopback.open();
  });
});
