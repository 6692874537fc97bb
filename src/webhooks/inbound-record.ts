/** Records whose the messages are that people write to us: they are on the bill of the number's owner, and in its conversations. */
import { Injectable } from '@nestjs/common';
import { Conversations } from '../conversations/index.js';
import { ReceivedMessages, Replies, type ReceivedMessage } from '../ledger/index.js';
import { SenderDirectory, type ProviderName } from '../tenants/index.js';
import { countSegments } from '../templates/index.js';
import { channelsOf, type Inbound } from './inbound-messages.js';
import { KeywordAnswers } from './keyword-answers.js';

@Injectable()
export class InboundRecord {
  constructor(
    private readonly senders: SenderDirectory,
    private readonly replies: Replies,
    private readonly received: ReceivedMessages,
    private readonly conversations: Conversations,
    private readonly answers: KeywordAnswers,
  ) {}

  /** Must run in the transaction that takes them in. */
  async add(provider: ProviderName, accountIds: readonly string[], inbound: readonly Inbound[]): Promise<void> {
    for (const event of inbound) {
      const { channel, from: person, to: number, providerMessageId, body, media, keyword } = event;
      const owned = await this.ownerOf(accountIds, event);
      if (!owned) continue;
      const segments = channel === 'sms' ? (event.segments ?? countSegments(event.body).segments) : 1;
      const id = await this.received.record({
        ...owned,
        provider,
        providerMessageId,
        channel,
        person,
        number,
        segments,
      });
      if (id === undefined || !owned.owner) continue;
      const { owner, accountId } = owned;
      await this.conversations.hear({ ...owner, id, channel, person, number, body, media, accountId, keyword });
      await this.answers.send(owner, event);
    }
  }

  /**
   * The venue that speaks from the number now. The platform's shared number is of whoever wrote to the person from it last. Nobody's is
   * what comes to a number that was given back.
   */
  private async ownerOf(
    accountIds: readonly string[],
    { channel, from, to }: Inbound,
  ): Promise<Pick<ReceivedMessage, 'owner' | 'accountId'> | undefined> {
    const holders = await this.senders.holdersOf(channel, to);
    const proven = holders.filter(({ accountId }) => accountIds.includes(accountId));
    const owner =
      holders.length > 0
        ? proven.find(({ status }) => status === 'active')
        : await this.replies.lastWriter({ channels: channelsOf(channel), from, to, accountIds });
    const accountId = owner?.accountId ?? proven[0]?.accountId ?? accountIds[0];
    return accountId === undefined ? undefined : { ...(owner && { owner }), accountId };
  }
}
