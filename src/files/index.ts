/** The public API of files: what emails carry, and what people send. */
export { MAX_FILE_BYTES, type FileFacts } from './file-facts.js';
export { readFiles, type FilesConfig } from './files-config.js';
export { FileGone, FileLibrary } from './file-library.js';
export { FileKeeper } from './file-keeper.js';
export { receivedTypeOf } from './file-types.js';
export { AttachmentCheck } from './attachment-check.js';
export { AttachmentRef, Attachments } from './attachment-ref.dto.js';
export { FileEraser } from './file-eraser.js';
export { FileUses } from './file-uses.js';
export {
  AttachmentsTooLarge,
  ContentIdTaken,
  FileNotFound,
  FileStoreUnavailable,
  PictureRequired,
} from './files.errors.js';
export { requireRoom, requireRoomAnywhere, roomFor, sizeOf } from './mail-limits.js';
export { FilesModule } from './files.module.js';
