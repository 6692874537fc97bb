/** Asks providers what WhatsApp says of templates. */
import { Injectable, Logger } from '@nestjs/common';
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { errorLine } from '../../kernel/index.js';
import { ProviderRegistry } from '../../providers/index.js';
import { ProviderAccounts } from '../../tenants/index.js';
import { ContentApprovals, type ContentAtAccount } from './content-approvals.js';

/** Few at once, to spare the provider's rate limit. */
const AT_ONCE = 5;
const ROUNDS = 20;

export class SyncApprovals extends Command<void> {}

/** One question to a provider. */
@Injectable()
export class ApprovalInquiry {
  constructor(
    private readonly providers: ProviderRegistry,
    private readonly accounts: ProviderAccounts,
    private readonly approvals: ContentApprovals,
  ) {}

  /** Records the answer. Rejects with a reason if there is none. */
  async ask(content: ContentAtAccount): Promise<void> {
    const account = await this.accounts.load(content.accountId);
    const adapter = await this.providers.adapter(account.provider);
    const approval = await adapter.approval?.(account, content.contentSid);
    if (approval) await this.approvals.record(content, approval);
  }
}

@CommandHandler(SyncApprovals)
export class SyncApprovalsHandler implements ICommandHandler<SyncApprovals> {
  private readonly logger = new Logger(SyncApprovalsHandler.name);

  constructor(
    private readonly providers: ProviderRegistry,
    private readonly approvals: ContentApprovals,
    private readonly inquiry: ApprovalInquiry,
  ) {}

  async execute(): Promise<void> {
    await this.approvals.follow(await this.providers.thatApprove());
    for (let round = 0; round < ROUNDS; round += 1) {
      const due = await this.approvals.due(AT_ONCE);
      await Promise.all(due.map((content) => this.ask(content)));
      if (due.length < AT_ONCE) return;
    }
  }

  private async ask(content: ContentAtAccount): Promise<void> {
    try {
      await this.inquiry.ask(content);
    } catch (error) {
      this.logger.warn(`A provider did not say whether a template is approved: ${errorLine(error)}`);
    }
  }
}
