/** Stores verified provider events in the inbox, deduplicated. Keywords such as STOP take effect before the response. */
import { Injectable } from '@nestjs/common';
import { InFlight } from '../dispatch/index.js';
import { storable } from '../kernel/index.js';
import { descriptorOf, type ProvenEvents, type ProviderEvent } from '../providers/index.js';
import type { ProviderName } from '../tenants/index.js';
import { channelsOf, InboundMessages, type Inbound } from './inbound-messages.js';
import { InboundRecord } from './inbound-record.js';
import { InboxQueue } from './inbox.queue.js';
import { Inbox } from './inbox.js';
import { StillInFlight } from './webhooks.errors.js';

/** We respond this long before the provider's timeout. */
const ANSWER_MS = 1_500;

@Injectable()
export class EventIntake {
  constructor(
    private readonly inbox: Inbox,
    private readonly queue: InboxQueue,
    private readonly inFlight: InFlight,
    private readonly inbound: InboundMessages,
    private readonly record: InboundRecord,
  ) {}

  /** Raises StillInFlight if all is stored, but a message to somebody who sent STOP may still be in flight. */
  async receive(provider: ProviderName, { events, accountIds }: ProvenEvents): Promise<void> {
    // An inbound message is not lost for a character that cannot be stored.
    const fromWhomWeWriteTo = (event: ProviderEvent): Promise<ProviderEvent> =>
      this.inbound.asWrittenTo(event, accountIds);
    const proven = { accountIds, events: await Promise.all(storable(events).map(fromWhomWeWriteTo)) };
    const inbound = proven.events.filter((event): event is Inbound => event.kind === 'inbound');
    if (inbound.length === 0) await this.inbox.add(provider, proven);
    else
      await this.inbox.addAnd(provider, proven, async (fresh) => {
        const heard = inbound.filter((event) => fresh.has(event));
        await this.record.add(provider, accountIds, heard);
        await this.inbound.hear(accountIds, heard);
      });
    if (proven.events.some((event) => event.kind === 'status' || event.kind === 'engagement')) this.queue.wake();
    for (const event of inbound.filter(({ keyword }) => keyword === 'stop')) await this.letThrough(provider, event);
  }

  /**
   * A STOP is answered only when no message to the person is in flight. Raises StillInFlight before the provider's timeout, so
   * that the provider retries. A claim's call ends within twelve seconds (see LaneLease).
   */
  private async letThrough(provider: ProviderName, { channel, from }: Inbound): Promise<void> {
    const withinMs = (descriptorOf(provider).webhook.inbound?.answerWithinMs ?? 0) - ANSWER_MS;
    if (!(await this.inFlight.settled(channelsOf(channel), from, withinMs))) throw new StillInFlight();
  }
}
