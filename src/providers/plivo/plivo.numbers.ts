/** Phone numbers at Plivo. Sources: its PhoneNumber, Number and Application resources, and the calls of its SDK. */
import { at, listAt, stringAt } from '../../kernel/index.js';
import type { ProviderAccount } from '../provider-account.js';
import {
  NUMBER_CHANNELS,
  type AvailableNumber,
  type NumberChannel,
  type NumberDesk,
  type NumberSearch,
  type NumberType,
  type OwnedNumber,
} from '../provider.numbers.js';
import { RequestFault } from '../request-fault.js';
import { applicationFor, postsTo } from './plivo.applications.js';
import type { PlivoClient } from './plivo.client.js';
import { objectsIn, PlivoRequests, unreadable } from './plivo.requests.js';
import { numberOf } from './plivo.statuses.js';

const TYPES: Readonly<Record<NumberType, string>> = { local: 'local', mobile: 'mobile', 'toll-free': 'tollfree' };
/** Plivo gives no more at a time. */
const PAGE = 20;
/** What Plivo cannot filter by is looked for in so many pages. */
const MOST_PAGES = 10;

/** A number has no id but itself, without a plus. Its purchase takes no name, and its webhook is that of an application. */
export class PlivoNumbers implements NumberDesk {
  /** `webhookUrlOf`: where Plivo posts what people write to an account's numbers. */
  constructor(
    private readonly clientOf: (account: ProviderAccount) => PlivoClient,
    private readonly webhookUrlOf: (account: ProviderAccount) => string,
  ) {}

  async search(account: ProviderAccount, wanted: NumberSearch): Promise<AvailableNumber[]> {
    const found: AvailableNumber[] = [];
    for (let page = 0; page < MOST_PAGES && found.length < wanted.limit; page += 1) {
      const query = { ...filtersOf(wanted), limit: String(PAGE), offset: String(page * PAGE) };
      const list = await this.requests(account).lookUp({ method: 'GET', path: 'PhoneNumber/', query });
      // The country has no numbers of this type.
      const numbers = list === undefined ? [] : objectsIn(list);
      // One that asks for an address or documents cannot be bought by a call alone.
      const free = numbers.filter((number) => !at(number, 'restriction')).map(available);
      found.push(...free.filter((number) => isWanted(number, wanted)));
      if (numbers.length < PAGE) break;
    }
    return found.slice(0, wanted.limit);
  }

  async find(account: ProviderAccount, address: string): Promise<OwnedNumber | undefined> {
    const providerId = withoutPlus(address);
    const number = await this.requests(account).lookUp({ method: 'GET', path: pathOf(providerId) });
    if (number === undefined || isOfSubaccount(number, account)) return undefined;
    if (stringAt(number, 'number') !== providerId) throw unreadable();
    return {
      providerId,
      address,
      label: stringAt(number, 'alias') ?? '',
      channels: channelsIn(number),
      wired: await this.isWired(account, stringAt(number, 'application')),
    };
  }

  async buy(account: ProviderAccount, address: string, label: string): Promise<OwnedNumber> {
    const providerId = withoutPlus(address);
    const body = { app_id: await this.application(account) };
    const path = `PhoneNumber/${providerId}/`;
    const answer = await this.requests(account).lookUp({ method: 'POST', path, body });
    // Somebody else has it, or it was never for sale.
    if (answer === undefined) throw new RequestFault('taken', 'http-404');
    // It waits for documents, and carries nothing until then.
    if (isPending(answer)) return { providerId, address, label, channels: [], wired: false };
    try {
      await this.change(account, providerId, { ...body, alias: label });
      const owned = await this.find(account, address);
      if (!owned) throw unreadable();
      return owned;
    } catch (error) {
      // It is rented, whatever comes of the rest.
      throw error instanceof RequestFault ? new RequestFault('unknown', error.code, error.words) : error;
    }
  }

  async wire(account: ProviderAccount, providerId: string, label?: string): Promise<void> {
    const app_id = await this.application(account);
    await this.change(account, providerId, { app_id, ...(label !== undefined && { alias: label }) });
  }

  async release(account: ProviderAccount, providerId: string): Promise<void> {
    await this.requests(account).lookUp({ method: 'DELETE', path: pathOf(providerId) });
  }

  /** With the application each time: by Plivo's documentation it attaches the account's default one where none is named. */
  private async change(
    account: ProviderAccount,
    providerId: string,
    body: { readonly app_id: string; readonly alias?: string },
  ): Promise<void> {
    await this.requests(account).ask({ method: 'POST', path: pathOf(providerId), body });
  }

  private application(account: ProviderAccount): Promise<string> {
    return applicationFor(this.requests(account), account.id, this.webhookUrlOf(account));
  }

  /** Any application that posts to us will do. `path`: such as /v1/Account/MA…/Application/20372631212782780/. */
  private async isWired(account: ProviderAccount, path = ''): Promise<boolean> {
    const id = /\/Application\/(\w+)\/$/.exec(path)?.[1];
    if (id === undefined) return false;
    const application = await this.requests(account).lookUp({ method: 'GET', path: `Application/${id}/` });
    return postsTo(application, this.webhookUrlOf(account));
  }

  private requests(account: ProviderAccount): PlivoRequests {
    return new PlivoRequests(() => this.clientOf(account));
  }
}

/** `pattern` is what follows the country code. */
const filtersOf = ({ country, type, channels, areaCode }: NumberSearch): Record<string, string> => ({
  country_iso: country,
  type: TYPES[type],
  services: (['voice', 'sms', 'mms'] as const).filter((service) => channels.includes(service)).join(','),
  ...(areaCode !== undefined && { pattern: areaCode }),
});

/** Plivo cannot filter by digits within a number. */
function isWanted(number: AvailableNumber, { channels, areaCode = '', contains = '' }: NumberSearch): boolean {
  const digits = new RegExp(contains.replaceAll('*', String.raw`\d`));
  return (
    channels.every((channel) => number.channels.includes(channel)) &&
    (areaCode === '' || number.address.startsWith(`+1${areaCode}`)) &&
    digits.test(number.address)
  );
}

const available = (number: unknown): AvailableNumber => ({
  address: numberOf(stringAt(number, 'number') ?? ''),
  channels: channelsIn(number),
  locality: stringAt(number, 'city') || null,
  region: stringAt(number, 'region') || null,
});

const channelsIn = (number: unknown): NumberChannel[] =>
  NUMBER_CHANNELS.filter((channel) => at(number, `${channel}_enabled`) === true);

/** A main account is shown the numbers of its subaccounts too. */
function isOfSubaccount(number: unknown, { credentials }: ProviderAccount): boolean {
  const subaccount = stringAt(number, 'sub_account') ?? '';
  return subaccount !== '' && !subaccount.includes(credentials['authId'] ?? '');
}

/** The other status is `Success`. */
const isPending = (purchase: unknown): boolean =>
  listAt(purchase, 'numbers').some((number) => stringAt(number, 'status')?.toLowerCase() === 'pending');

const pathOf = (providerId: string): string => `Number/${providerId}/`;

/** As Plivo writes numbers. */
const withoutPlus = (address: string): string => address.replace(/^\+/, '');
