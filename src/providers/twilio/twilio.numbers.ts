/** Phone numbers at Twilio. Sources: its AvailablePhoneNumbers, IncomingPhoneNumbers and Messaging Service resources. */
import type { Twilio } from 'twilio';
import type {
  LocalInstance,
  LocalListInstanceOptions,
} from 'twilio/lib/rest/api/v2010/account/availablePhoneNumberCountry/local.js';
import type {
  MobileInstance,
  MobileListInstanceOptions,
} from 'twilio/lib/rest/api/v2010/account/availablePhoneNumberCountry/mobile.js';
import type {
  TollFreeInstance,
  TollFreeListInstanceOptions,
} from 'twilio/lib/rest/api/v2010/account/availablePhoneNumberCountry/tollFree.js';
import type { IncomingPhoneNumberInstance } from 'twilio/lib/rest/api/v2010/account/incomingPhoneNumber.js';
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
import { faultOfTwilioError } from './twilio.errors.js';

const NOT_FOUND = 404;
/** It is in this Messaging Service already. */
const IN_POOL = 21710;

export class TwilioNumbers implements NumberDesk {
  /** `webhookUrl`: where Twilio posts what people write. */
  constructor(
    private readonly clientOf: (account: ProviderAccount) => Twilio,
    private readonly webhookUrl: string,
  ) {}

  search(
    account: ProviderAccount,
    { country, type, channels, areaCode, contains, limit }: NumberSearch,
  ): Promise<AvailableNumber[]> {
    return this.asking(account, async (client) => {
      const list = listOf(client, country, type);
      try {
        const found = await list({
          ...(areaCode !== undefined && { areaCode: Number(areaCode) }),
          ...(contains !== undefined && { contains }),
          ...(channels.includes('sms') && { smsEnabled: true }),
          ...(channels.includes('mms') && { mmsEnabled: true }),
          ...(channels.includes('voice') && { voiceEnabled: true }),
          // One that asks for a registered address cannot be bought by a call alone.
          excludeAllAddressRequired: true,
          limit,
        });
        return found.map(({ phoneNumber, capabilities, locality, region }) => ({
          address: phoneNumber,
          channels: channelsIn(capabilities),
          locality: locality || null,
          region: region || null,
        }));
      } catch (error) {
        // The country has no numbers of this type.
        if (statusOf(error) === NOT_FOUND) return [];
        throw error;
      }
    });
  }

  find(account: ProviderAccount, address: string): Promise<OwnedNumber | undefined> {
    return this.asking(account, async (client) => {
      // The filter matches parts of numbers too.
      const found = await client.incomingPhoneNumbers.list({ phoneNumber: address, limit: 20 });
      const number = found.find(({ phoneNumber }) => phoneNumber === address);
      return number && this.owned(number);
    });
  }

  buy(account: ProviderAccount, address: string, label: string): Promise<OwnedNumber> {
    return this.asking(account, async (client) =>
      this.owned(
        await client.incomingPhoneNumbers.create({ phoneNumber: address, friendlyName: label, ...this.wires }),
      ),
    );
  }

  wire(account: ProviderAccount, providerId: string, label?: string): Promise<void> {
    return this.asking(account, async (client) => {
      const named = label === undefined ? {} : { friendlyName: label };
      // An application, if there is one, takes precedence over the URL.
      await client.incomingPhoneNumbers(providerId).update({ ...this.wires, ...named, smsApplicationSid: '' });
    });
  }

  addToPool(account: ProviderAccount, pool: string, providerId: string): Promise<void> {
    return this.asking(account, async (client) => {
      try {
        await client.messaging.v1.services(pool).phoneNumbers.create({ phoneNumberSid: providerId });
      } catch (error) {
        if ((error as { code?: unknown }).code !== IN_POOL) throw error;
      }
    });
  }

  release(account: ProviderAccount, providerId: string): Promise<void> {
    return this.asking(account, async (client) => {
      try {
        await client.incomingPhoneNumbers(providerId).remove();
      } catch (error) {
        if (statusOf(error) !== NOT_FOUND) throw error;
      }
    });
  }

  private get wires(): { readonly smsUrl: string; readonly smsMethod: string } {
    return { smsUrl: this.webhookUrl, smsMethod: 'POST' };
  }

  private owned({ sid, phoneNumber, friendlyName, capabilities, ...number }: IncomingPhoneNumberInstance): OwnedNumber {
    const { smsUrl, smsMethod, smsApplicationSid } = number;
    return {
      providerId: sid,
      address: phoneNumber,
      label: friendlyName,
      channels: channelsIn(capabilities),
      wired: smsUrl === this.webhookUrl && smsMethod === 'POST' && !smsApplicationSid,
    };
  }

  private async asking<T>(account: ProviderAccount, ask: (client: Twilio) => Promise<T>): Promise<T> {
    try {
      return await ask(this.clientOf(account));
    } catch (error) {
      throw faultOfTwilioError(error);
    }
  }
}

type Wanted = LocalListInstanceOptions & MobileListInstanceOptions & TollFreeListInstanceOptions;
type Found = LocalInstance | MobileInstance | TollFreeInstance;

function listOf(client: Twilio, country: string, type: NumberType): (wanted: Wanted) => Promise<Found[]> {
  const { local, mobile, tollFree } = client.availablePhoneNumbers(country);
  switch (type) {
    case 'local':
      return (wanted) => local.list(wanted);
    case 'mobile':
      return (wanted) => mobile.list(wanted);
    case 'toll-free':
      return (wanted) => tollFree.list(wanted);
  }
}

const statusOf = (error: unknown): unknown => (error as { status?: unknown } | null)?.status;

/** Numbers for sale have been seen with capital letters (`SMS`), owned ones with small ones. */
function channelsIn(capabilities: object): NumberChannel[] {
  const can = new Map(Object.entries(capabilities).map(([name, value]) => [name.toLowerCase(), value === true]));
  return NUMBER_CHANNELS.filter((channel) => can.get(channel));
}
