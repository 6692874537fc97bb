/** What becomes of one message of the bus: it is settled once its event, or that it was refused, has committed. */
import { Inject, Injectable, Logger } from '@nestjs/common';
import { errorLine, Slots, SparingLogger } from '../../kernel/index.js';
import { EventDeliveries, pause, type EventDelivery, type Verdict } from '../events/event-deliveries.js';
import { eventIn } from './bus-event.js';
import type { BusLink, MessageHandler, ReceivedMessage } from './bus-link.js';
import { SERVICE_BUS, type ServiceBusSettings } from './service-bus-config.js';

/** Messages in work at once in one process: they share commits. */
export const IN_WORK = 200;
const LONGEST_PAUSE_MS = 30_000;

@Injectable()
export class BusIntake {
  private readonly logger = new SparingLogger(new Logger(BusIntake.name));
  private readonly slots = new Slots(IN_WORK);

  constructor(
    @Inject(SERVICE_BUS) private readonly settings: ServiceBusSettings,
    private readonly deliveries: EventDeliveries,
  ) {}

  /**
   * Never rejects: what a handler throws the SDK abandons at once, ten times in a moment, and then the message is dead. Whatever is
   * left unsettled comes again, and changes nothing then.
   */
  readonly handle: MessageHandler = async (message, hold, link) => {
    const verdict = await this.slots.run(() => this.verdictOn(message, hold.signal));
    // By its link alone. Where its lock is lost, the broker refuses: it has become somebody else's.
    if (!link.lost.aborted) await settle(message, verdict, link);
  };

  /** An error that nobody foresaw may be gone when the message comes again; the broker counts, and gives up one day. */
  private async verdictOn(message: ReceivedMessage, signal: AbortSignal): Promise<Verdict> {
    try {
      return await this.deliveries.take(deliveryOf(message, this.settings), signal);
    } catch (error) {
      this.logger.say('error', `A message of the bus was not taken: ${errorLine(error)}`);
      const pauseMs = this.settings.pace.giveBackMs * 2 ** (message.deliveryCount ?? 0);
      await pause(Math.min(pauseMs, LONGEST_PAUSE_MS), signal);
      return 'interrupted';
    }
  }
}

const deliveryOf = (
  message: ReceivedMessage,
  { topic, subscription, tenantId }: ServiceBusSettings,
): EventDelivery => ({
  origin: 'service_bus',
  place: `${topic}/${subscription}/${String(message.sequenceNumber ?? message.lockToken)}`,
  read: () => eventIn(message, tenantId),
});

function settle(message: ReceivedMessage, verdict: Verdict, link: BusLink): Promise<void> {
  if (verdict === 'accepted') return link.complete(message);
  if (verdict === 'interrupted') return link.abandon(message);
  return link.deadLetter(message, verdict.code, verdict.description);
}
