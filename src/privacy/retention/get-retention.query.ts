/** Reads how long a tenant's data are kept, and how far they have been erased. */
import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { instant } from '../../kernel/index.js';
import { RetentionPolicies, type RetentionKind, type RetentionPolicy } from '../../tenants/index.js';
import { RetentionStore, type WalkRow } from './retention-store.js';
import type { KeptView, RetentionView } from './retention.dto.js';

export class GetRetention extends Query<RetentionView> {
  constructor(readonly tenantId: string) {
    super();
  }
}

@QueryHandler(GetRetention)
export class GetRetentionHandler implements IQueryHandler<GetRetention> {
  constructor(
    private readonly policies: RetentionPolicies,
    private readonly store: RetentionStore,
  ) {}

  async execute({ tenantId }: GetRetention): Promise<RetentionView> {
    const [policies, walks] = [await this.policies.of(tenantId), await this.store.walks(tenantId)];
    const kept = (kind: RetentionKind): KeptView => keptView(policies[kind], walks.get(kind));
    return { content: kept('content'), recipients: kept('recipients'), received: kept('received') };
  }
}

const keptView = ({ days, by }: RetentionPolicy, walk: WalkRow | undefined): KeptView => ({
  days,
  by,
  erased: walk?.erased ?? 0,
  waiting: walk?.left ?? 0,
  erasedUntil: walk?.reachedAt ? instant(walk.reachedAt).toISOString() : null,
  lookedAt: walk ? instant(walk.walkedAt).toISOString() : null,
});
