/** Gives each account in the environment its row, so that senders and lanes can reference it. */
import { Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';
import { Database } from '../../kernel/index.js';
import { externalIdOf, PROVIDERS, PROVIDERS_CONFIG, type ProvidersConfig } from '../../providers/index.js';

@Injectable()
export class PlatformAccountRows implements OnApplicationBootstrap {
  constructor(
    @Inject(PROVIDERS_CONFIG) private readonly config: ProvidersConfig,
    private readonly database: Database,
  ) {}

  /** A row survives restarts, and follows the environment. */
  async onApplicationBootstrap(): Promise<void> {
    for (const provider of PROVIDERS) {
      const account = this.config.platform[provider];
      if (!account) continue;
      await this.database.query(
        `insert into provider_account (id, tenant_id, provider, name, external_id) values ($1, null, $2, $3, $4)
         on conflict (provider) where tenant_id is null do update set external_id = excluded.external_id
           where provider_account.external_id is distinct from excluded.external_id`,
        [uuidv7(), provider, `The platform’s ${provider}`, externalIdOf(provider, account.credentials)],
      );
    }
  }
}
