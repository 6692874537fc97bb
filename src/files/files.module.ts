import { Global, Module, type DynamicModule } from '@nestjs/common';
import { Database } from '../kernel/index.js';
import { AttachmentCheck } from './attachment-check.js';
import { ContentStores } from './content-stores.js';
import { DatabaseContents } from './database-contents.js';
import { FileEraser } from './file-eraser.js';
import { FileKeeper } from './file-keeper.js';
import { FileLibrary } from './file-library.js';
import { FileLinks } from './file-links.js';
import { LinkFileHandler } from './link-file.command.js';
import { LinkedFilesController } from './linked-files.controller.js';
import { FileUses } from './file-uses.js';
import { FileStore } from './file-store.js';
import type { FilesConfig } from './files-config.js';
import { FilesController } from './files.controller.js';
import { PurgeFilesSchedule } from './purge-files.schedule.js';
import { GetFileContentHandler, GetFileHandler, ListFilesHandler } from './read-files.query.js';
import { S3Contents } from './s3-contents.js';
import { UploadFileHandler } from './upload-file.command.js';

@Global()
@Module({
  controllers: [FilesController, LinkedFilesController],
  providers: [
    AttachmentCheck,
    FileEraser,
    FileKeeper,
    FileLibrary,
    FileLinks,
    FileStore,
    FileUses,
    GetFileContentHandler,
    GetFileHandler,
    LinkFileHandler,
    ListFilesHandler,
    PurgeFilesSchedule,
    UploadFileHandler,
  ],
  exports: [AttachmentCheck, FileEraser, FileKeeper, FileLibrary, FileUses],
})
export class FilesModule {
  static forRoot({ files }: FilesConfig): DynamicModule {
    const stores = {
      provide: ContentStores,
      inject: [Database],
      useFactory: (database: Database) => {
        const ours = new DatabaseContents(database);
        return files ? new ContentStores(new S3Contents(files), [ours]) : new ContentStores(ours, []);
      },
    };
    return { module: FilesModule, providers: [stores] };
  }
}
