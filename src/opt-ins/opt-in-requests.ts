/** The requests to be written to, and what became of each. */
import { Injectable } from '@nestjs/common';
import { Database } from '../kernel/index.js';
import { MESSAGES } from '../ledger/index.js';
import { consentChannel, type Channel } from '../tenants/index.js';
import type { ConsentSubject } from '../consent/index.js';

/** How a request may be: `expired` follows from the time, `withdrawn` from an opt-out after it. */
export const OPT_IN_STATUSES = ['pending', 'confirmed', 'expired', 'replaced', 'withdrawn'] as const;
export type OptInStatus = (typeof OPT_IN_STATUSES)[number];

/** How a person confirms. */
export const CONFIRMED_BY = ['link', 'reply'] as const;
export type ConfirmedBy = (typeof CONFIRMED_BY)[number];

export interface NewOptInRequest extends ConsentSubject {
  readonly id: string;
  readonly source: string;
  readonly evidence: Readonly<Record<string, unknown>> | undefined;
  /** Who asked for it: `admin` or `key:<id>`. */
  readonly requestedBy: string;
  readonly messageId: string;
  readonly expiresInHours: number;
}

/** As stored; times are PostgreSQL text. */
export interface OptInRequestRow {
  readonly id: string;
  readonly tenantId: string;
  readonly venueId: string;
  readonly channel: Channel;
  readonly address: string;
  readonly source: string;
  readonly evidence: Record<string, unknown> | null;
  readonly requestedBy: string;
  readonly messageId: string;
  readonly status: OptInStatus;
  readonly createdAt: string;
  readonly expiresAt: string;
  readonly confirmedAt: string | null;
  readonly confirmedBy: ConfirmedBy | null;
}

export interface OptInFilter {
  readonly venueId?: string | undefined;
  readonly channel?: Channel | undefined;
  readonly address?: string | undefined;
  readonly status?: OptInStatus | undefined;
  /** Only those before this one, which is newer. */
  readonly before?: string | undefined;
}

/** What a person answers: from and to as in the ledger. */
export interface Answered {
  readonly channel: Channel;
  readonly from: string;
  readonly to: string;
  /** The provider accounts that may have signed it: it answers their messages only. */
  readonly accountIds: readonly string[];
}

/** How often an address was asked in a day, and when last, in seconds. */
export interface Asked {
  readonly today: number;
  readonly secondsAgo: number | null;
  /** Until the first of them is a day ago. */
  readonly secondsLeft: number | null;
}

const STATUS = `case when status = 'pending' and expires_at <= statement_timestamp() then 'expired' else status end`;
const COLUMNS = `id, tenant_id as "tenantId", venue_id as "venueId", channel, address, source, evidence, requested_by as "requestedBy",
  message_id as "messageId", ${STATUS} as status, created_at as "createdAt", expires_at as "expiresAt", confirmed_at as "confirmedAt",
  confirmed_by as "confirmedBy"`;

@Injectable()
export class OptInRequests {
  constructor(private readonly database: Database) {}

  /** Until the transaction ends, nobody else asks the same person; answers how often that was done. */
  async lock({ venueId, channel, address }: ConsentSubject): Promise<Asked> {
    await this.database.query(`select pg_advisory_xact_lock(hashtextextended($1, 0))`, [
      `opt-in ${venueId} ${channel} ${address}`,
    ]);
    const [asked] = await this.database.query<Asked>(
      `select count(*)::int as today, extract(epoch from now() - max(created_at))::float8 as "secondsAgo",
         extract(epoch from min(created_at) + interval '1 day' - now())::float8 as "secondsLeft"
       from opt_in_request
       where (venue_id, channel, address) = ($1::uuid, $2::text, $3::text) and created_at > now() - interval '1 day'`,
      [venueId, channel, address],
    );
    if (!asked) throw new Error('An aggregate has a row');
    return asked;
  }

  /** It takes the place of those that the person has not confirmed. */
  async add(request: NewOptInRequest): Promise<OptInRequestRow> {
    const { id, tenantId, venueId, channel, address, source, evidence, requestedBy, messageId, expiresInHours } =
      request;
    await this.database.query(
      `update opt_in_request set status = 'replaced'
       where (venue_id, channel, address) = ($1::uuid, $2::text, $3::text) and ${STATUS} = 'pending'`,
      [venueId, channel, address],
    );
    const [row] = await this.database.query<OptInRequestRow>(
      `insert into opt_in_request
         (id, tenant_id, venue_id, channel, address, source, evidence, requested_by, message_id, expires_at)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, now() + make_interval(hours => $10)) returning ${COLUMNS}`,
      [
        id,
        tenantId,
        venueId,
        channel,
        address,
        source,
        evidence ? JSON.stringify(evidence) : null,
        requestedBy,
        messageId,
        expiresInHours,
      ],
    );
    if (!row) throw new Error('An insert has a row');
    return row;
  }

  /** Of one tenant, where it is named; undefined if there is none. */
  async find(id: string, tenantId?: string): Promise<OptInRequestRow | undefined> {
    const [row] = await this.database.query<OptInRequestRow>(
      `select ${COLUMNS} from opt_in_request where id = $1 and ($2::uuid is null or tenant_id = $2)`,
      [id, tenantId ?? null],
    );
    return row;
  }

  /** Nobody else changes it until the transaction ends. */
  async locked(id: string): Promise<OptInRequestRow | undefined> {
    const [row] = await this.database.query<OptInRequestRow>(
      `select ${COLUMNS} from opt_in_request where id = $1 for no key update`,
      [id],
    );
    return row;
  }

  /** The newest that waits for the person's answer, and whose message came from the number that they wrote to. */
  async answeredBy({ channel, from, to, accountIds }: Answered): Promise<string | undefined> {
    const [row] = await this.database.query<{ id: string }>(
      `select asked.id from (
         select id, message_id, created_at from opt_in_request where address = $1 and channel = $2 and ${STATUS} = 'pending') as asked
       cross join lateral (
         select sender_address, provider_account_id from ${MESSAGES} as message where message.id = asked.message_id limit 1) as message
       where message.sender_address = $3 and message.provider_account_id = any($4::uuid[])
       order by asked.created_at desc limit 1`,
      [from, consentChannel(channel), to, accountIds],
    );
    return row?.id;
  }

  async confirm(id: string, by: ConfirmedBy): Promise<void> {
    await this.database.query(
      `update opt_in_request set status = 'confirmed', confirmed_at = now(), confirmed_by = $2 where id = $1`,
      [id, by],
    );
  }

  async withdraw(id: string): Promise<void> {
    await this.database.query(`update opt_in_request set status = 'withdrawn' where id = $1`, [id]);
  }

  /** Newest first, one more than the limit. */
  page(tenantId: string, filter: OptInFilter, limit: number): Promise<OptInRequestRow[]> {
    const { venueId, channel, address, status, before } = filter;
    return this.database.query<OptInRequestRow>(
      `select ${COLUMNS} from opt_in_request
       where tenant_id = $1 and ($2::uuid is null or venue_id = $2) and ($3::text is null or channel = $3)
         and ($4::text is null or address = $4) and ($5::text is null or ${STATUS} = $5) and ($6::uuid is null or id < $6)
       order by id desc limit $7`,
      [tenantId, venueId ?? null, channel ?? null, address ?? null, status ?? null, before ?? null, limit + 1],
    );
  }
}
