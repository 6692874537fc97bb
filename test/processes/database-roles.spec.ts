/** Two roles on one database: the owner migrates, and the service runs as one that may only read and write rows. */
import { Migration } from '@mikro-orm/migrations';
import { MikroORM } from '@mikro-orm/postgresql';
import { databaseParts, migrateDatabase } from '../../src/app.database.js';
import type { CampaignView } from '../../src/campaigns/campaigns.dto.js';
import { ormOptions } from '../../src/kernel/postgres/database.module.js';
import { migrate as migrateTo } from '../../src/kernel/postgres/migrate.js';
import { query } from '../../harness/query.js';
import type { ServiceProcess } from '../../harness/service-process.js';
import { until } from '../../harness/until.js';
import { databaseOfTwo, runMigrate as migrate, sqlState, type DatabaseOfTwo } from '../support/database-roles.js';
import { deployment, endProcesses, startService } from '../support/process.js';

const GUESTS = 25;
const FOREIGN_NUMBER = '+14155550123';

class OfTomorrow extends Migration {
  override up(): void {
    this.addSql('create table of_tomorrow (id int)');
  }
}

/** As a later release does, which has one migration and these queues more. */
async function migrateToTomorrow(url: string, queues: readonly string[]): Promise<void> {
  const migrations = [...databaseParts.migrations, { name: '9999-of-tomorrow', class: OfTomorrow }];
  const orm = await MikroORM.init(ormOptions(url, 2, { ...databaseParts, migrations }));
  try {
    await migrateTo(orm, { ...databaseParts, queues: [...databaseParts.queues, ...queues] });
  } finally {
    await orm.close(true);
  }
}

afterAll(endProcesses);

describe('A service whose role owns no table', () => {
  let database: DatabaseOfTwo;
  let service: ServiceProcess;
  let key: string;
  let tenantId: string;
  beforeAll(async () => {
    database = await databaseOfTwo();
    expect(await migrate(database.owner, '--grant-to', database.role)).toEqual({
      code: 0,
      out: `The database is up to date.\nThe role ${database.role} may do what the service needs, and no more.\n`,
      err: '',
    });
    const environment = deployment(database.service);
    key = environment.CALLBOARD_ADMIN_KEY;
    service = await (await startService(environment)).ready();
    tenantId = (await call<{ id: string }>('POST', '/api/tenants', { name: 'Riverside', slug: 'riverside' })).id;
  });

  async function call<Body>(method: string, path: string, body?: object | string): Promise<Body> {
    const answer = await service.call<Body>(method, path, { key, tenantId, ...(body && { body }) });
    expect({ path, status: answer.status, problem: answer.status < 400 ? null : answer.body }).toMatchObject({
      problem: null,
    });
    return answer.body;
  }

  const delivered = (id: string): Promise<boolean> =>
    until(async () => (await call<{ status: string }>('GET', `/api/messages/${id}`)).status === 'delivered');

  test('sends a message, and applies the provider’s webhooks', async () => {
    const body = { channel: 'sms', to: FOREIGN_NUMBER, content: { body: 'Doors open at 19:00.' } };
    await delivered((await call<{ id: string }>('POST', '/api/messages', body)).id);
    await call('POST', '/sandbox/inbound', {
      provider: 'twilio',
      from: FOREIGN_NUMBER,
      to: '+15005550006',
      body: 'STOP',
    });
    const { status } = await service.call('GET', '/health/ready');
    expect(status).toBe(200);
  });

  test('sends a campaign to an imported audience, and counts what it sent', async () => {
    await call('POST', '/api/templates', {
      key: 'news',
      channel: 'email',
      category: 'transactional',
      subject: 'Hi {{ name }}',
      text: 'Doors at 19:00',
    });
    const audience = await call<{ id: string }>('POST', '/api/audiences', { name: 'Guests' });
    const contacts = Array.from({ length: GUESTS }, (_, n) => ({ email: `guest${n}@example.com`, name: `Guest ${n}` }));
    await call('POST', `/api/audiences/${audience.id}/contacts`, contacts.map((one) => JSON.stringify(one)).join('\n'));
    const draft = { name: 'News', channel: 'email', templateKey: 'news', audienceId: audience.id };
    const { id } = await call<CampaignView>('POST', '/api/campaigns', draft);
    await call('POST', `/api/campaigns/${id}/launch`);
    await until(async () => {
      const { status, progress } = await call<CampaignView>('GET', `/api/campaigns/${id}`);
      return status === 'SENT' && progress.byStatus['delivered'] === GUESTS;
    });
    const month = new Date().toISOString().slice(0, 7);
    await until(async () => JSON.stringify(await call('GET', `/api/usage?month=${month}`)).includes(`${GUESTS}`));
    await call('DELETE', `/api/audiences/${audience.id}`);
  });

  test('makes the months of the ledger, and everything that is scheduled', async () => {
    const [last] = await query<{ suffix: string }>(
      database.owner,
      `select to_char(date_trunc('month', now() at time zone 'utc') + interval '3 months', 'YYYY_MM') as suffix`,
    );
    // One at a time: who reads both would meet the two locks in a deadlock.
    for (const table of ['message', 'message_event'])
      await query(database.owner, `drop table ${table}_${last?.suffix}`);
    await query(database.owner, `update schedule set last_started_at = '2000-01-01'`);
    await until(async () => {
      const [found] = await query<{ ahead: number }>(database.owner, 'select months_ahead(3) as ahead');
      return found?.ahead === 3;
    });
    const [made] = await query<{ owner: string }>(
      database.owner,
      `select pg_get_userbyid(relowner) as owner from pg_class where relname = 'message_${last?.suffix}'`,
    );
    expect(made?.owner).toBe(new URL(database.owner).username);
    const due = `select name from schedule where last_started_at < '2001-01-01'`;
    await until(async () => (await query(database.owner, due)).length === 0);
  });

  test.each([
    'create table public.mine (id int)',
    'create table bullmq.mine (id int)',
    'create sequence bullmq.mine',
    'create schema mine',
    `create function public.ensure_month(text) returns void language sql as 'select 1'`,
    'alter table message add column more text',
    'alter table pending disable trigger all',
    'drop table message',
    'drop table bullmq.job',
    'truncate pending',
    'truncate bullmq.job',
    'alter sequence bullmq.job_seq restart',
    `select ensure_month('2050-01-01')`,
    `insert into schema_migration (name) values ('9999-of-tomorrow')`,
    'delete from bullmq.migration',
    `update audit_event set actor = 'nobody'`,
    'delete from audit_event',
    `update consent_event set source = 'nobody'`,
    `update template_version set body = 'other'`,
    `insert into view_reader (role) values ('nobody')`,
    'select from email_log',
    'select from own_sms_consent',
    'select bound_months()',
  ])('may not: %s', async (sql) => {
    expect(await sqlState(database.service, sql)).toBe('42501');
  });

  test('makes no more than a year of months, whatever it asks for', async () => {
    await query(database.service, 'select ensure_months(100000)');
    const months = `select from pg_inherits where inhparent = 'message'::regclass`;
    expect(await query(database.owner, months)).toHaveLength(14); // last month, this one, and twelve
  });

  test('is not led astray by tables of its own: the function’s search path is fixed', async () => {
    const [fixed] = await query<{ settings: string[]; definer: boolean }>(
      database.owner,
      `select proconfig as settings, prosecdef as definer from pg_proc where oid = 'ensure_months'::regproc`,
    );
    expect(fixed).toEqual({ settings: ['search_path=public, pg_temp'], definer: true });
  });

  test('has met no missing privilege', async () => {
    expect(await service.stop()).toEqual({ code: 0, signal: null });
    expect(service.err).toBe('');
    expect(service.out.split('\n').filter((line) => line.startsWith('{'))).toEqual([]); // LOG_LEVEL is warn
  });
});

