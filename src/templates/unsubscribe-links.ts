/** Whether templates of marketing email show people how to leave. */
import { Injectable } from '@nestjs/common';
import { SenderDirectory } from '../tenants/index.js';
import { compile, type CompiledTemplate } from './rendering/compile.js';
import type { Template } from './template.entity.js';
import { UnsubscribeLinkMissing } from './template.errors.js';
import { isGiven, type LanguageTexts, type TemplateSource } from './template-source.js';

/** The parts of an email that people read; a text that is made from the HTML has its links. */
const PARTS = ['html', 'text'] as const;

@Injectable()
export class UnsubscribeLinks {
  constructor(private readonly directory: SenderDirectory) {}

  /** In every language, layouts and partials included. Raises UnsubscribeLinkMissing, unless the tenant does without. */
  async requireIn(
    { tenantId, category }: Pick<Template, 'tenantId' | 'category'>,
    source: TemplateSource,
  ): Promise<void> {
    if (category !== 'marketing' || source.channel !== 'email') return;
    const without = partsWithout(compile(source), source);
    if (without.length === 0) return;
    const { requireUnsubscribeLink } = await this.directory.tenant(tenantId);
    if (requireUnsubscribeLink) throw new UnsubscribeLinkMissing(without);
  }
}

function partsWithout(
  { parts, translations }: CompiledTemplate,
  texts: LanguageTexts & Pick<TemplateSource, 'translations'>,
): string[] {
  const own = PARTS.filter(
    (name) => isGiven(texts[name]) && !parts.some((part) => part.name === name && part.readsLink),
  );
  const others = translations.flatMap((one, place) =>
    partsWithout(one, texts.translations?.[place] ?? {}).map((name) => `translations[${place}].${name}`),
  );
  return [...own, ...others];
}
