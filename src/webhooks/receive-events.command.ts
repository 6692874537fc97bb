/** Puts proven provider events into the inbox, each once. What a person asked for by keyword takes effect before the answer. */
import { Command, CommandBus, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { ApplyKeyword } from '../consent/index.js';
import { Conversations, InFlight } from '../dispatch/index.js';
import { storable } from '../kernel/index.js';
import type { ProvenEvents, ProviderEvent } from '../providers/index.js';
import type { ProviderName } from '../tenants/index.js';
import { InboxQueue } from './inbox.queue.js';
import { Inbox } from './inbox.js';
import { StillInFlight } from './webhooks.errors.js';

type Inbound = Extract<ProviderEvent, { kind: 'inbound' }>;

/** Longer than any call of a claim may take (12 s, see LaneLease), and less than Twilio waits for an answer (15 s). */
const IN_FLIGHT_MS = 13_500;

export class ReceiveEvents extends Command<void> {
  constructor(
    readonly provider: ProviderName,
    readonly proven: ProvenEvents,
  ) {
    super();
  }
}

@CommandHandler(ReceiveEvents)
export class ReceiveEventsHandler implements ICommandHandler<ReceiveEvents> {
  constructor(
    private readonly inbox: Inbox,
    private readonly queue: InboxQueue,
    private readonly commands: CommandBus,
    private readonly conversations: Conversations,
    private readonly inFlight: InFlight,
  ) {}

  async execute({ provider, proven: { events, accountIds } }: ReceiveEvents): Promise<void> {
    const proven = { accountIds, events: storable(events) }; // what a person wrote is not lost for a character that nobody keeps
    const inbound = proven.events.filter((event): event is Inbound => event.kind === 'inbound');
    if (inbound.length === 0) await this.inbox.add(provider, proven);
    else
      await this.inbox.addAnd(provider, proven, (fresh) =>
        this.hear(
          proven,
          inbound.filter((event) => fresh.has(event)),
        ),
      );
    if (proven.events.some((event) => event.kind === 'status' || event.kind === 'engagement')) this.queue.wake();
    for (const event of inbound.filter(({ keyword }) => keyword === 'stop')) await this.letThrough(event);
  }

  /** A STOP is answered only when nothing to the person is on its way any more. Raises StillInFlight: Twilio asks again. */
  private async letThrough({ channel, from }: Inbound): Promise<void> {
    const channels = channel === 'whatsapp' ? ['whatsapp'] : ['sms', 'mms'];
    if (!(await this.inFlight.settled(channels, from, IN_FLIGHT_MS))) throw new StillInFlight();
  }

  private async hear({ accountIds }: ProvenEvents, inbound: readonly Inbound[]): Promise<void> {
    for (const event of inbound) {
      const { channel, from, to, keyword, providerMessageId } = event;
      await this.conversations.heardFrom(channel, to, from);
      if (keyword !== undefined && keyword !== 'help') {
        await this.commands.execute(
          new ApplyKeyword({ channel, number: to, from, keyword, providerMessageId, accountIds }),
        );
      }
    }
  }
}
