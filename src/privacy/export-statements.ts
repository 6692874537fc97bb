/** The statements that read a person's rows for an export. Parameters 1 to 5 are a person's, 6 is the place after which to go on. */
import { asPerson, type PersonalTable } from './registry/personal-table.js';

export interface Reading {
  readonly table: string;
  readonly section: string;
  /** Answers `fields` and `place`. */
  readonly statement: string;
  readonly limit: number;
  readonly first: string;
}

const LIMIT = 500;

/** What orders the rows of a table; a row's place in it will do where no partitions have places of their own. */
const KEYS: Readonly<Record<string, { readonly key: string; readonly type: string; readonly first: string }>> = {
  message: { key: 'id', type: 'uuid', first: '00000000-0000-0000-0000-000000000000' },
  message_event: { key: 'seq', type: 'bigint', first: '-1' },
};
const BY_PLACE = { key: 'ctid', type: 'tid', first: '(0,0)' };

/** Undefined for a table that is not exported. Fields have the names of columns; those that say nothing to the person are left out. */
export function readingOf({ table, own, exported }: PersonalTable): Reading | undefined {
  const where = exported?.where ?? own?.where;
  if (!exported || where === undefined) return undefined;
  const { key, type, first } = KEYS[table] ?? BY_PLACE;
  const without = [...(exported.without ?? []), 'tenant_id', 'trace', 'digest'];
  const statement = asPerson(`
    select t.${key}::text as place, to_jsonb(t) - '{${without.join(', ')}}'::text[] as fields
    from ${table} as t where (${where}) and t.${key} > $6::${type} order by t.${key} limit ${LIMIT}`);
  return { table, section: exported.section, statement, limit: LIMIT, first };
}
