/** The rule by which a decision replaces an earlier one, in SQL: the newest counts, and at the same instant an opt-out. */

/** `opted_out` sorts after `opted_in`. */
export const IS_NEWER = `(excluded.occurred_at, excluded.status) >= (held.occurred_at, held.status)`;

/** The assignments of an upsert whose table is aliased `held`: the new row's columns if its decision is newer. */
export const newest = (...columns: readonly string[]): string => takenIf(IS_NEWER, ...columns);

/** The new row's columns where `condition` holds. */
export const takenIf = (condition: string, ...columns: readonly string[]): string =>
  columns
    .map((column) => `${column} = case when ${condition} then excluded.${column} else held.${column} end`)
    .join(', ');
