/** Records the decisions of a list of any length, as it arrives. */
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import type { StreamedRequestBody } from '../../kernel/index.js';
import { formatOf, OpenLists, readerOf, type RowReader } from '../../lists/index.js';
import { SenderDirectory } from '../../tenants/index.js';
import { ConsentLog } from '../consent-log.js';
import type { ConsentListPreview, ConsentListQuery, ConsentListView } from './consent-list.dto.js';
import { decisionVocabulary } from './decision-columns.js';
import { DecisionList, type ListedDecision } from './decision-list.js';

/** Decisions written together. */
const BATCH_SIZE = 1_000;
const PREVIEWED = 10;

export class ImportConsentList extends Command<ConsentListView> {
  constructor(
    readonly tenantId: string,
    readonly venue: string,
    readonly body: StreamedRequestBody,
    readonly options: ConsentListQuery,
    readonly actor: string,
  ) {
    super();
  }
}

export class PreviewConsentList extends Command<ConsentListPreview> {
  constructor(
    readonly tenantId: string,
    readonly venue: string,
    readonly body: StreamedRequestBody,
    readonly options: ConsentListQuery,
  ) {
    super();
  }
}

/** Opens the list of a request: its reader, and what is read from it. */
async function open(
  directory: SenderDirectory,
  { tenantId, venue, body, options }: ImportConsentList | PreviewConsentList,
): Promise<{ venueId: string; reader: RowReader; list: DecisionList }> {
  const venueId = await directory.venueOf(tenantId, venue);
  const { country, timezone } = await directory.tenant(tenantId);
  const { email, phone, ...told } = options;
  const reader = readerOf({
    format: formatOf(body),
    charset: body.charset,
    vocabulary: decisionVocabulary(told),
    mapping: { email, phone },
  });
  return { venueId, reader, list: new DecisionList({ ...told, country, timeZone: timezone }) };
}

@CommandHandler(ImportConsentList)
export class ImportConsentListHandler implements ICommandHandler<ImportConsentList> {
  constructor(
    private readonly directory: SenderDirectory,
    private readonly lists: OpenLists,
    private readonly log: ConsentLog,
  ) {}

  /**
   * Raises VenueNotFound, TooManyLists, and ListUnreadable before anything is written. What was written before ListInterrupted,
   * BodyIncomplete or BodyTooLarge stays; sent again, decisions that give a time are not recorded twice.
   */
  execute(command: ImportConsentList): Promise<ConsentListView> {
    return this.lists.oneOfFew(command.tenantId, () => this.take(command));
  }

  private async take(command: ImportConsentList): Promise<ConsentListView> {
    const { venueId, reader, list } = await open(this.directory, command);
    const counts = await this.lists.import({
      reader,
      body: command.body,
      batchSize: BATCH_SIZE,
      read: (row) => list.read(row),
      write: (batch) => this.record(command, venueId, batch),
    });
    const { lines, rejected, errors } = list;
    return { lines, ...counts, rejected, columns: reader.columns ?? [], errors };
  }

  private record(
    { tenantId, actor }: ImportConsentList,
    venueId: string,
    batch: readonly ListedDecision[],
  ): Promise<number> {
    return this.log.recordOnce(batch.map(({ decision }) => ({ ...decision, tenantId, venueId, actor })));
  }
}

@CommandHandler(PreviewConsentList)
export class PreviewConsentListHandler implements ICommandHandler<PreviewConsentList> {
  constructor(
    private readonly directory: SenderDirectory,
    private readonly lists: OpenLists,
  ) {}

  /** Reads the list to its end and writes nothing. Raises VenueNotFound, TooManyLists, ListUnreadable, BodyIncomplete and BodyTooLarge. */
  execute(command: PreviewConsentList): Promise<ConsentListPreview> {
    return this.lists.oneOfFew(command.tenantId, () => this.read(command));
  }

  private async read(command: PreviewConsentList): Promise<ConsentListPreview> {
    const { reader, list } = await open(this.directory, command);
    const counts = { opted_in: 0, opted_out: 0 };
    const decisions: ConsentListPreview['decisions'] = [];
    for await (const rows of this.lists.parts(reader, command.body)) {
      for (const row of rows) {
        for (const { line, decision } of list.read(row)) {
          const { channel, address, status, source, occurredAt } = decision;
          counts[status] += 1;
          if (decisions.length < PREVIEWED)
            decisions.push({ line, channel, address, status, source, occurredAt: occurredAt?.toISOString() ?? null });
        }
      }
    }
    const { lines, rejected, errors } = list;
    return {
      lines,
      optedIn: counts.opted_in,
      optedOut: counts.opted_out,
      rejected,
      columns: reader.columns ?? [],
      decisions,
      errors,
    };
  }
}
