/** Imports contacts into an audience as a stream, in any number. */
import { Logger } from '@nestjs/common';
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { isRetryable, type StreamedRequestBody } from '../../kernel/index.js';
import { formatOf, ListInterrupted, OpenLists, readerOf, type RowReader } from '../../lists/index.js';
import { SenderDirectory } from '../../tenants/index.js';
import { AudienceStore } from '../audience-store.js';
import { contactVocabulary } from './contact-row.js';
import type { ContactImportView, ImportContactsQuery } from './import.dto.js';
import { ImportTakenOver } from './import.errors.js';
import { readOptions, type ReadOptions } from './import-options.js';
import { ImportRun } from './import-run.js';
import { ImportStore, type ImportTicket } from './import-store.js';

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
    readonly options: ImportContactsQuery,
    readonly actor: string,
  ) {
    super();
  }
}

@CommandHandler(ImportContacts)
export class ImportContactsHandler implements ICommandHandler<ImportContacts> {
  private readonly logger = new Logger(ImportContactsHandler.name);

  constructor(
    private readonly audiences: AudienceStore,
    private readonly imports: ImportStore,
    private readonly lists: OpenLists,
    private readonly senders: SenderDirectory,
  ) {}

  /**
   * Raises AudienceNotFound, VenueNotFound, TooManyLists, IdempotencyKeyReused, and for an unreadable body MalformedJson and
   * ListUnreadable, before anything is written. What was written before ListInterrupted, ImportTakenOver, BodyIncomplete or
   * BodyTooLarge stays.
   */
  async execute(command: ImportContacts): Promise<ImportAnswer> {
    await this.audiences.require(command.tenantId, command.audienceId);
    const options = await readOptions(this.senders, command.tenantId, command.options);
    return this.lists.during(() => this.take(command, options));
  }

  private async take(command: ImportContacts, { told, mapping, reading }: ReadOptions): Promise<ImportAnswer> {
    const { body } = command;
    const vocabulary = contactVocabulary(reading.consent !== undefined);
    const reader = readerOf({ format: formatOf(body), charset: body.charset, vocabulary, mapping });
    let run: ImportRun | undefined;
    const begin = async (): Promise<ImportRun> =>
      new ImportRun(this.imports, await this.begin(command, told, reader), reading);
    try {
      for await (const rows of this.lists.parts(reader, body)) {
        for (const row of rows) {
          run ??= await begin();
          run.take(row);
          if (run.isDue) await run.rest();
        }
        await run?.rest();
      }
      run ??= await begin();
      return { view: await run.finish(), isReplay: run.isReplay };
    } catch (error) {
      await run?.interrupt().catch((reason: unknown) => this.report(reason));
      throw isRetryable(error) ? new ListInterrupted() : error;
    }
  }

  private begin(
    { tenantId, audienceId, body, actor }: ImportContacts,
    options: ImportContactsQuery,
    { columns }: RowReader,
  ): Promise<ImportTicket> {
    const { idempotencyKey } = body;
    return this.imports.begin({
      tenantId,
      audienceId,
      format: formatOf(body),
      options,
      columns,
      idempotencyKey,
      actor,
    });
  }

  /** It reads as interrupted anyway, a minute later. */
  private report(reason: unknown): void {
    if (reason instanceof ImportTakenOver) return;
    this.logger.warn(
      `An import could not be marked as interrupted: ${reason instanceof Error ? reason.name : 'unknown'}`,
    );
  }
}
