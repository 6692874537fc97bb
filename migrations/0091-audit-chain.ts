import { Migration } from '@mikro-orm/migrations';

/**
 * The audit log as hash chains, one for each tenant and one for the platform (the UUID of zeros): a record holds the hash of the one before it, and `audit_chain` the last
 * hash of each. A trigger links whatever is inserted, by whichever release. Records from before are linked as one: the first hash of their chain is of all of them.
 */
export class AuditChain0091 extends Migration {
  override up(): void {
    this.addSql(`
      alter table audit_event
        add column origin text check (origin in ('loopback', 'private', 'public')),
        add column seq bigint,
        add column previous_hash bytea,
        add column hash bytea,
        add constraint audit_event_linked check (num_nulls(seq, previous_hash, hash) in (0, 3))`);
    this.addSql(`
      create unique index audit_event_chain on audit_event (tenant_id, seq) nulls not distinct where seq is not null`);
    this.addSql(`
      create table audit_chain (
        chain uuid primary key,
        seq bigint not null default 0,
        hash bytea not null,
        at timestamptz not null default clock_timestamp(),
        genesis bytea not null,
        base_seq bigint not null default 0,
        base_hash bytea not null
      ) with (fillfactor = 50)`);
    this.addSql(`
      create function audit_content(event record) returns text language plpgsql stable set search_path = public, pg_temp as $$
      begin
        return jsonb_build_array(event.seq, event.id,
          to_char(event.at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), event.actor, event.origin, event.tenant_id,
          event.action, event.object_kind, event.object_id, event.details)::text;
      end $$`);
    this.addSql(`
      insert into audit_chain (chain, hash, genesis, base_hash)
      select chain, digest, digest, digest from (
        select coalesce(tenant_id, '00000000-0000-0000-0000-000000000000') as chain,
          sha256(convert_to(string_agg(audit_content(event), E'\\n' order by id), 'UTF8')) as digest
        from audit_event as event group by 1) as earlier`);
    this.addSql(`
      create function link_audit_event() returns trigger language plpgsql
      security definer set search_path = public, pg_temp as $$
      declare
        whose constant uuid := coalesce(new.tenant_id, '00000000-0000-0000-0000-000000000000');
        head record;
      begin
        select * into head from audit_chain where chain = whose for update;
        if not found then
          insert into audit_chain (chain, hash, genesis, base_hash) values (whose, sha256(''), sha256(''), sha256(''))
            on conflict do nothing;
          select * into head from audit_chain where chain = whose for update;
        end if;
        new.id := uuidv7();
        new.at := clock_timestamp();
        new.seq := head.seq + 1;
        new.previous_hash := head.hash;
        new.hash := sha256(head.hash || convert_to(audit_content(new), 'UTF8'));
        update audit_chain set seq = new.seq, hash = new.hash, at = new.at where chain = whose;
        return new;
      end $$`);
    this.addSql(`
      create trigger audit_event_linked before insert on audit_event
      for each row execute function link_audit_event()`);
    this.addSql(`
      create function refuse_audit_delete() returns trigger language plpgsql as $$
      begin
        if tg_op = 'DELETE' then
          if coalesce(old.seq, 1) <= (
            select base_seq from audit_chain where chain = coalesce(old.tenant_id, '00000000-0000-0000-0000-000000000000')
          ) then
            return old;
          end if;
        end if;
        raise exception '% is append-only', tg_table_name;
      end $$`);
    this.addSql(`
      create trigger audit_event_kept before delete on audit_event
      for each row execute function refuse_audit_delete()`);
    this.addSql(`
      create trigger audit_event_never_emptied before truncate on audit_event
      for each statement execute function refuse_audit_delete()`);
    this.addSql(`
      create function retire_audit(before date) returns bigint language plpgsql set search_path = public, pg_temp as $$
      declare
        head record;
        whose uuid;
        last bigint;
        last_hash bytea;
        gone bigint;
        retired bigint := 0;
      begin
        if before <> date_trunc('month', before) or before > (now() at time zone 'utc') - interval '12 months' then
          raise exception 'before is the first day of a month that began at least twelve months ago';
        end if;
        for head in select * from audit_chain order by chain for update loop
          whose := nullif(head.chain, '00000000-0000-0000-0000-000000000000');
          select coalesce(min(seq) - 1, head.seq) into last from audit_event
          where seq is not null and at >= before at time zone 'utc' and (tenant_id = whose or whose is null and tenant_id is null);
          continue when last <= head.base_seq;
          select hash into last_hash from audit_event
          where seq = last and (tenant_id = whose or whose is null and tenant_id is null);
          update audit_chain set base_seq = last, base_hash = last_hash where chain = head.chain;
          delete from audit_event
          where coalesce(seq, 0) <= last and (tenant_id = whose or whose is null and tenant_id is null);
          get diagnostics gone = row_count;
          insert into audit_event (actor, tenant_id, action, details) values ('owner', whose, 'audit.retire',
            jsonb_build_object('before', before, 'through', last, 'hash', encode(last_hash, 'hex'), 'records', gone));
          retired := retired + gone;
        end loop;
        return retired;
      end $$`);
    this.addSql(`revoke execute on function retire_audit(date) from public`);
  }
}
