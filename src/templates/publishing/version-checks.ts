/** What a version must be before it is published, beyond what the compiler asks of its texts. */
import { Injectable } from '@nestjs/common';
import { FallbackTemplates } from '../fallback-templates.js';
import { TemplateAttachments } from '../template-attachments.js';
import type { Template } from '../template.entity.js';
import { sourceOf } from '../template.view.js';
import type { TemplateTexts } from '../templates.dto.js';
import { UnsubscribeLinks } from '../unsubscribe-links.js';

type Texts = { readonly [Field in keyof TemplateTexts]?: TemplateTexts[Field] | null };

@Injectable()
export class VersionChecks {
  constructor(
    private readonly fallbacks: FallbackTemplates,
    private readonly attachments: TemplateAttachments,
    private readonly links: UnsubscribeLinks,
  ) {}

  /** Raises FallbackTemplateUnfit, UnsubscribeLinkMissing, and what its attachments are refused for. */
  async require(template: Pick<Template, 'tenantId' | 'key' | 'channel' | 'category'>, content: Texts): Promise<void> {
    const { tenantId, key, channel, category } = template;
    await this.attachments.require(tenantId, channel, content.attachments ?? undefined);
    await this.links.requireIn(template, sourceOf(channel, content));
    await this.fallbacks.requireFit(tenantId, {
      key,
      channel,
      category,
      contentSid: content.contentSid ?? undefined,
      fallback: content.fallback ?? undefined,
    });
  }
}
