/** Shows a tenant's branding. */
import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { BrandingStore } from './branding-store.js';
import type { BrandingView } from './branding.dto.js';

export class GetBranding extends Query<BrandingView> {
  constructor(readonly tenantId: string) {
    super();
  }
}

@QueryHandler(GetBranding)
export class GetBrandingHandler implements IQueryHandler<GetBranding> {
  constructor(private readonly branding: BrandingStore) {}

  execute({ tenantId }: GetBranding): Promise<BrandingView> {
    return this.branding.view(tenantId);
  }
}
