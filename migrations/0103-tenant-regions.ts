import { Migration } from '@mikro-orm/migrations';

/** In which other region tenants are whom the admin key was used for here. Nothing else of them is kept. */
export class TenantRegions0103 extends Migration {
  override up(): void {
    this.addSql(`
      create table tenant_region (
        id uuid primary key,
        region text not null,
        learned_at timestamptz not null default clock_timestamp()
      )`);
  }
}
