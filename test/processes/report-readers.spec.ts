/** Roles that read the reports: every view of all tenants, or of their own alone, and nothing else of the database. */
import { Migration } from '@mikro-orm/migrations';
import { MikroORM } from '@mikro-orm/postgresql';
import { databaseParts, migrateDatabase } from '../../src/app.database.js';
import { ormOptions } from '../../src/kernel/postgres/database.module.js';
import { migrate as migrateTo } from '../../src/kernel/postgres/migrate.js';
import { query, withClient } from '../../harness/query.js';
import { databaseOfTwo, newRole, runMigrate, sqlState, type DatabaseOfTwo } from '../support/database-roles.js';
import { endProcesses } from '../support/process.js';

const VIEWS = databaseParts.reports.views;
const OWN_VIEWS = VIEWS.map((view) => `own_${view}`);
const REFUSED = '42501';

const [RIVERSIDE, HILLTOP] = ['00000000-0000-7000-8000-000000000001', '00000000-0000-7000-8000-000000000002'];
const NOBODY = '00000000-0000-7000-8000-00000000000f';

/** Two tenants, each with a row in every report, and a third role beside those of the database. */
async function twoTenants(database: DatabaseOfTwo): Promise<void> {
  for (const [id, slug] of [
    [RIVERSIDE, 'riverside'],
    [HILLTOP, 'hilltop'],
  ]) {
    await query(
      database.owner,
      `with tenant as (
         insert into tenant (id, name, slug, timezone, currency) values ($1, $2, $2, 'UTC', 'EUR') returning id
       ), venue as (
         insert into venue (tenant_id, name) select id, 'Hall' from tenant returning id, tenant_id
       ), account as (
         insert into provider_account (tenant_id, provider, name) select id, 'twilio', 'Own' from tenant returning id
       ), sender as (
         insert into sender (tenant_id, venue_id, channel, address, provider_account_id)
         select tenant_id, venue.id, 'sms', '+1212555' || right($2, 1), account.id from venue, account
       ), consent as (
         insert into consent (tenant_id, venue_id, channel, address, status, source, occurred_at)
         select tenant_id, id, 'sms', '+491711', 'opted_in', 'checkout', now() from venue
       ), audience as (
         insert into audience (tenant_id, name) select id, 'Guests' from tenant returning id
       ), campaign as (
         insert into campaign (tenant_id, venue_id, name, channel, template_key, audience_id, created_by)
         select tenant_id, venue.id, 'News', 'email', 'news', audience.id, 'admin' from venue, audience
       )
       insert into message
         (id, tenant_id, venue_id, channel, category, lane_id, provider, sender_address, recipient, status, segments)
       select uuidv7(), tenant_id, venue.id, channel, 'transactional', uuidv7(), 'twilio', '+1', $2 || '@example.com', 'sent', 1
       from venue, unnest(array['email', 'whatsapp', 'sms']) as channel`,
      [id, slug],
    );
  }
}

const tenantsIn = async (url: string, view: string): Promise<string[]> =>
  (await query<{ slug: string }>(url, `select distinct tenant_slug as slug from ${view} order by 1`)).map(
    ({ slug }) => slug,
  );

let database: DatabaseOfTwo;
/** Reads all tenants' reports, and the URL as it. */
let bi: string;
let biUrl: string;
/** Reads those of Riverside. */
let own: string;
let ownUrl: string;
beforeAll(async () => {
  database = await databaseOfTwo();
  await migrateDatabase(database.owner, { service: database.role });
  await twoTenants(database);
  [bi, own] = [`bi_${database.role}`, `own_${database.role}`];
  [biUrl, ownUrl] = [await newRole(database.superuser, bi), await newRole(database.superuser, own)];
  await migrateDatabase(database.owner, { reader: { role: bi } });
  await migrateDatabase(database.owner, { reader: { role: own, tenantId: RIVERSIDE } });
});
afterAll(endProcesses);

test('The command grants a role the reports of all tenants, and another those of one', async () => {
  expect(await runMigrate(database.owner, '--grant-views-to', bi)).toEqual({
    code: 0,
    out: `The database is up to date.\nThe role ${bi} may read the reports of all tenants, and no more.\n`,
    err: '',
  });
  expect(await runMigrate(database.owner, '--grant-views-to', own, '--tenant', RIVERSIDE)).toEqual({
    code: 0,
    out: `The database is up to date.\nThe role ${own} may read the reports of the tenant ${RIVERSIDE}, and no more.\n`,
    err: '',
  });
});

