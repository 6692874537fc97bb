/** Reads numbers and whose they were. */
import { Injectable } from '@nestjs/common';
import { Database } from '../kernel/index.js';
import { NumberNotFound } from './numbers.errors.js';
import { COLUMNS, HELD, type NumberFilter, type NumberRow } from './number-row.js';

@Injectable()
export class NumberReader {
  constructor(private readonly database: Database) {}

  /** Raises NumberNotFound. */
  async find(tenantId: string, id: string): Promise<NumberRow> {
    const [row] = await this.database.query<NumberRow>(
      `select ${COLUMNS} from phone_number where id = $1 and tenant_id = $2`,
      [id, tenantId],
    );
    if (!row) throw new NumberNotFound();
    return row;
  }

  /** The newest number of a venue for texts, that is in no pool. */
  async newestOf(venueId: string): Promise<NumberRow | undefined> {
    const [row] = await this.database.query<NumberRow>(
      `select ${COLUMNS} from phone_number where venue_id = $1 and 'sms' = any(channels) and pool is null order by id desc limit 1`,
      [venueId],
    );
    return row;
  }

  /** Of any tenant; undefined if there is none. */
  async statusOf(id: string): Promise<Pick<NumberRow, 'tenant_id' | 'venue_id' | 'status'> | undefined> {
    const [row] = await this.database.query<NumberRow>(`select ${COLUMNS} from phone_number where id = $1`, [id]);
    return row;
  }

  /** Newest first, one more than the limit. */
  page(tenantId: string, { venueId, status, address, before }: NumberFilter, limit: number): Promise<NumberRow[]> {
    return this.database.query<NumberRow>(
      `select ${COLUMNS} from phone_number
       where tenant_id = $1 and ($2::uuid is null or venue_id = $2) and ($3::text is null or status = $3)
         and ($4::text is null or address = $4) and ($5::uuid is null or id < $5)
       order by id desc limit $6`,
      [tenantId, venueId ?? null, status ?? null, address ?? null, before ?? null, limit + 1],
    );
  }

  /** Whether a number of an account is held by any order or venue. */
  async isHeld(accountId: string, address: string): Promise<boolean> {
    const held = await this.database.query(
      `select from phone_number
       where provider_account_id = $1 and address = $2 and status in (${HELD})`,
      [accountId, address],
    );
    return held.length > 0;
  }
}
