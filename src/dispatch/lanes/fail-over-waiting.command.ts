/** Sender failover for messages that wait in lanes with an open circuit breaker. */
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { Database } from '../../kernel/index.js';
import { hasWaiting } from '../../ledger/index.js';
import { SenderFailover, type OpenLane } from './sender-failover.js';

/** SQL, after `from`: only rate-limited ones are left out, as they continue in a moment. */
const OPEN_LANES = `lane where rest_until > clock_timestamp() and rest_reason <> 'rate' and ${hasWaiting('lane.id')}`;

/** SQL: whether messages wait in any such lane. */
export const ANY_LANE_OPEN = `exists (select from ${OPEN_LANES})`;

export class FailOverWaiting extends Command<void> {}

@CommandHandler(FailOverWaiting)
export class FailOverWaitingHandler implements ICommandHandler<FailOverWaiting> {
  constructor(
    private readonly database: Database,
    private readonly failover: SenderFailover,
  ) {}

  async execute(): Promise<void> {
    const open = await this.database.query<OpenLane>(
      `select id, provider_account_id as "accountId", nullif(sender_address, '') as address, channel, rest_reason as reason,
         rest_code as code
       from ${OPEN_LANES}`,
    );
    for (const lane of open) await this.failover.fromOpen(lane);
  }
}
