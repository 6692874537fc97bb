/** Checks the files that something new is to carry. */
import { Injectable } from '@nestjs/common';
import { lookingUp } from '../kernel/index.js';
import type { AttachmentRef } from './attachment-ref.dto.js';
import type { FileFacts } from './file-facts.js';
import { FileLibrary } from './file-library.js';
import { isPicture } from './file-types.js';
import { ContentIdTaken, PictureRequired } from './files.errors.js';

@Injectable()
export class AttachmentCheck {
  constructor(private readonly files: FileLibrary) {}

  /** Their files, and those of the template beside them, all in use as of now. Raises ContentIdTaken, FileNotFound and PictureRequired, each naming its field. */
  async use(
    tenantId: string,
    attachments: readonly AttachmentRef[],
    ofTemplate: readonly AttachmentRef[] = [],
  ): Promise<FileFacts[]> {
    requireOwnIds(attachments, ofTemplate);
    return Promise.all([
      ...attachments.map((ref, index) => this.one(tenantId, ref, index)),
      ...ofTemplate.map(({ id }) => this.files.use(tenantId, id)),
    ]);
  }

  private async one(tenantId: string, { id, contentId }: AttachmentRef, index: number): Promise<FileFacts> {
    const file = await lookingUp(`attachments[${index}].id`, this.files.use(tenantId, id));
    if (contentId !== undefined && !isPicture(file.mediaType))
      throw new PictureRequired(file.mediaType).at(`attachments[${index}].contentId`);
    return file;
  }
}

function requireOwnIds(attachments: readonly AttachmentRef[], ofTemplate: readonly AttachmentRef[]): void {
  const ids = attachments.map(({ contentId }) => contentId);
  const taken = new Set(ofTemplate.map(({ contentId }) => contentId));
  const second = ids.findIndex((id, index) => id !== undefined && (taken.has(id) || ids.indexOf(id) < index));
  if (second >= 0) throw new ContentIdTaken().at(`attachments[${second}].contentId`);
}
