/** What each column of a list is read as: one of the fields that are looked for, an attribute, or nothing. */
import { attributeFault, MAX_LEVELS } from './attributes.js';
import { folded } from './column-names.js';
import { ListUnreadable } from './list.errors.js';

/** A field that a list may have. */
export interface ListField {
  readonly name: string;
  /** Other names that a column of it has, folded, those that count more first. Its own name counts most. */
  readonly columns: readonly ReadonlySet<string>[];
  /** It is looked for only where the list has no column of these. */
  readonly unless?: readonly string[];
  /** What it holds stays an attribute too. */
  readonly isAttribute?: boolean;
}

/** What is looked for in a list. */
export interface ListVocabulary {
  readonly fields: readonly ListField[];
  /** Of each of these groups at least one must be there. */
  readonly needed: readonly (readonly string[])[];
  /** The path of the attribute that a column of another name holds; undefined if it is not read. */
  attribute(name: string): readonly string[] | undefined;
}

/** The caller's word on fields: for each the name of its column, or an empty text for none. */
export type ColumnMapping = Readonly<Record<string, string | undefined>>;

/** How a column is read. */
export interface ListColumn {
  /** From 1. */
  readonly column: number;
  /** As in the list's first line. */
  readonly name: string;
  /** A field's name, `attribute` or `ignored`. */
  readonly readAs: string;
  /** How a template names the attribute, such as `event.name` or `["First name"]`. */
  readonly variable: string | null;
}

/** Where each name's value is: a column, or further names. The keys are JSON texts. */
export interface Names extends Map<string, number | Names> {}

export interface UnderstoodColumns {
  readonly columns: readonly ListColumn[];
  readonly fields: readonly { readonly field: string; readonly index: number }[];
  readonly names: Names;
}

const MOST_COLUMNS = 1_000;
const IDENTIFIER = /^[\p{L}_][\p{L}\p{N}_]*$/u;

/** `event.name` is `name` within `event`; `Tel. Nr.` and `Vers. 1.5` are names as they stand. */
export function attributePath(name: string): readonly string[] {
  const steps = name.split('.');
  return steps.length <= MAX_LEVELS && steps.every((step) => IDENTIFIER.test(step)) ? steps : [name];
}

/** Whether what a field holds is an attribute too. */
export const isAttribute = ({ fields }: ListVocabulary, field: string): boolean =>
  fields.some(({ name, isAttribute: stays }) => name === field && stays === true);

/** The index of each field's column. Raises ListUnreadable for a mapping to a column that is not there. */
export function fieldColumns(
  names: readonly string[],
  vocabulary: ListVocabulary,
  mapping: ColumnMapping = {},
): ReadonlyMap<number, string> {
  const found = new Map<number, string>();
  for (const { name: field } of vocabulary.fields) {
    const told = mapping[field]?.trim();
    if (told) found.set(columnNamed(names, told, field), field);
  }
  const has = (field: string): boolean => [...found.values()].includes(field);
  for (const field of vocabulary.fields) {
    if (mapping[field.name] !== undefined || field.unless?.some(has)) continue;
    const index = bestColumn(names, field, found);
    if (index !== undefined) found.set(index, field.name);
  }
  return found;
}

function columnNamed(names: readonly string[], told: string, field: string): number {
  const index = [
    names.indexOf(told),
    names.findIndex((name) => folded(name) === folded(told) && folded(name) !== ''),
  ].find((at) => at !== -1);
  if (index === undefined) throw new ListUnreadable(`No column is named “${told}”, as ${field} says`);
  return index;
}

/** The first column of the name that counts most. */
function bestColumn(
  names: readonly string[],
  { name, columns }: ListField,
  taken: ReadonlyMap<number, string>,
): number | undefined {
  const is: ((other: string) => boolean)[] = [
    (other) => other === name,
    ...columns.map((known) => (other: string) => known.has(folded(other))),
  ];
  for (const fits of is) {
    const index = names.findIndex((other, at) => !taken.has(at) && fits(other));
    if (index !== -1) return index;
  }
  return undefined;
}

/** The columns of a table with these names in its first row. Raises ListUnreadable. */
export function understandColumns(
  given: readonly string[],
  vocabulary: ListVocabulary,
  mapping: ColumnMapping,
): UnderstoodColumns {
  if (given.length > MOST_COLUMNS) throw new ListUnreadable(`The list has more than ${MOST_COLUMNS} columns`);
  const found = fieldColumns(given, vocabulary, mapping);
  const names: Names = new Map();
  const columns = given.map((name, index): ListColumn => {
    const column = index + 1;
    const field = found.get(index);
    if (field !== undefined && !isAttribute(vocabulary, field)) return { column, name, readAs: field, variable: null };
    const path = name === '' ? undefined : vocabulary.attribute(name);
    if (!path) return { column, name, readAs: field ?? 'ignored', variable: null };
    return { column, name, readAs: field ?? 'attribute', variable: variableOf(placed(names, path, name, index)) };
  });
  return { columns, names, fields: [...found].map(([index, field]) => ({ field, index })) };
}

/**
 * Puts a column where its path points. If another is there already, the name is taken as it stands, then with a number: of
 * two columns `Seat` the second is `Seat 2`. Raises ListUnreadable for a name that cannot be one.
 */
function placed(names: Names, path: readonly string[], name: string, index: number): readonly string[] {
  for (const step of path) {
    if (step === '__proto__' || attributeFault(JSON.stringify(step))) {
      throw new ListUnreadable(`Column ${index + 1} has no usable name: give it one such as name or event.name`);
    }
  }
  if (place(names, path, index)) return path;
  if (place(names, [name], index)) return [name];
  for (let number = 2; ; number += 1) {
    const numbered = [`${name} ${number}`];
    if (place(names, numbered, index)) return numbered;
  }
}

function place(names: Names, [first = '', ...rest]: readonly string[], index: number): boolean {
  const key = JSON.stringify(first);
  const there = names.get(key);
  if (rest.length === 0) {
    if (there === undefined) names.set(key, index);
    return there === undefined;
  }
  if (typeof there === 'number') return false;
  const within: Names = there ?? new Map();
  names.set(key, within);
  return place(within, rest, index);
}

function variableOf(path: readonly string[]): string {
  const [first = '', ...rest] = path;
  return rest.length > 0 || IDENTIFIER.test(first) ? path.join('.') : `[${quoted(first)}]`;
}

/** Liquid has no escapes within quotes. */
const quoted = (name: string): string => (name.includes('"') ? `'${name}'` : `"${name}"`);
