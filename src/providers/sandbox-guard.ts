/** Prevents opening a production database with the sandbox because a variable was forgotten. */
import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { DeploymentFacts, type Mode } from '../kernel/index.js';
import { PROVIDERS_CONFIG, type ProvidersConfig } from './providers-config.js';

const KEY = 'providers';
const REAL = 'real';
const MODE_KEY = 'mode';

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

/** Raised at start: what is live and what is a test are never in one database. */
export class DatabaseOfOtherMode extends Error {
  constructor(mode: Mode) {
    super(
      `This database belongs to a ${mode === 'test' ? 'live' : 'test'} deployment: set DATABASE_URL to another, or CALLBOARD_MODE to what it is.`,
    );
    this.name = 'DatabaseOfOtherMode';
  }
}

@Injectable()
export class SandboxGuard implements OnModuleInit {
  constructor(
    @Inject(PROVIDERS_CONFIG) private readonly config: ProvidersConfig,
    private readonly deployment: DeploymentFacts,
  ) {}

  /** Raises SandboxOnRealData and DatabaseOfOtherMode. */
  async onModuleInit(): Promise<void> {
    const { sandbox, sandboxAsked, mode } = this.config;
    // Before the providers are noted: a test database never had real ones.
    const isReal = (await this.deployment.read(KEY)) === REAL;
    if (mode === 'test' && isReal) throw new DatabaseOfOtherMode(mode);
    if (sandbox && !sandboxAsked && isReal) throw new SandboxOnRealData();
    if ((await this.deployment.writeOnce(MODE_KEY, mode)) !== mode) throw new DatabaseOfOtherMode(mode);
    if (!sandbox) await this.deployment.write(KEY, REAL);
  }
}
