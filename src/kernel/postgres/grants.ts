/**
 * What the service's role may do where another role owns the tables: read and write rows, and no more. Which roles those are is
 * kept in the privileges themselves: they may execute `ensure_months`.
 */
import type { PoolClient } from 'pg';

/** Raised if a role cannot be given its privileges. Nothing was changed. */
export class NotGranted extends Error {
  constructor(reason: string, options?: ErrorOptions) {
    super(`The role was granted nothing. ${reason}`, options);
    this.name = 'NotGranted';
  }
}

/** Everything of ours in both schemas. What belongs to an extension is not ours. Partitions are reached through their tables. */
export const OURS = `
  select classid, oid, name, kind, owner from (
    select 'pg_class'::regclass as classid, oid, format('%I.%I', relnamespace::regnamespace, relname) as name, relkind as kind,
      relowner as owner, relnamespace as schema
    from pg_class where relkind in ('r', 'p', 'v', 'S') and not relispartition
    union all
    select 'pg_proc'::regclass, oid, oid::regprocedure::text, 'f', proowner, pronamespace from pg_proc) as made
  where schema in ('public'::regnamespace, 'bullmq'::regnamespace)
    and not exists (select from pg_depend where classid = made.classid and objid = made.oid and deptype = 'e')`;

const FOREIGN = `
  select string_agg(name, ', ' order by name) as names, min(pg_get_userbyid(owner)) as owner from (${OURS}) as ours
  where not pg_has_role(owner, 'usage')`;

/** Only `migrate` writes how far the schema has come, and who reads the reports; only a trigger where the audit log's chains end. */
const READ_ONLY = `('public.schema_migration'::regclass, 'bullmq.migration'::regclass, 'public.view_reader'::regclass,
  'public.audit_chain'::regclass)`;

/** Only the owner runs what makes partitions, others through `ensure_months`; and what retires records of the audit log. */
const OWNERS_ONLY = `('public.ensure_month'::regproc, 'public.bound_months'::regproc, 'public.retire_audit'::regproc)`;

/** Takes back whatever the role `$1` may do with one of ours. */
export const REVOKE = `
  case kind when 'f' then format('revoke all on function %s from %I', name, $1::text)
    when 'S' then format('revoke all on sequence %s from %I', name, $1::text)
    else format('revoke all on %s from %I', name, $1::text) end`;

/** SQL: what whoever changes rows needs on a table, `ours`, that is changed at all. */
export const PRIVILEGES = `
  case when oid = 'public.audit_event'::regclass then 'select, insert'
    when exists (select from pg_trigger where tgrelid = ours.oid and tgfoid = 'public.refuse_change'::regproc and tgqual is null)
      then 'select, insert, delete'
    else 'select, insert, update, delete' end`;

/**
 * What the service needs on each object. Rows that a trigger keeps from changing whatever they say (`refuse_change`) may not be
 * updated, and the audit log may only grow. The service does not read `$2`, the views for others.
 */
const NEEDED = `
  select oid, kind, name,
    case
      when kind = 'f' then 'execute'
      when kind = 'S' then 'usage'
      when oid in ${READ_ONLY} then 'select'
      else ${PRIVILEGES} end as privileges
  from (${OURS}) as ours
  where name <> all($2::text[]) and (kind <> 'f' or oid not in ${OWNERS_ONLY})`;

/** The statements for one object. */
const STATEMENTS = `
  select ${REVOKE} as "revoke",
    format('grant %s on %s%s to %I', privileges, case kind when 'f' then 'function ' when 'S' then 'sequence ' else '' end,
      name, $1::text) as "grant"
  from (${NEEDED}) as ours`;

/** The objects of which the role `$1` has not all that the service needs. */
const LACKING = `
  select name from (${NEEDED}) as ours
  where not (
    select bool_and(case kind when 'f' then has_function_privilege($1::name, oid, privilege)
      when 'S' then has_sequence_privilege($1::name, oid, privilege)
      else has_table_privilege($1::name, oid, privilege) end)
    from unnest(string_to_array(privileges, ', ')) as privilege)
  order by name`;

