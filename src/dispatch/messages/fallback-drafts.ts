/** The message that follows one that reached nobody. */
import { Injectable } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';
import { consentChannel, SenderDirectory, type SenderRoute } from '../../tenants/index.js';
import { ChannelDisabled } from './messages.errors.js';
import { Lanes } from '../lanes/lanes.js';
import type { MessageDraft, StoredStep } from '../../ledger/index.js';
import { contentOf } from './made-message.js';
import { segmentsOf, textOf } from './message-limits.js';
import { channelTo } from './pictures.js';

@Injectable()
export class FallbackDrafts {
  constructor(
    private readonly senders: SenderDirectory,
    private readonly lanes: Lanes,
  ) {}

  /** With its step's content and the current sender. Raises ChannelDisabled, NoSender, SenderInactive and SenderNotFound. */
  async make(message: MessageDraft, step: StoredStep, rest: readonly StoredStep[]): Promise<MessageDraft> {
    const { channel: asked, content = null, versionId = null } = step;
    const { tenant_id: tenantId } = message;
    const tenant = await this.senders.tenant(tenantId);
    if (!tenant.sendsOn(asked)) throw new ChannelDisabled(asked);
    const route = await this.routeOf(message, step);
    const recipient = step.to ?? message.recipient;
    const channel = channelTo(recipient, asked, route);
    return {
      ...message,
      id: uuidv7(),
      status: 'queued',
      ready_at: new Date(),
      send_at: null,
      resend_of: null,
      channel,
      recipient,
      content,
      mail: channel === 'email' ? message.mail : null,
      template_version_id: versionId,
      data: versionId === null ? null : (step.data ?? message.data ?? {}),
      segments: segmentsOf(channel, content ? textOf(contentOf(channel, content)) : undefined),
      lane_id: await this.lanes.laneFor(route, channel),
      provider: route.provider,
      sender_address: route.address,
      sender_name: route.displayName,
      // A campaign counts each recipient once.
      campaign_id: null,
      root_campaign_id: message.campaign_id ?? message.root_campaign_id,
      fallback_of: message.id,
      fallback: rest.length > 0 ? rest : null,
    };
  }

  /** Texts of one person come from one number, while it is active. */
  private routeOf(message: MessageDraft, { channel, senderId }: StoredStep): Promise<SenderRoute> {
    const { tenant_id: tenantId, venue_id: venueId, category, sender_address: address } = message;
    return senderId === undefined && consentChannel(channel) === consentChannel(message.channel)
      ? this.senders.routeFrom(tenantId, venueId, { channel, category }, address)
      : this.senders.routeFor(tenantId, venueId, { channel, category, senderId });
  }
}
