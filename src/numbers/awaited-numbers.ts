/** Numbers that messages wait for: rented for a venue that sends its first text. */
import { Injectable } from '@nestjs/common';
import { instant } from '../kernel/index.js';
import type { ProviderName, TenantSettings } from '../tenants/index.js';
import { NumberDesks } from './number-desks.js';
import { VenueHasNumber } from './numbers.errors.js';
import type { NumberRow } from './number-row.js';
import { NumberReader } from './number-reader.js';
import { PhoneNumbers } from './phone-numbers.js';

/** After an order that failed, no other is made for so long: it would fail alike. */
const FAILED_RESTS_MS = 600_000;

export interface AwaitedNumber {
  readonly orderId: string;
  readonly accountId: string;
  readonly provider: ProviderName;
}

@Injectable()
export class AwaitedNumbers {
  constructor(
    private readonly desks: NumberDesks,
    private readonly numbers: PhoneNumbers,
    private readonly reader: NumberReader,
  ) {}

  /**
   * The order of the venue's number, made now if there is none, in the caller's transaction; undefined where nothing is to be waited for:
   * the tenant has none rented by itself, the venue has one, or the last order has just failed. Raises NumberLimitReached,
   * NumbersNotRented and ProviderNotConfigured.
   */
  async of({ id: tenantId, autoNumbers }: TenantSettings, venueId: string): Promise<AwaitedNumber | undefined> {
    if (autoNumbers === null) return undefined;
    const newest = await this.reader.newestOf(venueId);
    if (newest?.status === 'ordered') return awaited(newest);
    if (newest && (newest.status !== 'failed' || isRecent(newest))) return undefined;
    const { provider, account } = await this.desks.of(tenantId, undefined, { channels: ['sms'] });
    try {
      const order = { tenantId, venueId, accountId: account.id, provider, channels: ['sms' as const], bought: true };
      return awaited(
        await this.numbers.order({ ...order, search: autoNumbers, address: null, pool: null, orderedBy: 'first text' }),
      );
    } catch (error) {
      if (!(error instanceof VenueHasNumber)) throw error;
      const other = await this.reader.newestOf(venueId);
      return other?.status === 'ordered' ? awaited(other) : undefined;
    }
  }

  /** Whose it is, and whether it is still awaited; undefined for no order. */
  async outcome(
    orderId: string,
  ): Promise<{ tenantId: string; venueId: string; status: NumberRow['status'] } | undefined> {
    const row = await this.reader.statusOf(orderId);
    return row && { tenantId: row.tenant_id, venueId: row.venue_id, status: row.status };
  }
}

const awaited = ({ id: orderId, provider_account_id: accountId, provider }: NumberRow): AwaitedNumber => ({
  orderId,
  accountId,
  provider,
});

const isRecent = ({ created_at }: NumberRow): boolean => Date.now() - instant(created_at).getTime() < FAILED_RESTS_MS;
