/** Has an endpoint told again what happened from a time on. */
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { Database, InvalidRequest } from '../kernel/index.js';
import { KEPT_DAYS } from './delivery-store.js';
import { EndpointStore } from './endpoint-store.js';
import { replayView } from './endpoint.view.js';
import type { ReplayDeliveriesBody, ReplayView } from './endpoints.dto.js';
import { EndpointDisabled, EndpointNotFound, ReplayUnderWay } from './endpoints.errors.js';
import { ReplayStore } from './replay-store.js';

const DAY_MS = 86_400_000;

export class ReplayEvents extends Command<ReplayView> {
  constructor(
    readonly tenantId: string,
    readonly id: string,
    readonly body: ReplayDeliveriesBody,
  ) {
    super();
  }
}

@CommandHandler(ReplayEvents)
export class ReplayEventsHandler implements ICommandHandler<ReplayEvents> {
  constructor(
    private readonly database: Database,
    private readonly endpoints: EndpointStore,
    private readonly replays: ReplayStore,
  ) {}

  /** Up to now unless it says until when. Raises InvalidRequest, EndpointNotFound, EndpointDisabled and ReplayUnderWay. */
  execute({ tenantId, id, body: { from, until: wanted } }: ReplayEvents): Promise<ReplayView> {
    const now = new Date();
    const until = wanted && wanted < now ? wanted : now;
    check(from, until, now);
    return this.database.transaction(async () => {
      const endpoint = await this.endpoints.find(tenantId, id);
      if (!endpoint) throw new EndpointNotFound();
      if (endpoint.disabledAt !== null) throw new EndpointDisabled();
      const replay = await this.replays.insert(id, from, until);
      if (!replay) throw new ReplayUnderWay();
      return replayView(replay);
    });
  }
}

/** Raises InvalidRequest. */
function check(from: Date, until: Date, now: Date): void {
  const fault = (message: string): InvalidRequest => new InvalidRequest([{ path: 'from', message: `from ${message}` }]);
  if (from >= until) throw fault('must be before now, and before until');
  if (now.getTime() - from.getTime() > KEPT_DAYS * DAY_MS) throw fault(`must be within the last ${KEPT_DAYS} days`);
}
