/** Maps a message to the gate's input. */
import type { ConsentGate } from '../../consent/index.js';
import type { ClaimedMessage } from '../../ledger/index.js';
import { endOf } from '../messages/host.rules.js';

export function candidateOf(message: ClaimedMessage): Parameters<ConsentGate['check']>[0][number] {
  return {
    messageId: message.id,
    tenantId: message.tenant_id,
    venueId: message.venue_id,
    channel: message.channel,
    category: message.category,
    recipient: message.recipient,
    senderAddress: message.sender_address,
    isTest: message.is_test,
    isOfCampaign: (message.campaign_id ?? message.root_campaign_id) !== null,
    zone: zoneOf(message),
    expiresAt: endOf(message)?.at ?? null,
  };
}

/** Where the recipient lives, as a contact's attributes say it. */
function zoneOf({ data }: ClaimedMessage): string | null {
  const zone = data?.['timezone'];
  return typeof zone === 'string' ? zone : null;
}
