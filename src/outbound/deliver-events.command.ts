/** Tells endpoints what is due, all at once, and each a few events at a time. */
import { randomUUID } from 'node:crypto';
import { Logger, type OnModuleDestroy } from '@nestjs/common';
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { errorLine, Schedules, Slots } from '../kernel/index.js';
import { Receivers } from '../notices/index.js';
import { DeliveryStore } from './delivery-store.js';
import { EndpointHealth } from './endpoint-health.js';
import { EndpointStore } from './endpoint-store.js';
import type { Delivery } from './delivery.js';
import { EventPosts, type Told } from './event-posts.js';

/** Endpoints that one process speaks to at once: each has connections of its own. */
const ENDPOINTS_AT_ONCE = 500;
/** While others wait, none is spoken to for longer than this and the batch under way. */
const TURN_MS = 10_000;
/** Claimed at once: so many calls of ten seconds end well before the claim, `CALLS_AT_ONCE` of them at a time. */
const BATCH = 32;
/** Connections to the database that all of it takes: the others are for what sends messages. */
const STATEMENTS_AT_ONCE = 3;

export class DeliverEvents extends Command<void> {}

@CommandHandler(DeliverEvents)
export class DeliverEventsHandler implements ICommandHandler<DeliverEvents>, OnModuleDestroy {
  private readonly logger = new Logger(DeliverEventsHandler.name);
  private readonly receivers: Receivers;
  private readonly statements = new Slots(STATEMENTS_AT_ONCE);

  constructor(
    schedules: Schedules,
    endpoints: EndpointStore,
    private readonly deliveries: DeliveryStore,
    private readonly posts: EventPosts,
    private readonly health: EndpointHealth,
  ) {
    this.receivers = new Receivers(schedules, {
      name: 'webhook-endpoints',
      atOnce: ENDPOINTS_AT_ONCE,
      turnMs: TURN_MS,
      due: () => endpoints.due(),
      deliver: (endpointId) => this.deliver(endpointId),
    });
  }

  /** Begins with each endpoint that is not being spoken to, and waits for none. Safe to run concurrently: a delivery is claimed first. */
  execute(): Promise<void> {
    return this.receivers.begin();
  }

  onModuleDestroy(): void {
    this.receivers.stop();
  }

  /** False if nothing is due. */
  private async deliver(endpointId: string): Promise<boolean> {
    const claimed = await this.statements.run(() => this.deliveries.claim(endpointId, randomUUID(), BATCH));
    if (claimed.length === 0) return false;
    const told = await this.tell(endpointId, claimed);
    await this.statements.run(() => this.health.record(endpointId, told.results, told.verdicts));
    return true;
  }

  private async tell(endpointId: string, claimed: readonly Delivery[]): Promise<Told> {
    try {
      return await this.posts.make(await this.statements.run(() => this.posts.prepare(endpointId, claimed)));
    } catch (error) {
      this.logger.error(`Events for endpoint ${endpointId} wait: ${errorLine(error)}`);
      return this.posts.notMade(claimed);
    }
  }
}
