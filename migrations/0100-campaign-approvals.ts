import { Migration } from '@mikro-orm/migrations';

/** From how many people on a campaign waits for a second person, who has approved it, and how many may be written to. */
export class CampaignApprovals0100 extends Migration {
  override up(): void {
    this.addSql(`alter table tenant add column campaign_approval_from int`);
    this.addSql(
      `alter table campaign add column changed_by text, add column people_at_most int, add column outgrown boolean not null default false`,
    );
    this.addSql(`
      create table campaign_approval (
        campaign_id uuid primary key references campaign on delete cascade,
        state text not null check (state in ('awaiting', 'approved', 'declined')),
        requested_by text,
        requested_at timestamptz,
        decided_by text,
        decided_at timestamptz,
        note text,
        digest text,
        people int,
        constraint campaign_approval_decided check ((state = 'awaiting') = (decided_by is null)),
        constraint campaign_approval_bound check ((state = 'approved') = (digest is not null and people is not null))
      )`);
    this.addSql(`create index campaign_approval_awaiting on campaign_approval (campaign_id) where state = 'awaiting'`);
  }
}
