/** Senders whose marketing waits, because too much of what they sent bounced or was complained of. */
import { Injectable } from '@nestjs/common';
import { Database } from '../../kernel/index.js';
import { consentChannel, type Channel } from '../../tenants/index.js';

export const PAUSE_REASONS = ['bounces', 'complaints'] as const;
export type PauseReason = (typeof PAUSE_REASONS)[number];

/** An address or number that a tenant sends from. */
export interface SenderKey {
  readonly tenantId: string;
  readonly channel: Channel;
  readonly address: string;
}

/** What was counted of the sender's messages when it was paused. */
export interface NewPause extends SenderKey {
  readonly reason: PauseReason;
  readonly sent: number;
  readonly bounces: number;
  readonly complaints: number;
}

/** A pause as stored; times as PostgreSQL text. */
export interface PauseRow extends NewPause {
  readonly id: string;
  readonly pausedAt: string;
  readonly resumedAt: string | null;
  /** `rule`, `admin` or `key:<id>`. */
  readonly resumedBy: string | null;
  readonly note: string | null;
}

export interface PauseFilter {
  /** Absent: of all tenants. */
  readonly tenantId?: string | undefined;
  readonly id?: string | undefined;
  readonly isOpen?: boolean | undefined;
  /** Only earlier ones. */
  readonly before?: string | undefined;
}

const COLUMNS = `id, tenant_id as "tenantId", channel, address, reason, sent::int, bounces::int, complaints::int,
  paused_at as "pausedAt", resumed_at as "resumedAt", resumed_by as "resumedBy", note`;

/** A relation of all of them, for other modules' statements. */
export const SENDER_PAUSES = '(select * from sender_pause)';

@Injectable()
export class SenderPauses {
  constructor(private readonly database: Database) {}

  /** From the commit on the gate stops marketing from the sender. Undefined if it is paused already. */
  async begin({
    tenantId,
    channel,
    address,
    reason,
    sent,
    bounces,
    complaints,
  }: NewPause): Promise<PauseRow | undefined> {
    const [row] = await this.database.query<PauseRow>(
      `insert into sender_pause (tenant_id, channel, address, reason, sent, bounces, complaints) values ($1, $2, $3, $4, $5, $6, $7)
       on conflict (tenant_id, channel, address) where resumed_at is null do nothing returning ${COLUMNS}`,
      [tenantId, consentChannel(channel), address, reason, sent, bounces, complaints],
    );
    return row;
  }

  /** Ends a pause. Undefined if it is over already. */
  async end(id: string, resumedBy: string, note: string | null): Promise<PauseRow | undefined> {
    const [row] = await this.database.query<PauseRow>(
      `update sender_pause set resumed_at = now(), resumed_by = $2, note = $3 where id = $1 and resumed_at is null
       returning ${COLUMNS}`,
      [id, resumedBy, note],
    );
    return row;
  }

  /** Those of these senders that are paused, and stay so until the transaction ends. */
  async holding(senders: readonly SenderKey[]): Promise<SenderKey[]> {
    return this.database.query<SenderKey>(
      `select tenant_id as "tenantId", channel, address from sender_pause
       where resumed_at is null and (tenant_id, channel, address) in (select * from unnest($1::uuid[], $2::text[], $3::text[]))
       order by id for share`,
      [
        senders.map(({ tenantId }) => tenantId),
        senders.map(({ channel }) => consentChannel(channel)),
        senders.map(({ address }) => address),
      ],
    );
  }

  /** At most `limit`, newest first. */
  page({ tenantId, id, isOpen, before }: PauseFilter, limit: number): Promise<PauseRow[]> {
    return this.database.query<PauseRow>(
      `select ${COLUMNS} from sender_pause
       where ($1::uuid is null or tenant_id = $1) and ($2::uuid is null or id = $2) and ($3::boolean is null or (resumed_at is null) = $3)
         and ($4::uuid is null or id < $4)
       order by id desc limit $5`,
      [tenantId ?? null, id ?? null, isOpen ?? null, before ?? null, limit],
    );
  }

  /** How many senders are paused. */
  async count(): Promise<number> {
    const [row] = await this.database.query<{ count: number }>(
      `select count(*)::int from sender_pause where resumed_at is null`,
    );
    return row?.count ?? 0;
  }
}
