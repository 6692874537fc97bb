/** Twilio's phone numbers: those for sale, those that accounts rent, and the pools of Messaging Services. */
import { forSale, isContested, isSold } from '../numbers-for-sale.js';
import type { WireAnswer } from '../wire.js';
import { twilioJson, twilioRefusal, twilioSid } from './twilio-errors.js';
import { field, isService, type Form } from './twilio-request.js';
import { API_VERSION } from './twilio-resources.js';

interface OwnedNumber {
  readonly accountSid: string;
  readonly sid: string;
  readonly number: string;
  friendlyName: string;
  smsUrl: string;
  smsMethod: string;
  smsApplicationSid: string;
}

const TYPES: Readonly<Record<string, string>> = { Local: 'local', Mobile: 'mobile', TollFree: 'toll-free' };
/** Twilio's own test numbers: one that is taken, and one that is none. */
const MAGIC: Readonly<Record<string, 21421 | 21422>> = { '+15005550000': 21422, '+15005550001': 21421 };
const MAX_PAGE_SIZE = 50;
const MOST = 10_000;

export class TwilioNumbers {
  private readonly owned = new Map<string, OwnedNumber>();
  private readonly pools = new Map<string, Set<string>>();

  search(accountSid: string, country: string, type: string, query: Form): WireAnswer {
    const kind = TYPES[type] ?? type;
    if (!isSold(country, kind)) throw twilioRefusal(20404);
    const pattern = patternOf(field(query, 'Contains'));
    const found = forSale('twilio', {
      country,
      type: kind,
      areaCode: field(query, 'AreaCode'),
      isFree: (number) => pattern.test(number) && !this.holderOf(number),
      most: Math.min(Number(field(query, 'PageSize')) || MAX_PAGE_SIZE, MAX_PAGE_SIZE),
    });
    const uri = `/${API_VERSION}/Accounts/${accountSid}/AvailablePhoneNumbers/${country}/${type}.json`;
    return twilioJson(200, {
      uri,
      available_phone_numbers: found.map((number) => ({
        friendly_name: number,
        phone_number: number,
        lata: null,
        locality: null,
        rate_center: null,
        latitude: null,
        longitude: null,
        region: null,
        postal_code: null,
        iso_country: country,
        address_requirements: 'none',
        beta: false,
        capabilities: { voice: true, SMS: true, MMS: number.startsWith('+1') },
      })),
    });
  }

  buy(accountSid: string, form: Form): WireAnswer {
    const number = field(form, 'PhoneNumber');
    const magic = number === undefined ? 21421 : MAGIC[number];
    if (number === undefined || magic !== undefined) throw twilioRefusal(magic ?? 21421);
    if (this.holderOf(number) || isContested(number)) throw twilioRefusal(21422);
    if (this.owned.size === MOST) throw twilioRefusal(20429);
    const sid = twilioSid('PN');
    const bought = {
      accountSid,
      sid,
      number,
      friendlyName: number,
      smsUrl: '',
      smsMethod: 'POST',
      smsApplicationSid: '',
    };
    this.owned.set(sid, bought);
    change(bought, form);
    return twilioJson(201, numberJson(bought));
  }

  list(accountSid: string, query: Form): WireAnswer {
    const part = field(query, 'PhoneNumber')?.replace(/^ /, '+') ?? '';
    const found = [...this.owned.values()].filter(
      ({ accountSid: owner, number }) => owner === accountSid && number.includes(part),
    );
    return twilioJson(200, {
      incoming_phone_numbers: found.slice(0, MAX_PAGE_SIZE).map(numberJson),
      page_size: MAX_PAGE_SIZE,
      uri: `${numbersPath(accountSid)}.json`,
      next_page_uri: null,
    });
  }

  update(accountSid: string, sid: string, form: Form): WireAnswer {
    const number = this.numberOf(accountSid, sid);
    change(number, form);
    return twilioJson(200, numberJson(number));
  }

  release(accountSid: string, sid: string): WireAnswer {
    this.numberOf(accountSid, sid);
    this.owned.delete(sid);
    for (const pool of this.pools.values()) pool.delete(sid);
    return { status: 204, headers: {}, body: '' };
  }

  addToPool(accountSid: string, service: string, form: Form): WireAnswer {
    if (!isService(service)) throw twilioRefusal(20404);
    const { sid, number } = this.numberOf(accountSid, field(form, 'PhoneNumberSid') ?? '');
    const pool = this.pools.get(service) ?? new Set();
    if (pool.has(sid)) throw twilioRefusal(21710);
    for (const others of this.pools.values()) if (others.has(sid)) throw twilioRefusal(21712);
    this.pools.set(service, pool.add(sid));
    return twilioJson(201, {
      sid,
      account_sid: accountSid,
      service_sid: service,
      phone_number: number,
      country_code: null,
      capabilities: [],
      url: `https://messaging.twilio.com/v1/Services/${service}/PhoneNumbers/${sid}`,
    });
  }

  /** The Messaging Service that a number belongs to; undefined for none. */
  serviceOf(number: string): string | undefined {
    const sid = this.holderOf(number)?.sid;
    if (sid === undefined) return undefined;
    for (const [service, pool] of this.pools) if (pool.has(sid)) return service;
    return undefined;
  }

  /** A number of a Messaging Service; undefined if it has none. */
  numberIn(service: string): string | undefined {
    const [sid] = this.pools.get(service) ?? [];
    return sid === undefined ? undefined : this.owned.get(sid)?.number;
  }

  private numberOf(accountSid: string, sid: string): OwnedNumber {
    const number = this.owned.get(sid);
    if (number?.accountSid !== accountSid) throw twilioRefusal(20404);
    return number;
  }

  private holderOf(number: string): OwnedNumber | undefined {
    for (const owned of this.owned.values()) if (owned.number === number) return owned;
    return undefined;
  }
}

const numbersPath = (accountSid: string): string => `/${API_VERSION}/Accounts/${accountSid}/IncomingPhoneNumbers`;

/** `*` stands for any digit. */
const patternOf = (contains = ''): RegExp =>
  new RegExp(contains.replace(/[^\d*]/g, '').replaceAll('*', String.raw`\d`));

function change(number: OwnedNumber, form: Form): void {
  const given = (name: string, held: string): string => (typeof form[name] === 'string' ? form[name] : held);
  number.friendlyName = given('FriendlyName', number.friendlyName);
  number.smsUrl = given('SmsUrl', number.smsUrl);
  number.smsMethod = given('SmsMethod', number.smsMethod);
  number.smsApplicationSid = given('SmsApplicationSid', number.smsApplicationSid);
}

const numberJson = ({ accountSid, sid, number, ...held }: OwnedNumber): object => ({
  sid,
  account_sid: accountSid,
  api_version: API_VERSION,
  friendly_name: held.friendlyName,
  phone_number: number,
  sms_url: held.smsUrl,
  sms_method: held.smsMethod,
  sms_application_sid: held.smsApplicationSid,
  voice_url: '',
  status_callback: '',
  capabilities: { voice: true, sms: true, mms: number.startsWith('+1'), fax: false },
  address_requirements: 'none',
  beta: false,
  origin: 'twilio',
  status: 'in-use',
  type: 'local',
  date_created: new Date(0).toUTCString().replace('GMT', '+0000'),
  date_updated: new Date(0).toUTCString().replace('GMT', '+0000'),
  uri: `${numbersPath(accountSid)}/${sid}.json`,
});
