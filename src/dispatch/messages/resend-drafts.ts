/** A message that is sent again: same content, same recipient, current sender. */
import { Injectable } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';
import type { MessageDraft } from '../../ledger/index.js';
import { SenderDirectory } from '../../tenants/index.js';
import { Lanes } from '../lanes/lanes.js';

@Injectable()
export class ResendDrafts {
  constructor(
    private readonly senders: SenderDirectory,
    private readonly lanes: Lanes,
  ) {}

  /** Without an end of its own. Raises NoSender. */
  async make(original: MessageDraft): Promise<MessageDraft> {
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
      resend_of: id,
      fallback_of: null,
      status: 'queued',
      ready_at: new Date(),
      send_at: null,
      expires_at: null,
    };
  }
}
