/** What people write to us: whose it is, and what it changes at once. */
import { Injectable } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { ApplyKeyword, WhatsAppUsers } from '../consent/index.js';
import { ServiceWindows } from '../dispatch/index.js';
import { Replies } from '../ledger/index.js';
import { ConfirmByReply } from '../opt-ins/index.js';
import type { ProviderEvent } from '../providers/index.js';
import { SenderDirectory, writersAddress } from '../tenants/index.js';
import { localKeyword } from './local-keywords.js';
import { AcknowledgeByReply } from '../voice/index.js';

export type Inbound = Extract<ProviderEvent, { kind: 'inbound' }>;

@Injectable()
export class InboundMessages {
  constructor(
    private readonly commands: CommandBus,
    private readonly windows: ServiceWindows,
    private readonly users: WhatsAppUsers,
    private readonly senders: SenderDirectory,
    private readonly replies: Replies,
  ) {}

  /**
   * A person has one address, however a provider spells it, or hides it: else a STOP would be that of somebody else. So has a sender. And
   * a STOP is one in their own language too.
   */
  async asWrittenTo(event: ProviderEvent, accountIds: readonly string[]): Promise<ProviderEvent> {
    if (event.kind !== 'inbound') return event;
    const from = writersAddress(event.channel, event.from);
    const [person, to] = [await this.users.addressOf(accountIds, from), await this.senderOf(event)];
    const local = event.keyword === undefined ? localKeyword(event.body, [person, event.to]) : undefined;
    return { ...event, from: person, to, ...(local && { keyword: local, isLocalKeyword: true }) };
  }

  /** The pool that sends from a number, if it is a sender here: a STOP to one of its numbers is one to all of them. */
  private async senderOf({ channel, to, pool }: Inbound): Promise<string> {
    if (pool === undefined) return to;
    const holders = await this.senders.venuesOfNumber(channel, pool);
    return holders.length > 0 ? pool : to;
  }

  /** Must run in a transaction. Learns who wrote, opens the 24 hours, records answers, acknowledges calls, and applies keywords. */
  async hear(accountIds: readonly string[], inbound: readonly Inbound[]): Promise<void> {
    for (const { channel, from, to, userId, keyword, providerMessageId, body, occurredAt } of inbound) {
      if (userId !== undefined && userId !== from) await this.users.learn({ accountIds, userId, number: from });
      await this.windows.heardFrom(channel, to, from);
      const reply = { channels: channelsOf(channel), from, to, accountIds, occurredAt };
      if (isAnswer(keyword)) await this.replies.record(reply, 'answered');
      if (keyword !== 'stop' && keyword !== 'help')
        await this.commands.execute(new ConfirmByReply({ channel, from, to, accountIds }, body));
      if (isText(channel) && keyword !== 'stop')
        await this.commands.execute(new AcknowledgeByReply({ from, to, accountIds }, body));
      if (keyword !== undefined && keyword !== 'help') {
        const lastVenueId = isText(channel) ? await this.replies.lastVenue(from, to) : undefined;
        const message = { channel, number: to, from, keyword, providerMessageId, accountIds };
        await this.commands.execute(new ApplyKeyword({ ...message, ...(lastVenueId && { lastVenueId }) }));
      }
      if (keyword === 'stop') await this.replies.record(reply, 'unsubscribed');
    }
  }
}

/** Those on which the same number writes to the same person. */
export const channelsOf = (channel: Inbound['channel']): readonly Inbound['channel'][] =>
  isText(channel) ? ['sms', 'mms'] : [channel];

/** Somebody who says YES means what they were asked; the other keywords are to us. */
const isAnswer = (keyword: Inbound['keyword']): boolean => keyword === undefined || keyword === 'yes';

const isText = (channel: Inbound['channel']): boolean => channel === 'sms' || channel === 'mms';
