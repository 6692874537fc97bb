/** The tenants' role: with one tenant set it sees that tenant's rows and no others, with none it sees none, whatever a statement asks for. */
import { Client } from 'pg';
import { v7 as uuidv7 } from 'uuid';
import { isolation } from '../../src/app.isolation.js';
import { migrateDatabase } from '../../src/app.database.js';
import { query } from '../../harness/query.js';
import { cloneDatabase } from '../support/databases.js';

const ROLE = 'callboard_tenant';
const DENIED = '42501';
const [ours, theirs] = [uuidv7(), uuidv7()];

interface Column {
  readonly name: string;
  readonly type: string;
}

/** One value for each type, and every id of a tenant's rows is its own: so they belong together, and to it. */
const VALUES: Readonly<Record<string, (id: string, digit: number) => unknown>> = {
  uuid: (id) => id,
  'uuid[]': (id) => [id],
  text: (id) => id,
  'text[]': (id) => [id],
  boolean: () => false,
  smallint: (_, digit) => digit,
  integer: (_, digit) => digit,
  'integer[]': (_, digit) => [digit],
  bigint: (_, digit) => digit,
  numeric: (_, digit) => digit,
  'double precision': (_, digit) => digit,
  date: () => new Date(),
  interval: () => '1 day',
  'timestamp with time zone': () => new Date(),
  bytea: (id) => Buffer.from(id),
  json: () => '{}',
  jsonb: () => '{}',
};

let url: string;
let client: Client;
let columns: Readonly<Record<string, readonly Column[]>>;
const secured = Object.keys(isolation.policies).toSorted();
const changed = secured.filter((table) => !isolation.readOnly.includes(table));

beforeAll(async () => {
  url = await cloneDatabase();
  client = new Client({ connectionString: url });
  await client.connect();
  const { rows } = await client.query<Column & { table: string }>(
    `select relname as table, attname as name, format_type(atttypid, atttypmod) as type
     from pg_class join pg_attribute on attrelid = pg_class.oid left join pg_attrdef on adrelid = attrelid and adnum = attnum
     where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') and not relispartition and attnum > 0 and not attisdropped
       and attgenerated = '' and (adbin is null or atttypid = 'uuid'::regtype)`,
  );
  columns = Object.groupBy(rows, ({ table }) => table) as typeof columns;
  await client.query(
    `do $$ declare found record; begin
       for found in select conrelid::regclass as name, conname from pg_constraint join pg_class on pg_class.oid = conrelid
         where contype = 'c' and relnamespace = 'public'::regnamespace and coninhcount = 0 loop
         execute format('alter table %s drop constraint %I', found.name, found.conname);
       end loop; end $$`,
  );
  await client.query('set session_replication_role = replica'); // neither references nor triggers
  for (const table of secured)
    for (const [id, digit] of [
      [ours, 1],
      [theirs, 2],
    ] as const)
      await insert(table, id, digit);
  await client.query('set session_replication_role = origin');
});
afterAll(() => client.end());

function insert(table: string, id: string, digit: number): Promise<unknown> {
  const named = columns[table] ?? [];
  const values = named.map(({ type }) => {
    const value = VALUES[type];
    if (!value) throw new Error(`Say in this test what a ${type} of ${table} may be`);
    return value(id, digit);
  });
  const places = named.map((_, index) => `$${index + 1}`);
  return client.query(
    `insert into ${table} (${named.map(({ name }) => name).join(', ')}) overriding system value values (${places.join(', ')})`,
    values,
  );
}

/** Runs `work` as the tenants' role with this tenant set, after `before` as the owner, and takes all of it back. */
async function asTenant<T>(tenantId: string | undefined, work: () => Promise<T>, before?: string): Promise<T> {
  await client.query('begin');
  try {
    if (before !== undefined) await client.query(before);
    await client.query(`set local role ${ROLE}`);
    if (tenantId !== undefined) await client.query(`select set_config('app.tenant_id', $1, true)`, [tenantId]);
    return await work();
  } finally {
    await client.query('rollback');
  }
}

/** The SQLSTATE that a statement is refused with; otherwise how many rows it was about. */
const outcome = (statement: Promise<unknown>): Promise<unknown> =>
  statement.then(
    (result) => (result as { rowCount: number }).rowCount,
    (error: unknown) => (error as { code: string }).code,
  );

/** What is so for each of these tables, where it is not as it should be. */
async function exceptions(
  tables: readonly string[],
  should: unknown,
  is: (table: string) => Promise<unknown>,
): Promise<object> {
  const found: Record<string, unknown> = {};
  for (const table of tables) {
    const value = await is(table);
    if (value !== should) found[table] = value;
  }
  return found;
}

const rowsOf = (table: string): Promise<unknown> => outcome(client.query(`select 1 from ${table}`));

test('Every table has a policy, or a reason why it has none', () => {
  const known = [isolation.policies, isolation.shared, isolation.withheld].flatMap((part) => Object.keys(part));
  expect(known.toSorted()).toEqual(Object.keys(columns).toSorted());
  expect(new Set(known).size).toBe(known.length);
});

