import { Migration } from '@mikro-orm/migrations';

/**
 * Where a message, a webhook, an event or a run is in a trace that is recorded: https://www.w3.org/TR/trace-context/#traceparent-header. Null for all
 * others, which costs no byte.
 */
export class Traces0058 extends Migration {
  override up(): void {
    this.addSql(`alter table message add column trace text`);
    this.addSql(`alter table inbox add column trace text`);
    this.addSql(`alter table inbound_event add column trace text`);
    this.addSql(`alter table automation_run add column trace text`);
  }
}
