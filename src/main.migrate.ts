/**
 * `npm run migrate`: migrates the database to this release and exits. `-- --grant-to ROLE`: the service will run as that role.
 * `-- --grant-views-to ROLE [--tenant ID]`: that role reads the reports, of all tenants or of one. `-- --after-logical-restore`: it was
 * loaded from a dump, and transaction ids have begun again.
 */
import { parseArgs } from 'node:util';
import { migrateDatabase, renumberDatabase } from './app.database.js';
import { readAppConfig } from './app.secrets.js';
import { isUuid } from './kernel/index.js';
import type { Grantees } from './kernel/postgres/migrate.js';
import type { Reader } from './kernel/postgres/reader-grants.js';
import { prepareGround } from './kernel/service/boot.js';
import { runCommand } from './kernel/service/run-service.js';

interface Wanted extends Grantees {
  readonly isRestored: boolean;
}

/** Behind the name of this command, which `npm run` passes on. Raises an Error for an option that is none. */
function readOptions(): Wanted {
  const { values } = parseArgs({
    options: {
      'grant-to': { type: 'string' },
      'grant-views-to': { type: 'string' },
      tenant: { type: 'string' },
      'after-logical-restore': { type: 'boolean', default: false },
    },
    allowPositionals: true,
  });
  const { 'grant-to': service, 'grant-views-to': role, tenant: tenantId, 'after-logical-restore': isRestored } = values;
  if (tenantId !== undefined && (role === undefined || !isUuid(tenantId)))
    throw new Error("--tenant takes a tenant's id, beside --grant-views-to ROLE");
  return { service, reader: role === undefined ? undefined : { role, tenantId }, isRestored };
}

const reportsOf = ({ tenantId }: Reader): string =>
  tenantId === undefined ? 'the reports of all tenants' : `the reports of the tenant ${tenantId}`;

await runCommand(async () => {
  const { service, reader, isRestored } = readOptions();
  const ground = await prepareGround(await readAppConfig());
  try {
    await migrateDatabase(ground.config.databaseDirectUrl, { service, reader });
    process.stdout.write('The database is up to date.\n');
    if (isRestored) {
      await renumberDatabase(ground.config.databaseDirectUrl);
      process.stdout.write('Usage, fallbacks and all else that follows events go on where they were.\n');
    }
    if (service !== undefined)
      process.stdout.write(`The role ${service} may do what the service needs, and no more.\n`);
    if (reader) process.stdout.write(`The role ${reader.role} may read ${reportsOf(reader)}, and no more.\n`);
  } finally {
    await ground.stop();
  }
});
