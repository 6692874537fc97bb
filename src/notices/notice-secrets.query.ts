/** Tells since when a tenant has its secret for signing. */
import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { iso } from '../kernel/index.js';
import { NoticeSecrets } from './notice-secrets.js';
import type { NoticeSecretView } from './notices.dto.js';
import { NoticeSecretMissing } from './notices.errors.js';

export class GetNoticeSecret extends Query<NoticeSecretView> {
  constructor(readonly tenantId: string) {
    super();
  }
}

@QueryHandler(GetNoticeSecret)
export class GetNoticeSecretHandler implements IQueryHandler<GetNoticeSecret> {
  constructor(private readonly secrets: NoticeSecrets) {}

  /** Raises NoticeSecretMissing. */
  async execute({ tenantId }: GetNoticeSecret): Promise<NoticeSecretView> {
    const state = await this.secrets.state(tenantId);
    if (!state) throw new NoticeSecretMissing();
    return { createdAt: iso(state.createdAt), previousUntil: iso(state.previousUntil) };
  }
}
