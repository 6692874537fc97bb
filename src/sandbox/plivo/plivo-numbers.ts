/** Plivo's phone numbers: those for sale, and those that accounts rent. */
import { stringAt } from '../../kernel/index.js';
import { forSale, isContested } from '../numbers-for-sale.js';
import type { WireAnswer } from '../wire.js';
import type { PlivoAccount } from './plivo-accounts.js';
import { applicationPath, DEFAULT_APPLICATION, type PlivoApplications } from './plivo-applications.js';
import { withoutPlus } from './plivo-callbacks.js';
import { plivoJson, plivoRefusal } from './plivo-errors.js';
import { pageOf, type Query } from './plivo-request.js';

/** A number that an account rents. */
interface RentedNumber {
  readonly authId: string;
  /** E.164. */
  readonly number: string;
  applicationId: string;
  alias: string | null;
}

const NUMBER = /^[1-9]\d{6,14}$/;
/** Plivo's words for types of numbers. */
const TYPES: Readonly<Record<string, string>> = { local: 'local', mobile: 'mobile', tollfree: 'toll-free' };
/** The sandbox's own number that somebody else has. */
const TAKEN = '+15005550000';
/** Where a number waits for documents of its owner. */
const RESTRICTED = '+49';
const MOST = 10_000;
/** As many as anybody pages through. */
const MOST_LISTED = 500;

export class PlivoNumbers {
  private readonly rented = new Map<string, RentedNumber>();

  constructor(private readonly applications: PlivoApplications) {}

  search({ authId }: PlivoAccount, query: Query): WireAnswer {
    const country = query['country_iso'] ?? '';
    if (!/^[A-Z]{2}$/.test(country)) throw plivoRefusal(400, 'country_iso parameter is missing');
    const type = query['type'] ?? 'local';
    const pattern = query['pattern'];
    const services = (query['services'] ?? '').split(',');
    const numbers = forSale('plivo', {
      country,
      type: TYPES[type] ?? '',
      areaCode: pattern,
      isFree: (number) => !this.rented.has(number) && (!services.includes('mms') || hasPictures(number)),
      most: MOST_LISTED,
    });
    return plivoJson(
      200,
      pageOf(numbers, query, (number) => ({
        ...abilitiesOf(number),
        number: withoutPlus(number),
        prefix: pattern ?? null,
        city: null,
        country,
        region: null,
        type: type === 'local' ? 'fixed' : type,
        sub_type: type,
        setup_rate: '0.00000',
        restriction: number.startsWith(RESTRICTED) ? 'country-address' : null,
        restriction_text: null,
        resource_uri: `/v1/Account/${authId}/PhoneNumber/${withoutPlus(number)}/`,
      })),
    );
  }

  /** One that waits for documents is not the account's yet. */
  buy(account: PlivoAccount, digits: string, body: unknown): WireAnswer {
    const number = `+${digits}`;
    const isTaken = number === TAKEN || isContested(number) || this.rented.has(number);
    if (!NUMBER.test(digits) || isTaken) throw plivoRefusal(404);
    const application = this.applications.find(account, stringAt(body, 'app_id') ?? DEFAULT_APPLICATION);
    if (number.startsWith(RESTRICTED)) return bought(digits, 'pending');
    if (this.rented.size === MOST) throw plivoRefusal(429);
    this.rent(account.authId, number, application.id);
    return bought(digits, 'Success');
  }

  rent(authId: string, number: string, applicationId = DEFAULT_APPLICATION): void {
    this.rented.set(number, { authId, number, applicationId, alias: null });
  }

  list({ authId }: PlivoAccount, query: Query): WireAnswer {
    const { alias, number_startswith: start = '' } = query;
    const found = [...this.rented.values()].filter(
      (number) =>
        number.authId === authId &&
        withoutPlus(number.number).startsWith(start) &&
        (alias === undefined || number.alias === alias),
    );
    return plivoJson(200, pageOf(found, query, json));
  }

  fetch(account: PlivoAccount, digits: string): WireAnswer {
    return plivoJson(200, json(this.find(account, digits)));
  }

  /** Without an application the default one is attached. */
  update(account: PlivoAccount, digits: string, body: unknown): WireAnswer {
    const number = this.find(account, digits);
    const application = this.applications.find(account, stringAt(body, 'app_id') ?? DEFAULT_APPLICATION);
    number.applicationId = application.id;
    number.alias = stringAt(body, 'alias') ?? number.alias;
    return plivoJson(202, { message: 'changed' });
  }

  unrent(account: PlivoAccount, digits: string): WireAnswer {
    this.rented.delete(this.find(account, digits).number);
    return { status: 204, headers: {}, body: '' };
  }

  /** Who rents a number, E.164; undefined for nobody. */
  holderOf(number: string): Pick<RentedNumber, 'authId' | 'applicationId'> | undefined {
    return this.rented.get(number);
  }

  private find({ authId }: PlivoAccount, digits: string): RentedNumber {
    const number = this.rented.get(`+${digits}`);
    if (number?.authId !== authId) throw plivoRefusal(404);
    return number;
  }
}

const bought = (digits: string, status: string): WireAnswer =>
  plivoJson(201, { message: 'created', numbers: [{ number: digits, status }], status: 'fulfilled' });

/** Carriers bring pictures to numbers of North America. */
const hasPictures = (number: string): boolean => number.startsWith('+1');

const abilitiesOf = (number: string): object => ({
  sms_enabled: true,
  sms_rate: '0.00000',
  mms_enabled: hasPictures(number),
  mms_rate: '0.00000',
  voice_enabled: true,
  voice_rate: '0.00850',
  monthly_rental_rate: '0.80000',
});

const json = ({ authId, number, applicationId, alias }: RentedNumber): object => ({
  ...abilitiesOf(number),
  number: withoutPlus(number),
  alias,
  sub_account: null,
  added_on: '2026-11-29',
  application: applicationPath(authId, applicationId),
  carrier: 'Plivo',
  region: null,
  number_type: 'local',
  resource_uri: `/v1/Account/${authId}/Number/${withoutPlus(number)}/`,
});
