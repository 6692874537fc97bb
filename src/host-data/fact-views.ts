/** What conditions and templates see of an order, a customer, an event: the host's own attributes beside the common fields. */
import type { HostAttributes } from './host-data.port.js';
import type { HostFacts } from './host-facts.js';

const FALLBACK_LANGUAGE = 'en';

/** Plain JSON: times are ISO 8601. */
export function viewOf({
  order,
  customer,
  event,
  attendee,
}: Pick<HostFacts, 'order' | 'customer' | 'event' | 'attendee'>): HostAttributes {
  return {
    ...(order && { order: flat(order) }),
    ...(customer && { customer: flat(customer) }),
    ...(event && { event: { ...flat(event), ...inWords(event.startsAt, event.timezone, customer?.language) } }),
    ...(attendee && { attendee: flat(attendee) }),
  };
}

/** An attribute never hides a common field. */
function flat<Known extends { readonly attributes: HostAttributes }>({ attributes, ...fields }: Known): HostAttributes {
  return JSON.parse(JSON.stringify({ ...attributes, ...fields })) as HostAttributes;
}

/** `date` and `time` as people write them, on these clocks. */
export function inWords(at: Date, timeZone: string, language = FALLBACK_LANGUAGE): HostAttributes {
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
