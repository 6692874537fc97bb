/** `npm run migrate`: migrates the database to this release and exits. `-- --grant-to ROLE`: the service will run as that role. */
import { parseArgs } from 'node:util';
import { loadAppConfig } from './app.config.js';
import { migrateDatabase } from './app.database.js';
import { prepareGround } from './kernel/service/boot.js';
import { runCommand } from './kernel/service/run-service.js';

/** Behind the name of this command, which `npm run` passes on. Raises an Error for an option that is none. */
function readGrantee(): string | undefined {
  const { values } = parseArgs({ options: { 'grant-to': { type: 'string' } }, allowPositionals: true });
  return values['grant-to'];
}

await runCommand(async () => {
  const grantee = readGrantee();
  const ground = await prepareGround(loadAppConfig());
  try {
    await migrateDatabase(ground.config.databaseUrl, grantee);
    process.stdout.write('The database is up to date.\n');
    if (grantee !== undefined)
      process.stdout.write(`The role ${grantee} may do what the service needs, and no more.\n`);
  } finally {
    await ground.stop();
  }
});
