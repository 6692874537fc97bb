/** One person has one address, however it is spelled: by callers, by providers, and in what older releases stored. */
import { MikroORM } from '@mikro-orm/postgresql';
import { databaseParts } from '../../src/app.database.js';
import { ormOptions } from '../../src/kernel/postgres/database.module.js';
import { migrate } from '../../src/kernel/postgres/migrate.js';
import { query } from '../../harness/query.js';
import { consentOf } from '../support/consent.js';
import { emptyDatabase } from '../support/databases.js';
import { venueWith } from '../support/senders.js';
import { openTestApp, type TestApp, type Tenant } from '../support/test-app.js';
import { inboundForm, postTwilio } from '../support/twilio.js';

describe('A person', () => {
  let app: TestApp;
  let tenant: Tenant;
  beforeAll(async () => {
    app = await openTestApp({ role: 'api' });
    tenant = await app.tenant({ country: 'DE' });
  });
  afterAll(() => app.close());

  test.each([
    ['+5215512345678', '+52 55 1234 5678'],
    ['+551187654321', '+55 11 98765-4321'],
    ['+5491142345678', '+54 11 4234-5678'],
    ['+22997123456', '+229 01 97 12 34 56'],
  ])('who sends STOP by WhatsApp as %s has opted out as %s', async (inbound, written) => {
    const { venueId, number } = await venueWith(app, tenant, 'whatsapp');
    expect(await postTwilio(app, inboundForm(`whatsapp:${inbound}`, `whatsapp:${number}`, 'STOP'))).toBe(200);
    for (const spelling of [inbound, written]) {
      expect(await consentOf(app, tenant, venueId, spelling, 'whatsapp')).toMatchObject({ status: 'opted_out' });
    }
  });

  test('whose number lost its plus is refused where it may be somebody else’s, by every route', async () => {
    const [to, suggestions] = ['15712345678', ['+4915712345678', '+15712345678']];
    const venueId = tenant.defaultVenueId;
    const problem = { code: 'ambiguous_address', suggestions };
    const message = { channel: 'sms', to, content: { body: 'Doors open at 7' } };
    const as = app.as(tenant);
    expect((await as.post('/api/messages').send(message).expect(400)).body).toMatchObject(problem);
    const { body } = await as.post('/api/messages/batch').send({ messages: [message] });
    expect(body).toMatchObject({ items: [{ error: problem }] });
    expect((await as.get(`/api/consent/${venueId}/${to}?channel=sms`).expect(400)).body).toMatchObject(problem);
    expect((await as.get(`/api/suppressions?address=${to}`).expect(400)).body).toMatchObject(problem);
    const contacts = [{ address: to, status: 'opted_out' }];
    const imported = await as.post('/api/consent/import').send({ venueId, channel: 'sms', source: 'x', contacts });
    expect(imported.body).toMatchObject({ imported: 0, errors: [{ index: 0, ...problem }] });
  });

  test('whose number lost its plus, and can be nobody else, has it back', async () => {
    const venueId = tenant.defaultVenueId;
    const contacts = [{ address: '491713980002', status: 'opted_out' }];
    const imported = await app
      .as(tenant)
      .post('/api/consent/import')
      .send({ venueId, channel: 'sms', source: 'x', contacts });
    expect(imported.body).toMatchObject({ imported: 1, errors: [] });
    expect(await consentOf(app, tenant, venueId, '+491713980002')).toMatchObject({ status: 'opted_out' });
  });
});

