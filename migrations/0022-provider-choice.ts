import { Migration } from '@mikro-orm/migrations';

/** Who speaks where no sender is named: a tenant's choice of provider, and senders for one category. */
export class ProviderChoice0022 extends Migration {
  override up(): void {
    this.addSql(`
      alter table tenant
        add column default_providers jsonb not null default '{}',
        add column marketing_providers jsonb not null default '{}'`);
    this.addSql(`alter table sender add column default_for text[] not null default '{}'`);
  }
}
