/**
 * What a role may do that reads the reports: select from their views, and no more. Which roles those are is kept in `view_reader`: a
 * view that is made anew has lost its privileges.
 */
import type { PoolClient } from 'pg';
import { sqlStateOf } from './database-errors.js';
import { inTransaction, NotGranted, OURS, requireApart, requireOwnership, REVOKE, rolesServed } from './grants.js';

/** The views that other roles may read, by name; beside each there is `own_NAME`, with the rows of the reader's tenant. */
export interface ReportParts {
  readonly views: readonly string[];
  /** What they call, and what conditions on them need: `name(type)`. */
  readonly functions: readonly string[];
}

/** Reads all tenants' rows, or those of one. */
export interface Reader {
  readonly role: string;
  readonly tenantId?: string | undefined;
}

const FOREIGN_KEY = '23503';

const qualified = (views: readonly string[]): string[] => views.map((view) => `public.${view}`);
const ofOneTenant = (views: readonly string[]): string[] => views.map((view) => `own_${view}`);

/** All views of the reports, with their schema. */
export const viewsOf = ({ views }: ReportParts): string[] => qualified([...views, ...ofOneTenant(views)]);

/**
 * Grants the role the views, of one tenant's rows if one is named, and takes back what else it was granted on our tables: all in one
 * transaction. Raises NotGranted.
 */
export async function grantViewsTo(client: PoolClient, reader: Reader, parts: ReportParts): Promise<void> {
  const { role } = reader;
  await requireApart(client, role);
  if ((await rolesServed(client)).includes(role))
    throw new NotGranted(`The service runs as "${role}": name a role of the reports' own.`);
  await inTransaction(client, async () => {
    await requireOwnership(client);
    await register(client, reader);
    const { rows } = await client.query<{ statement: string }>(`select ${REVOKE} as statement from (${OURS}) as ours`, [
      role,
    ]);
    for (const { statement } of rows) await client.query(statement);
    await client.query(`revoke all on schema public, bullmq from ${client.escapeIdentifier(role)}`);
    await grantViews(client, reader, parts);
    await requireNothingElse(client, reader, parts);
  });
}

/**
 * Grants all readers their views again: some were made anew, or are new. A role that is gone is forgotten. Does nothing in a schema
 * of before the reports.
 */
export async function restoreViews(client: PoolClient, parts: ReportParts): Promise<void> {
  const { rows: found } = await client.query(`select from pg_class where oid = to_regclass('public.view_reader')`);
  if (found.length === 0) return;
  await inTransaction(client, async () => {
    await client.query('delete from view_reader where role not in (select rolname from pg_roles)');
    const { rows } = await client.query<{ role: string; tenant: string | null }>(
      'select role, tenant_id as tenant from view_reader order by role',
    );
    for (const { role, tenant } of rows) await grantViews(client, { role, tenantId: tenant ?? undefined }, parts);
  });
}

/** The roles that were granted the reports, with what each lacks of their views. None in a schema of before the reports. */
export async function readersOf(client: PoolClient, parts: ReportParts): Promise<(Reader & { lacks: string[] })[]> {
  const { rows: found } = await client.query(`select from pg_class where oid = to_regclass('public.view_reader')`);
  if (found.length === 0) return [];
  const { rows } = await client.query<{ role: string; tenant: string | null; lacks: string[] }>(
    `select role, tenant_id as tenant, array(
       select name from unnest(case when tenant_id is null then $1::text[] else $2::text[] end) as name
       where not has_table_privilege(role::name, name, 'select') order by name) as lacks
     from view_reader where role in (select rolname from pg_roles) order by role`,
    [qualified(parts.views), qualified(ofOneTenant(parts.views))],
  );
  return rows.map(({ role, tenant, lacks }) => ({ role, tenantId: tenant ?? undefined, lacks }));
}

async function register(client: PoolClient, { role, tenantId }: Reader): Promise<void> {
  try {
    await client.query(
      `insert into view_reader (role, tenant_id) values ($1, $2)
       on conflict (role) do update set tenant_id = excluded.tenant_id`,
      [role, tenantId],
    );
  } catch (error) {
    if (sqlStateOf(error) !== FOREIGN_KEY) throw error;
    throw new NotGranted('There is no tenant of this id: GET /api/tenants lists them.', { cause: error });
  }
}

const granted = ({ tenantId }: Reader, { views }: ReportParts): string[] =>
  qualified(tenantId === undefined ? views : ofOneTenant(views));

async function grantViews(client: PoolClient, reader: Reader, parts: ReportParts): Promise<void> {
  const role = client.escapeIdentifier(reader.role);
  await client.query(`grant usage on schema public to ${role}`);
  await client.query(`grant select on ${granted(reader, parts).join(', ')} to ${role}`);
  await client.query(`grant execute on function ${parts.functions.join(', ')} to ${role}`);
}

/** What everybody may do, or another role of which it is a member, cannot be taken back here. Raises NotGranted. */
async function requireNothingElse(client: PoolClient, reader: Reader, parts: ReportParts): Promise<void> {
  const { rows } = await client.query<{ names: string | null }>(
    `select string_agg(name, ', ' order by name) as names from (${OURS}) as ours
     where kind <> 'f' and name <> all($2) and case kind
       when 'S' then has_sequence_privilege($1, oid, 'usage, select, update')
       else has_table_privilege($1, oid, 'select, insert, update, delete, truncate, references, trigger, maintain')
         or has_any_column_privilege($1, oid, 'select, insert, update, references') end`,
    [reader.role, granted(reader, parts)],
  );
  const names = rows[0]?.names;
  if (names == null) return;
  throw new NotGranted(
    `"${reader.role}" may use ${names}, by what is granted to everybody or to a role it belongs to: take that back first.`,
  );
}
