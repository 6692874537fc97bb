/** Checks what a campaign's messages are made of, beside their text. */
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { AttachmentCheck, FileUses, requireRoom, type AttachmentRef } from '../../files/index.js';
import { InvalidRequest } from '../../kernel/index.js';
import { ContentApprovals, TemplateNotApproved, type LoadedTemplate } from '../../templates/index.js';
import type { Channel, SenderRoute } from '../../tenants/index.js';

interface Content {
  readonly channel: Channel;
  readonly template: LoadedTemplate;
  readonly route: SenderRoute;
}

@Injectable()
export class ChannelContents implements OnModuleInit {
  constructor(
    private readonly approvals: ContentApprovals,
    private readonly check: AttachmentCheck,
    private readonly uses: FileUses,
  ) {}

  /** From its end on the files are kept for its messages. */
  onModuleInit(): void {
    this.uses.add(`exists (
      select from campaign where campaign.tenant_id = file.tenant_id and campaign.ended_at is null
        and campaign.attachments @> jsonb_build_array(jsonb_build_object('id', file.id)))`);
  }

  /** Raises TemplateNotApproved for a template of which WhatsApp is known to have decided otherwise, or not yet. */
  async requireApproval({ template, route }: Pick<Content, 'template' | 'route'>): Promise<void> {
    const { contentSid } = template.compiled;
    if (contentSid === undefined) return;
    const known = await this.approvals.known({ accountId: route.accountId, contentSid });
    if (known?.status && known.status !== 'approved') throw new TemplateNotApproved(known.status);
  }

  /**
   * The files are in use from now on. Raises InvalidRequest where nothing is an email, FileNotFound, PictureRequired, ContentIdTaken, and
   * AttachmentsTooLarge for more, with those of a template, than its provider carries.
   */
  async requireAttachments(
    tenantId: string,
    attachments: readonly AttachmentRef[],
    contents: readonly Content[],
  ): Promise<void> {
    if (attachments.length === 0) return;
    const mails = contents.filter(({ channel }) => channel === 'email');
    if (mails.length === 0)
      throw new InvalidRequest([{ path: 'attachments', message: 'only emails carry `attachments`: leave them out' }]);
    for (const { template, route } of mails)
      requireRoom(await this.check.use(tenantId, attachments, template.attachments), route.provider);
  }
}
