/** Messages that are sent again: same content, same recipient, current sender. Call it in a transaction that has locked the first. */
import { Injectable } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';
import { DomainError } from '../../kernel/index.js';
import { Ledger, type MessageDraft } from '../../ledger/index.js';
import { SenderDirectory } from '../../tenants/index.js';
import { CampaignThrottles } from '../lanes/campaign-throttles.js';
import { LaneQueue } from '../lanes/lane.queue.js';
import { Lanes } from '../lanes/lanes.js';

@Injectable()
export class Resends {
  constructor(
    private readonly senders: SenderDirectory,
    private readonly lanes: Lanes,
    private readonly ledger: Ledger,
    private readonly queue: LaneQueue,
    private readonly throttles: CampaignThrottles,
  ) {}

  /** Answers the new message, which has no end of its own, and is no part of a campaign. Raises NoSender. */
  async send(original: MessageDraft): Promise<MessageDraft> {
    return this.follow(original, await this.draft(original));
  }

  /** The same on our own account: it keeps the end of the first, and its campaign; undefined if nobody speaks there any more. */
  async retry(original: MessageDraft): Promise<MessageDraft | undefined> {
    const again = await this.draft(original).catch((error: unknown) => {
      if (error instanceof DomainError) return undefined;
      throw error;
    });
    const { expires_at, campaign_id: own, root_campaign_id: root } = original;
    return again && this.follow(original, { ...again, expires_at, root_campaign_id: own ?? root });
  }

  /** Whether its campaign is cancelled, or over. One that is paused holds what is sent again, too. */
  async isStopped({ campaign_id: own, root_campaign_id: root }: MessageDraft): Promise<boolean> {
    const campaignId = own ?? root;
    return campaignId !== null && (await this.throttles.hold(campaignId)) === 'closed';
  }

  private async follow({ id }: MessageDraft, again: MessageDraft): Promise<MessageDraft> {
    await this.ledger.insert([again]);
    await this.ledger.follow(id, again.id);
    await this.queue.wakeAfterCommit([again.lane_id]);
    return again;
  }

  private async draft(original: MessageDraft): Promise<MessageDraft> {
    const { id, tenant_id: tenantId, venue_id: venueId, channel, category, sender_address: from } = original;
    const route = await this.senders.routeFrom(tenantId, venueId, { channel, category }, from);
    return {
      ...original,
      lane_id: await this.lanes.laneFor(route, channel),
      provider: route.provider,
      sender_address: route.address,
      sender_name: route.displayName,
      // A campaign counts each recipient once.
      id: uuidv7(),
      campaign_id: null,
      root_campaign_id: null,
      resend_of: id,
      fallback_of: null,
      status: 'queued',
      ready_at: new Date(),
      send_at: null,
      expires_at: null,
    };
  }
}
