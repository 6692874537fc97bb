/** The statements that erase and read a person's rows, made from the list of tables. Parameters 1 to 5 are a person's. */
import {
  asPerson,
  PATTERN,
  WORDED,
  type Mentions,
  type OwnRows,
  type PersonalTable,
} from './registry/personal-table.js';

/** Rows that one statement changes, and rows that one looks through: few enough for no lock to be held for long. */
const BATCH = 1_000;
const SPAN = 20_000;

/** A part of the work on a table, done in batches. */
export interface TableStep {
  readonly table: string;
  /** Statements that each answer how many rows they changed, as `rows`. */
  readonly statements: readonly string[];
  /** Answers the `id` after which to go on; none at the end. Parameter 6 is the id to begin after. */
  readonly next?: string;
}

/** What is done to a table: first the person's own rows, then what others mention. */
export function stepsOf({ table, own, quotes, mentions }: PersonalTable): TableStep[] {
  const erases = [own, quotes].filter((rows) => rows !== undefined).filter(({ erase }) => erase.by !== 'code');
  return [
    ...erases.map((rows) => stepOf(table, eraseOwn(table, rows), rows.walked ? 'true' : undefined)),
    ...(mentions ? [stepOf(table, eraseMentions(table, mentions), mentions.walked && mentions.where)] : []),
  ];
}

function stepOf(table: string, statement: string, walked: string | undefined): TableStep {
  if (walked === undefined) return { table, statements: [statement] };
  const next = `select id from ${spanOf(table)} as span order by id desc limit 1`;
  return { table, statements: [statement], next: asPerson(next) };
}

/** Ids that follow parameter 6. */
const spanOf = (table: string): string => `(select id from ${table} where id > $6::uuid order by id limit ${SPAN})`;

/**
 * Statements that answer as `waits` whether rows of a person are left where some may have had to wait. Not whether they still have to: what has
 * become ready since the batch passed it by would be left for good.
 */
export const waitsIn = ({ table, own, quotes }: PersonalTable): string[] =>
  [own, quotes].flatMap((rows) =>
    rows?.ready === undefined
      ? []
      : [asPerson(`select exists (select from ${table} as t where ${rows.where}) as waits`)],
  );

function eraseOwn(table: string, { where, ready = 'true', erase, walked }: OwnRows): string {
  if (erase.by === 'statement') return asPerson('', erase.sql);
  const rows = rowsOf(table, `(${where}) and (${ready})`, walked);
  if (erase.by === 'overwrite') return changed(table, rows, erase.set);
  return asPerson(
    `select count(*)::int as rows from gone`,
    `, gone as (delete from ${table} as t where ${rows} returning 1)`,
  );
}

function eraseMentions(table: string, { text = [], jsonb = [], list = [], where, walked }: Mentions): string {
  const replaced = (value: string): string => `regexp_replace(${value}, ${PATTERN}, ${WORDED}, 'gi')`;
  const set = Object.fromEntries([
    ...text.map((column) => [column, replaced(`t.${column}`)]),
    ...jsonb.map((column) => [column, `${replaced(`t.${column}::text`)}::jsonb`]),
    ...list.map((column) => [column, `array(select ${replaced('entry')} from unnest(t.${column}) as entry)`]),
  ]) as Record<string, string>;
  const mentioned = Object.keys(set).map((column) => `t.${column}::text ~* ${PATTERN}`);
  return changed(table, rowsOf(table, `(${where}) and (${mentioned.join(' or ')})`, walked), set);
}

/** SQL about `t`: whether it is one of the rows of a batch. */
const rowsOf = (table: string, condition: string, walked?: true): string =>
  walked
    ? `t.id in (select id from ${spanOf(table)} as span) and ${condition}`
    : `${keyOf(table)} = any (array(select ${keyOf(table)} from ${table} as t where ${condition} limit ${BATCH}))`;

/** A row's place would do for all but tables in partitions, where two rows may have the same. */
const keyOf = (table: string): string => (table === 'message' ? 't.id' : 't.ctid');

const changed = (table: string, rows: string, set: Readonly<Record<string, string>>): string =>
  asPerson(
    `select count(*)::int as rows from done`,
    `, done as (
      update ${table} as t set ${Object.entries(set)
        .map(([column, value]) => `${column} = ${value}`)
        .join(', ')}
      where ${rows} returning 1)`,
  );