test(`Of ${secured.length} tables a tenant sees its own rows alone`, async () => {
  expect(await exceptions(secured, 2, rowsOf)).toEqual({}); // the owner sees both
  for (const tenant of [ours, theirs]) {
    const own = (table: string): Promise<unknown> => asTenant(tenant, () => rowsOf(table));
    expect(await exceptions(secured, 1, own)).toEqual({});
    const others = (table: string): Promise<unknown> =>
      asTenant(tenant, () =>
        outcome(
          client.query(`select 1 from ${table} as row where to_jsonb(row)::text like $1`, [
            `%${tenant === ours ? theirs : ours}%`,
          ]),
        ),
      );
    expect(await exceptions(secured, 0, others)).toEqual({});
  }
});

test.each([
  ['none', undefined],
  ['an empty one', ''],
  ['one that nobody is', uuidv7()],
])('Without a tenant set (%s) there are no rows', async (_, tenant) => {
  expect(await exceptions(secured, 0, (table) => asTenant(tenant, () => rowsOf(table)))).toEqual({});
});

test(`In ${changed.length} tables a tenant changes and deletes its own rows alone`, async () => {
  const deleted = (table: string): Promise<unknown> =>
    asTenant(
      theirs,
      () => outcome(client.query(`delete from ${table} where true`)),
      'set local session_replication_role = replica',
    );
  const appended = ['audit_event'];
  expect(
    await exceptions(
      changed.filter((table) => !appended.includes(table)),
      1,
      deleted,
    ),
  ).toEqual({});
  expect(await exceptions(appended, DENIED, deleted)).toEqual({});
  expect(
    await exceptions(changed, 0, (table) =>
      asTenant(undefined, () => outcome(client.query(`delete from ${table} where true`))).then((count) =>
        count === DENIED ? 0 : count,
      ),
    ),
  ).toEqual({});
  const given = changed.filter((table) => isolation.policies[table]?.startsWith('tenant_id = '));
  const away = (table: string): Promise<unknown> =>
    asTenant(
      ours,
      () => outcome(client.query(`update ${table} set tenant_id = $1`, [theirs])),
      'set local session_replication_role = replica',
    );
  expect(given.length).toBeGreaterThan(30);
  expect(await exceptions(given, DENIED, away)).toEqual({});
});

test(`Into none of ${secured.length} tables a tenant writes rows of another, nor anybody without one`, async () => {
  for (const tenant of [theirs, undefined]) {
    const written = (table: string): Promise<unknown> =>
      asTenant(tenant, () => outcome(insert(table, ours, 1)), `delete from ${table} where false`);
    const emptied = (table: string): Promise<unknown> =>
      asTenant(
        tenant,
        () => outcome(insert(table, ours, 1)),
        `set local session_replication_role = replica; delete from ${table}; set local session_replication_role = origin`,
      );
    const later = Object.keys(isolation.checkedAfter);
    expect(
      await exceptions(
        secured.filter((table) => !later.includes(table)),
        DENIED,
        written,
      ),
    ).toEqual({});
    expect(await exceptions(later, DENIED, emptied)).toEqual({});
  }
});

test('Tables of which a tenant reads all, it does not change; all others are out of its reach, and so are partitions, views and the queue', async () => {
  await client.query('select ensure_months(6)');
  const { rows } = await client.query<{ name: string; may: string[] }>(
    `select relname as name, array(
       select privilege from unnest(array['select', 'insert', 'update', 'delete', 'truncate', 'references', 'trigger']) as privilege
       where has_table_privilege('${ROLE}', pg_class.oid, privilege)) as may
     from pg_class where relnamespace in ('public'::regnamespace, 'bullmq'::regnamespace) and relkind in ('r', 'p', 'v', 'm') order by 1`,
  );
  const may = Object.fromEntries(rows.filter((row) => row.may.length > 0).map((row) => [row.name, row.may]));
  expect(Object.keys(may)).toEqual([...secured, ...Object.keys(isolation.shared)].toSorted());
  for (const table of [...Object.keys(isolation.shared), ...isolation.readOnly]) expect(may[table]).toEqual(['select']);
});

test('The role may not log in, is a member of none, and cannot pass by policies', async () => {
  const { rows } = await client.query(
    `select rolcanlogin, rolsuper, rolbypassrls, rolcreaterole, exists (select from pg_auth_members where member = pg_roles.oid) as member
     from pg_roles where rolname = '${ROLE}'`,
  );
  expect(rows).toEqual([
    { rolcanlogin: false, rolsuper: false, rolbypassrls: false, rolcreaterole: false, member: false },
  ]);
});

test('A policy or a privilege that was lost is made again at the next start, and one too many is taken back', async () => {
  const state = `select (select json_agg(pg_policies order by tablename, policyname) from pg_policies) as policies,
    (select json_agg((relname, privilege_type) order by relname, privilege_type) from pg_class cross join aclexplode(relacl)
      where grantee = '${ROLE}'::regrole and relnamespace = 'public'::regnamespace) as privileges,
    (select json_agg(relname order by relname) from pg_class where relrowsecurity) as secured`;
  const fresh = await cloneDatabase();
  const before = await query(fresh, state);
  await query(
    fresh,
    `drop policy of_tenant on consent; drop policy of_all on message; alter table contact disable row level security;
     revoke select on venue from ${ROLE}; grant update on statement to ${ROLE}; grant select on price_line to ${ROLE}`,
  );
  expect(await query(fresh, state)).not.toEqual(before);
  await migrateDatabase(fresh);
  expect(await query(fresh, state)).toEqual(before);
});
