/** Accepts events of services: one that is answered will start, move and stop what depends on it. */
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import {
  currentPlace,
  DomainError,
  inSlices,
  lookingUp,
  Tracing,
  validated,
  type TraceParent,
} from '../../kernel/index.js';
import { SenderDirectory } from '../../tenants/index.js';
import { NewEvent, type EventReceipt } from './events.dto.js';
import { EventsQueue } from './events.queue.js';
import { idIn, subjectsOf, unaliased, type EventOrigin } from './inbound-event.js';
import { InboundEvents, type NewInboundEvent } from './inbound-events.js';

export type EventAcceptance = EventReceipt | DomainError;

export class AcceptEvents extends Command<EventAcceptance[]> {
  /** `inputs` are unchecked JSON: each is validated separately. `trace`: where they came from; absent: the span that is open. */
  constructor(
    readonly tenantId: string,
    readonly inputs: readonly unknown[],
    readonly origin: EventOrigin,
    readonly correlationId?: string,
    readonly trace?: TraceParent,
  ) {
    super();
  }
}

@CommandHandler(AcceptEvents)
export class AcceptEventsHandler implements ICommandHandler<AcceptEvents> {
  constructor(
    private readonly senders: SenderDirectory,
    private readonly events: InboundEvents,
    private readonly queue: EventsQueue,
    private readonly tracing: Tracing,
  ) {}

  /** One answer for each, in order, once the accepted ones have committed. Raises TenantNotFound. */
  execute(command: AcceptEvents): Promise<EventAcceptance[]> {
    const { tenantId, inputs, origin, correlationId, trace } = command;
    const attributes = {
      'callboard.tenant_id': tenantId,
      'callboard.origin': origin,
      'callboard.correlation_id': correlationId,
      'messaging.batch.message_count': inputs.length,
    };
    const kind = origin === 'http' ? {} : { kind: 'consumer' as const };
    return this.tracing.run({ name: 'events.accept', parent: trace, ...kind, attributes }, () => this.accept(command));
  }

  private async accept(command: AcceptEvents): Promise<EventAcceptance[]> {
    await this.senders.tenant(command.tenantId);
    const read = await inSlices(command.inputs, (input) => this.attempt(command, input));
    const receipts = await this.events.add(
      read.filter((event): event is NewInboundEvent => !(event instanceof DomainError)),
    );
    if (receipts.some(({ status }) => status === 'accepted')) await this.queue.wakeAfterCommit();
    const next = receipts.values();
    return read.map((event) => (event instanceof DomainError ? event : receiptOf(next)));
  }

  private async attempt(command: AcceptEvents, input: unknown): Promise<NewInboundEvent | DomainError> {
    try {
      return await this.read(command, input instanceof NewEvent ? input : validated(NewEvent, input));
    } catch (error) {
      if (error instanceof DomainError) return error;
      throw error;
    }
  }

  private async read({ tenantId, origin, correlationId }: AcceptEvents, input: NewEvent): Promise<NewInboundEvent> {
    const { type, data } = unaliased({ type: input.type, data: input.data ?? {} });
    const subjects = subjectsOf(data);
    const venueId = await lookingUp('data.venueId', this.senders.venueOf(tenantId, idIn(data, 'venueId')));
    return {
      tenantId,
      externalId: input.id,
      type,
      data,
      venueId,
      subjects,
      occurredAt: input.occurredAt ?? null,
      correlationId: input.correlationId ?? correlationId ?? null,
      trace: currentPlace() ?? null,
      origin,
    };
  }
}

function receiptOf(receipts: Iterator<EventReceipt>): EventReceipt {
  const next = receipts.next();
  if (next.done) throw new Error('each event has a receipt');
  return next.value;
}
