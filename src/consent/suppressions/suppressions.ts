/** The list of suppressed addresses. */
import { Injectable } from '@nestjs/common';
import { Database } from '../../kernel/index.js';
import { consentChannel, type Channel } from '../../tenants/index.js';
import type { SuppressionReason } from '../consent.rules.js';

export interface Suppression {
  readonly tenantId: string;
  readonly channel: Channel;
  /** Normalised. */
  readonly address: string;
  readonly reason: SuppressionReason;
  readonly evidence?: Readonly<Record<string, unknown>>;
  /** Who said so: `admin`, `key:<id>` or `provider`. */
  readonly actor: string;
  /** When it ends by itself: only after soft bounces. */
  readonly expiresAt?: Date;
}

/** A suppression as stored; times as PostgreSQL text. */
export interface SuppressionRow {
  readonly channel: string;
  readonly address: string;
  readonly reason: SuppressionReason;
  readonly evidence: Record<string, unknown> | null;
  readonly actor: string;
  readonly createdAt: string;
  readonly expiresAt: string | null;
}

/** A place in the order: what follows is after it. */
export type SuppressionPlace = readonly [channel: string, address: string];

export interface SuppressionFilter {
  readonly tenantId: string;
  readonly channel?: Channel | undefined;
  /** Normalised. */
  readonly address?: string | undefined;
}

const COLUMNS = `channel, address, reason, evidence, actor, created_at as "createdAt", expires_at as "expiresAt"`;
const IN_FORCE = `(expires_at is null or expires_at > statement_timestamp())`;

/** Of two for an address the one that lasts longer holds, and of two without an end the first; one that is over is none. */
const ADD = `
  insert into suppression as held (tenant_id, channel, address, reason, evidence, actor, expires_at)
  select distinct on (tenant_id, channel, address) tenant_id, channel, address, reason, evidence, actor, expires_at
  from unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::jsonb[], $6::text[], $7::timestamptz[])
    with ordinality as entry (tenant_id, channel, address, reason, evidence, actor, expires_at, position)
  where ${IN_FORCE}
  order by tenant_id, channel, address, expires_at desc nulls first, position
  on conflict (tenant_id, channel, address) do update set
    reason = excluded.reason, evidence = excluded.evidence, actor = excluded.actor, expires_at = excluded.expires_at,
    created_at = excluded.created_at
  where held.expires_at < coalesce(excluded.expires_at, 'infinity')
  returning channel`;

@Injectable()
export class Suppressions {
  constructor(private readonly database: Database) {}

  /**
   * An address that is on the list for good, also by an earlier entry, keeps its first reason; one that is on it for a time changes to what
   * lasts longer. Answers how many are new on the list, or changed.
   */
  async add(entries: readonly Suppression[]): Promise<number> {
    const column = (value: (entry: Suppression) => unknown): unknown[] => entries.map(value);
    const added = await this.database.query(ADD, [
      column(({ tenantId }) => tenantId),
      column(({ channel }) => consentChannel(channel)),
      column(({ address }) => address),
      column(({ reason }) => reason),
      column(({ evidence }) => (evidence ? JSON.stringify(evidence) : null)),
      column(({ actor }) => actor),
      column(({ expiresAt }) => expiresAt ?? null),
    ]);
    return added.length;
  }

  /** At most `limit` of those in force, by channel and address. */
  after(
    { tenantId, channel, address }: SuppressionFilter,
    place: SuppressionPlace | undefined,
    limit: number,
  ): Promise<SuppressionRow[]> {
    const [afterChannel, afterAddress] = place ?? ['', ''];
    return this.database.query<SuppressionRow>(
      `select ${COLUMNS} from suppression
       where tenant_id = $1 and ($2::text is null or channel = $2) and ($3::text is null or address = $3)
         and (channel, address) > ($4, $5::text) and ${IN_FORCE}
       order by channel, address limit $6`,
      [tenantId, channel ? consentChannel(channel) : null, address ?? null, afterChannel, afterAddress, limit],
    );
  }

  /** Takes an address off the list. Answers what was in force; undefined if nothing was. */
  async remove(tenantId: string, channel: Channel, address: string): Promise<SuppressionRow | undefined> {
    const [removed] = await this.database.query<SuppressionRow>(
      `delete from suppression where (tenant_id, channel, address) = ($1::uuid, $2::text, $3::text) and ${IN_FORCE}
       returning ${COLUMNS}`,
      [tenantId, consentChannel(channel), address],
    );
    return removed;
  }

  /** Takes those off the list that have ended. */
  async purge(): Promise<void> {
    await this.database.query(`delete from suppression where expires_at <= statement_timestamp()`);
  }
}
