/** Suppresses the addresses of a list of any length, as it arrives. */
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { actorOf, Audit, Database, type Principal, type StreamedRequestBody } from '../../kernel/index.js';
import { formatOf, OpenLists, readerOf, type RowReader } from '../../lists/index.js';
import { SenderDirectory } from '../../tenants/index.js';
import { Suppressions } from '../suppressions/suppressions.js';
import { suppressionVocabulary } from './suppression-columns.js';
import { SuppressionList, type ListedSuppression } from './suppression-list.js';
import type { SuppressionListPreview, SuppressionListQuery, SuppressionListView } from './suppression-list.dto.js';

/** Suppressions written together. */
const BATCH_SIZE = 2_000;
const PREVIEWED = 10;

export class ImportSuppressionList extends Command<SuppressionListView> {
  constructor(
    readonly caller: Principal,
    readonly tenantId: string,
    readonly body: StreamedRequestBody,
    readonly options: SuppressionListQuery,
  ) {
    super();
  }
}

export class PreviewSuppressionList extends Command<SuppressionListPreview> {
  constructor(
    readonly tenantId: string,
    readonly body: StreamedRequestBody,
    readonly options: SuppressionListQuery,
  ) {
    super();
  }
}

/** Opens the list of a request: its reader, and what is read from it. */
async function open(
  directory: SenderDirectory,
  { tenantId, body, options }: ImportSuppressionList | PreviewSuppressionList,
): Promise<{ reader: RowReader; list: SuppressionList }> {
  const { country, timezone } = await directory.tenant(tenantId);
  const { email, phone, ...told } = options;
  const reader = readerOf({
    format: formatOf(body),
    charset: body.charset,
    vocabulary: suppressionVocabulary(told),
    mapping: { email, phone },
  });
  return { reader, list: new SuppressionList({ ...told, country, timeZone: timezone }) };
}

@CommandHandler(ImportSuppressionList)
export class ImportSuppressionListHandler implements ICommandHandler<ImportSuppressionList> {
  constructor(
    private readonly directory: SenderDirectory,
    private readonly lists: OpenLists,
    private readonly database: Database,
    private readonly suppressions: Suppressions,
    private readonly audit: Audit,
  ) {}

  /**
   * Raises TooManyLists, and ListUnreadable before anything is written. What was written before ListInterrupted, BodyIncomplete or
   * BodyTooLarge stays; the list may be sent again.
   */
  execute(command: ImportSuppressionList): Promise<SuppressionListView> {
    return this.lists.oneOfFew(command.tenantId, () => this.take(command));
  }

  private async take(command: ImportSuppressionList): Promise<SuppressionListView> {
    const { reader, list } = await open(this.directory, command);
    const counts = await this.lists.import({
      reader,
      body: command.body,
      batchSize: BATCH_SIZE,
      read: (row) => list.read(row),
      write: (batch) => this.add(command, batch),
    });
    const { lines, rejected, errors } = list;
    return { lines, ...counts, rejected, columns: reader.columns ?? [], errors };
  }

  private add({ caller, tenantId }: ImportSuppressionList, batch: readonly ListedSuppression[]): Promise<number> {
    const actor = actorOf(caller);
    return this.database.transaction(async () => {
      const added = await this.suppressions.add(batch.map(({ suppression }) => ({ ...suppression, tenantId, actor })));
      if (added > 0) await this.audit.record(caller, 'suppression.import', { addresses: added });
      return added;
    });
  }
}

@CommandHandler(PreviewSuppressionList)
export class PreviewSuppressionListHandler implements ICommandHandler<PreviewSuppressionList> {
  constructor(
    private readonly directory: SenderDirectory,
    private readonly lists: OpenLists,
  ) {}

  /** Reads the list to its end and writes nothing. Raises TooManyLists, ListUnreadable, BodyIncomplete and BodyTooLarge. */
  execute(command: PreviewSuppressionList): Promise<SuppressionListPreview> {
    return this.lists.oneOfFew(command.tenantId, () => this.read(command));
  }

  private async read(command: PreviewSuppressionList): Promise<SuppressionListPreview> {
    const { reader, list } = await open(this.directory, command);
    const suppressions: SuppressionListPreview['suppressions'] = [];
    let addresses = 0;
    for await (const rows of this.lists.parts(reader, command.body)) {
      for (const row of rows) {
        const listed = list.read(row);
        addresses += listed.length;
        suppressions.push(...listed.slice(0, PREVIEWED - suppressions.length).map(previewOf));
      }
    }
    const { lines, rejected, errors } = list;
    return { lines, addresses, rejected, columns: reader.columns ?? [], suppressions, errors };
  }
}

const previewOf = ({ line, suppression }: ListedSuppression): SuppressionListPreview['suppressions'][number] => {
  const { channel, address, reason, expiresAt } = suppression;
  return { line, channel, address, reason, expiresAt: expiresAt?.toISOString() ?? null };
};
