/** Fetches what people sent from the providers that keep it, and keeps it as files of the tenant. */
import { randomUUID } from 'node:crypto';
import { Logger, type OnModuleDestroy } from '@nestjs/common';
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { FileKeeper, FileStoreUnavailable, receivedTypeOf, type FileFacts } from '../files/index.js';
import { errorLine, Schedules } from '../kernel/index.js';
import { Receivers } from '../notices/index.js';
import { MediaDownload } from './media-download.js';
import { MediaFault, nextAttemptMs } from './media.rules.js';
import { ReceivedMedia, type DueMedia } from './received-media.js';

/** Accounts that one process asks at once, and what it asks of each: so much is in memory, 20 MiB each at most. */
const ACCOUNTS_AT_ONCE = 4;
const AT_ONCE = 2;
/** While others wait, no account is asked for longer than this and the downloads under way. */
const TURN_MS = 10_000;
/** Who brings these files. */
const ACTOR = 'provider';

export class FetchMedia extends Command<void> {}

@CommandHandler(FetchMedia)
export class FetchMediaHandler implements ICommandHandler<FetchMedia>, OnModuleDestroy {
  private readonly logger = new Logger(FetchMediaHandler.name);
  private readonly accounts: Receivers;

  constructor(
    schedules: Schedules,
    private readonly media: ReceivedMedia,
    private readonly downloads: MediaDownload,
    private readonly files: FileKeeper,
  ) {
    this.accounts = new Receivers(schedules, {
      name: 'received-media',
      atOnce: ACCOUNTS_AT_ONCE,
      turnMs: TURN_MS,
      due: () => media.dueAccounts(),
      deliver: (accountId) => this.fetchSome(accountId),
    });
  }

  /** Begins with each account that is not being asked, and waits for none. Safe to run concurrently: each medium is claimed first. */
  execute(): Promise<void> {
    return this.accounts.begin();
  }

  onModuleDestroy(): void {
    this.accounts.stop();
  }

  /** False if nothing was due. */
  private async fetchSome(accountId: string): Promise<boolean> {
    const claimed = await this.media.claim(accountId, randomUUID(), AT_ONCE);
    await Promise.all(claimed.map((due) => this.fetchOne(due)));
    return claimed.length > 0;
  }

  /** What fails on our side is tried again too. */
  private async fetchOne(due: DueMedia): Promise<void> {
    try {
      await this.media.recordKept(due, await this.kept(due));
    } catch (error) {
      if (!(error instanceof MediaFault)) this.logger.error(`Media waits: ${errorLine(error)}`);
      const fault = error instanceof MediaFault ? error : new MediaFault('storage', false);
      await this.media.recordFault(due, fault.reason, nextAttemptMs(due.attempts, fault, Math.random()));
    }
  }

  /** A content that is kept twice is one file, so an attempt whose end was not recorded does no harm. */
  private async kept({ tenantId, accountId, url }: DueMedia): Promise<FileFacts> {
    const content = await this.downloads.bytesOf(accountId, url);
    const type = await receivedTypeOf(content);
    if (!type) throw new MediaFault('type', true);
    try {
      return await this.files.keep({ tenantId, ...type }, content, ACTOR);
    } catch (error) {
      throw error instanceof FileStoreUnavailable ? new MediaFault('storage', false) : error;
    }
  }
}
