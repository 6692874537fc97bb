import { Migration } from '@mikro-orm/migrations';

/** What sort of number is rented for a venue that sends its first text; null for none. */
export class AutomaticNumbers0031 extends Migration {
  override up(): void {
    this.addSql(`alter table tenant add column auto_numbers jsonb`);
    this.addSql(`create index phone_number_venue on phone_number (venue_id, id)`);
  }
}
