/** What conditions and templates see of an order, a customer, an event: the host's own attributes beside the common fields. */
import { stringAt, timeOf } from '../../kernel/index.js';
import type { Facts } from '../rules/conditions.js';
import type { RunFacts } from './run-facts.js';

const FALLBACK_LANGUAGE = 'en';

/** Where the data of a run say until when its person has an offer, as ISO 8601. */
export const OFFER_UNTIL = 'offerUntil';

/** Plain JSON: times are ISO 8601. `data` is what the event brought along. */
export function viewOf({ order, customer, event, attendee }: Omit<RunFacts, 'refs' | 'missing'>, data: Facts): Facts {
  const offer = timeOf(stringAt(data, OFFER_UNTIL));
  return {
    data,
    ...(order && { order: flat(order) }),
    ...(customer && { customer: flat(customer) }),
    ...(event && { event: { ...flat(event), ...inWords(event.startsAt, event.timezone, customer?.language) } }),
    ...(attendee && { attendee: flat(attendee) }),
    ...(offer &&
      event && { offer: { until: offer.toISOString(), ...inWords(offer, event.timezone, customer?.language) } }),
  };
}

/** An attribute never hides a common field. */
function flat<Known extends { readonly attributes: Facts }>({ attributes, ...fields }: Known): Facts {
  return JSON.parse(JSON.stringify({ ...attributes, ...fields })) as Facts;
}

/** `date` and `time` as people write them, on these clocks. */
function inWords(at: Date, timeZone: string, language = FALLBACK_LANGUAGE): Facts {
  const format = (options: Intl.DateTimeFormatOptions): string =>
    new Intl.DateTimeFormat(localeOf(language), { ...options, timeZone }).format(at);
  return { date: format({ dateStyle: 'long' }), time: format({ timeStyle: 'short' }) };
}

/** The host's word for a language may be none. */
function localeOf(language: string): string {
  try {
    return Intl.DateTimeFormat.supportedLocalesOf(language)[0] ?? FALLBACK_LANGUAGE;
  } catch (error) {
    if (error instanceof RangeError) return FALLBACK_LANGUAGE;
    throw error;
  }
}
