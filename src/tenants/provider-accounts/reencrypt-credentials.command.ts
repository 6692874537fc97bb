/**
 * Key rotation: once the ring has a new first key, stored credentials are re-encrypted under it, and the old key may be
 * removed.
 */
import { Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { Database, errorLine, KeyRing } from '../../kernel/index.js';
import { opened, sealed } from './provider-credentials.js';

/** Returns how many accounts were re-encrypted. Safe to run at any time, twice, and in many processes at once. */
export class ReencryptCredentials extends Command<number> {}

interface Row {
  readonly id: string;
  readonly credentials: string;
}

@CommandHandler(ReencryptCredentials)
export class ReencryptCredentialsHandler implements ICommandHandler<ReencryptCredentials>, OnApplicationBootstrap {
  private readonly logger = new Logger(ReencryptCredentials.name);

  constructor(
    private readonly database: Database,
    private readonly keys: KeyRing,
  ) {}

  /** With each start and each new ring. */
  async onApplicationBootstrap(): Promise<void> {
    this.keys.onReplaced(() => {
      this.execute().catch((error: unknown) =>
        this.logger.warn(`Stored credentials are moved at the next start: ${errorLine(error)}`),
      );
    });
    await this.execute();
  }

  async execute(): Promise<number> {
    const rows = await this.database.query<Row>(
      `select id, credentials from provider_account where credentials is not null`,
    );
    let moved = 0;
    for (const { id } of rows.filter(({ credentials }) => this.keys.isStale(credentials))) {
      if (await this.attempt(id)) moved += 1;
    }
    if (moved > 0) this.logger.log(`Credentials of ${moved} provider accounts are now under the first key of the ring`);
    return moved;
  }

  /** What cannot be decrypted stays: it concerns one account, and must not keep the service down. */
  private async attempt(id: string): Promise<boolean> {
    try {
      return await this.move(id);
    } catch (error) {
      const reason = error instanceof Error ? error.message : 'unknown error';
      this.logger.error(`Credentials of provider account ${id} stay under their old key: ${reason}`);
      return false;
    }
  }

  private move(id: string): Promise<boolean> {
    return this.database.transaction(async () => {
      const [row] = await this.database.query<Row>(
        `select id, credentials from provider_account where id = $1 and credentials is not null for update`,
        [id],
      );
      if (!row || !this.keys.isStale(row.credentials)) return false;
      const credentials = sealed(this.keys, id, opened(this.keys, id, row.credentials));
      await this.database.query(`update provider_account set credentials = $2 where id = $1`, [id, credentials]);
      return true;
    });
  }
}
