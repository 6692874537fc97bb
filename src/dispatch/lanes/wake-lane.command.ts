/** Closes circuit breakers after an operator or tenant has fixed the cause. */
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

  /** Raises LaneNotFound. */
  execute({ caller, laneId }: WakeLane): Promise<void> {
    return this.database.transaction(async () => {
      if (!(await this.breakers.close('id', laneId))) throw new LaneNotFound();
      await this.audit.record(caller, 'lane.wake', { laneId }, { kind: 'lane', id: laneId });
    });
  }
}

@EventsHandler(CredentialsReplaced)
export class WakeLanesOfAccount extends DomainEventHandler<CredentialsReplaced> {
  constructor(private readonly breakers: CircuitBreakers) {
    super();
  }

  /** If this fails, the lanes still retry by themselves after a while. */
  protected async on({ accountId }: CredentialsReplaced): Promise<void> {
    await this.breakers.close('provider_account_id', accountId);
  }
}
