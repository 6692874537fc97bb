/** The list of what may hold personal data is complete: whoever adds a column says what it holds. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { IMPERSONAL, OWN_WORDS } from '../../src/privacy/registry/impersonal-tables.js';
import { PERSONAL_TABLES } from '../../src/privacy/registry/registry.js';

const SCHEMA = readFileSync(join(import.meta.dirname, '../../schema.sql'), 'utf8');

/** Columns that may hold a text, by table. */
function columnsOf(schema: string): Map<string, string[]> {
  const tables = [...schema.matchAll(/^CREATE TABLE (\w+) \(\n(.*?)\n\)/gms)];
  return new Map(
    tables.map(([, table = '', body = '']) => [
      table,
      [...body.matchAll(/^ {2}(\w+) (?:text|jsonb?|bytea|character varying|inet|citext|xml|tsvector|hstore)\b/gm)].map(
        ([, name = '']) => name,
      ),
    ]),
  );
}

const declared = new Map<string, ReadonlySet<string>>([
  ...PERSONAL_TABLES.map(({ table, personal, others }) => [table, new Set([...personal, ...others])] as const),
  ...Object.entries(IMPERSONAL).map(([table, names]) => [table, new Set(names)] as const),
]);

/** What the list does not say of a schema. */
const undeclared = (schema: string): string[] =>
  [...columnsOf(schema)].flatMap(([table, columns]) => {
    const known = declared.get(table);
    if (columns.length > 0 && !known) return [table];
    return columns.filter((name) => !known?.has(name) && !OWN_WORDS.includes(name)).map((name) => `${table}.${name}`);
  });

test('every column of text, JSON or bytes is declared, as personal or not', () => {
  expect(undeclared(SCHEMA)).toEqual([]);
});

test('a new column, and a new table, is missed', () => {
  const more = `${SCHEMA.replace('CREATE TABLE voice_call (\n', 'CREATE TABLE voice_call (\n  notes text,\n')}
CREATE TABLE guest_book (
  id uuid NOT NULL,
  words jsonb
);`;
  expect(undeclared(more)).toEqual(['voice_call.notes', 'guest_book']);
});

test('nothing is declared that is not there, nor twice', () => {
  const there = columnsOf(SCHEMA);
  const gone = [...declared].flatMap(([table, names]) =>
    [...names].filter((name) => !there.get(table)?.includes(name)).map((name) => `${table}.${name}`),
  );
  expect(gone).toEqual([]);
  const tables = [...PERSONAL_TABLES.map(({ table }) => table), ...Object.keys(IMPERSONAL)];
  expect(tables.filter((table, place) => tables.indexOf(table) !== place)).toEqual([]);
});

test('every personal column is erased: its row goes, it is overwritten, or what mentions the person is replaced', () => {
  const kept = PERSONAL_TABLES.flatMap(({ table, personal, own, mentions }) => {
    if (own && own.erase.by !== 'overwrite') return [];
    const erased = [
      ...(own?.erase.by === 'overwrite' ? Object.keys(own.erase.set) : []),
      ...[mentions?.text, mentions?.jsonb, mentions?.list].flatMap((names) => names ?? []),
    ];
    return personal.filter((name) => !erased.includes(name)).map((name) => `${table}.${name}`);
  });
  expect(kept).toEqual([]);
});
