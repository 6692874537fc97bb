/** Makes a tenant's secret for signing, or another in its place. */
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { iso } from '../kernel/index.js';
import { NoticeSecrets } from './notice-secrets.js';
import type { NewNoticeSecretView } from './notices.dto.js';

export class ReplaceNoticeSecret extends Command<NewNoticeSecretView> {
  constructor(readonly tenantId: string) {
    super();
  }
}

@CommandHandler(ReplaceNoticeSecret)
export class ReplaceNoticeSecretHandler implements ICommandHandler<ReplaceNoticeSecret> {
  constructor(private readonly secrets: NoticeSecrets) {}

  /** The only result that ever holds the secret. For a day notices are signed by the one before too. */
  async execute({ tenantId }: ReplaceNoticeSecret): Promise<NewNoticeSecretView> {
    const { secret, createdAt, previousUntil } = await this.secrets.replace(tenantId);
    return { secret, createdAt: iso(createdAt), previousUntil: iso(previousUntil) };
  }
}