const SCHEMAS = `
  select format('revoke create on schema %I from %I', nspname, $1::text) as "revoke",
    format('grant usage on schema %I to %I', nspname, $1::text) as "grant"
  from pg_namespace
  where nspname = 'bullmq' or nspname = 'public' and (not has_schema_privilege($1, oid, 'usage') or has_schema_privilege($1, oid, 'create'))`;

interface Statements {
  readonly revoke: string;
  readonly grant: string;
}

/**
 * Grants the role exactly what the service needs, and takes back what else it was granted on these tables: all in one
 * transaction, so a service that runs notices nothing. Raises NotGranted.
 */
export async function grantTo(client: PoolClient, role: string, views: readonly string[]): Promise<void> {
  await requireApart(client, role);
  await inTransaction(client, async () => {
    await requireOwnership(client);
    const { rows: schemas } = await client.query<Statements>(SCHEMAS, [role]);
    const { rows: objects } = await client.query<Statements>(STATEMENTS, [role, views]);
    for (const { revoke, grant } of [...schemas, ...objects]) await client.query(`${revoke}; ${grant}`);
    await requireNoMore(client, role);
  });
}

export async function inTransaction(client: PoolClient, work: () => Promise<void>): Promise<void> {
  await client.query('begin');
  try {
    await work();
    await client.query('commit');
  } catch (error) {
    await client.query('rollback');
    throw error;
  }
}

/** The roles that were granted this before: new tables are for them too. */
export async function rolesServed(client: PoolClient): Promise<string[]> {
  const { rows } = await client.query<{ role: string }>(
    `select rolname as role from pg_proc cross join aclexplode(proacl) join pg_roles on pg_roles.oid = grantee
     where pg_proc.oid = to_regproc('public.ensure_months') and grantee <> proowner order by 1`,
  );
  return rows.map(({ role }) => role);
}

/** What a role that was granted the service's privileges lacks of them, by name: new tables of a later release, most often. */
export async function lackedBy(client: PoolClient, role: string, views: readonly string[]): Promise<string[]> {
  const { rows } = await client.query<{ name: string }>(LACKING, [role, views]);
  return rows.map(({ name }) => name);
}

/** Raises NotGranted unless the role exists, may log in, and is not the owner by another name. */
export async function requireApart(client: PoolClient, role: string): Promise<void> {
  const { rows } = await client.query<{ login: boolean; owner: boolean; all: boolean }>(
    `select rolcanlogin as login, pg_has_role(rolname, current_user, 'member') as owner, rolsuper as all
     from pg_roles where rolname = $1`,
    [role],
  );
  const [found] = rows;
  if (!found)
    throw new NotGranted(`There is no role "${role}": create it first, \`create role ${role} login password …\`.`);
  if (found.all)
    throw new NotGranted(`"${role}" is a superuser, who may do everything: name a role of the service's own.`);
  if (found.owner) throw new NotGranted(`"${role}" is, or is a member of, the role that migrates: name another.`);
  if (!found.login) throw new NotGranted(`"${role}" may not log in: \`alter role ${role} login\`, or name another.`);
}

/** Only its owner can grant a table. Raises NotGranted. */
export async function requireOwnership(client: PoolClient): Promise<void> {
  const { rows } = await client.query<{ names: string | null; owner: string }>(FOREIGN);
  const [foreign] = rows;
  if (foreign?.names == null) return;
  throw new NotGranted(
    `${foreign.names} belong to "${foreign.owner}": run this as that role, or \`reassign owned by\` it to the role that migrates.`,
  );
}

/** What everybody may do, or another role of which it is a member, cannot be taken back here. Raises NotGranted. */
async function requireNoMore(client: PoolClient, role: string): Promise<void> {
  const { rows } = await client.query<{ name: string }>(
    `select nspname as name from pg_namespace
     where nspname in ('public', 'bullmq') and has_schema_privilege($1, oid, 'create')`,
    [role],
  );
  const [open] = rows;
  if (!open) return;
  throw new NotGranted(
    `"${role}" may create in the schema ${open.name}, by what is granted to everybody or to a role it belongs to: ` +
      `\`revoke create on schema ${open.name} from public\`.`,
  );
}
