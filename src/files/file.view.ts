/** A file as the API shows it. */
import { iso } from '../kernel/index.js';
import type { FileRow } from './file-store.js';
import type { FileView } from './files.dto.js';

export const fileView = ({ id, name, mediaType, bytes, digest, uploadedAt }: FileRow): FileView => ({
  id,
  name,
  mediaType,
  bytes,
  sha256: digest,
  uploadedAt: iso(uploadedAt),
});
