/** Reads a list without writing anything. */
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import type { StreamedRequestBody } from '../../kernel/index.js';
import { FAULTS, formatOf, OpenLists, readerOf } from '../../lists/index.js';
import { SenderDirectory } from '../../tenants/index.js';
import { AudienceStore } from '../audience-store.js';
import { contactVocabulary, readContactRow } from './contact-row.js';
import type { ContactImportPreview, ImportContactsQuery, PreviewedRow } from './import.dto.js';
import { readOptions } from './import-options.js';

const ROWS_SHOWN = 10;
const ERRORS_SHOWN = 100;

export class PreviewImport extends Command<ContactImportPreview> {
  constructor(
    readonly tenantId: string,
    readonly audienceId: string,
    readonly body: StreamedRequestBody,
    readonly options: ImportContactsQuery,
  ) {
    super();
  }
}

@CommandHandler(PreviewImport)
export class PreviewImportHandler implements ICommandHandler<PreviewImport> {
  constructor(
    private readonly audiences: AudienceStore,
    private readonly lists: OpenLists,
    private readonly senders: SenderDirectory,
  ) {}

  /** Raises AudienceNotFound, VenueNotFound, TooManyLists, ListUnreadable, MalformedJson, BodyIncomplete and BodyTooLarge. */
  async execute(command: PreviewImport): Promise<ContactImportPreview> {
    await this.audiences.require(command.tenantId, command.audienceId);
    return this.lists.oneOfFew(command.tenantId, () => this.read(command));
  }

  private async read({ tenantId, body, options }: PreviewImport): Promise<ContactImportPreview> {
    const { mapping, reading } = await readOptions(this.senders, tenantId, options);
    const format = formatOf(body);
    const vocabulary = contactVocabulary(reading.consent !== undefined);
    const reader = readerOf({ format, charset: body.charset, vocabulary, mapping });
    const counts = { lines: 0, emails: 0, phones: 0, optedIn: 0, optedOut: 0, rejected: 0 };
    const rows: PreviewedRow[] = [];
    const errors: ContactImportPreview['errors'] = [];
    for await (const part of this.lists.parts(reader, body)) {
      for (const row of part) {
        const { contacts, attributes, decisions, faults } = readContactRow(row, reading);
        counts.lines = row.line;
        for (const { kind } of contacts) counts[kind === 'email' ? 'emails' : 'phones'] += 1;
        for (const { status } of decisions) counts[status === 'opted_in' ? 'optedIn' : 'optedOut'] += 1;
        counts.rejected += faults.length;
        for (const { code, field } of faults.slice(0, ERRORS_SHOWN - errors.length)) {
          errors.push({ line: row.line, code, field, message: FAULTS[code] });
        }
        if (rows.length < ROWS_SHOWN && contacts.length > 0) {
          rows.push({
            line: row.line,
            contacts: [...contacts],
            attributes: JSON.parse(attributes) as Record<string, unknown>,
            consents: decisions.map(({ channel, status, occurredAt }) => ({
              channel,
              status,
              occurredAt: occurredAt?.toISOString() ?? null,
            })),
          });
        }
      }
    }
    return { format, ...counts, columns: reader.columns ?? null, rows, errors };
  }
}
