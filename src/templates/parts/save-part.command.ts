/** Publishes the first or next version of a layout or partial. */
import { LockMode } from '@mikro-orm/core';
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { Database, violatedUnique } from '../../kernel/index.js';
import { TemplatePublisher } from '../publishing/template-publisher.js';
import { PartKeyTaken, PartNotFound } from '../template.errors.js';
import { checkPart } from './assembly.js';
import { TemplatePart, TemplatePartVersion } from './part.entity.js';
import { PartStore } from './part-store.js';
import { partView } from './part.view.js';
import type { CreatePartBody, PartTexts, PartView, UpdatePartBody } from './parts.dto.js';

export class CreatePart extends Command<PartView> {
  constructor(
    readonly tenantId: string,
    readonly actor: string,
    readonly input: CreatePartBody,
  ) {
    super();
  }
}

export class PublishPartVersion extends Command<PartView> {
  constructor(
    readonly tenantId: string,
    readonly actor: string,
    readonly key: string,
    readonly input: UpdatePartBody,
  ) {
    super();
  }
}

type Columns = Record<keyof PartTexts, string | null>;

const columns = ({ html = null, mjml = null, text = null }: Partial<Columns>): Columns => ({ html, mjml, text });

@CommandHandler(CreatePart)
export class CreatePartHandler implements ICommandHandler<CreatePart> {
  constructor(private readonly database: Database) {}

  /** Raises PartKeyTaken, InvalidTemplate, TemplateSyntaxError or TemplateTooExpensive. */
  async execute({ tenantId, actor, input: { key, kind, ...texts } }: CreatePart): Promise<PartView> {
    checkPart({ kind, ...columns(texts) });
    try {
      return await this.database.transaction(async (em) => {
        const part = em.create(TemplatePart, { tenantId, key, kind });
        await em.flush();
        const made = { ...columns(texts), partId: part.id, tenantId, version: 1, createdBy: actor };
        const version = em.create(TemplatePartVersion, made);
        await em.flush();
        return partView(part, version, []);
      });
    } catch (error) {
      if (violatedUnique(error) === 'template_part_key_unique') throw new PartKeyTaken();
      throw error;
    }
  }
}

@CommandHandler(PublishPartVersion)
export class PublishPartVersionHandler implements ICommandHandler<PublishPartVersion> {
  constructor(
    private readonly database: Database,
    private readonly store: PartStore,
    private readonly publisher: TemplatePublisher,
  ) {}

  /**
   * With the templates' new versions, if they are asked for: all of it, or nothing. Raises PartNotFound, InvalidTemplate,
   * TemplateSyntaxError or TemplateTooExpensive, and what `TemplatePublisher.again` raises.
   */
  execute({ tenantId, actor, key, input }: PublishPartVersion): Promise<PartView> {
    const { republish = false, ...texts } = input;
    return this.database.transaction(async (em) => {
      const part = await em.findOne(TemplatePart, { tenantId, key }, { lockMode: LockMode.PESSIMISTIC_WRITE });
      if (!part) throw new PartNotFound();
      checkPart({ kind: part.kind, ...columns(texts) });
      part.currentVersion += 1;
      const version = em.create(TemplatePartVersion, {
        ...columns(texts),
        partId: part.id,
        tenantId,
        version: part.currentVersion,
        createdBy: actor,
      });
      await em.flush();
      if (republish) await this.publisher.again(tenantId, await this.store.outdated(tenantId, key), actor);
      return partView(part, version, await this.store.outdated(tenantId, key));
    });
  }
}
