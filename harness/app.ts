/** The whole service in this process. */
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { AppConfig } from '../src/app.config.js';
import { AppModule } from '../src/app.module.js';
import { createHttpApp } from '../src/kernel/service/http-app.js';
import { listen, startWorkers } from '../src/kernel/service/run-service.js';

/** Starts the service as `npm start` does, listening and working. One that does not start leaves nothing open. */
export async function startApp(config: AppConfig): Promise<NestFastifyApplication> {
  const app = await createHttpApp(AppModule.forRoot(config), config);
  try {
    await listen(app, config);
    await startWorkers(app, config);
  } catch (error) {
    await app.close();
    throw error;
  }
  return app;
}
