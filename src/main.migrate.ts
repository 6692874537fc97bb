/** `npm run migrate`: migrates the database to this release and exits. */
import { loadAppConfig } from './app.config.js';
import { migrateDatabase } from './app.database.js';
import { prepareGround } from './kernel/service/boot.js';
import { runCommand } from './kernel/service/run-service.js';

await runCommand(async () => {
  const ground = await prepareGround(loadAppConfig());
  try {
    await migrateDatabase(ground.config.databaseUrl);
    process.stdout.write('The database is up to date.\n');
  } finally {
    await ground.stop();
  }
});
