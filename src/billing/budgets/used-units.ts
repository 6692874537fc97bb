/** The units that tenants have used in a month, on a channel: what is included comes to its end, and tiers begin by them. */
import { Injectable } from '@nestjs/common';
import { Database } from '../../kernel/index.js';
import type { PriceUnit } from '../prices/price-line.js';
import { BudgetReservations } from './budget-reservations.js';

export type Units = Record<PriceUnit, number>;

/** Units by tenant and channel. */
export class UnitCounts {
  private readonly counts = new Map<string, Units>();

  of(tenantId: string, channel: string): Units {
    const key = `${tenantId} ${channel}`;
    const units = this.counts.get(key) ?? { message: 0, segment: 0, recipient: 0, minute: 0, number_month: 0 };
    this.counts.set(key, units);
    return units;
  }
}

@Injectable()
export class UsedUnits {
  constructor(
    private readonly database: Database,
    private readonly reservations: BudgetReservations,
  ) {}

  /** What is counted in the months of these tenants. */
  async counted(tenantIds: readonly string[], month: (tenantId: string) => string): Promise<UnitCounts> {
    const counts = new UnitCounts();
    const counted = await this.database.query<{ tenant_id: string; channel: string; unit: PriceUnit; used: number }>(
      `select tenant_id, channel, unit, used::float8 as used from billing_units
       where direction = 'outbound' and (tenant_id, month) in (select * from unnest($1::uuid[], $2::date[]))`,
      [tenantIds, tenantIds.map(month)],
    );
    for (const { tenant_id, channel, unit, used } of counted) counts.of(tenant_id, channel)[unit] = used;
    return counts;
  }

  /** Adds what messages have reserved, but for those named. */
  async addReserved(counts: UnitCounts, tenantIds: readonly string[], messageIds: readonly string[]): Promise<void> {
    for (const row of await this.reservations.reservedUnits(tenantIds, messageIds))
      addUnits(counts.of(row.tenant_id, row.channel), row.messages, row.segments);
  }
}

export function addUnits(units: Units, messages: number, segments: number): void {
  units.message += messages;
  units.recipient += messages;
  units.segment += segments;
}