describe('Privileges', () => {
  test('are on tables of a later release too, once its migrations have run', async () => {
    const { owner, role, service } = await databaseOfTwo();
    await migrateDatabase(owner, { service: role });
    await migrateToTomorrow(owner, ['a-queue-of-tomorrow']);
    expect(await sqlState(service, 'insert into of_tomorrow values (1)')).toBe('done');
    expect(await sqlState(service, `select bullmq.next_job_id('a-queue-of-tomorrow')`)).toBe('done');
    expect(await sqlState(service, `select bullmq.next_job_id('a-queue-of-nobody')`)).toBe('42501');
  });

  test('beyond what the service needs are taken back from it', async () => {
    const { owner, role, service } = await databaseOfTwo();
    await migrateDatabase(owner);
    await query(owner, `grant all on all tables in schema public to ${role}; grant create on schema public to ${role}`);
    expect(await sqlState(service, 'truncate pending')).toBe('done');
    await migrateDatabase(owner, { service: role });
    expect(await sqlState(service, 'truncate pending')).toBe('42501');
    expect(await sqlState(service, 'create table mine (id int)')).toBe('42501');
  });

  test.each<[string, (database: DatabaseOfTwo) => Promise<string> | string, string]>([
    ['a role that is missing', () => 'nobody_here', 'There is no role "nobody_here": create it first'],
    ['a superuser', ({ superuser }) => new URL(superuser).username, 'is a superuser, who may do everything'],
    ['the owner itself', ({ owner }) => new URL(owner).username, 'is, or is a member of, the role that migrates'],
    [
      'a role that cannot log in',
      async ({ superuser, role }) => {
        await query(superuser, `alter role ${role} nologin`);
        return role;
      },
      'may not log in',
    ],
    [
      'a role, where a table belongs to another,',
      async ({ superuser, role }) => {
        await query(superuser, `create table stray (id int)`);
        return role;
      },
      'stray belong to "',
    ],
    [
      'a role, where everybody may create,',
      async ({ superuser, role }) => {
        await query(superuser, `grant create on schema public to public`);
        return role;
      },
      'revoke create on schema public from public',
    ],
  ])('are refused to %s with what to do', async (_, prepare, said) => {
    const database = await databaseOfTwo();
    const grantee = await prepare(database);
    const refused = migrateDatabase(database.owner, { service: grantee });
    await expect(refused).rejects.toThrow('The role was granted nothing.');
    await expect(refused).rejects.toThrow(said);
    expect(await sqlState(database.service, 'select from tenant')).toMatch(/^(42501|28000)$/); // nor may it log in
  });

  test('need the name of a role, and the command knows no other option', async () => {
    const { owner } = await databaseOfTwo();
    expect(await migrate(owner, '--grant-to')).toMatchObject({ code: 1, err: expect.stringContaining('--grant-to') });
    expect(await migrate(owner, '--grants', 'x')).toMatchObject({ code: 1, err: expect.stringContaining('--grants') });
  });
});
