/** Migrates the database to this release, once, however many processes start together. */
import { Logger } from '@nestjs/common';
import type { MikroORM } from '@mikro-orm/postgresql';
import type { PoolClient } from 'pg';
import { sqlStateOf } from './database-errors.js';
import { grantTo, NotGranted, rolesServed } from './grants.js';
import { isolate, letActForTenants, type IsolationParts } from './isolation.js';
import { migrateQueues } from './queue-tables.js';
import { grantViewsTo, restoreViews, viewsOf, type Reader, type ReportParts } from './reader-grants.js';
import { keepShape, lackingColumns } from './schema-check.js';

/** Any fixed number: the holder of this advisory lock may migrate. */
const LOCK = 7_265_525;
const INSUFFICIENT_PRIVILEGE = '42501';

/** Raised at start if the database does not have, and could not be given, this release's tables. It is left unchanged. */
export class NotMigrated extends Error {
  constructor(reason: string, options?: ErrorOptions) {
    super(`The database does not have the tables of this release. ${reason}`, options);
    this.name = 'NotMigrated';
  }
}

/** What the database has beside its migrations. */
export interface SchemaParts {
  /** The names of all queues. */
  readonly queues: readonly string[];
  readonly reports: ReportParts;
  readonly isolation: IsolationParts;
}

/** Whom privileges are granted to beside those who had them before. */
export interface Grantees {
  /** The service will run as this role. */
  readonly service?: string | undefined;
  /** It reads the reports. */
  readonly reader?: Reader | undefined;
}

/**
 * Runs all pending migrations under an advisory lock, all of them or none, and makes what the queues of these names need; if
 * nothing is pending it changes no table, and needs no privilege to. A database migrated by a newer release is accepted, with a
 * warning: a change must suit both, and a process of the old release must be able to restart during an update. Roles that were
 * granted the service's privileges or the reports before have them on what was made now. Raises NotMigrated and NotGranted.
 */
export async function migrate(
  orm: MikroORM,
  { queues, reports, isolation }: SchemaParts,
  { service, reader }: Grantees = {},
): Promise<void> {
  const pool = await orm.em.getConnection().getNativeClient();
  const client = await pool.connect();
  let step = 'schema_migration';
  orm.migrator.on('migrating', ({ name }) => void (step = name));
  try {
    await client.query('select pg_advisory_lock($1)', [LOCK]);
    const { behind, ahead } = await standing(orm, client);
    if (behind) {
      await orm.migrator.up();
      await keepShape(client);
    }
    step = 'the queue';
    const madeQueues = await migrateQueues(client, queues);
    step = 'isolation';
    if (!ahead) await isolate(client, isolation);
    step = 'privileges';
    const served = behind || madeQueues ? await rolesServed(client) : [];
    for (const role of new Set([...served, ...(service === undefined ? [] : [service])])) {
      await grantTo(client, role, viewsOf(reports));
      await letActForTenants(client, role);
    }
    if (behind) await restoreViews(client, reports);
    if (reader) await grantViewsTo(client, reader, reports);
  } catch (error) {
    throw error instanceof NotMigrated || error instanceof NotGranted ? error : failureOf(step, error);
  } finally {
    await client.query('select pg_advisory_unlock_all()').catch(() => undefined);
    client.release();
  }
}

/** How far a database is, next to this release. */
interface Standing {
  readonly behind: boolean;
  /** A newer release has migrated it, and knows better. */
  readonly ahead: boolean;
}

/**
 * There is one linear history: the database's and this release's migrations start alike, and what they made exists. Raises
 * NotMigrated otherwise.
 */
async function standing(orm: MikroORM, client: PoolClient): Promise<Standing> {
  const known = (orm.config.get('migrations').migrationsList ?? []).map(({ name }) => name);
  const run = (await orm.migrator.getExecuted()).map(({ name }) => name);
  const at = run.findIndex((name, index) => index < known.length && name !== known[index]);
  if (at >= 0) {
    throw new NotMigrated(
      `It has had the migration ${run[at]} where this release has ${known[at]}, so it belongs to another history: lead ` +
        'DATABASE_URL to the right one, or restore a backup.',
    );
  }
  const lacking = run.length > 0 ? await lackingColumns(client) : [];
  if (lacking.length > 0) {
    throw new NotMigrated(`It has had its migrations and lacks ${lacking.join(', ')}: restore the whole of it.`);
  }
  const newer = run.slice(known.length);
  if (newer.length > 0) {
    new Logger('Migrations').warn(
      `A newer release has migrated the database (${newer.join(', ')}): update this process`,
    );
  }
  return { behind: run.length < known.length, ahead: newer.length > 0 };
}

function failureOf(step: string, cause: unknown): NotMigrated {
  const state = sqlStateOf(cause);
  const reason =
    state === INSUFFICIENT_PRIVILEGE
      ? `The role of DATABASE_URL may not make them (${step}): run \`npm run migrate\` as the role that owns the tables.`
      : `The migration failed at ${step} (${state ?? nameOf(cause)}), and nothing of it was kept: fix the cause and start again.`;
  return new NotMigrated(reason, { cause });
}

const nameOf = (error: unknown): string => (error instanceof Error ? error.name : 'unknown error');
