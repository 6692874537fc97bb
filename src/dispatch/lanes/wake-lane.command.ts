/** Closes circuit breakers, because somebody has fixed what opened them. */
import { Command, CommandHandler, EventsHandler, type ICommandHandler } from '@nestjs/cqrs';
import { Audit, Database, DomainEventHandler, type Principal } from '../../kernel/index.js';
import { CredentialsReplaced } from '../../tenants/index.js';
import { LaneNotFound } from './lanes.errors.js';
import { CircuitBreakers } from './circuit-breakers.js';

export class WakeLane extends Command<void> {
  constructor(
    readonly caller: Principal,
    readonly laneId: string,
  ) {
    super();
  }
}

@CommandHandler(WakeLane)
export class WakeLaneHandler implements ICommandHandler<WakeLane> {
  constructor(
    private readonly database: Database,
    private readonly breakers: CircuitBreakers,
    private readonly audit: Audit,
  ) {}

  /** Raises LaneNotFound. A lane that does not rest is left as it is. */
  execute({ caller, laneId }: WakeLane): Promise<void> {
    return this.database.transaction(async () => {
      if (!(await this.breakers.close('id', laneId))) throw new LaneNotFound();
      await this.audit.record(caller, 'lane.wake', { laneId });
    });
  }
}

@EventsHandler(CredentialsReplaced)
export class WakeLanesOfAccount extends DomainEventHandler<CredentialsReplaced> {
  constructor(private readonly breakers: CircuitBreakers) {
    super();
  }

  /** Where this fails, the lanes try again by themselves after a while. */
  protected async on({ accountId }: CredentialsReplaced): Promise<void> {
    await this.breakers.close('provider_account_id', accountId);
  }
}
