/** Sender failover for messages that wait in lanes with an open circuit breaker. */
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { Database } from '../../kernel/index.js';
import { hasWaiting } from '../../ledger/index.js';
import { SenderFailover, type OpenLane } from './sender-failover.js';

export class FailOverWaiting extends Command<void> {}

@CommandHandler(FailOverWaiting)
export class FailOverWaitingHandler implements ICommandHandler<FailOverWaiting> {
  constructor(
    private readonly database: Database,
    private readonly failover: SenderFailover,
  ) {}

  /** Lanes that are only rate-limited are skipped: they continue in a moment. */
  async execute(): Promise<void> {
    const open = await this.database.query<OpenLane>(
      `select id, provider_account_id as "accountId", nullif(sender_address, '') as address, channel, rest_reason as reason,
         rest_code as code
       from lane where rest_until > clock_timestamp() and rest_reason <> 'rate'
         and ${hasWaiting('lane.id')}`,
    );
    for (const lane of open) await this.failover.fromOpen(lane);
  }
}
