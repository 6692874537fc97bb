import { Migration } from '@mikro-orm/migrations';

/**
 * Whose the addresses of an audience are, and where people would rather be written to. What is stored already is read in the
 * background (src/audiences/people.schedule.ts): nothing waits for it but campaigns over several channels. Writes wait while the
 * index is built, which is empty at first.
 */
export class People0039 extends Migration {
  override up(): void {
    // Null: the address is the person. Only people who may have several addresses are in the index: it costs the others nothing.
    this.addSql(`
      alter table contact
        add column person text,
        add column preferred_channel text,
        add column generation integer not null default 0`);
    this.addSql(`create index contact_person on contact (audience_id, person, kind, address) where person is not null`);
    // A campaign that is launched begins a generation: who became another person since is of a later one.
    this.addSql(`
      alter table audience
        add column generation integer not null default 0,
        add column are_people_read boolean not null default false`);
    this.addSql(`alter table audience alter column are_people_read set default true`);
    this.addSql(`create index audience_unread on audience (id) where not are_people_read`);
  }
}