describe('A role that reads all reports', () => {
  test.each(VIEWS)('reads %s of every tenant', async (view) => {
    expect(await tenantsIn(biUrl, view)).toEqual(['hilltop', 'riverside']);
  });

  test('bounds a time by the id, and reads the status words', async () => {
    const sql = `select status from email_log where id >= uuidv7_floor(now() - interval '1 day')`;
    expect(await query(biUrl, sql)).toEqual([{ status: 'SENT' }, { status: 'SENT' }]);
  });

  test('reads and changes nothing else: no table, no other view, no sequence', async () => {
    const others = await query<{ name: string; kind: string }>(
      database.owner,
      `select format('%I.%I', relnamespace::regnamespace, relname) as name, relkind as kind from pg_class
       where relnamespace in ('public'::regnamespace, 'bullmq'::regnamespace) and relkind in ('r', 'p', 'v', 'S')
         and relname <> all($1)`,
      [VIEWS],
    );
    expect(others.length).toBeGreaterThan(70);
    for (const { name, kind } of others) {
      const sql = kind === 'S' ? `select nextval('${name}')` : `select from ${name}`;
      expect([name, await sqlState(biUrl, sql)]).toEqual([name, REFUSED]);
    }
  });

  test.each([
    'create table public.mine (id int)',
    `create function public.mine() returns int language sql as 'select 1'`,
    'select ensure_months(1)',
    'select bound_months()',
  ])('is refused: %s', async (sql) => {
    expect(await sqlState(biUrl, sql)).toBe(REFUSED);
  });
});

test('No report can be written to, by whomever', async () => {
  const [found] = await query<{ writable: number }>(
    database.owner,
    'select sum(pg_relation_is_updatable(view::regclass, true))::int as writable from unnest($1::text[]) as view',
    [[...VIEWS, ...OWN_VIEWS]],
  );
  expect(found).toEqual({ writable: 0 });
});

describe('A role that reads one tenant’s reports', () => {
  test.each(OWN_VIEWS)('reads its rows of %s', async (view) => {
    expect(await tenantsIn(ownUrl, view)).toEqual(['riverside']);
  });

  test.each(VIEWS)('is refused %s, which has all tenants’ rows', async (view) => {
    expect(await sqlState(ownUrl, `select from ${view}`)).toBe(REFUSED);
  });

  test('cannot make itself another’s', async () => {
    for (const sql of [
      'select from view_reader',
      `update view_reader set tenant_id = '${HILLTOP}'`,
      `set role ${bi}`,
      `set session authorization ${bi}`,
    ])
      expect([sql, await sqlState(ownUrl, sql)]).toEqual([sql, REFUSED]);
  });

  test('learns nothing of others by a condition that tells what it is tried on', async () => {
    const peeked = (url: string, log: string): Promise<string[]> =>
      withClient(url, async (client) => {
        const told: string[] = [];
        client.on('notice', ({ message }) => told.push(message ?? ''));
        await client.query(
          `create function pg_temp.peek(address text) returns bool language plpgsql cost 0.0001 as
           $$ begin raise notice '%', address; return true; end $$`,
        );
        await client.query(`select from ${log} where pg_temp.peek(recipient) and tenant_id = '${RIVERSIDE}'`);
        return told;
      });
    expect(await peeked(ownUrl, 'own_email_log')).toEqual(['riverside@example.com']);
    expect((await peeked(biUrl, 'email_log')).length).toBeGreaterThan(1); // without a barrier, what is no email is told too
  });

  test('reads nothing once its registration is gone', async () => {
    await query(database.owner, 'delete from view_reader where role = $1', [own]);
    for (const view of OWN_VIEWS) expect(await tenantsIn(ownUrl, view)).toEqual([]);
    await migrateDatabase(database.owner, { reader: { role: own, tenantId: RIVERSIDE } });
    expect(await tenantsIn(ownUrl, 'own_email_log')).toEqual(['riverside']);
  });

  test('reads another’s, or all, when it is granted them, and no more what it had', async () => {
    await migrateDatabase(database.owner, { reader: { role: own, tenantId: HILLTOP } });
    expect(await tenantsIn(ownUrl, 'own_email_log')).toEqual(['hilltop']);
    await migrateDatabase(database.owner, { reader: { role: own } });
    expect(await tenantsIn(ownUrl, 'email_log')).toEqual(['hilltop', 'riverside']);
    expect(await sqlState(ownUrl, 'select from own_email_log')).toBe(REFUSED);
    await migrateDatabase(database.owner, { reader: { role: own, tenantId: RIVERSIDE } });
    expect(await sqlState(ownUrl, 'select from email_log')).toBe(REFUSED);
  });

  test('has what else it was granted on our tables taken back', async () => {
    await query(database.owner, `grant select on tenant to ${own}; grant select (body) on template_version to ${own}`);
    expect(await sqlState(ownUrl, 'select from tenant')).toBe('done');
    await migrateDatabase(database.owner, { reader: { role: own, tenantId: RIVERSIDE } });
    expect(await sqlState(ownUrl, 'select from tenant')).toBe(REFUSED);
    expect(await sqlState(ownUrl, 'select body from template_version')).toBe(REFUSED);
  });
});

