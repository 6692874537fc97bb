/** The subject of consent: an address as people write it, at a venue of the caller's tenant. */
import { Injectable } from '@nestjs/common';
import { SenderDirectory, consentChannel, isWhatsAppUserId, normaliseAddress, type Channel } from '../tenants/index.js';
import { WhatsAppUsers } from './whatsapp-users.js';

export interface ConsentSubject {
  readonly tenantId: string;
  readonly venueId: string;
  readonly channel: Channel;
  readonly address: string;
}

/** The channel implied by an address if none is named. */
export function channelOf(address: string): Channel {
  if (isWhatsAppUserId(address)) return 'whatsapp';
  return address.includes('@') ? 'email' : 'sms';
}

@Injectable()
export class ConsentSubjects {
  constructor(
    private readonly directory: SenderDirectory,
    private readonly users: WhatsAppUsers,
  ) {}

  /** `venue` is its id or externalId. Raises VenueNotFound, also for a venue of another tenant, and InvalidAddress. */
  async find(tenantId: string, venue: string, text: string, channel?: Channel | null): Promise<ConsentSubject> {
    const venueId = await this.directory.venueOf(tenantId, venue);
    const kept = consentChannel(channel ?? channelOf(text));
    return { tenantId, venueId, channel: kept, address: await this.address(tenantId, kept, text) };
  }

  /**
   * Normalised; numbers without a country code are from the tenant's country. A user id of WhatsApp is its number, once that is
   * known. Raises InvalidAddress.
   */
  async address(tenantId: string, channel: Channel, text: string): Promise<string> {
    if (channel === 'whatsapp' && isWhatsAppUserId(text)) return this.users.addressFor(tenantId, text);
    const { country } = await this.directory.tenant(tenantId);
    return normaliseAddress(channel, text, country);
  }
}
