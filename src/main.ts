/** Runs the service in one of its roles: `all`, `api` or `worker`. */
import { prepareApp } from './app.ground.js';
import { AppModule } from './app.module.js';
import { providersNote } from './app.sandbox.js';
import { runService } from './kernel/service/run-service.js';

await runService(async () => {
  const ground = await prepareApp();
  return { ground, root: AppModule.forRoot(ground.config), notes: [providersNote(ground.config)] };
});
