/** Takes up accepted events: automations begin, end, or look again at what they wait for. */
import { Logger } from '@nestjs/common';
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { Database, errorLine } from '../../kernel/index.js';
import { Automations, type ActiveAutomation } from '../rules/automations.js';
import { RunClock } from '../runs/run-clock.js';
import type { NewRun } from '../runs/run-row.js';
import { Runs } from '../runs/runs.js';
import { InboundEvents, type InboundEventRow } from './inbound-events.js';

/** Events in one transaction. */
const BATCH = 500;

export class TakeEvents extends Command<void> {}

@CommandHandler(TakeEvents)
export class TakeEventsHandler implements ICommandHandler<TakeEvents> {
  private readonly logger = new Logger(TakeEventsHandler.name);

  constructor(
    private readonly database: Database,
    private readonly events: InboundEvents,
    private readonly automations: Automations,
    private readonly runs: Runs,
    private readonly clock: RunClock,
  ) {}

  /** Until none waits. Safe to run concurrently: an event and all that follows from it are one transaction. */
  async execute(): Promise<void> {
    for (;;) {
      const places = await this.events.waiting(BATCH);
      if (places.length > 0) await this.takeAll(places);
      if (places.length < BATCH) return;
    }
  }

  /** One that fails keeps no other from its automations: it is found by halves, and put off. */
  private async takeAll(places: readonly string[]): Promise<void> {
    try {
      await this.database.transaction(() => this.take(places));
    } catch (error) {
      const [first, ...others] = places;
      if (first === undefined) return;
      if (others.length === 0) {
        this.logger.warn(`An event waits: ${errorLine(error)}`);
        return this.events.putOff(first);
      }
      const half = Math.ceil(places.length / 2);
      await this.takeAll(places.slice(0, half));
      await this.takeAll(places.slice(half));
    }
  }

  private async take(places: readonly string[]): Promise<void> {
    const ids = await this.events.take(places);
    if (ids.length === 0) return;
    const now = await this.clock.now();
    await this.begin(await this.events.triggersAmong(ids), now);
    await this.runs.hear(ids, now);
  }

  private async begin(events: readonly InboundEventRow[], now: Date): Promise<void> {
    if (events.length === 0) return;
    const active = await this.automations.active([...new Set(events.map(({ tenant_id: tenantId }) => tenantId))]);
    await this.runs.begin(
      events.flatMap((event) => active.filter((one) => isFor(one, event)).map((one) => runOf(one, event))),
      now,
    );
  }
}

const isFor = ({ tenantId, venueId, program }: ActiveAutomation, event: InboundEventRow): boolean =>
  tenantId === event.tenant_id && program.trigger === event.type && (venueId === null || venueId === event.venue_id);

const runOf = ({ id, version, program }: ActiveAutomation, event: InboundEventRow): NewRun => ({
  tenant_id: event.tenant_id,
  automation_id: id,
  version,
  venue_id: event.venue_id,
  trigger_id: event.id,
  began_seq: event.seq,
  data: event.data,
  order_ref: event.order_ref,
  // One for many is about nobody alone, whomever its event names.
  customer_ref: program.to === 'customer' ? event.customer_ref : null,
  event_ref: event.event_ref,
  attendee_ref: program.to === 'customer' ? event.attendee_ref : null,
  person: '',
  correlation_id: event.correlation_id,
  trace: event.trace,
  stop_on: program.stopOn,
});
