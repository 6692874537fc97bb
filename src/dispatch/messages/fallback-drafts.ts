/** The message that follows one that reached nobody. */
import { Injectable } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';
import { SenderDirectory } from '../../tenants/index.js';
import { ChannelDisabled } from './messages.errors.js';
import { Lanes } from '../lanes/lanes.js';
import type { MessageDraft, StoredStep } from '../../ledger/index.js';
import { segmentsOf } from './message-limits.js';

@Injectable()
export class FallbackDrafts {
  constructor(
    private readonly senders: SenderDirectory,
    private readonly lanes: Lanes,
  ) {}

  /** With its step's content and the current sender. Raises ChannelDisabled, NoSender, SenderInactive and SenderNotFound. */
  async make(message: MessageDraft, step: StoredStep, rest: readonly StoredStep[]): Promise<MessageDraft> {
    const { channel, content = null, versionId = null } = step;
    const { tenant_id: tenantId, venue_id: venueId, category } = message;
    const tenant = await this.senders.tenant(tenantId);
    if (!tenant.sendsOn(channel)) throw new ChannelDisabled(channel);
    const route = await this.senders.routeFor(tenantId, venueId, { channel, category, senderId: step.senderId });
    return {
      ...message,
      id: uuidv7(),
      status: 'queued',
      ready_at: new Date(),
      send_at: null,
      resend_of: null,
      channel,
      recipient: step.to ?? message.recipient,
      content,
      template_version_id: versionId,
      data: versionId === null ? null : (step.data ?? message.data ?? {}),
      segments: segmentsOf(channel, content?.body),
      lane_id: await this.lanes.laneFor(route, channel),
      provider: route.provider,
      sender_address: route.address,
      sender_name: route.displayName,
      // A campaign counts each recipient once.
      campaign_id: null,
      fallback_of: message.id,
      fallback: rest.length > 0 ? rest : null,
    };
  }
}
