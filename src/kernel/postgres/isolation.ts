/**
 * Row-level security: the requests of a tenant run as a role that sees this tenant's rows, and no others. The policies are kept as this
 * release declares them, apart from the migrations: a table is locked for a moment and alone, and what a restore has lost is made again.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { MikroORM } from '@mikro-orm/postgresql';
import type { PoolClient } from 'pg';
import { sqlStateOf } from './database-errors.js';
import { NotGranted, PRIVILEGES } from './grants.js';

/** It may not log in: the service's role becomes it for a connection. One for all databases of a server. */
export const TENANT_ROLE = 'callboard_tenant';
/** The setting of a session that names the tenant. Without it there are no rows. */
export const TENANT_SETTING = 'app.tenant_id';

/** What the tenants' role may do. On a table that is in none of these it may do nothing. */
export interface IsolationParts {
  /** The condition on a row of the tenant, by table. */
  readonly policies: Readonly<Record<string, string>>;
  /** The condition on rows that are read beside the tenant's own, and not changed. */
  readonly alsoRead: Readonly<Record<string, string>>;
  /** Tables whose rows are inserted by the same statement as the row of `parent` that `column` names: that is looked for once the statement has run. */
  readonly checkedAfter: Readonly<Record<string, { readonly parent: string; readonly column: string }>>;
  /** Of these tables it reads the tenant's rows, and changes none. */
  readonly readOnly: readonly string[];
  /** Tables of the platform that it reads whole, with the reason why that tells no tenant of another. */
  readonly shared: Readonly<Record<string, string>>;
  /** Tables that it has nothing to do with, with the reason. */
  readonly withheld: Readonly<Record<string, string>>;
  /** Behind columns of tables that it inserts into. */
  readonly sequences: readonly string[];
}

/** SQL: the tenant of the session, as a UUID; null without one. */
export const SESSION_TENANT = `nullif(current_setting('${TENANT_SETTING}', true), '')::uuid`;

/** SQL: rows that name their tenant. */
export const ofTenant = (column = 'tenant_id'): string => `${column} = ${SESSION_TENANT}`;

/** SQL: rows that belong to a row of another table, of which the tenant sees its own. */
export const ofParent = (table: string, parent: string, column: string, key = 'id'): string =>
  `exists (select from ${parent} where ${parent}.${key} = ${table}.${column})`;

/** SQL: rows that belong to several rows of another table, of which the tenant sees one at least. */
export const ofAnyParent = (table: string, parent: string, column: string): string =>
  `exists (select from ${parent} where ${parent}.id = any(${table}.${column}))`;

const INSUFFICIENT_PRIVILEGE = '42501';
const LOCK_NOT_AVAILABLE = '55P03';
/** Whoever comes after us waits as long as we do. */
const LOCK_WAIT = '2s';
const LOCK_TRIES = 30;
const MADE_MEANWHILE = new Set(['42710', '23505']);

/** For all: those who own the rows or serve all tenants. The other narrows it for the tenants' role, and for no other. */
const OF_ALL = 'of_all';
const OF_TENANT = 'of_tenant';
const CHANGES = ['insert', 'update', 'delete'] as const;
/** The policy on a change, where more is read than changed. */
const changing = (change: (typeof CHANGES)[number]): string => `${OF_TENANT}_${change}`;

interface Found {
  readonly name: string;
  readonly secured: boolean;
  readonly condition: string | null;
  readonly open: boolean;
  readonly has: string[];
  readonly needs: string[];
}

/** What a table would need, to be compared with what it has. `$1`: a role, `$2`: tables that are only read, `$3`: tables that are used. */
const FOUND = `
  select relname as name, relrowsecurity as secured,
    (select coalesce(obj_description(oid, 'pg_policy'), '') from pg_policy where polrelid = ours.oid and polname = '${OF_TENANT}') as condition,
    exists (select from pg_policy where polrelid = ours.oid and polname = '${OF_ALL}') as open,
    array(select lower(privilege_type) from aclexplode(relacl) where grantee = to_regrole($1) order by 1) as has,
    array(select privilege from unnest(string_to_array(case when relname <> all($3::text[]) then '' when relname = any($2::text[]) then 'select'
      else ${PRIVILEGES} end, ', ')) as privilege order by 1) as needs
  from (select oid, relname, relrowsecurity, relacl, relkind as kind from pg_class
    where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') and not relispartition) as ours
  order by relname`;

/**
 * Makes the tenants' role, its policies and its privileges as declared, where they are not: a table at a time, each within a moment.
 * Raises NotGranted if the role may not be made, and PostgreSQL's error if the tables belong to another.
 */
export async function isolate(client: PoolClient, parts: IsolationParts): Promise<void> {
  await makeRole(client);
  await makeCheck(client);
  const used = [...Object.keys(parts.policies), ...Object.keys(parts.shared)];
  const readOnly = [...parts.readOnly, ...Object.keys(parts.shared)];
  const { rows } = await client.query<Found>(FOUND, [TENANT_ROLE, readOnly, used]);
  for (const found of rows) {
    const statements = [...securing(found, parts), ...privilegesOf(found)];
    if (statements.length > 0) await patiently(() => client.query(inOne(statements)));
  }
  await grantRest(client, parts);
}

/**
 * Lets a role act for tenants: it may become their role, and has none of its privileges before it does. Raises NotGranted if that needs
 * somebody with more rights.
 */
export async function letActForTenants(client: PoolClient, role: string): Promise<void> {
  if (await mayActForTenants(client, role)) return;
  const statement = `grant ${TENANT_ROLE} to ${client.escapeIdentifier(role)} with inherit false, set true`;
  try {
    await client.query(statement);
  } catch (error) {
    if (sqlStateOf(error) !== INSUFFICIENT_PRIVILEGE) throw error;
    throw new NotGranted(`"${role}" may not act for tenants: have a superuser run \`${statement}\`.`, { cause: error });
  }
}

