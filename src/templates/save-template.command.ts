/** Publishes a template's first or next version. */
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { violatedUnique } from '../kernel/index.js';
import { TemplatePublisher } from './publishing/template-publisher.js';
import { TemplateImmutable, TemplateKeyTaken } from './template.errors.js';
import { templateView } from './template.view.js';
import type { CreateTemplateBody, TemplateView, UpdateTemplateBody } from './templates.dto.js';

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
  constructor(private readonly publisher: TemplatePublisher) {}

  /** Raises TemplateKeyTaken, and what `TemplatePublisher.first` raises. */
  async execute({
    tenantId,
    actor,
    input: { key, channel, category, ...texts },
  }: CreateTemplate): Promise<TemplateView> {
    try {
      const { template, version } = await this.publisher.first({ tenantId, key, channel, category }, actor, texts);
      return templateView(template, version);
    } catch (error) {
      if (violatedUnique(error) === 'template_key_unique') throw new TemplateKeyTaken();
      throw error;
    }
  }
}

@CommandHandler(PublishTemplateVersion)
export class PublishTemplateVersionHandler implements ICommandHandler<PublishTemplateVersion> {
  constructor(private readonly publisher: TemplatePublisher) {}

  /** Raises TemplateImmutable, and what `TemplatePublisher.next` raises. */
  async execute({
    tenantId,
    actor,
    key,
    input: { channel, category, ...texts },
  }: PublishTemplateVersion): Promise<TemplateView> {
    const { template, version } = await this.publisher.next(tenantId, key, actor, (found) => {
      const changed =
        (channel ?? found.channel) !== found.channel
          ? 'channel'
          : (category ?? found.category) !== found.category && 'category';
      if (changed) throw new TemplateImmutable(found.channel, found.category, changed);
      return texts;
    });
    return templateView(template, version);
  }
}
