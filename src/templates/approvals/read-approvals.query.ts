/** Reads what WhatsApp says of a template. */
import { Logger } from '@nestjs/common';
import { Query, QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { errorLine, iso } from '../../kernel/index.js';
import { ProviderRegistry } from '../../providers/index.js';
import { TemplateLibrary } from '../template-library.js';
import type { ApprovalsView } from './approvals.dto.js';
import { ProviderSilent } from './approvals.errors.js';
import { ContentApprovals } from './content-approvals.js';
import { ApprovalInquiry } from './sync-approvals.command.js';

export class ReadApprovals extends Query<ApprovalsView> {
  /** `now`: the provider is asked first. */
  constructor(
    readonly tenantId: string,
    readonly key: string,
    readonly now: boolean,
  ) {
    super();
  }
}

@QueryHandler(ReadApprovals)
export class ReadApprovalsHandler implements IQueryHandler<ReadApprovals> {
  private readonly logger = new Logger(ReadApprovalsHandler.name);

  constructor(
    private readonly library: TemplateLibrary,
    private readonly providers: ProviderRegistry,
    private readonly approvals: ContentApprovals,
    private readonly inquiry: ApprovalInquiry,
  ) {}

  /** Empty for a template that no provider keeps. Raises TemplateNotFound, and ProviderSilent. */
  async execute({ tenantId, key, now }: ReadApprovals): Promise<ApprovalsView> {
    const { contentSid } = (await this.library.current(tenantId, key)).compiled;
    if (contentSid === undefined) return { items: [] };
    const providers = await this.providers.thatApprove();
    if (now) {
      await this.approvals.follow(providers);
      const used = await this.approvals.of(tenantId, contentSid, providers);
      try {
        for (const { account_id: accountId } of used) await this.inquiry.ask({ accountId, contentSid });
      } catch (error) {
        this.logger.warn(`A provider did not say whether a template is approved: ${errorLine(error)}`);
        throw new ProviderSilent();
      }
    }
    const rows = await this.approvals.of(tenantId, contentSid, providers);
    return {
      items: rows.map(({ account_id: providerAccountId, content_sid, status, category, reason, checked_at }) => ({
        providerAccountId,
        contentSid: content_sid,
        status,
        category,
        reason,
        checkedAt: iso(checked_at),
      })),
    };
  }
}
