/** Changes of consent for whoever follows a tenant's: each is taken once, in the order in which a person's were made. */
import { Injectable } from '@nestjs/common';
import { Database } from '../kernel/index.js';

/** Taken at once, at the most. */
const BATCH = 20_000;

/** Entries of the log, for other modules' statements. */
export const CONSENT_EVENTS = `(
  select id, tenant_id, venue_id, channel, address, status, previous_status, source, occurred_at, recorded_at from consent_event)`;

/** Those that changed the state: none is older than what was recorded before it. */
export const CONSENT_CHANGES = `(
  select id, tenant_id, venue_id, channel, address, status, previous_status, source, occurred_at, recorded_at from consent_event as entry
  where previous_status <> status and not exists (
    select from consent_event as earlier
    where (earlier.venue_id, earlier.channel, earlier.address) = (entry.venue_id, entry.channel, entry.address) and earlier.id < entry.id
      and earlier.occurred_at > entry.occurred_at))`;

/**
 * Keeps the changes among new entries of the log, of tenants that are followed: part of the statement that writes them. `entries` has the columns
 * `id`, `tenant_id`, `previous` and `current`.
 */
export const newsOf = (entries: string): string => `news as (
    insert into consent_news (event_id)
    select id from ${entries} where previous <> current and tenant_id in (select tenant_id from consent_follower)
  )`;

/** SQL: whether there is any. */
export const ANY_CONSENT_NEWS = `exists (select from consent_news)`;

@Injectable()
export class ConsentNews {
  constructor(private readonly database: Database) {}

  /** From now on a tenant's changes are kept until they are taken, or are kept no more. */
  async follow(tenantId: string, isFollowed: boolean): Promise<void> {
    await this.database.query(
      isFollowed
        ? `insert into consent_follower (tenant_id) values ($1) on conflict do nothing`
        : `delete from consent_follower where tenant_id = $1`,
      [tenantId],
    );
  }

  /**
   * Takes the next changes, in the open transaction: the ids of their entries in the log, and none where there are none. Whoever takes at the same
   * time waits, as a person's later change must not be told before an earlier one.
   */
  async take(): Promise<string[]> {
    const rows = await this.database.query<{ id: string }>(
      `delete from consent_news where id in (select id from consent_news order by id limit ${BATCH} for update)
       returning event_id as id`,
    );
    return rows.map(({ id }) => id);
  }
}
