import { Migration } from '@mikro-orm/migrations';

/**
 * Whose the addresses of an audience are, and where people would rather be written to. What is stored already is read in the
 * background (src/audiences/people.schedule.ts): nothing waits for it but campaigns over several channels, which are new too.
 * Writes wait while the indexes are built, which are empty at first.
 */
export class People0040 extends Migration {
  override up(): void {
    // Null: the address is the person. Only people who may have several addresses are in the index: it costs the others nothing.
    this.addSql(`
      alter table contact
        add column person text,
        add column preferred_channel text,
        add column generation integer not null default 0,
        add column person_was text,
        add column since integer not null default 0`);
    this.addSql(`create index contact_person on contact (audience_id, person) where person is not null`);
    this.addSql(`create index contact_person_was on contact (audience_id, person_was) where person_was is not null`);
    // A campaign over several channels ends a generation at its launch. Of a contact that became another's in a later one it sees whose
    // it was; who was added in a later one it does not see.
    this.addSql(`
      alter table audience
        add column generation integer not null default 0,
        add column are_people_read boolean not null default false`);
    this.addSql(`alter table audience alter column are_people_read set default true`);
    this.addSql(`create index audience_unread on audience (id) where not are_people_read`);
    this.campaignChannels();
  }

  /**
   * A campaign over a single channel has no row in campaign_channel, and its chunks have no part. Launch the first over several when all
   * processes are of this release: an older one would send to every address of the first channel.
   */
  private campaignChannels(): void {
    this.addSql(`
      create table campaign_channel (
        campaign_id uuid not null references campaign on delete cascade,
        place smallint not null,
        channel text not null,
        template_key text not null,
        sender_id uuid references sender,
        template_version_id uuid references template_version,
        lane_id uuid references lane,
        provider text,
        sender_address text,
        sender_name text,
        segments smallint,
        messages bigint not null default 0,
        primary key (campaign_id, place)
      ) with (fillfactor = 50)`);
    this.addSql(`
      alter table campaign
        add column use_preferred_channel boolean not null default true,
        add column audience_generation integer,
        add column cut_part text not null default ''`);
    this.addSql(`alter table campaign_chunk add column part text not null default ''`);
    this.addSql(`alter table campaign_chunk drop constraint campaign_chunk_pkey`);
    this.addSql(`alter table campaign_chunk add primary key (campaign_id, part, after)`);
  }
}
