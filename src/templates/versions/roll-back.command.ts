/** Brings an earlier version of a template back, as a new one. */
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { TemplatePublisher } from '../publishing/template-publisher.js';
import { templateView } from '../template.view.js';
import type { TemplateView } from '../templates.dto.js';

export class RollBackTemplate extends Command<TemplateView> {
  constructor(
    readonly tenantId: string,
    readonly actor: string,
    readonly key: string,
    readonly version: number,
  ) {
    super();
  }
}

@CommandHandler(RollBackTemplate)
export class RollBackTemplateHandler implements ICommandHandler<RollBackTemplate> {
  constructor(private readonly publisher: TemplatePublisher) {}

  /** Raises what `TemplatePublisher.restore` raises. */
  async execute({ tenantId, actor, key, version: wanted }: RollBackTemplate): Promise<TemplateView> {
    const { template, version } = await this.publisher.restore(tenantId, key, actor, wanted);
    return templateView(template, version);
  }
}
