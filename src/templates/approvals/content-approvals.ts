/** What WhatsApp says of the templates that are kept at a provider, by account. */
import { Injectable } from '@nestjs/common';
import { Database, unconfined } from '../../kernel/index.js';
import type { Approval, ApprovalStatus } from '../../providers/index.js';
import { PLATFORM_ACCOUNTS, WHATSAPP_ACCOUNTS, type ProviderName } from '../../tenants/index.js';

/** A relation for other modules' statements: by account and template, which decides what a message costs. */
export const CONTENT_CATEGORIES = '(select account_id, content_sid, lower(category) as category from content_approval)';

/** One template at one account. */
export interface ContentAtAccount {
  readonly accountId: string;
  readonly contentSid: string;
}

/** Times are PostgreSQL text. */
export interface ApprovalRow {
  readonly account_id: string;
  readonly content_sid: string;
  /** Null until it was asked for. */
  readonly status: ApprovalStatus | null;
  /** Meta's: it decides what a message costs, and whether Meta may decline it. */
  readonly category: string | null;
  readonly reason: string | null;
  readonly checked_at: string | null;
}

/** A decision takes minutes to two days; an approved template may be paused at any time. */
const SOON = '5 minutes';
const LATER = '1 hour';
const SETTLED: readonly (ApprovalStatus | null)[] = ['approved', 'rejected', 'disabled', 'missing'];

/**
 * SQL: each tenant's templates that are kept at a provider, in their current versions, at every account that its WhatsApp senders speak
 * through; at the platform's, where it has none.
 */
const USED = `(
  select distinct template.tenant_id, version.content_sid, coalesce(sender.account_id, platform.id) as account_id
  from template join template_version as version on version.template_id = template.id and version.version = template.current_version
  left join ${WHATSAPP_ACCOUNTS} as sender on sender.tenant_id = template.tenant_id
  left join ${PLATFORM_ACCOUNTS} as platform on sender.account_id is null and platform.provider = any($1)
  where version.content_sid is not null and coalesce(sender.account_id, platform.id) is not null)`;

@Injectable()
export class ContentApprovals {
  constructor(private readonly database: Database) {}

  /** Takes in what is used now by anybody, and drops what is not. `providers`: those that can be asked. */
  async follow(providers: readonly ProviderName[]): Promise<void> {
    await this.write(
      `with used as materialized (select distinct account_id, content_sid from ${USED} as used),
       gone as (
         delete from content_approval as held where not exists (
           select from used where used.account_id = held.account_id and used.content_sid = held.content_sid))
       insert into content_approval (account_id, content_sid) select account_id, content_sid from used on conflict do nothing`,
      [providers],
    );
  }

  /** Up to `limit` that are due, each put off first: one that fails does not delay the others. */
  async due(limit: number): Promise<ContentAtAccount[]> {
    return this.database.query<ContentAtAccount>(
      `with due as (
         select account_id, content_sid from content_approval where check_at <= clock_timestamp()
         order by check_at limit $1 for update skip locked
       )
       update content_approval as held set check_at = clock_timestamp() + $2::interval from due
       where held.account_id = due.account_id and held.content_sid = due.content_sid
       returning held.account_id as "accountId", held.content_sid as "contentSid"`,
      [limit, SOON],
    );
  }

  async record({ accountId, contentSid }: ContentAtAccount, { status, category, reason }: Approval): Promise<void> {
    await this.write(
      `update content_approval set status = $3, category = $4, reason = $5, checked_at = clock_timestamp(),
         check_at = clock_timestamp() + $6::interval
       where account_id = $1 and content_sid = $2`,
      [accountId, contentSid, status, category ?? null, reason ?? null, SETTLED.includes(status) ? LATER : SOON],
    );
  }

  /** Those of one template of a tenant, by account. */
  async of(tenantId: string, contentSid: string, providers: readonly ProviderName[]): Promise<ApprovalRow[]> {
    return this.database.query<ApprovalRow>(
      `select used.account_id, used.content_sid, status, category, reason, checked_at
       from ${USED} as used left join content_approval as held using (account_id, content_sid)
       where used.tenant_id = $2 and used.content_sid = $3 order by used.account_id`,
      [providers, tenantId, contentSid],
    );
  }

  /** What is known of it at an account; undefined for nothing. */
  async known({ accountId, contentSid }: ContentAtAccount): Promise<ApprovalRow | undefined> {
    const [row] = await this.database.query<ApprovalRow>(
      `select account_id, content_sid, status, category, reason, checked_at from content_approval
       where account_id = $1 and content_sid = $2 and status is not null`,
      [accountId, contentSid],
    );
    return row;
  }

  /** What an account says is for all who send through it. */
  private async write(sql: string, parameters: readonly unknown[]): Promise<void> {
    await unconfined(() => this.database.query(sql, parameters));
  }
}
