/** Files that every email from a template carries. */
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { AttachmentCheck, FileUses, requireRoomAnywhere, type AttachmentRef } from '../files/index.js';
import type { TemplateChannel } from './template-source.js';
import { InvalidTemplate } from './template.errors.js';

@Injectable()
export class TemplateAttachments implements OnModuleInit {
  constructor(
    private readonly check: AttachmentCheck,
    private readonly uses: FileUses,
  ) {}

  /** Versions never change, and each may be sent again: its files are kept as long as itself. */
  onModuleInit(): void {
    this.uses.add(`exists (
      select from template_version as version
      where version.tenant_id = file.tenant_id and version.attachments @> jsonb_build_array(jsonb_build_object('id', file.id)))`);
  }

  /**
   * Raises InvalidTemplate for another channel than email, ContentIdTaken, FileNotFound, PictureRequired, and AttachmentsTooLarge for more
   * than every provider carries: it may be sent through any.
   */
  async require(tenantId: string, channel: TemplateChannel, attachments: readonly AttachmentRef[] = []): Promise<void> {
    if (attachments.length === 0) return;
    if (channel !== 'email')
      throw new InvalidTemplate([{ path: 'attachments', message: `\`attachments\` has no place in ${channel}` }]);
    requireRoomAnywhere(await this.check.use(tenantId, attachments));
  }
}
