/** Changes of numbers: orders, leases, steps. */
import { Injectable } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { Database } from '../kernel/index.js';
import type { NumberChannel } from '../providers/index.js';
import { SenderDirectory } from '../tenants/index.js';
import { NumberLimitReached, NumberNotFound, NumberTaken, VenueHasNumber } from './numbers.errors.js';
import { COLUMNS, HELD, type LeasedNumber, type NewNumber, type NumberRow } from './number-row.js';

type Change = Partial<Omit<NumberRow, 'id' | 'tenant_id'>>;

/** Longer than the calls of a step take together. */
const LEASE = '2 minutes';
const CHECKED_EVERY = '1 day';

/** Another process works on the number since. */
export class LeaseLost extends Error {}

/** SQL: whether any step is due. */
export const ANY_NUMBER_DUE = `exists (select from phone_number where due_at <= clock_timestamp())`;

@Injectable()
export class PhoneNumbers {
  constructor(
    private readonly database: Database,
    private readonly senders: SenderDirectory,
  ) {}

  /** Due at once. Raises VenueHasNumber, NumberTaken and NumberLimitReached. */
  order(number: NewNumber): Promise<NumberRow> {
    const { tenantId, venueId, accountId, provider, channels, search, address, pool, bought, orderedBy } = number;
    return this.database.transaction(async () => {
      await this.database.query(`select pg_advisory_xact_lock(hashtextextended('numbers ' || $1, 0))`, [tenantId]);
      if (pool === null) await this.requireFree(venueId, channels);
      if (bought) await this.requireAllowed(tenantId);
      const [row] = await this.database.query<NumberRow>(
        `insert into phone_number
           (tenant_id, venue_id, provider_account_id, provider, channels, search, address, pool, bought, ordered_by, due_at)
         values ($1, $2, $3, $4, $5, $6::jsonb, $7, $8, $9, $10, clock_timestamp()) on conflict do nothing returning ${COLUMNS}`,
        [
          tenantId,
          venueId,
          accountId,
          provider,
          channels,
          search && JSON.stringify(search),
          address,
          pool,
          bought,
          orderedBy,
        ],
      );
      if (!row) throw new NumberTaken();
      return row;
    });
  }

  /** Until the end of the transaction; a process that works on it loses its lease. Raises NumberNotFound. */
  async seize(tenantId: string, id: string): Promise<NumberRow> {
    return this.one(`update phone_number set lease = null where id = $1 and tenant_id = $2 returning ${COLUMNS}`, [
      id,
      tenantId,
    ]);
  }

  /** Leases one that is due; undefined if there is none. */
  async takeDue(): Promise<LeasedNumber | undefined> {
    const [row] = await this.database.query<LeasedNumber>(
      `update phone_number set lease = $1, due_at = clock_timestamp() + interval '${LEASE}'
       where id = (
         select id from phone_number where due_at <= clock_timestamp() order by due_at limit 1 for update skip locked)
       returning ${COLUMNS}, lease`,
      [randomUUID()],
    );
    return row;
  }

  /** Active ones that were not looked at for a day, each put off first. */
  async takeUnchecked(limit: number): Promise<NumberRow[]> {
    return this.database.query<NumberRow>(
      `update phone_number set checked_at = clock_timestamp() where id in (
         select id from phone_number
         where status = 'active' and coalesce(checked_at, assigned_at) < clock_timestamp() - interval '${CHECKED_EVERY}'
         order by checked_at nulls first limit $1 for update skip locked)
       returning ${COLUMNS}`,
      [limit],
    );
  }

  /** As it is now. Raises LeaseLost. */
  async reload({ id, lease }: LeasedNumber): Promise<LeasedNumber> {
    const [row] = await this.database.query<LeasedNumber>(
      `select ${COLUMNS}, lease from phone_number where id = $1 and lease = $2`,
      [id, lease],
    );
    if (!row) throw new LeaseLost();
    return row;
  }

  /** A step that succeeded. Raises LeaseLost. */
  step(number: LeasedNumber, change: Change): Promise<LeasedNumber> {
    return this.change(number, { ...change, attempts: 0 });
  }

  /** A step to be tried again. Raises LeaseLost. */
  async putOff(number: LeasedNumber, waitMs: number, change: Change = {}): Promise<void> {
    await this.change(number, { ...change, attempts: number.attempts + 1 }, waitMs);
  }

  /** It rests in this status. Raises LeaseLost. */
  async settle(number: LeasedNumber, change: Change): Promise<void> {
    await this.change(number, { ...change, attempts: 0 }, null);
  }

  /** Its venue has it no more. Call it after `seize`. */
  async leave(id: string, change: Change, dueAt: Date | null): Promise<NumberRow> {
    const { assignments, values } = assigned(change);
    return this.one(
      `update phone_number set ${assignments}, due_at = $${values.length + 2} where id = $1 returning ${COLUMNS}`,
      [id, ...values, dueAt],
    );
  }

  async checked(id: string, problem: NumberRow['problem']): Promise<NumberRow> {
    return this.one(
      `update phone_number set checked_at = clock_timestamp(), problem = $2 where id = $1 returning ${COLUMNS}`,
      [id, problem],
    );
  }

  /** With `waitMs` the lease ends, and it is due again after that; never with null. */
  private async change(number: LeasedNumber, change: Change, waitMs?: number | null): Promise<LeasedNumber> {
    const { assignments, values } = assigned(change);
    const wait = `$${values.length + 3}::float8 * interval '1 ms'`;
    const released = waitMs === undefined ? '' : `, lease = null, due_at = clock_timestamp() + ${wait}`;
    const [row] = await this.database.query<LeasedNumber>(
      `update phone_number set ${assignments}${released} where id = $1 and lease = $${values.length + 2}
       returning ${COLUMNS}, lease`,
      [number.id, ...values, number.lease, ...(waitMs === undefined ? [] : [waitMs])],
    );
    if (!row) throw new LeaseLost();
    return row;
  }

  private async requireFree(venueId: string, channels: readonly NumberChannel[]): Promise<void> {
    const held = await this.database.query(
      `select from phone_number
       where venue_id = $1 and channels && $2::text[] and pool is null and status in ('ordered', 'active') limit 1`,
      [venueId, channels],
    );
    if (held.length > 0) throw new VenueHasNumber();
  }

  private async requireAllowed(tenantId: string): Promise<void> {
    const { maxNumbers } = await this.senders.tenant(tenantId);
    const rented = await this.database.query(
      `select from phone_number
       where tenant_id = $1 and bought and status in (${HELD})`,
      [tenantId],
    );
    if (rented.length >= maxNumbers) throw new NumberLimitReached(maxNumbers);
  }

  private async one(sql: string, values: readonly unknown[]): Promise<NumberRow> {
    const [row] = await this.database.query<NumberRow>(sql, values);
    if (!row) throw new NumberNotFound();
    return row;
  }
}

/** SQL: the changed columns, from `$2` on. */
function assigned(change: Change): { readonly assignments: string; readonly values: readonly unknown[] } {
  const entries = Object.entries(change);
  return {
    assignments: entries.map(([column], place) => `${column} = $${place + 2}`).join(', '),
    values: entries.map(([, value]) => value),
  };
}
