/** Settles messages in doubt by the decision of an operator who knows what the provider did. */
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { MessageNotFound, MessageStatusView } from '../dispatch/index.js';
import { Ledger } from '../ledger/index.js';
import { Audit, Database, type Principal } from '../kernel/index.js';
import { Filters } from './filters.js';
import { NotInDoubt } from './operations.errors.js';
import type { DoneView } from './operations-views.dto.js';
import type { Decision, SettleManyBody } from './operations.dto.js';
import { becomes, Settlements } from './settlements.js';

export class SettleDoubt extends Command<MessageStatusView> {
  constructor(
    readonly caller: Principal,
    readonly tenantId: string,
    readonly id: string,
    readonly decision: Decision,
  ) {
    super();
  }
}

export class SettleDoubts extends Command<DoneView> {
  constructor(
    readonly caller: Principal,
    readonly tenantId: string | undefined,
    readonly input: SettleManyBody,
  ) {
    super();
  }
}

@CommandHandler(SettleDoubt)
export class SettleDoubtHandler implements ICommandHandler<SettleDoubt> {
  constructor(
    private readonly database: Database,
    private readonly ledger: Ledger,
    private readonly settlements: Settlements,
    private readonly audit: Audit,
  ) {}

  /** Raises MessageNotFound and NotInDoubt, the latter also if a provider's report came a moment before. */
  execute({ caller, tenantId, id, decision }: SettleDoubt): Promise<MessageStatusView> {
    return this.database.transaction(async () => {
      const [doubted] = await this.settlements.lock({ tenantId, id }, 1);
      if (!doubted) throw await this.reasonWhyNot(tenantId, id);
      await this.settlements.decide([doubted], decision);
      const status = becomes(doubted, decision);
      await this.audit.record(
        caller,
        'doubt.settle',
        { messageId: id, decision, messages: 1 },
        { kind: 'message', id },
      );
      return { id, status };
    });
  }

  private async reasonWhyNot(tenantId: string, id: string): Promise<Error> {
    const status = await this.ledger.statusOf(tenantId, id);
    return status ? new NotInDoubt(status) : new MessageNotFound();
  }
}

@CommandHandler(SettleDoubts)
export class SettleDoubtsHandler implements ICommandHandler<SettleDoubts> {
  constructor(
    private readonly database: Database,
    private readonly filters: Filters,
    private readonly settlements: Settlements,
    private readonly audit: Audit,
  ) {}

  execute({ caller, tenantId, input: { decision, limit, ...asked } }: SettleDoubts): Promise<DoneView> {
    return this.database.transaction(async () => {
      const filter = await this.filters.resolved(tenantId, asked);
      const doubted = await this.settlements.lock({ ...filter, tenantId }, limit);
      await this.settlements.decide(doubted, decision);
      await this.audit.record(caller, 'doubt.settle', { decision, filter, messages: doubted.length });
      return { messages: doubted.length, more: doubted.length === limit };
    });
  }
}
