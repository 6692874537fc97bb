import { Migration } from '@mikro-orm/migrations';

/** Until when a link leads to a file, which is kept as long. */
export class FileLinks0084 extends Migration {
  override up(): void {
    this.addSql(`alter table file add column linked_until timestamptz`);
  }
}
