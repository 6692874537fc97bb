import { Migration } from '@mikro-orm/migrations';

/** How an import was told to read its list, how it understood the columns, and the consent it recorded from them. */
export class UnderstoodColumns0016 extends Migration {
  override up(): void {
    this.addSql(`
      alter table audience_import
        add column options jsonb not null default '{}',
        add column columns jsonb,
        add column consents_recorded bigint not null default 0,
        add column consents_unchanged bigint not null default 0`);
  }
}
