/** Addresses at which nobody can be reached, whoever writes: known to the platform by the messages of any tenant, told to none. */
import { Injectable } from '@nestjs/common';
import { Database, unconfined } from '../../kernel/index.js';
import { consentChannel, PLATFORM_ACCOUNTS, type Channel } from '../../tenants/index.js';
import type { AddressReport } from '../suppressions/address-reports.js';

/** A number is given to somebody else in time, and a mailbox made anew: until then a proof holds, in days. */
const PROOF_HOLDS_DAYS = 90;

/** SQL: whether the proof of a row of this alias holds. */
export const IS_PROVEN = (row: string): string =>
  `${row}.proven_at > statement_timestamp() - interval '${PROOF_HOLDS_DAYS} days'`;

/** As stored; the time as PostgreSQL text. */
export interface DeadAddressRow {
  readonly channel: string;
  readonly address: string;
  readonly reason: 'hard_bounce' | 'invalid_address';
  readonly code: string | null;
  readonly provenAt: string;
}

/** A place in the order: what follows is after it. */
export type DeadAddressPlace = readonly [channel: string, address: string];

@Injectable()
export class DeadAddresses {
  constructor(private readonly database: Database) {}

  /**
   * Enters what was reported of messages that went through accounts of the platform. A tenant's own account proves nothing to others: the tenant
   * knows the secrets that sign its reports.
   */
  async prove(reports: readonly AddressReport[]): Promise<void> {
    if (reports.length === 0) return;
    const column = (value: (report: AddressReport) => unknown): unknown[] => reports.map(value);
    await this.database.query(
      `insert into dead_address as known (channel, address, reason, code, proven_at)
       select distinct on (channel, address) channel, address, reason, code, now()
       from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::uuid[]) as report (channel, address, reason, code, account_id)
       where account_id in (select id from ${PLATFORM_ACCOUNTS} as account) and reason in ('hard_bounce', 'invalid_address')
       order by channel, address
       on conflict (channel, address) do update set reason = excluded.reason, code = excluded.code, proven_at = excluded.proven_at`,
      [
        column(({ channel }) => consentChannel(channel)),
        column(({ address }) => address),
        column(({ kind }) => kind),
        column(({ code }) => code ?? null),
        column(({ accountId }) => accountId ?? null),
      ],
    );
  }

  /** Whether it was on the list, which is the platform’s: a tenant that lifts it does so at once, whatever becomes of its transaction. */
  async remove(channel: Channel, address: string): Promise<boolean> {
    const removed = await unconfined(() =>
      this.database.query(
        `delete from dead_address where (channel, address) = ($1::text, $2::text) returning channel`,
        [consentChannel(channel), address],
      ),
    );
    return removed.length > 0;
  }

  /** At most `limit` of those whose proof holds, by channel and address. */
  after(
    { channel, address }: { readonly channel?: Channel | undefined; readonly address?: string | undefined },
    place: DeadAddressPlace | undefined,
    limit: number,
  ): Promise<DeadAddressRow[]> {
    const [afterChannel, afterAddress] = place ?? ['', ''];
    return this.database.query<DeadAddressRow>(
      `select channel, address, reason, code, proven_at as "provenAt" from dead_address as dead
       where ($1::text is null or channel = $1) and ($2::text is null or address = $2) and (channel, address) > ($3, $4::text)
         and ${IS_PROVEN('dead')}
       order by channel, address limit $5`,
      [channel ? consentChannel(channel) : null, address ?? null, afterChannel, afterAddress, limit],
    );
  }

  /** Forgets those whose proof holds no more. */
  async purge(): Promise<void> {
    await this.database.query(`delete from dead_address as dead where not ${IS_PROVEN('dead')}`);
  }
}
