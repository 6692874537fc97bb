/** Keeps a database that has served real customers from being opened with the sandbox because a variable was forgotten. */
import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { Database } from '../kernel/index.js';
import { PROVIDERS_CONFIG, type ProvidersConfig } from './providers-config.js';

const KEY = 'providers';

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
    private readonly database: Database,
  ) {}

  /** Raises SandboxOnRealData. */
  async onModuleInit(): Promise<void> {
    if (!this.config.sandbox) {
      await this.database.query(
        `insert into deployment (key, value) values ($1, 'real') on conflict (key) do update set value = 'real', updated_at = now()`,
        [KEY],
      );
    } else if (!this.config.sandboxAsked) {
      const real = await this.database.query(`select from deployment where key = $1 and value = 'real'`, [KEY]);
      if (real.length > 0) throw new SandboxOnRealData();
    }
  }
}
