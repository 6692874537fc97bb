/** Several roles on one database: the owner, who migrates, and one of its own for the service or a reader. */
import { resolve } from 'node:path';
import { query } from '../../harness/query.js';
import { emptyDatabase } from './databases.js';
import { deployment, startService } from './process.js';

/** The same database as each of them. The owner owns the database, and is no superuser. */
export interface DatabaseOfTwo {
  readonly superuser: string;
  readonly owner: string;
  /** As the other role, which `role` names. */
  readonly service: string;
  readonly role: string;
}

/** An empty database. The tenants' role is the server's, which has other databases: the owner may let others act as it. */
export async function databaseOfTwo(): Promise<DatabaseOfTwo> {
  const superuser = await emptyDatabase();
  const name = new URL(superuser).pathname.slice(1);
  const [owner, role] = [`owner_${name}`, `service_${name}`];
  for (const each of [owner, role]) await newRole(superuser, each);
  await query(superuser, `grant callboard_tenant to ${owner} with admin true, inherit false, set true`);
  await query(superuser, `alter database ${name} owner to ${owner}`);
  return { superuser, owner: asRole(superuser, owner), service: asRole(superuser, role), role };
}

/** Makes a role that may log in, and answers the database's URL as it. */
export async function newRole(superuser: string, role: string): Promise<string> {
  await query(superuser, `create role ${role} login password 'secret'`);
  return asRole(superuser, role);
}

const asRole = (url: string, username: string): string =>
  Object.assign(new URL(url), { username, password: 'secret' }).href;

/** Runs `npm run migrate` with what comes behind its `--`. */
export async function runMigrate(
  url: string,
  ...args: string[]
): Promise<{ code: number | null; out: string; err: string }> {
  const command = await startService(deployment(url), {
    args: [resolve('dist', 'bundle', 'main.migrate.js'), ...args],
  });
  const { code } = await command.ended;
  return { code, out: command.out, err: command.err };
}

/** The SQLSTATE that a statement is refused with, or `done`. */
export const sqlState = (url: string, sql: string): Promise<string> =>
  query(url, sql).then(
    () => 'done',
    (error: unknown) => String((error as { code?: string }).code),
  );
