/** Reads the imports of an audience: one, a page, or the errors of one. */
import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { Database, decodeCursor, encodeCursor, isUuid, pageOf, type Page, type PageQuery } from '../../kernel/index.js';
import { FAULTS, type FaultCode } from '../../lists/index.js';
import { AudienceStore } from '../audience-store.js';
import type { ImportErrorView, ContactImportView } from './import.dto.js';
import { ImportStore } from './import-store.js';
import { IMPORT_COLUMNS, importView, type ImportRow } from './import.view.js';

export class GetImport extends Query<ContactImportView> {
  constructor(
    readonly tenantId: string,
    readonly audienceId: string,
    readonly id: string,
  ) {
    super();
  }
}

export class ListImports extends Query<Page<ContactImportView>> {
  constructor(
    readonly tenantId: string,
    readonly audienceId: string,
    readonly page: PageQuery,
  ) {
    super();
  }
}

export class ListImportErrors extends Query<Page<ImportErrorView>> {
  constructor(
    readonly tenantId: string,
    readonly audienceId: string,
    readonly id: string,
    readonly page: PageQuery,
  ) {
    super();
  }
}

@QueryHandler(GetImport)
export class GetImportHandler implements IQueryHandler<GetImport> {
  constructor(
    private readonly audiences: AudienceStore,
    private readonly imports: ImportStore,
  ) {}

  /** Raises AudienceNotFound and ImportNotFound. */
  async execute({ tenantId, audienceId, id }: GetImport): Promise<ContactImportView> {
    await this.audiences.require(tenantId, audienceId);
    return this.imports.get(audienceId, id);
  }
}

@QueryHandler(ListImports)
export class ListImportsHandler implements IQueryHandler<ListImports> {
  constructor(
    private readonly database: Database,
    private readonly audiences: AudienceStore,
  ) {}

  /** Newest first. Raises AudienceNotFound and InvalidCursor. */
  async execute({ tenantId, audienceId, page: { limit, cursor } }: ListImports): Promise<Page<ContactImportView>> {
    await this.audiences.require(tenantId, audienceId);
    const [before] = cursor ? decodeCursor(cursor, 1, isUuid) : [];
    const rows = await this.database.query<ImportRow>(
      `select ${IMPORT_COLUMNS} from audience_import
       where audience_id = $1 and ($2::uuid is null or id < $2) order by id desc limit $3`,
      [audienceId, before ?? null, limit + 1],
    );
    return pageOf(rows, limit, ({ id }) => encodeCursor(id), importView);
  }
}

interface ErrorRow {
  readonly number: number;
  readonly line: string;
  readonly code: FaultCode;
  readonly field: string | null;
}

@QueryHandler(ListImportErrors)
export class ListImportErrorsHandler implements IQueryHandler<ListImportErrors> {
  constructor(
    private readonly database: Database,
    private readonly audiences: AudienceStore,
    private readonly imports: ImportStore,
  ) {}

  /** In row order. Raises AudienceNotFound, ImportNotFound and InvalidCursor. */
  async execute({ tenantId, audienceId, id, page }: ListImportErrors): Promise<Page<ImportErrorView>> {
    const { limit, cursor } = page;
    await this.audiences.require(tenantId, audienceId);
    await this.imports.get(audienceId, id);
    const [after = '0'] = cursor ? decodeCursor(cursor, 1, (text) => /^\d{1,9}$/.test(text)) : [];
    const rows = await this.database.query<ErrorRow>(
      `select number, line, code, field from audience_import_error
       where import_id = $1 and number > $2 order by number limit $3`,
      [id, after, limit + 1],
    );
    return pageOf(
      rows,
      limit,
      ({ number }) => encodeCursor(number),
      ({ line, code, field }) => ({ line: Number(line), code, field, message: FAULTS[code] }),
    );
  }
}
