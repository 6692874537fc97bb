/** Faults of the rows of a price list. The codes are stable; no sentence quotes the row. */
import { FAULTS, type FaultCode } from '../../lists/index.js';
import { MOST_PER_UNIT } from './money.js';

export const PRICE_FAULTS = {
  ...FAULTS,
  unknown_field: 'The row has a field that price lists do not have: correct the name of its column, or take it out',
  not_text: 'The value is no text: write it in quotes, such as "0.0079", so that no digit is lost',
  unclear_channel: 'Write the channel as email, sms, mms, whatsapp, voice or number',
  unclear_direction: 'Write outbound or inbound, or leave it empty for outbound',
  unclear_sender_type: 'Write long_code, mobile, toll_free, short_code or alphanumeric, or leave it empty for any',
  unclear_category: 'Write marketing, utility, authentication or service, or leave it empty for any',
  category_of_channel: 'Only WhatsApp is priced by category: leave it empty',
  unclear_provider: 'This is no provider of ours: write its name as in GET /health/ready, or leave it empty',
  other_provider: 'The row names another provider than its list is of: leave it empty, or put it into that list',
  unclear_country: 'Write the country as ISO 3166-1 alpha-2 in capitals, such as DE',
  unclear_prefix: 'Write how numbers begin, with the plus and the country code, such as +4915',
  country_and_prefix: 'The row has a country and a prefix: leave one of them empty',
  destination_of_email: 'Email has one price for the whole world: leave country, prefix and sender type empty',
  no_channel: 'The row names no channel',
  no_unit: 'The row does not say what is priced: write message, segment, recipient, minute or number_month',
  unclear_unit: 'Write the unit as message, segment, recipient, minute or number_month',
  unit_of_channel:
    'The channel is not priced by this unit: email by message or recipient, sms and mms by message or segment, whatsapp by message, voice by minute or message, number by number_month',
  unit_of_markup: 'A markup has the unit of the cost: leave the unit empty',
  unclear_amount: `Write an amount up to ${MOST_PER_UNIT} with digits and a point, such as 0.0079, without a sign or a currency`,
  too_precise: 'The amount has more than six decimals, and prices are kept in millionths: round it to six',
  unclear_percent: 'Write a percentage up to 1000 with at most two decimals, such as 20 or 12.5, without a sign',
  unclear_count: 'Write a whole number from 1 to 1000000000',
  no_currency: 'The row names no currency',
  unclear_currency: 'Write the currency as ISO 4217 in capitals, such as USD',
  currency_differs: 'The row has another currency than those before it: a list has one',
  no_rate: 'The row says no price: fill in price, markup_percent, markup_fixed or included',
  several_rates: 'The row says a price, a markup and included units at once: it can say one of them',
  fee_without_price: 'A carrier fee stands beside a price: a markup has that of the cost, and included units have none',
  not_for_costs: 'A list of costs has prices alone: markups and included units are of plans',
  scope_of_allowance: 'Included units are of a channel and a direction: leave all else that the price depends on empty',
  repeated_price:
    'An earlier row says a price for the same, from the same time and unit: of two, none would count more',
  no_first_tier: 'The price has no tier from the first unit: add one without from_unit',
  tiers_differ: 'The tiers of one price have one unit, and are all prices or all markups',
  units_differ: 'The row has another unit than those before it on its channel and direction: units are counted once',
} as const satisfies Readonly<Record<FaultCode, string>> & Readonly<Record<string, string>>;
export type PriceFaultCode = keyof typeof PRICE_FAULTS;
export const PRICE_FAULT_CODES = Object.keys(PRICE_FAULTS) as PriceFaultCode[];

export interface PriceFault {
  readonly code: PriceFaultCode;
  readonly field: string | null;
}

/** A fault with the line that its row begins on; in a JSON list, its place. */
export interface PriceListFault extends PriceFault {
  readonly line: number;
}
