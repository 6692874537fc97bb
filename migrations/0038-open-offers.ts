import { Migration } from '@mikro-orm/migrations';

/** Offers of an automation that have not lapsed are found by an index. Offers wait while it is built. */
export class OpenOffers0038 extends Migration {
  override up(): void {
    this.addSql(`create index automation_offer_until on automation_offer (automation_id, until)`);
  }
}
