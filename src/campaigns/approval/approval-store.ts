/** The approvals of campaigns: at most one of each, asked for, given or declined. */
import { Injectable } from '@nestjs/common';
import { Database } from '../../kernel/index.js';
import { APPROVING_TENANTS, KEY_SUCCESSIONS } from '../../tenants/index.js';
import type { Campaign } from '../campaign.entity.js';
import { ApprovalNotices, type ApprovalNews } from './approval-notices.js';

export const APPROVAL_STATES = ['awaiting', 'approved', 'declined'] as const;
export type ApprovalState = (typeof APPROVAL_STATES)[number];

export interface ApprovalRow {
  readonly state: ApprovalState;
  readonly requestedBy: string | null;
  readonly requestedAt: string | null;
  readonly decidedBy: string | null;
  readonly decidedAt: string | null;
  readonly note: string | null;
  /** What was approved; null unless it is. */
  readonly digest: string | null;
  readonly people: number | null;
}

/** What somebody has approved. */
export interface Approved {
  readonly digest: string;
  readonly people: number;
}

/** SQL: the approval of a `campaign`, as JSON; null without one. */
export const APPROVAL_ROW = `
  select json_build_object('state', state, 'requestedBy', requested_by, 'requestedAt', requested_at, 'decidedBy', decided_by,
    'decidedAt', decided_at, 'note', note, 'digest', digest, 'people', people)
  from campaign_approval where campaign_id = campaign.id`;

/** SQL: whether the approval of a `campaign` is in the state `$n`. */
export const hasApproval = (state: string): string =>
  `exists (select from campaign_approval where campaign_id = campaign.id and state = ${state})`;

@Injectable()
export class ApprovalStore {
  constructor(
    private readonly database: Database,
    private readonly notices: ApprovalNotices,
  ) {}

  /** From how many people on the tenant's campaigns need one; null for none. */
  async neededFrom(tenantId: string): Promise<number | null> {
    const [tenant] = await this.database.query<{ from: number | null }>(
      `select campaign_approval_from as "from" from ${APPROVING_TENANTS} as tenant where id = $1`,
      [tenantId],
    );
    return tenant?.from ?? null;
  }

  async of(campaignId: string): Promise<ApprovalRow | null> {
    const [row] = await this.database.query<{ approval: ApprovalRow | null }>(
      `select (${APPROVAL_ROW}) as approval from campaign where id = $1`,
      [campaignId],
    );
    return row?.approval ?? null;
  }

  /** In the caller's transaction: what was decided before no longer counts, and who may decide is told. */
  async ask(campaign: Campaign, actor: string): Promise<void> {
    const [asked] = await this.database.query<ApprovalNews>(
      `insert into campaign_approval as approval (campaign_id, state, requested_by, requested_at) values ($1, 'awaiting', $2, now())
       on conflict (campaign_id) do update set state = 'awaiting', requested_by = $2, requested_at = now(), decided_by = null,
         decided_at = null, note = null, digest = null, people = null
       returning requested_by as "requestedBy", requested_at as at`,
      [campaign.id, actor],
    );
    if (asked) await this.notices.asked(campaign, asked);
  }

  /** In the caller's transaction: gives it, or declines it where nothing is approved. Whoever asked is told. */
  async decide(campaign: Campaign, actor: string, note: string | null, approved: Approved | null): Promise<void> {
    const [decided] = await this.database.query<ApprovalNews>(
      `insert into campaign_approval as approval (campaign_id, state, decided_by, decided_at, note, digest, people)
       values ($1, $2, $3, now(), $4, $5, $6)
       on conflict (campaign_id) do update set state = excluded.state, decided_by = excluded.decided_by,
         decided_at = excluded.decided_at, note = excluded.note, digest = excluded.digest, people = excluded.people
       returning requested_by as "requestedBy", decided_at as at`,
      [
        campaign.id,
        approved ? 'approved' : 'declined',
        actor,
        note,
        approved?.digest ?? null,
        approved?.people ?? null,
      ],
    );
    if (decided) await this.notices.decided(campaign, approved !== null, decided);
  }

  async forget(campaignId: string): Promise<void> {
    await this.database.query(`delete from campaign_approval where campaign_id = $1`, [campaignId]);
  }

  /** Whether an actor is one of these: a key that was put in the place of another is the same holder's. */
  async isOneOf(actor: string, others: readonly string[]): Promise<boolean> {
    const keys = [actor, ...others].filter((each) => each.startsWith('key:')).map((each) => each.slice(4));
    const first = new Map<string, string>();
    for (const { id, origin } of await this.origins(keys)) first.set(`key:${id}`, `key:${origin}`);
    const holder = (each: string): string => first.get(each) ?? each;
    return others.some((each) => holder(each) === holder(actor));
  }

  /** Of each key the first in whose place it has come. */
  private origins(keys: readonly string[]): Promise<{ id: string; origin: string }[]> {
    return this.database.query(
      `with recursive lineage as (
         select id, id as origin, replaces from ${KEY_SUCCESSIONS} as api_key where id = any($1::uuid[])
         union
         select lineage.id, earlier.id, earlier.replaces from lineage join ${KEY_SUCCESSIONS} as earlier on earlier.id = lineage.replaces)
       select id, origin from lineage where replaces is null`,
      [keys],
    );
  }
}
