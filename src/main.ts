/** Runs the service in one of its roles: `all`, `api` or `worker`. */
import { AppModule } from './app.module.js';
import { loadConfig } from './kernel/config.js';
import { prepareGround } from './kernel/boot.js';
import { runService } from './kernel/run-service.js';

await runService(async () => {
  const ground = await prepareGround(loadConfig());
  return { ground, root: AppModule.forRoot(ground.config) };
});
