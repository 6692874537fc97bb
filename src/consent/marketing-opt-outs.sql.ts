/** Opt-outs of marketing alone, which stand in a row of `consent` beside the decision about everything, in SQL. */
import { IS_NEWER, takenIf } from './newest-decision.sql.js';

/** Whether such an opt-out is in force, of a row under this name; null if there is none. An opt-in at the same instant does not lift it. */
export const leftMarketing = (row: string): string => `${row}.marketing_out_at >= ${row}.occurred_at`;

/** The status of a row as the API shows it. */
export const shownStatus = (row: string): string =>
  `case when ${leftMarketing(row)} then 'opted_out' else ${row}.status end`;

/** A row that only leaves marketing is `unknown` about everything, and says nothing of it. */
const IS_NEWER_OF_ALL = `(excluded.status <> 'unknown' and (held.status = 'unknown' or ${IS_NEWER}))`;
const IS_NEWER_OF_MARKETING = `(excluded.marketing_out_at >= coalesce(held.marketing_out_at, '-infinity'))`;

/** The assignments of an upsert into `consent as held`: each of the two by its own newest decision, in whichever order they arrive. */
export const NEWEST_OF_EACH = [
  takenIf(IS_NEWER_OF_ALL, 'status', 'source', 'occurred_at'),
  takenIf(IS_NEWER_OF_MARKETING, 'marketing_out_at', 'marketing_out_source'),
  takenIf(`${IS_NEWER_OF_ALL} or ${IS_NEWER_OF_MARKETING}`, 'updated_at'),
].join(', ');

/** The states of people, in the words of the API. */
export const CONSENT_STATES = `(
  select venue_id, channel, address, ${shownStatus('consent')} as status,
    case when status <> 'opted_out' and ${leftMarketing('consent')} then 'marketing' end as category,
    case when ${leftMarketing('consent')} then marketing_out_source else source end as source,
    case when ${leftMarketing('consent')} then marketing_out_at else occurred_at end as occurred_at, updated_at
  from consent)`;
