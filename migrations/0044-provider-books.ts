import { Migration } from '@mikro-orm/migrations';

/** What providers' own books say: days whose prices are to be read, and comparisons of days with the ledger. */
export class ProviderBooks0044 extends Migration {
  override up(): void {
    this.addSql(`
      create table price_sweep (
        provider_account_id uuid not null references provider_account,
        day date not null,
        provider text not null,
        due_at timestamptz not null default clock_timestamp(),
        page text,
        lacking int not null default 0,
        passes smallint not null default 0,
        primary key (provider_account_id, day)
      )`);
    this.addSql(`create index price_sweep_due on price_sweep (due_at)`);
    this.reconciliations();
    // Events are in the order of their times: a day of a month is found without an index entry for each. Writes wait while it is built.
    this.addSql(`
      create index message_event_at on message_event using brin (at) with (pages_per_range = 32, autosummarize = on)`);
  }

  private reconciliations(): void {
    this.addSql(`
      create table reconciliation (
        id uuid primary key default uuidv7(),
        provider_account_id uuid not null references provider_account,
        provider text not null,
        day date not null,
        every_message boolean not null,
        requested_by text not null,
        state text not null default 'due' check (state in ('due', 'running', 'done', 'failed')),
        held_until timestamptz,
        finished_at timestamptz,
        reason text,
        totals jsonb not null default '[]',
        records int,
        counts jsonb not null default '{}'
      )`);
    this.addSql(`create index reconciliation_day on reconciliation (day, provider_account_id)`);
    this.addSql(`
      create unique index reconciliation_open on reconciliation (provider_account_id, day) where finished_at is null`);
    this.addSql(`
      create table reconciliation_difference (
        id bigint generated always as identity primary key,
        reconciliation_id uuid not null references reconciliation,
        kind text not null,
        message_id uuid,
        tenant_id uuid,
        provider_message_id text,
        ours jsonb,
        theirs jsonb
      )`);
    this.addSql(`
      create index reconciliation_difference_run on reconciliation_difference (reconciliation_id, id)`);
    this.addSql(`create trigger reconciliation_difference_immutable before update or delete on reconciliation_difference
      for each row execute function refuse_change()`);
    this.addSql(`create trigger reconciliation_immutable before update or delete on reconciliation
      for each row when (old.finished_at is not null) execute function refuse_change()`);
    this.addSql(`
      create table reconciliation_message (
        reconciliation_id uuid not null,
        provider_message_id text not null,
        message_id uuid not null,
        primary key (reconciliation_id, provider_message_id)
      )`);
  }
}
