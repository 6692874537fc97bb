/** The templates of a template's channel fallback. */
import { Injectable } from '@nestjs/common';
import type { Template } from './template.entity.js';
import { FallbackTemplateUnfit, TemplateNotFound } from './template.errors.js';
import { TemplateLibrary } from './template-library.js';

@Injectable()
export class FallbackTemplates {
  constructor(private readonly library: TemplateLibrary) {}

  /** Raises FallbackTemplateUnfit, naming the first key that cannot follow. */
  async requireFit(
    tenantId: string,
    {
      key: own,
      channel,
      category,
      fallback = [],
    }: Pick<Template, 'key' | 'channel' | 'category'> & { fallback?: string[] },
  ): Promise<void> {
    for (const [place, key] of fallback.entries()) {
      const template = key === own || fallback.indexOf(key) < place ? undefined : await this.find(tenantId, key);
      const mayFollow =
        template && template.channel !== channel && !(template.category === 'marketing' && category !== 'marketing');
      if (!mayFollow) throw new FallbackTemplateUnfit(key);
    }
  }

  private async find(tenantId: string, key: string): Promise<Pick<Template, 'channel' | 'category'> | undefined> {
    try {
      return await this.library.current(tenantId, key);
    } catch (error) {
      if (error instanceof TemplateNotFound) return undefined;
      throw error;
    }
  }
}
