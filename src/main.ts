/** Runs the service in one of its roles: `all`, `api` or `worker`. */
import { AppModule } from './app.module.js';
import { loadConfig } from './kernel/config/config.js';
import { prepareGround } from './kernel/service/boot.js';
import { runService } from './kernel/service/run-service.js';

await runService(async () => {
  const ground = await prepareGround(loadConfig());
  return { ground, root: AppModule.forRoot(ground.config) };
});
