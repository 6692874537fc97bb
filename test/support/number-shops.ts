/** The providers that rent numbers: their calls, and their accounts as they show and change them themselves. */
import twilio from 'twilio';
import { TwilioHttpClient } from '../../src/providers/twilio/twilio.http.js';
import { newApplication, plivoClient } from '../providers/plivo-sdk.js';
import { breakablePlivo, breakableTwilio, type FaultyWire, type WireFault } from './faulty-wire.js';
import type { TestApp } from './test-app.js';
import { platformAccount } from './twilio.js';

/** The platform's account at a provider, by the provider's own SDK. */
export interface ShopAccount {
  /** The numbers it rents whose name or digits have this in them. */
  rented(part: string): Promise<string[]>;
  /** Rents by hand, with messages that are posted elsewhere or as the provider does it by itself; answers the provider's id. */
  rent(address: string, url?: string): Promise<string>;
  /** Where what people write to a number is posted. */
  postsTo(providerId: string): Promise<string>;
  /** Has it posted elsewhere. */
  redirect(providerId: string, url: string): Promise<void>;
  giveBack(providerId: string): Promise<void>;
}

export interface Shop {
  readonly provider: 'twilio' | 'plivo';
  breakable(app: TestApp): Promise<FaultyWire>;
  account(app: TestApp): ShopAccount;
  /** The digits after the area code of the first number that is for sale. */
  readonly first: string;
  readonly calls: Readonly<Record<'search' | 'buy' | 'find' | 'release', RegExp>>;
  /** The calls of a purchase after it. */
  readonly after: RegExp;
  /** Calls of an order whose faults pass, with what they do. */
  readonly steps: readonly (readonly [string, RegExp])[];
  readonly refused: {
    readonly buying: WireFault['how'];
    readonly buyingCode: string;
    readonly searching: WireFault['how'];
    readonly searchingCode: string;
  };
  /** Its code for a number that somebody else has, and for an outage. */
  readonly takenCode: string;
  readonly brokenCode: string;
}

const TWILIO_CALLS = {
  search: /^GET .*AvailablePhoneNumbers/,
  buy: /^POST .*IncomingPhoneNumbers\.json/,
  find: /^GET .*IncomingPhoneNumbers\.json/,
  release: /^DELETE /,
};

const atTwilio: Shop = {
  provider: 'twilio',
  breakable: breakableTwilio,
  account: (app) => {
    const { accountSid, authToken } = platformAccount(app);
    const client = twilio(accountSid, authToken, { httpClient: new TwilioHttpClient(10_000) });
    client.api.baseUrl = `${app.url}/sandbox/twilio`;
    const { incomingPhoneNumbers } = client;
    return {
      rented: async (part) =>
        (await incomingPhoneNumbers.list())
          .filter(({ friendlyName, phoneNumber }) => `${friendlyName} ${phoneNumber}`.includes(part))
          .map(({ phoneNumber }) => phoneNumber),
      rent: async (phoneNumber, smsUrl = `${app.url}/webhook/twilio`) =>
        (await incomingPhoneNumbers.create({ phoneNumber, smsUrl })).sid,
      postsTo: async (providerId) => (await incomingPhoneNumbers(providerId).update({})).smsUrl,
      redirect: async (providerId, smsUrl) => {
        await incomingPhoneNumbers(providerId).update({ smsUrl });
      },
      giveBack: async (providerId) => {
        await incomingPhoneNumbers(providerId).remove();
      },
    };
  },
  first: '5550000',
  calls: TWILIO_CALLS,
  after: /IncomingPhoneNumbers\.json/,
  steps: [
    ['the search', TWILIO_CALLS.search],
    ['the look at the account', TWILIO_CALLS.find],
    ['the purchase', TWILIO_CALLS.buy],
  ],
  refused: {
    buying: { refused: 21631 },
    buyingCode: '21631',
    searching: { refused: 21205 },
    searchingCode: '21205',
  },
  takenCode: '21422',
  brokenCode: '20500',
};

const PLIVO_CALLS = {
  search: /^GET .*\/PhoneNumber\//,
  buy: /^POST .*\/PhoneNumber\//,
  find: /^GET .*\/Number\//,
  release: /^DELETE /,
};
let applications = 0;

const atPlivo: Shop = {
  provider: 'plivo',
  breakable: breakablePlivo,
  account: (app) => {
    const { authId = '', authToken = '' } = app.config.platform.plivo?.credentials ?? {};
    const client = plivoClient(`${app.url}/sandbox/plivo`, { authId, authToken });
    const { numbers } = client;
    const all = async (): Promise<Readonly<Record<string, unknown>>[]> => {
      const found = [];
      for (let offset = 0; ; offset += 20) {
        const page = await numbers.list({ limit: 20, offset });
        found.push(...page);
        if (page.length < 20) return found;
      }
    };
    const applicationTo = (messageUrl: string): Promise<string> =>
      newApplication(client, `by-hand-${(applications += 1)}`, { messageUrl, answerUrl: messageUrl });
    return {
      rented: async (part) =>
        (await all())
          .filter(({ alias, number }) => `${String(alias)} +${String(number)}`.includes(part))
          .map(({ number }) => `+${String(number)}`),
      rent: async (address, url) => {
        const number = address.slice(1);
        await numbers.buy(number, url === undefined ? undefined : await applicationTo(url));
        return number;
      },
      postsTo: async (providerId) => {
        const { application } = await numbers.get(providerId);
        const id = String(application).split('/').at(-2) ?? '';
        const basic = Buffer.from(`${authId}:${authToken}`).toString('base64');
        const url = `${app.url}/sandbox/plivo/v1/Account/${authId}/Application/${id}/`;
        // The SDK leaves the address of messages out of what it tells.
        const answer = await fetch(url, { headers: { authorization: `Basic ${basic}` } });
        return ((await answer.json()) as { message_url: string }).message_url;
      },
      redirect: async (providerId, url) => {
        await numbers.update(providerId, { appId: await applicationTo(url) });
      },
      giveBack: async (providerId) => {
        await numbers.unrent(providerId);
      },
    };
  },
  first: '5555000',
  calls: PLIVO_CALLS,
  after: /(Number|Application)\//,
  steps: [
    ['the search', PLIVO_CALLS.search],
    ['the look at the account', PLIVO_CALLS.find],
    ['the list of applications', /^GET .*\/Application\/\?/],
    ['the purchase', PLIVO_CALLS.buy],
    ['the naming', /^POST .*\/Number\//],
    ['the look at the application', /^GET .*\/Application\/\d+\//],
  ],
  refused: {
    buying: { refused: 402 },
    buyingCode: 'http-402',
    searching: { refused: 400 },
    searchingCode: 'http-400',
  },
  takenCode: 'http-404',
  brokenCode: 'http-500',
};

export const SHOPS: readonly Shop[] = [atTwilio, atPlivo];
