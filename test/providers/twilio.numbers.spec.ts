/** Phone numbers through the real Twilio SDK: bought in the sandbox, and what is made of Twilio's faults. */
import type { NumberSearch } from '../../src/providers/provider.numbers.js';
import { RequestFault } from '../../src/providers/request-fault.js';
import { TwilioAdapter } from '../../src/providers/twilio/twilio.adapter.js';
import { openSandboxEnvironment, PLATFORM, TENANT, type SandboxEnvironment } from '../sandbox/sandbox-environment.js';
import { html, json, Loopback, type Reply } from './loopback.js';

const WEBHOOK = 'https://desk.example.com/webhook/twilio';
const accountOf = (credentials: { accountSid: string; authToken: string }) => ({
  id: credentials.accountSid,
  version: 1,
  credentials: { accountSid: credentials.accountSid, authToken: credentials.authToken },
});
const account = accountOf(PLATFORM);
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
  let numbers: TwilioAdapter['numbers'];
  beforeAll(async () => {
    environment = await openSandboxEnvironment();
    const baseUrl = `${environment.url}/sandbox/twilio`;
    ({ numbers } = new TwilioAdapter({ baseUrl, webhookUrl: WEBHOOK }));
  });
  afterAll(() => environment.close());

  const firstFor = async (more: Partial<NumberSearch>): Promise<string> =>
    (await numbers.search(account, search(more)))[0]?.address ?? '';

  test('numbers for sale are found by country, type, area code and digits', async () => {
    const [first, ...more] = await numbers.search(account, search({ areaCode: '212', contains: '00*7' }));
    expect(first).toEqual({
      address: '+12125550007',
      channels: ['sms', 'mms', 'voice'],
      locality: null,
      region: null,
    });
    expect(more).toHaveLength(2);
    expect(await firstFor({ type: 'toll-free' })).toMatch(/^\+1833/);
    expect(await numbers.search(account, search({ country: 'GB', type: 'mobile' }))).toMatchObject([
      { channels: ['sms', 'voice'] },
      {},
      {},
    ]);
  });

  test('a country without such numbers has none for sale', async () => {
    expect(await numbers.search(account, search({ type: 'mobile' }))).toEqual([]);
  });

  test('a number that was bought is found by its account alone, posts to us, and can be given back twice', async () => {
    const address = await firstFor({ areaCode: '213' });
    const bought = await numbers.buy(account, address, 'callboard 7');
    expect(bought).toEqual({
      providerId: expect.stringMatching(/^PN[0-9a-f]{32}$/),
      address,
      label: 'callboard 7',
      channels: ['sms', 'mms', 'voice'],
      wired: true,
    });
    expect(await numbers.find(account, address)).toEqual(bought);
    expect(await numbers.find(accountOf(TENANT), address)).toBeUndefined();
    expect(await numbers.find(account, address.slice(0, -1))).toBeUndefined();
    expect(await firstFor({ areaCode: '213' })).not.toBe(address);
    await numbers.release(account, bought.providerId);
    await numbers.release(account, bought.providerId);
    expect(await numbers.find(account, address)).toBeUndefined();
  });

  test('a webhook that was changed at Twilio is noticed, and put right', async () => {
    const { providerId, address } = await numbers.buy(account, await firstFor({ areaCode: '214' }), 'callboard');
    const client = environment.twilio();
    await client.incomingPhoneNumbers(providerId).update({ smsUrl: 'https://elsewhere.example.com/sms' });
    expect(await numbers.find(account, address)).toMatchObject({ wired: false });
    await numbers.wire(account, providerId);
    expect(await numbers.find(account, address)).toMatchObject({ wired: true });
    await client.incomingPhoneNumbers(providerId).update({ smsApplicationSid: `AP${'0'.repeat(32)}` });
    expect(await numbers.find(account, address)).toMatchObject({ wired: false });
  });

  test('a number that somebody else has bought meanwhile is taken', async () => {
    const contested = await firstFor({ areaCode: '533' });
    expect(await faultOf(numbers.buy(account, contested, 'callboard'))).toEqual(['taken', '21422']);
    expect(await faultOf(numbers.buy(account, '+15005550000', 'callboard'))).toEqual(['taken', '21422']);
  });

  test('a number joins a pool once, however often it is asked, and no second pool', async () => {
    const { providerId } = await numbers.buy(account, await firstFor({ areaCode: '215' }), 'callboard');
    const [pool, other] = [`MG${'1'.repeat(32)}`, `MG${'2'.repeat(32)}`];
    await numbers.addToPool(account, pool, providerId);
    await numbers.addToPool(account, pool, providerId);
    expect(await faultOf(numbers.addToPool(account, other, providerId))).toEqual(['refused', '21712']);
  });

  test('nobody else’s credentials buy', async () => {
    const stranger = { ...accountOf({ ...PLATFORM, authToken: 'not the token' }), id: 'stranger' };
    expect(await faultOf(numbers.buy(stranger, '+12125550001', 'callboard'))).toEqual(['refused', '20003']);
  });
});

describe('Of Twilio’s faults', () => {
  let provider: Loopback;
  beforeEach(async () => {
    provider = await Loopback.open();
  });
  afterEach(() => provider.close());

  test.each<[string, Reply, unknown]>([
    ['too many calls', json(429, { code: 20429, message: 'Too many', status: 429 }), ['later', '20429']],
    ['a server error', json(500, { code: 20500, message: 'oops', status: 500 }), ['unknown', '20500']],
    ['a gateway’s page', html(502), ['unknown', 'http-502']],
    ['a connection that breaks', 'reset', ['unknown', 'ECONNRESET']],
    ['an address that is wanted', json(400, { code: 21631, message: 'Address', status: 400 }), ['refused', '21631']],
  ])('%s while buying is told apart', async (_, reply, fault) => {
    provider.script = () => reply;
    const { numbers } = new TwilioAdapter({ baseUrl: provider.origin, webhookUrl: WEBHOOK });
    expect(await faultOf(numbers.buy(account, '+12125550001', 'callboard'))).toEqual(fault);
  });

  test('nobody listening has bought nothing', async () => {
    const { origin } = provider;
    await provider.close();
    const { numbers } = new TwilioAdapter({ baseUrl: origin, webhookUrl: WEBHOOK });
    expect(await faultOf(numbers.buy(account, '+12125550001', 'callboard'))).toEqual(['later', 'ECONNREFUSED']);
    provider = await Loopback.open();
  });
});
