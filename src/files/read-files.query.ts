/** Reads a tenant's files: one, a page, or the bytes of one. */
import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { decodeCursor, encodeCursor, isUuid, pageOf, type Page, type PageQuery } from '../kernel/index.js';
import type { FileFacts } from './file-facts.js';
import { FileGone, FileLibrary } from './file-library.js';
import { FileStore } from './file-store.js';
import { fileView } from './file.view.js';
import type { FileView } from './files.dto.js';
import { FileNotFound, FileStoreUnavailable } from './files.errors.js';

export class GetFile extends Query<FileView> {
  constructor(
    readonly tenantId: string,
    readonly id: string,
  ) {
    super();
  }
}

export class ListFiles extends Query<Page<FileView>> {
  constructor(
    readonly tenantId: string,
    readonly page: PageQuery,
  ) {
    super();
  }
}

export class GetFileContent extends Query<{ readonly file: FileFacts; readonly content: Buffer }> {
  constructor(
    readonly tenantId: string,
    readonly id: string,
  ) {
    super();
  }
}

@QueryHandler(GetFile)
export class GetFileHandler implements IQueryHandler<GetFile> {
  constructor(private readonly files: FileStore) {}

  /** Raises FileNotFound. */
  async execute({ tenantId, id }: GetFile): Promise<FileView> {
    const file = await this.files.find(tenantId, id);
    if (!file) throw new FileNotFound();
    return fileView(file);
  }
}

@QueryHandler(ListFiles)
export class ListFilesHandler implements IQueryHandler<ListFiles> {
  constructor(private readonly files: FileStore) {}

  /** Raises InvalidCursor. */
  async execute({ tenantId, page: { limit, cursor } }: ListFiles): Promise<Page<FileView>> {
    const [before] = cursor ? decodeCursor(cursor, 1, isUuid) : [];
    const rows = await this.files.page(tenantId, before, limit + 1);
    return pageOf(rows, limit, ({ id }) => encodeCursor(id), fileView);
  }
}

@QueryHandler(GetFileContent)
export class GetFileContentHandler implements IQueryHandler<GetFileContent> {
  constructor(
    private readonly files: FileStore,
    private readonly library: FileLibrary,
  ) {}

  /** Raises FileNotFound and FileStoreUnavailable. */
  async execute({ tenantId, id }: GetFileContent): Promise<{ file: FileFacts; content: Buffer }> {
    const file = await this.files.find(tenantId, id);
    if (!file) throw new FileNotFound();
    try {
      return { file, content: await this.library.read(file) };
    } catch (error) {
      if (error instanceof FileGone) throw new FileNotFound();
      throw file.storedIn === 'database' ? error : new FileStoreUnavailable();
    }
  }
}
