/** Prevents opening a production database with the sandbox because a variable was forgotten. */
import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { DeploymentFacts } from '../kernel/index.js';
import { PROVIDERS_CONFIG, type ProvidersConfig } from './providers-config.js';

const KEY = 'providers';
const REAL = 'real';

/** Raised at start, before anything is accepted or sent. */
export class SandboxOnRealData extends Error {
  constructor() {
    super(
      'This database has sent through real providers, and none is configured now: the sandbox would swallow its messages. ' +
        'Set the provider variables, or CALLBOARD_SANDBOX=off; CALLBOARD_SANDBOX=on says that the sandbox is meant.',
    );
    this.name = 'SandboxOnRealData';
  }
}

@Injectable()
export class SandboxGuard implements OnModuleInit {
  constructor(
    @Inject(PROVIDERS_CONFIG) private readonly config: ProvidersConfig,
    private readonly deployment: DeploymentFacts,
  ) {}

  /** Raises SandboxOnRealData. */
  async onModuleInit(): Promise<void> {
    if (!this.config.sandbox) {
      await this.deployment.write(KEY, REAL);
    } else if (!this.config.sandboxAsked && (await this.deployment.read(KEY)) === REAL) {
      throw new SandboxOnRealData();
    }
  }
}
