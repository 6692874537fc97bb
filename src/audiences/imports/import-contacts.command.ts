/** Imports contacts into an audience as a stream, in any number. */
import { Logger, type BeforeApplicationShutdown } from '@nestjs/common';
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { isRetryable, type StreamedRequestBody } from '../../kernel/index.js';
import { readerOf, type ListFormat, type Row, type RowReader } from '../../lists/index.js';
import { SenderDirectory } from '../../tenants/index.js';
import { AudienceStore } from '../audience-store.js';
import { FORMAT_OF, type ContactImportView } from './import.dto.js';
import { ImportInterrupted, ImportTakenOver } from './import.errors.js';
import { ImportRun } from './import-run.js';
import { ImportStore } from './import-store.js';

export interface ImportAnswer {
  readonly view: ContactImportView;
  /** The same import had finished before. */
  readonly isReplay: boolean;
}

export class ImportContacts extends Command<ImportAnswer> {
  constructor(
    readonly tenantId: string,
    readonly audienceId: string,
    readonly body: StreamedRequestBody,
    readonly actor: string,
  ) {
    super();
  }
}

@CommandHandler(ImportContacts)
export class ImportContactsHandler implements ICommandHandler<ImportContacts>, BeforeApplicationShutdown {
  private readonly logger = new Logger(ImportContactsHandler.name);
  private readonly stopping = new AbortController();
  private readonly underWay = new Set<Promise<ImportAnswer>>();

  constructor(
    private readonly audiences: AudienceStore,
    private readonly imports: ImportStore,
    private readonly senders: SenderDirectory,
  ) {}

  /**
   * Raises AudienceNotFound, TooManyImports, IdempotencyKeyReused, and for an unreadable body MalformedJson and
   * ListUnreadable, before anything is written. What was written before ImportInterrupted, ImportTakenOver, BodyIncomplete or
   * BodyTooLarge stays.
   */
  async execute(command: ImportContacts): Promise<ImportAnswer> {
    await this.audiences.require(command.tenantId, command.audienceId);
    const work = this.take(command);
    this.underWay.add(work);
    return work.finally(() => this.underWay.delete(work));
  }

  /** Running imports are ended while the database is still available. */
  async beforeApplicationShutdown(): Promise<void> {
    this.stopping.abort();
    await Promise.allSettled(this.underWay);
  }

  private async take(command: ImportContacts): Promise<ImportAnswer> {
    const format = FORMAT_OF[command.body.type] ?? 'json';
    const reader = readerOf(format);
    let run: ImportRun | undefined;
    try {
      for await (const rows of partsOf(reader, command.body.chunks(this.stopping.signal))) {
        for (const row of rows) {
          run ??= await this.begin(command, format);
          run.take(row);
          if (run.isDue) await run.rest();
        }
        await run?.rest();
      }
      run ??= await this.begin(command, format);
      return { view: await run.finish(), isReplay: run.isReplay };
    } catch (error) {
      await run?.interrupt().catch((reason: unknown) => this.report(reason));
      throw isRetryable(error) ? new ImportInterrupted() : error;
    }
  }

  private async begin({ tenantId, audienceId, body, actor }: ImportContacts, format: ListFormat): Promise<ImportRun> {
    const { idempotencyKey } = body;
    const { country } = await this.senders.tenant(tenantId);
    const ticket = await this.imports.begin({ tenantId, audienceId, format, idempotencyKey, actor });
    return new ImportRun(this.imports, ticket, country);
  }

  /** It reads as interrupted anyway, a minute later. */
  private report(reason: unknown): void {
    if (reason instanceof ImportTakenOver) return;
    this.logger.warn(
      `An import could not be marked as interrupted: ${reason instanceof Error ? reason.name : 'unknown'}`,
    );
  }
}

async function* partsOf(reader: RowReader, chunks: AsyncIterable<Buffer>): AsyncGenerator<Iterable<Row>> {
  for await (const chunk of chunks) yield reader.read(chunk);
  yield reader.end();
}
