/** The whole service in this process. */
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { AppConfig } from '../src/app.config.js';
import { AppModule } from '../src/app.module.js';
import { startApp as startRoot } from '../src/kernel/service/run-service.js';

/** Starts the service as `npm start` does, listening and working. One that does not start leaves nothing open. */
export const startApp = (config: AppConfig): Promise<NestFastifyApplication> =>
  startRoot(AppModule.forRoot(config), config);
