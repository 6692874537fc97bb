/** The rule by which a later decision takes an earlier one's place, in SQL: the newest counts, and at the same instant an opt-out. */

/** `opted_out` sorts after `opted_in`. */
const IS_NEWER = `(excluded.occurred_at, excluded.status) >= (held.occurred_at, held.status)`;

/** The assignments of an upsert whose table is called `held`: the new row's columns where its decision is newer. */
export const newest = (...columns: readonly string[]): string =>
  columns
    .map((column) => `${column} = case when ${IS_NEWER} then excluded.${column} else held.${column} end`)
    .join(', ');
