/** Which sender a new message goes out from; a venue's first text may have to wait for its number. */
import { Injectable } from '@nestjs/common';
import { lookingUp } from '../../kernel/index.js';
import { AwaitedNumbers } from '../../numbers/index.js';
import {
  SenderDirectory,
  VenueSenders,
  waitingAddress,
  type SenderRoute,
  type TenantSettings,
} from '../../tenants/index.js';

type Request = Parameters<SenderDirectory['routeFor']>[2];

@Injectable()
export class MessageRoutes {
  constructor(
    private readonly senders: SenderDirectory,
    private readonly ofVenues: VenueSenders,
    private readonly numbers: AwaitedNumbers,
  ) {}

  /**
   * As SenderDirectory.routeFor. Where the tenant has numbers rented by itself, the first text of a venue orders one, and it and those
   * after it wait for that number. Raises also what AwaitedNumbers.of raises.
   */
  async routeFor(tenant: TenantSettings, venueId: string, request: Request): Promise<SenderRoute> {
    const awaited = await this.awaited(tenant, venueId, request);
    if (!awaited) return this.senders.routeFor(tenant.id, venueId, request);
    const { orderId, accountId, provider } = awaited;
    const address = waitingAddress(orderId);
    return { senderId: null, accountId, provider, address, displayName: null, ratePerSecond: null };
  }

  private async awaited(
    tenant: TenantSettings,
    venueId: string,
    { channel, senderId }: Request,
  ): ReturnType<AwaitedNumbers['of']> {
    if (tenant.autoNumbers === null || channel !== 'sms' || senderId !== undefined) return undefined;
    if (await this.ofVenues.everTexted(venueId)) return undefined;
    return lookingUp('venueId', this.numbers.of(tenant, venueId));
  }
}
