/** Resends messages that reached nobody, in batches. */
import { Command, CommandBus, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { ResendMessage } from '../dispatch/index.js';
import { Audit, Database, decodeCursor, DomainError, encodeCursor, isUuid, type Principal } from '../kernel/index.js';
import { MessageHistory } from '../ledger/index.js';
import { Filters } from './filters.js';
import type { ResentView } from './operations-views.dto.js';
import type { ResendManyBody } from './operations.dto.js';

export class ResendMany extends Command<ResentView> {
  constructor(
    readonly caller: Principal,
    readonly tenantId: string,
    readonly input: ResendManyBody,
  ) {
    super();
  }
}

@CommandHandler(ResendMany)
export class ResendManyHandler implements ICommandHandler<ResendMany> {
  constructor(
    private readonly database: Database,
    private readonly filters: Filters,
    private readonly history: MessageHistory,
    private readonly commands: CommandBus,
    private readonly audit: Audit,
  ) {}

  /**
   * The oldest first, each as a new message under current consent. Messages that were already followed by another are
   * skipped, so that a repeated request sends nothing twice. Raises InvalidCursor.
   */
  execute({ caller, tenantId, input: { cursor, limit, ...asked } }: ResendMany): Promise<ResentView> {
    const [after] = cursor === undefined ? [] : decodeCursor(cursor, 1, isUuid);
    return this.database.transaction(async () => {
      const resolved = await this.filters.resolved(tenantId, asked);
      const { status, ...filter } = resolved;
      const { ids, lookedTo } = await this.history.unfollowed({ ...filter, tenantId }, status, after, limit);
      const refused: Record<string, number> = {};
      for (const id of ids) {
        const code = await this.resend(tenantId, id);
        if (code !== undefined) refused[code] = (refused[code] ?? 0) + 1;
      }
      const messages = ids.length - Object.values(refused).reduce((sum, count) => sum + count, 0);
      await this.audit.record(caller, 'message.resend', { filter: resolved, messages, refused });
      return { messages, refused, nextCursor: lookedTo === null ? null : encodeCursor(lookedTo) };
    });
  }

  private async resend(tenantId: string, id: string): Promise<string | undefined> {
    try {
      await this.commands.execute(new ResendMessage(tenantId, id));
      return undefined;
    } catch (error) {
      if (error instanceof DomainError) return error.code;
      throw error;
    }
  }
}