/** Whether a role may become the tenants' role. */
export async function mayActForTenants(client: PoolClient, role: string): Promise<boolean> {
  const { rows } = await client.query<{ may: boolean }>(
    `select coalesce(pg_has_role($1::name, to_regrole($2)::oid, 'set'), false) as may`,
    [role, TENANT_ROLE],
  );
  return rows[0]?.may ?? false;
}

/** Raises NotGranted unless the role of the connection may act for tenants. */
export async function requireTenantRole(orm: MikroORM): Promise<void> {
  const pool = await orm.em.getConnection().getNativeClient();
  const client = await pool.connect();
  try {
    const { rows } = await client.query<{ role: string }>('select current_user as role');
    for (const { role } of rows) await letActForTenants(client, role);
  } finally {
    client.release();
  }
}

async function makeRole(client: PoolClient): Promise<void> {
  const { rows } = await client.query(`select from pg_roles where rolname = $1`, [TENANT_ROLE]);
  if (rows.length > 0) return;
  try {
    await client.query(`create role ${TENANT_ROLE} nologin`);
  } catch (error) {
    const state = sqlStateOf(error);
    if (state !== undefined && MADE_MEANWHILE.has(state)) return; // by the service of another database
    if (state !== INSUFFICIENT_PRIVILEGE) throw error;
    throw new NotGranted(
      `The role that migrates may make no other, and the requests of tenants need one: have a superuser run \`create role ${TENANT_ROLE} nologin\`.`,
      { cause: error },
    );
  }
}

/** Refuses a row whose parent the inserting role does not see, once the statement that may have made both has run. */
async function makeCheck(client: PoolClient): Promise<void> {
  const { rows } = await client.query(`select from pg_proc where oid = to_regproc('public.require_own_parent')`);
  if (rows.length > 0) return;
  await client.query(`
    create function public.require_own_parent() returns trigger language plpgsql as $body$
    declare
      seen boolean;
    begin
      execute format('select exists (select from public.%I where id = ($1).%I)', tg_argv[0], tg_argv[1]) into seen using new;
      if not seen then
        raise exception 'new row of table "%" belongs to another tenant', tg_table_name using errcode = 'insufficient_privilege';
      end if;
      return null;
    end $body$`);
}

/** For a table that is the tenants' no more, the policies stay: without privileges they are nobody's. */
function securing({ name, secured, condition, open }: Found, parts: IsolationParts): string[] {
  const policies = policiesOf(name, parts);
  const wanted = policies.join('; ');
  if (policies.length === 0 || (secured && open && condition === wanted)) return [];
  return [
    `set local lock_timeout = '${LOCK_WAIT}'`,
    `alter table ${name} enable row level security`,
    ...[OF_ALL, OF_TENANT, ...CHANGES.map(changing)].map((policy) => `drop policy if exists ${policy} on ${name}`),
    `create policy ${OF_ALL} on ${name} using (true)`,
    ...policies,
    `comment on policy ${OF_TENANT} on ${name} is '${wanted.replaceAll("'", "''")}'`,
  ];
}

/** The statements that narrow a table for the tenants' role; none if it has none of the tenants' rows. */
function policiesOf(name: string, { policies, alsoRead, checkedAfter }: IsolationParts): string[] {
  const [own, more, later] = [policies[name], alsoRead[name], checkedAfter[name]];
  if (own === undefined) return [];
  const policy = (policyName: string, command: string, conditions: string): string =>
    `create policy ${policyName} on ${name} as restrictive for ${command} to ${TENANT_ROLE} ${conditions}`;
  if (more !== undefined) {
    return [
      policy(OF_TENANT, 'select', `using (${own} or ${more})`),
      ...CHANGES.map((change) =>
        policy(changing(change), change, `${change === 'insert' ? 'with check' : 'using'} (${own})`),
      ),
    ];
  }
  if (later === undefined) return [policy(OF_TENANT, 'all', `using (${own})`)];
  return [
    policy(OF_TENANT, 'all', `using (${own}) with check (true)`),
    `create or replace trigger ${OF_TENANT} after insert or update on ${name} for each row when (current_user = '${TENANT_ROLE}')
       execute function require_own_parent('${later.parent}', '${later.column}')`,
  ];
}

function privilegesOf({ name, has, needs }: Found): string[] {
  if (has.join() === needs.join()) return [];
  const revoke = `revoke all on ${name} from ${TENANT_ROLE}`;
  return needs.length === 0 ? [revoke] : [revoke, `grant ${needs.join(', ')} on ${name} to ${TENANT_ROLE}`];
}

/** One message is one transaction. */
const inOne = (statements: readonly string[]): string => statements.join(';\n');

async function patiently(work: () => Promise<unknown>): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    try {
      return void (await work());
    } catch (error) {
      if (sqlStateOf(error) !== LOCK_NOT_AVAILABLE || tries === LOCK_TRIES) throw error;
      await delay(500); // for those who waited behind us
    }
  }
}

async function grantRest(client: PoolClient, { sequences }: IsolationParts): Promise<void> {
  const { rows } = await client.query<{ statement: string }>(
    `select format('grant usage on schema public to %I', $1::text) as statement
     where not exists (select from pg_namespace where nspname = 'public' and has_schema_privilege($1, oid, 'usage'))
     union all
     select format('grant usage on sequence %I to %I', name, $1::text) from unnest($2::text[]) as name
     where not coalesce(has_sequence_privilege($1, to_regclass(name), 'usage'), true)`,
    [TENANT_ROLE, sequences],
  );
  for (const { statement } of rows) await client.query(statement);
}