describe('What an older release stored under another spelling', () => {
  let url: string;
  const migrateTo = async (migrations: typeof databaseParts.migrations): Promise<void> => {
    const orm = await MikroORM.init(ormOptions(url, 2, { ...databaseParts, migrations }));
    try {
      await migrate(orm, { ...databaseParts, queues: [] });
    } finally {
      await orm.close(true);
    }
  };

  beforeAll(async () => {
    url = await emptyDatabase();
    await migrateTo(
      databaseParts.migrations.slice(
        0,
        databaseParts.migrations.findIndex(({ name }) => name === '0015-number-spellings'),
      ),
    );
    await query(
      url,
      `
      insert into tenant (id, name, slug, timezone, currency) values ('00000000-0000-7000-8000-000000000001', 'R', 'r', 'UTC', 'EUR');
      insert into venue (id, tenant_id, name) values ('00000000-0000-7000-8000-000000000002', '00000000-0000-7000-8000-000000000001', 'H');
      insert into consent (tenant_id, venue_id, source, channel, address, status, occurred_at)
      select '00000000-0000-7000-8000-000000000001', '00000000-0000-7000-8000-000000000002', 'keyword', * from (values
        ('whatsapp', '+5215512345678', 'opted_out', timestamptz '2026-11-02'), ('whatsapp', '+525512345678', 'opted_in', '2026-11-01'),
        ('sms', '+551187654321', 'opted_out', '2026-11-01'), ('sms', '+5511987654321', 'opted_in', '2026-11-02'),
        ('sms', '+541142345678', 'opted_out', '2026-11-01'), ('voice', '+541142345678', 'opted_out', '2026-11-01'),
        ('sms', '+551137654321', 'opted_in', '2026-11-01'), ('email', 'ana@example.com', 'opted_in', '2026-11-01')) as row;
      insert into consent_event (tenant_id, venue_id, source, channel, address, status, previous_status, actor, evidence, occurred_at)
      values ('00000000-0000-7000-8000-000000000001', '00000000-0000-7000-8000-000000000002', 'keyword', 'whatsapp', '+5215512345678',
        'opted_out', 'unknown', 'recipient', '{"keyword": "stop"}', '2026-11-02');
      insert into suppression (tenant_id, channel, address, reason)
      values ('00000000-0000-7000-8000-000000000001', 'sms', '+22997123456', 'invalid_address');
      insert into conversation values ('whatsapp', '+15550001111', '+5215512345678', '2026-11-02'), ('whatsapp', '+15550001111', '+525512345678', '2026-11-01');
      insert into audience (id, tenant_id, name, phones) values ('00000000-0000-7000-8000-000000000003', '00000000-0000-7000-8000-000000000001', 'A', 3);
      insert into contact (audience_id, kind, address, attributes, import_id)
      select '00000000-0000-7000-8000-000000000003', 'phone', address, '{}', uuidv7()
      from unnest(array['+551187654321', '+5511987654321', '+491713920001']) as address`,
    );
    await migrateTo(databaseParts.migrations);
  });

  test('is found under today’s: the newest decision counts', async () => {
    const consent = await query(url, `select channel, address, status from consent order by channel, address`);
    expect(consent).toEqual([
      { channel: 'email', address: 'ana@example.com', status: 'opted_in' },
      { channel: 'sms', address: '+5491142345678', status: 'opted_out' },
      { channel: 'sms', address: '+551137654321', status: 'opted_in' },
      { channel: 'sms', address: '+5511987654321', status: 'opted_in' },
      { channel: 'voice', address: '+541142345678', status: 'opted_out' },
      { channel: 'whatsapp', address: '+525512345678', status: 'opted_out' },
    ]);
    expect(await query(url, `select address from suppression`)).toEqual([{ address: '+2290197123456' }]);
    expect(await query(url, `select address, last_inbound_at = '2026-11-02' as newest from conversation`)).toEqual([
      { address: '+525512345678', newest: true },
    ]);
  });

  test('is logged under today’s too, with the old spelling and the old row as evidence', async () => {
    const log = `select id, address, evidence, status, occurred_at = '2026-11-02' as is_of_then from consent_event order by address`;
    const [old] = await query<{ id: string }>(url, `select id from consent_event where address = '+5215512345678'`);
    const decision = { status: 'opted_out', is_of_then: true };
    expect(await query(url, log)).toMatchObject([
      { ...decision, address: '+5215512345678', evidence: { keyword: 'stop' } },
      {
        ...decision,
        address: '+525512345678',
        evidence: { keyword: 'stop', writtenAs: '+5215512345678', copyOf: old?.id },
      },
    ]);
  });

  test('is one contact, and the audience counts it once', async () => {
    expect(await query(url, `select address from contact order by address`)).toEqual([
      { address: '+491713920001' },
      { address: '+5511987654321' },
    ]);
    expect(await query(url, `select phones::int from audience`)).toEqual([{ phones: 2 }]);
  });
});
