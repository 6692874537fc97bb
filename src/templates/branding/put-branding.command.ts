/** Puts a tenant's branding, and its templates' new versions if that is asked for. */
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { Database } from '../../kernel/index.js';
import { TemplatePublisher } from '../publishing/template-publisher.js';
import { BrandingStore } from './branding-store.js';
import type { BrandingView, PutBrandingBody } from './branding.dto.js';

export class PutBranding extends Command<BrandingView> {
  constructor(
    readonly tenantId: string,
    readonly actor: string,
    readonly body: PutBrandingBody,
  ) {
    super();
  }
}

@CommandHandler(PutBranding)
export class PutBrandingHandler implements ICommandHandler<PutBranding> {
  constructor(
    private readonly database: Database,
    private readonly branding: BrandingStore,
    private readonly publisher: TemplatePublisher,
  ) {}

  /** All of it, or nothing. Raises what `TemplatePublisher.again` raises. */
  execute({ tenantId, actor, body: { variables, republish = false } }: PutBranding): Promise<BrandingView> {
    return this.database.transaction(async () => {
      await this.branding.put(tenantId, actor, variables);
      if (republish) await this.publisher.again(tenantId, await this.branding.outdated(tenantId), actor);
      return this.branding.view(tenantId);
    });
  }
}
