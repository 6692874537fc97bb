/** Takes a file: its size and its type are judged by its content, and the same content is kept once. */
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import type { StreamedRequestBody } from '../kernel/index.js';
import { FileKeeper } from './file-keeper.js';
import { mediaTypeOf } from './file-types.js';
import { fileView } from './file.view.js';
import { FileEmpty } from './files.errors.js';
import type { FileView } from './files.dto.js';

/** Half of what a reverse proxy usually waits for. */
const UPLOAD_MS = 30_000;

export class UploadFile extends Command<FileView> {
  constructor(
    readonly tenantId: string,
    readonly actor: string,
    readonly name: string,
    readonly body: StreamedRequestBody,
  ) {
    super();
  }
}

@CommandHandler(UploadFile)
export class UploadFileHandler implements ICommandHandler<UploadFile> {
  constructor(private readonly keeper: FileKeeper) {}

  /**
   * The same content under the same name is the same file. Raises FileEmpty, FileTypeRefused, FileNameMismatch, BodyTooLarge and
   * BodyIncomplete, and FileStoreUnavailable for a store that does not say that it keeps the file.
   */
  async execute({ tenantId, actor, name, body }: UploadFile): Promise<FileView> {
    const content = await bytesOf(body);
    if (content.length === 0) throw new FileEmpty();
    const mediaType = await mediaTypeOf(name, content);
    return fileView(await this.keeper.keep({ tenantId, name, mediaType }, content, actor));
  }
}

async function bytesOf(body: StreamedRequestBody): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of body.chunks(AbortSignal.timeout(UPLOAD_MS))) chunks.push(chunk);
  return Buffer.concat(chunks);
}
