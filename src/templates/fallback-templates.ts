/** The templates of a template's channel fallback: for other channels, or an approved one after free text on WhatsApp. */
import { Injectable } from '@nestjs/common';
import type { Template } from './template.entity.js';
import { FallbackTemplateUnfit, TemplateNotFound } from './template.errors.js';
import { TemplateLibrary, type LoadedTemplate } from './template-library.js';

/** The template that others are to follow. */
type Followed = Pick<Template, 'key' | 'channel' | 'category'> & {
  readonly contentSid?: string | undefined;
  readonly fallback?: readonly string[] | undefined;
};

@Injectable()
export class FallbackTemplates {
  constructor(private readonly library: TemplateLibrary) {}

  /** Raises FallbackTemplateUnfit, naming the first key that cannot follow. */
  async requireFit(
    tenantId: string,
    { key: own, channel, category, contentSid, fallback = [] }: Followed,
  ): Promise<void> {
    for (const [place, key] of fallback.entries()) {
      const template = key === own || fallback.indexOf(key) < place ? undefined : await this.find(tenantId, key);
      const goesElsewhere =
        template?.channel !== channel || (!contentSid && template.compiled.contentSid !== undefined);
      const mayFollow = template && !(template.category === 'marketing' && category !== 'marketing');
      if (!mayFollow || !goesElsewhere) throw new FallbackTemplateUnfit(key);
    }
  }

  private async find(tenantId: string, key: string): Promise<LoadedTemplate | undefined> {
    try {
      return await this.library.current(tenantId, key);
    } catch (error) {
      if (error instanceof TemplateNotFound) return undefined;
      throw error;
    }
  }
}
