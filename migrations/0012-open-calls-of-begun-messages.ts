import { Migration } from '@mikro-orm/migrations';

/** Which claimed messages a call was begun for is told by their status: the register need not tell it as well. */
export class OpenCallsOfBegunMessages0012 extends Migration {
  override up(): void {
    this.addSql(`alter table open_call drop column attempts`);
  }
}
