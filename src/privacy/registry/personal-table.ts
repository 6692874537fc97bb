/** How a table that may hold personal data is declared: what in it is a person's, how that is found, exported and erased. */

/** SQL of the person that a statement is about; `asPerson` puts it before the statement. */
export const TENANT = '(select tenant_id from person)';
export const ADDRESS = '(select address from person)';
/** A regular expression: the address as it may stand in a text, encoded for URLs too. */
export const PATTERN = '(select pattern from person)';
/** What stands in the place of the address as a column's value. */
export const MASKED = '(select mask from person)';
/** The same within a text. */
export const WORDED = '(select word from person)';

/** Parameters 1 to 5 are a person's, and every one is used. */
export const asPerson = (statement: string, others = ''): string => `
  with person as materialized (
    select $1::uuid as tenant_id, $2::text as address, $3::text as pattern, $4::text as mask, $5::text as word)
  ${others} ${statement}`;

export type Erasing =
  /** Rows go. */
  | { readonly by: 'delete' }
  /** Rows stay, because they are counted; `set` has an SQL expression for each of their personal columns. */
  | { readonly by: 'overwrite'; readonly set: Readonly<Record<string, string>> }
  /** A statement of its own, which takes rows of at most one batch and answers how many as `rows`. */
  | { readonly by: 'statement'; readonly sql: string }
  /** Code does it: see `ErasureSteps`. */
  | { readonly by: 'code' };

/** Rows that are about one person. */
export interface OwnRows {
  /** SQL about the columns of `t`; false of a row once it is erased. */
  readonly where: string;
  /** SQL: whether a row may be erased now. The erasure is not over before all may be. */
  readonly ready?: string;
  readonly erase: Erasing;
  /** There is no index: rows are looked through by their `id`. */
  readonly walked?: true;
}

/** Columns in which anybody's address may stand among other things: there it is replaced. */
export interface Mentions {
  readonly text?: readonly string[];
  readonly jsonb?: readonly string[];
  readonly list?: readonly string[];
  /** SQL about `t`: which rows may be the tenant's. */
  readonly where: string;
  /** Rows are looked through by their `id`, so that no statement takes long. */
  readonly walked?: true;
}

export interface PersonalTable {
  readonly table: string;
  /** Columns of text, JSON or bytes that hold or may hold what is a person's. */
  readonly personal: readonly string[];
  /** Its other such columns, beside those that are `OWN_WORDS` everywhere. */
  readonly others: readonly string[];
  readonly own?: OwnRows;
  /** Rows about somebody else that quote the person whole. */
  readonly quotes?: OwnRows;
  readonly mentions?: Mentions;
  /** The section of an export that has its rows; without `where` those that are the person's own. */
  readonly exported?: { readonly section: string; readonly where?: string; readonly without?: readonly string[] };
}

/** SQL: ids of the person's messages that are not erased yet. */
export const OWN_MESSAGES = `(select id from message where recipient = ${ADDRESS} and tenant_id = ${TENANT})`;

/** SQL: whether a number of ours is the tenant's, or nobody's. */
export const isNumberOfTenant = (number: string): string => `(
  exists (select from sender where sender.address = ${number} and sender.tenant_id = ${TENANT})
  or not exists (select from sender where sender.address = ${number}))`;

/**
 * SQL about a message `t`, sent or received: usage is counted and priced by the country and prefix of the number. A consumer that stands still
 * for a day holds nobody's erasure back.
 */
export const IS_COUNTED = `not exists (
  select from message_event as event join event_cursor as place on (place.tx, place.seq) < (event.tx, event.seq)
  where event.message_id = t.id and event.at > now() - interval '1 day' and place.name = 'usage')`;
