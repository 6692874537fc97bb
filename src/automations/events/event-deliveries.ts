/** Events from where nobody waits for an answer: each is accepted, or refused for good; what is temporary is waited for. */
import { setTimeout as delay } from 'node:timers/promises';
import { Injectable, Logger } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import {
  DomainError,
  errorLine,
  InvalidRequest,
  isRetryable,
  isUuid,
  SparingLogger,
  type TraceParent,
} from '../../kernel/index.js';
import { AcceptEvents } from './accept-events.command.js';
import { DeadLetters, type UnattendedOrigin } from './dead-letters.js';
import { isTemporary, refusalOf, type Refusal } from './refusals.js';

export interface DeliveredEvent {
  /** As it came. */
  readonly tenantId: unknown;
  /** Unchecked JSON, as of `POST /api/events`. */
  readonly input: object;
  readonly correlationId?: string | undefined;
  /** Of the sender's own trace. */
  readonly trace?: TraceParent | undefined;
}

export interface EventDelivery {
  readonly origin: UnattendedOrigin;
  /** Where it lies there: the same each time that it is delivered. */
  readonly place: string;
  /** Raises a DomainError for what is no event. */
  readonly read: () => DeliveredEvent;
}

/** `interrupted`: nobody knows, so that it must be delivered again. */
export type Verdict = 'accepted' | 'interrupted' | Refusal;

const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 10_000;

@Injectable()
export class EventDeliveries {
  private readonly logger = new SparingLogger(new Logger(EventDeliveries.name));

  constructor(
    private readonly commands: CommandBus,
    private readonly deadLetters: DeadLetters,
  ) {}

  /**
   * Answers once the event, or that it was refused, has committed; a repeated event is accepted too. While the database is away it
   * is tried again, until `signal` is aborted. Raises what is neither a refusal nor temporary.
   */
  async take(delivery: EventDelivery, signal: AbortSignal): Promise<Verdict> {
    for (let pauseMs = FIRST_PAUSE_MS; !signal.aborted; pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS)) {
      try {
        return await this.attempt(delivery);
      } catch (error) {
        if (!isRetryable(error) && !isTemporary(error)) throw error;
        this.logger.warn(`Events of the ${delivery.origin} wait: ${errorLine(error)}`);
        await pause(pauseMs, signal);
      }
    }
    return 'interrupted';
  }

  private async attempt({ origin, place, read }: EventDelivery): Promise<Verdict> {
    const refused = await this.accept(origin, read);
    if (!refused) return 'accepted';
    if (isTemporary(refused)) throw refused;
    await this.deadLetters.add(origin, place, refused.code);
    return refusalOf(refused);
  }

  /** Undefined once it is accepted. */
  private async accept(origin: UnattendedOrigin, read: EventDelivery['read']): Promise<DomainError | undefined> {
    try {
      const { tenantId, input, correlationId, trace } = read();
      const [answer] = await this.commands.execute(
        new AcceptEvents(checkedTenant(tenantId), [input], origin, correlationId, trace),
      );
      return answer instanceof DomainError ? answer : undefined;
    } catch (error) {
      if (error instanceof DomainError) return error;
      throw error;
    }
  }
}

/** Raises InvalidRequest. */
function checkedTenant(tenantId: unknown): string {
  if (typeof tenantId === 'string' && isUuid(tenantId)) return tenantId;
  throw new InvalidRequest([{ path: 'tenantId', message: 'tenantId must be the id of a tenant' }]);
}

/** Ends early when it is aborted. */
export async function pause(ms: number, signal: AbortSignal): Promise<void> {
  try {
    await delay(ms, undefined, { signal });
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}
