/** When a message is sent again that a provider took and then reported as undelivered, for a cause that passes. */
import { descriptorOf, PROVIDERS } from '../../providers/index.js';
import type { Category } from '../../tenants/index.js';

/**
 * Minutes before each retry. An alert is worth a quick one; a phone that is off is on again in some hours, if at all, and carriers have
 * tried for as long by then; an announcement is not worth the price of a third message.
 */
export const LATE_RETRIES_MIN: Readonly<Record<Category, readonly number[]>> = {
  emergency: [1, 5],
  transactional: [15, 120],
  marketing: [120],
};

/** The policy as SQL: rows of category, attempt (from 1) and minutes. */
export const POLICY = `(values ${Object.entries(LATE_RETRIES_MIN)
  .flatMap(([category, delays]) => delays.map((minutes, place) => `('${category}', ${place + 1}, ${minutes})`))
  .join(', ')}) as policy (category, attempt, minutes)`;

/** What passes, as SQL: rows of provider and a pattern of its codes. At least one provider has such codes. */
export const PASSING = `(values ${PROVIDERS.flatMap((name) => {
  const pattern = descriptorOf(name).passingFaults?.source;
  return pattern === undefined ? [] : [`('${name}', '${pattern}')`];
}).join(', ')}) as passing (provider, pattern)`;
