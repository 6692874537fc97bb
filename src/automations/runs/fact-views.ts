/** What conditions and templates see of a run itself, beside what the host says of its subjects. */
import { stringAt, timeOf } from '../../kernel/index.js';
import { inWords, type HostFacts } from '../../host-data/index.js';
import type { Facts } from '../rules/conditions.js';

/** Where the data of a run say until when its person has an offer, as ISO 8601. */
export const OFFER_UNTIL = 'offerUntil';

/** Plain JSON: times are ISO 8601. `data` is what the event brought along. */
export function ownView({ customer, event }: Pick<HostFacts, 'customer' | 'event'>, data: Facts): Facts {
  const offer = timeOf(stringAt(data, OFFER_UNTIL));
  return {
    data,
    ...(offer &&
      event && { offer: { until: offer.toISOString(), ...inWords(offer, event.timezone, customer?.language) } }),
  };
}
