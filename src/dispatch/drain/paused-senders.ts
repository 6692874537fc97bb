/** Holds marketing from senders that are paused, and their campaigns. */
import { Injectable } from '@nestjs/common';
import { SenderPauses } from '../../consent/index.js';
import type { ClaimedMessage } from '../../ledger/index.js';
import { consentChannel } from '../../tenants/index.js';
import { CampaignThrottles } from '../lanes/campaign-throttles.js';
import { campaignOf, heldFor } from './held-messages.js';

@Injectable()
export class PausedSenders {
  constructor(
    private readonly pauses: SenderPauses,
    private readonly throttles: CampaignThrottles,
  ) {}

  /**
   * When each of these messages is tried again, in milliseconds: at once where its sender has been resumed meanwhile. Must run in the
   * transaction that puts them back: who resumes a sender waits for it, and finds them waiting.
   */
  async hold(messages: readonly ClaimedMessage[]): Promise<ReadonlyMap<string, number>> {
    const paused = new Set((await this.pauses.holding(messages.map(senderOf))).map(keyOf));
    const waiting = messages.filter((message) => paused.has(keyOf(senderOf(message))));
    const held = new Set<string>();
    for (const [tenantId, ofOne] of Map.groupBy(waiting, (message) => message.tenant_id)) {
      const campaignIds = new Set(ofOne.flatMap((message) => campaignOf(message) ?? []));
      for (const id of await this.throttles.holdFor('sender_paused', tenantId, [...campaignIds])) held.add(id);
    }
    return new Map(
      messages.map((message) => [message.id, waiting.includes(message) ? heldFor(message, held) : 0] as const),
    );
  }
}

type Sender = Parameters<SenderPauses['holding']>[0][number];

const senderOf = ({ tenant_id: tenantId, channel, sender_address: address }: ClaimedMessage): Sender => ({
  tenantId,
  channel: consentChannel(channel),
  address,
});

const keyOf = ({ tenantId, channel, address }: Sender): string => `${tenantId} ${channel} ${address}`;
