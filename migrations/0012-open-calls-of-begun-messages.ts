import { Migration } from '@mikro-orm/migrations';

/** The status of claimed messages shows whether their call was started: the register need not store it too. */
export class OpenCallsOfBegunMessages0012 extends Migration {
  override up(): void {
    this.addSql(`alter table open_call drop column attempts`);
  }
}
