/** The rule of a segment, as it is read: which contacts are in it. */
import type { Engagement } from '../../ledger/index.js';
import type { Channel } from '../../tenants/index.js';

/** Of a value in JSON; what is missing is null. */
export type Literal = string | number | boolean | null;

/** From a contact's attributes inwards, such as `['address', 'city']`. */
export type Path = readonly string[];

export const ORDERS = ['<', '<=', '>', '>='] as const;
export type Order = (typeof ORDERS)[number];

export const CONSENTS = ['opted_in', 'opted_out', 'unknown'] as const;
export type ConsentStatus = (typeof CONSENTS)[number];

/** One question about a contact. */
export type Test =
  | { readonly is: 'equal'; readonly path: Path; readonly to: Literal }
  | { readonly is: 'ordered'; readonly path: Path; readonly order: Order; readonly to: string | number }
  | { readonly is: 'oneOf'; readonly path: Path; readonly of: readonly Literal[] }
  | { readonly is: 'containing'; readonly path: Path; readonly what: string | number | boolean }
  | { readonly is: 'missing'; readonly paths: readonly Path[] }
  | { readonly is: 'consent'; readonly channel: Channel; readonly venueId: string; readonly status: ConsentStatus }
  | { readonly is: 'engaged'; readonly did: Engagement; readonly days: number }
  | { readonly is: 'written'; readonly days: number };

export type Rule =
  | Test
  | { readonly is: 'all'; readonly of: readonly Rule[] }
  | { readonly is: 'any'; readonly of: readonly Rule[] }
  | { readonly is: 'not'; readonly rule: Rule };

/** The same rule, each venue that it names by its id. */
export async function inVenues(rule: Rule, idOf: (named: string) => Promise<string>): Promise<Rule> {
  if (rule.is === 'all' || rule.is === 'any') {
    return { ...rule, of: await Promise.all(rule.of.map((one) => inVenues(one, idOf))) };
  }
  if (rule.is === 'not') return { ...rule, rule: await inVenues(rule.rule, idOf) };
  return rule.is === 'consent' ? { ...rule, venueId: await idOf(rule.venueId) } : rule;
}