class ViewsOfTomorrow extends Migration {
  override up(): void {
    this.addSql('drop view own_sms_consent');
    this.addSql('drop view sms_consent');
    this.addSql('create view sms_consent as select tenant_id, address as phone from consent');
    this.addSql(
      'create view own_sms_consent as select * from sms_consent where tenant_id = (select tenant_id from view_reader where role = current_user)',
    );
  }
}

test('Readers keep their reports when a later release makes a view anew, and a role that is gone is forgotten', async () => {
  const later = await databaseOfTwo();
  const { owner, superuser, role } = later;
  const [one, gone] = [`one_${role}`, `gone_${role}`];
  const oneUrl = await newRole(superuser, one);
  await newRole(superuser, gone);
  await migrateDatabase(owner);
  await twoTenants(later);
  await migrateDatabase(owner, { reader: { role, tenantId: RIVERSIDE } });
  for (const reader of [one, gone]) await migrateDatabase(owner, { reader: { role: reader } });
  await query(superuser, `drop owned by ${gone}; drop role ${gone}`);
  const migrations = [...databaseParts.migrations, { name: '9999-views-of-tomorrow', class: ViewsOfTomorrow }];
  const orm = await MikroORM.init(ormOptions(owner, 2, { ...databaseParts, migrations }));
  try {
    await migrateTo(orm, databaseParts);
  } finally {
    await orm.close(true);
  }
  expect(await query(oneUrl, 'select phone from sms_consent')).toHaveLength(2);
  expect(await query(later.service, 'select phone from own_sms_consent')).toHaveLength(1);
  expect(await query(owner, 'select role from view_reader order by role')).toEqual([{ role: one }, { role }]);
});

describe('The reports are refused', () => {
  const refusal = (role: string, tenantId?: string): Promise<string> =>
    migrateDatabase(database.owner, { reader: { role, tenantId } }).then(
      () => 'granted',
      (error: unknown) => String(error),
    );
  const registered = (): Promise<object[]> =>
    query(database.owner, 'select role, tenant_id from view_reader order by role');

  test('to the role of the service, a superuser, the owner and one that is missing', async () => {
    const before = await registered();
    expect(await refusal(database.role)).toContain(`The service runs as "${database.role}"`);
    expect(await refusal(new URL(database.superuser).username)).toContain('is a superuser');
    expect(await refusal(new URL(database.owner).username)).toContain('is, or is a member of, the role that migrates');
    expect(await refusal('nobody_here')).toContain('There is no role "nobody_here"');
    expect(await registered()).toEqual(before);
    expect(await sqlState(database.service, 'select from tenant')).toBe('done');
  });

  test('of a tenant that there is not', async () => {
    const before = await registered();
    expect(await refusal(own, NOBODY)).toContain('There is no tenant of this id');
    expect(await registered()).toEqual(before);
  });

  test('to a role that may read more by what everybody may', async () => {
    const before = await registered();
    await query(database.owner, 'grant select on template to public; grant select (name) on tenant to public');
    expect(await refusal(bi)).toContain(
      `"${bi}" may use public.template, public.tenant, by what is granted to everybody`,
    );
    await query(database.owner, 'revoke select on template from public; revoke select (name) on tenant from public');
    expect(await registered()).toEqual(before);
    expect(await refusal(bi)).toBe('granted');
  });

  test('by the command without a role, or of a tenant that is named by no id', async () => {
    for (const args of [
      ['--tenant', RIVERSIDE],
      ['--grant-views-to', own, '--tenant', 'riverside'],
      ['--grant-views-to'],
    ]) {
      const { code, err } = await runMigrate(database.owner, ...args);
      expect([code, err]).toEqual([1, expect.stringContaining('--grant-views-to')]);
    }
  });
});
