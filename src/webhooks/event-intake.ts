/** Puts proven provider events into the inbox, each once. What a person asked for by keyword takes effect before the answer. */
import { Injectable } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApplyKeyword } from '../consent/index.js';
import { Conversations, InFlight } from '../dispatch/index.js';
import { storable } from '../kernel/index.js';
import { descriptorOf, type ProvenEvents, type ProviderEvent } from '../providers/index.js';
import type { ProviderName } from '../tenants/index.js';
import { InboxQueue } from './inbox.queue.js';
import { Inbox } from './inbox.js';
import { StillInFlight } from './webhooks.errors.js';

type Inbound = Extract<ProviderEvent, { kind: 'inbound' }>;

/** Our answer is on its way this long before the provider gives it up. */
const ANSWER_MS = 1_500;

@Injectable()
export class EventIntake {
  constructor(
    private readonly inbox: Inbox,
    private readonly queue: InboxQueue,
    private readonly commands: CommandBus,
    private readonly conversations: Conversations,
    private readonly inFlight: InFlight,
  ) {}

  /** Raises StillInFlight, when all is kept but a message to somebody who said STOP may still be under way. */
  async receive(provider: ProviderName, { events, accountIds }: ProvenEvents): Promise<void> {
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
    for (const event of inbound.filter(({ keyword }) => keyword === 'stop')) await this.letThrough(provider, event);
  }

  /**
   * A STOP is answered only when nothing to the person is on its way any more. Raises StillInFlight before the provider loses its
   * patience: it asks again. A call of a claim ends within twelve seconds (see LaneLease).
   */
  private async letThrough(provider: ProviderName, { channel, from }: Inbound): Promise<void> {
    const channels = channel === 'whatsapp' ? ['whatsapp'] : ['sms', 'mms'];
    const withinMs = (descriptorOf(provider).webhook.inbound?.answerWithinMs ?? 0) - ANSWER_MS;
    if (!(await this.inFlight.settled(channels, from, withinMs))) throw new StillInFlight();
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
