import { Migration } from '@mikro-orm/migrations';

/**
 * API keys that end, that work from certain networks only, that have followed others, and when each was last used. And who sends wrong ones, for as long as
 * that counts: not logged, as nothing is lost with it.
 */
export class ApiKeyTerms0082 extends Migration {
  override up(): void {
    this.addSql(`
      alter table api_key
        add column expires_at timestamptz,
        add column networks text[] not null default '{}',
        add column replaces uuid references api_key,
        add column last_used_at timestamptz`);
    this.addSql(`
      create unlogged table wrong_key (
        subscriber text primary key,
        failures int not null,
        since timestamptz not null,
        refused_until timestamptz
      )`);
  }
}
