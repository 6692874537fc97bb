/** Looks for new secrets as long as the application runs, and tells how that goes. */
import {
  Inject,
  Injectable,
  Logger,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { CONFIG, type ReadyConfig } from '../config/ready-config.js';
import { HealthChecks } from '../observability/health.js';
import { Metrics, type EventCount } from '../observability/metrics.js';

@Injectable()
export class SecretWatch implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger('Secrets');
  private readonly looks: EventCount<'result'>;

  constructor(
    @Inject(CONFIG) private readonly config: ReadyConfig,
    private readonly health: HealthChecks,
    metrics: Metrics,
  ) {
    this.looks = metrics.counter({
      name: 'callboard.secret_changes_total',
      help: 'Changes of secrets that were adopted, and that could not be',
      labels: { result: ['adopted', 'failed'] },
    });
  }

  onApplicationBootstrap(): void {
    const { rotation } = this.config;
    if (!rotation) return;
    this.health.add('secrets', false, () =>
      rotation.obstacle === undefined ? Promise.resolve() : Promise.reject(new Error(rotation.obstacle)),
    );
    rotation.start({
      changed: (names) => {
        this.looks.add({ result: 'adopted' });
        this.logger.log(`Other secrets are in force: ${names.join(', ')}`);
      },
      failed: (reason) => {
        this.looks.add({ result: 'failed' });
        this.logger.error(`Secrets stay as they were: ${reason}`);
      },
    });
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.config.rotation?.stop();
  }
}
