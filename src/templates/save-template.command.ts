/** Publishes a template's first or next version. */
import { LockMode } from '@mikro-orm/core';
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { Database, violatedUnique } from '../kernel/index.js';
import { compile } from './rendering/compile.js';
import { FallbackTemplates } from './fallback-templates.js';
import { Template, TemplateVersion } from './template.entity.js';
import { TemplateImmutable, TemplateKeyTaken, TemplateNotFound } from './template.errors.js';
import { TemplateLibrary } from './template-library.js';
import { sourceOf, templateView } from './template.view.js';
import type { CreateTemplateBody, TemplateTexts, TemplateView, UpdateTemplateBody } from './templates.dto.js';

export class CreateTemplate extends Command<TemplateView> {
  constructor(
    readonly tenantId: string,
    readonly actor: string,
    readonly input: CreateTemplateBody,
  ) {
    super();
  }
}

export class PublishTemplateVersion extends Command<TemplateView> {
  constructor(
    readonly tenantId: string,
    readonly actor: string,
    readonly key: string,
    readonly input: UpdateTemplateBody,
  ) {
    super();
  }
}

@CommandHandler(CreateTemplate)
export class CreateTemplateHandler implements ICommandHandler<CreateTemplate> {
  constructor(
    private readonly database: Database,
    private readonly fallbacks: FallbackTemplates,
  ) {}

  /** Raises TemplateKeyTaken, FallbackTemplateUnfit, InvalidTemplate, TemplateSyntaxError or TemplateTooExpensive. */
  async execute({
    tenantId,
    actor,
    input: { key, channel, category, ...texts },
  }: CreateTemplate): Promise<TemplateView> {
    compile(sourceOf(channel, texts));
    await this.fallbacks.requireFit(tenantId, { key, channel, category, ...texts });
    try {
      return await this.database.transaction(async (em) => {
        const template = em.create(Template, { tenantId, key, channel, category });
        await em.flush();
        const version = em.create(TemplateVersion, {
          ...columns(texts),
          templateId: template.id,
          tenantId,
          version: 1,
          createdBy: actor,
        });
        await em.flush();
        return templateView(template, version);
      });
    } catch (error) {
      if (violatedUnique(error) === 'template_key_unique') throw new TemplateKeyTaken();
      throw error;
    }
  }
}

@CommandHandler(PublishTemplateVersion)
export class PublishTemplateVersionHandler implements ICommandHandler<PublishTemplateVersion> {
  constructor(
    private readonly database: Database,
    private readonly library: TemplateLibrary,
    private readonly fallbacks: FallbackTemplates,
  ) {}

  /** Raises TemplateNotFound, FallbackTemplateUnfit, TemplateImmutable, InvalidTemplate, TemplateSyntaxError or TemplateTooExpensive. */
  execute({
    tenantId,
    actor,
    key,
    input: { channel, category, ...texts },
  }: PublishTemplateVersion): Promise<TemplateView> {
    return this.database.transaction(async (em) => {
      const template = await em.findOne(Template, { tenantId, key }, { lockMode: LockMode.PESSIMISTIC_WRITE });
      if (!template) throw new TemplateNotFound();
      const changed =
        (channel ?? template.channel) !== template.channel
          ? 'channel'
          : (category ?? template.category) !== template.category && 'category';
      if (changed) throw new TemplateImmutable(template.channel, template.category, changed);
      compile(sourceOf(template.channel, texts));
      await this.fallbacks.requireFit(tenantId, { ...template, ...texts });
      template.currentVersion += 1;
      const version = em.create(TemplateVersion, {
        ...columns(texts),
        templateId: template.id,
        tenantId,
        version: template.currentVersion,
        createdBy: actor,
      });
      await em.flush();
      await this.database.afterCommit(() => this.library.forget(tenantId, key));
      return templateView(template, version);
    });
  }
}

function columns({
  subject,
  html,
  text,
  body,
  mediaUrls,
  contentSid,
  contentVariables,
  speech,
  fallback,
}: TemplateTexts): {
  [Field in keyof Required<TemplateTexts>]: TemplateTexts[Field] | null;
} {
  return {
    subject: subject ?? null,
    html: html ?? null,
    text: text ?? null,
    body: body ?? null,
    mediaUrls: mediaUrls ?? null,
    contentSid: contentSid ?? null,
    contentVariables: contentVariables ?? null,
    speech: speech ?? null,
    fallback: fallback ?? null,
  };
}
