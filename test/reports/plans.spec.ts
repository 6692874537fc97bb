/** What a query of a report reads: the months, the tenant and the tables that it asks for, and no more. */
import { query, withClient } from '../../harness/query.js';
import { cloneDatabase } from '../support/databases.js';

const TENANT = '00000000-0000-7000-8000-000000000001';
const LOGS = [
  ['email_log', 'email'],
  ['whatsapp_log', 'whatsapp'],
  ['sms_send_history', 'sms'],
] as const;
const THIS_MONTH = `date_trunc('month', now() at time zone 'utc')`;
/** Written out, as a tool for BI does. */
const SPAN = `created_at >= '{first} 00:00Z' and created_at < '{next} 00:00Z'`;

let url: string;
let month: { readonly before: string; readonly first: string; readonly next: string };

/** Two months of messages, on each channel; three of 400 are the tenant's. */
beforeAll(async () => {
  url = await cloneDatabase();
  await query(
    url,
    `insert into message
       (id, tenant_id, venue_id, channel, category, lane_id, provider, sender_address, recipient, status, segments)
     select overlay(uuidv7()::text placing left(uuidv7_floor(first at time zone 'utc' + n * interval '1 minute')::text, 13) from 1)::uuid,
       case when n % 400 < 3 then $1 else gen_random_uuid() end, gen_random_uuid(), (array['email', 'whatsapp', 'sms'])[1 + n % 3],
       'transactional', gen_random_uuid(), 'twilio', '+12125550100', '+49' || n, 'sent', 1
     from generate_series(1, 20000) as n, unnest(array[${THIS_MONTH} - interval '1 month', ${THIS_MONTH}]) as first`,
    [TENANT],
  );
  await query(url, 'vacuum analyze message');
  const [found] = await query<typeof month>(
    url,
    `select to_char(${THIS_MONTH} - interval '1 month', 'YYYY-MM-DD') as before, to_char(${THIS_MONTH}, 'YYYY-MM-DD') as first,
       to_char(${THIS_MONTH} + interval '1 month', 'YYYY-MM-DD') as next`,
  );
  month = found ?? month;
});

interface PlanNode {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string;
  readonly 'Index Cond'?: string;
  readonly Plans?: readonly PlanNode[];
}

const inMonth = (sql: string): string => sql.replace('{first}', month.first).replace('{next}', month.next);

/** The nodes of a query's plan that read a table. */
async function scansOf(sql: string, setting = 'select'): Promise<PlanNode[]> {
  const explained = `explain (format json) ${inMonth(sql)}`;
  const rows = await withClient(url, async (client) => {
    await client.query(setting);
    return (await client.query<{ 'QUERY PLAN': { Plan: PlanNode }[] }>(explained)).rows;
  });
  const flat = (node: PlanNode): PlanNode[] => [node, ...(node.Plans ?? []).flatMap(flat)];
  return rows
    .flatMap((row) => row['QUERY PLAN'])
    .flatMap(({ Plan }) => flat(Plan))
    .filter((node) => 'Relation Name' in node);
}

/** By what an index finds the rows, directly or through a bitmap. */
const foundBy = (scan: PlanNode | undefined): string => scan?.['Index Cond'] ?? (scan?.Plans ?? []).map(foundBy).join();

const partition = (day: string): string => `message_${day.slice(0, 7).replace('-', '_')}`;
/** In order. */
const relations = (scans: readonly PlanNode[]): string[] => scans.map((scan) => scan['Relation Name'] ?? '').toSorted();

describe.each(LOGS)('A query of %s', (log, channel) => {
  const asked = `where tenant_id = '${TENANT}'`;

  test('about a tenant and a month reads the tenant’s part of that month, and no other table', async () => {
    const sql = `select status, count(*) from ${log} ${asked} and ${SPAN} group by status`;
    const scans = await scansOf(sql);
    expect(relations(scans)).toEqual([partition(month.first)]);
    expect(foundBy(scans[0])).toContain(TENANT);
    expect(await query(url, inMonth(sql))).toHaveLength(1);
  });

  test('is planned as one of the table itself', async () => {
    const table = `select count(*) from message ${asked} and channel = '${channel}'`;
    const view = `select count(*) from ${log} ${asked}${log === 'sms_send_history' ? ` and channel = 'sms'` : ''}`;
    const kinds = (scans: readonly PlanNode[]): unknown[] =>
      scans.map((scan) => [scan['Node Type'], scan['Relation Name'], foundBy(scan)]);
    expect(kinds(await scansOf(view))).toEqual(kinds(await scansOf(table)));
  });

  test('passes over the months that its ids rule out, also by the clock', async () => {
    const since = `id >= uuidv7_floor('${month.first} 00:00Z')`;
    expect(relations(await scansOf(`select count(*) from ${log} ${asked} and ${since}`))).not.toContain(
      partition(month.before),
    );
    const [{ 'QUERY PLAN': plan } = { 'QUERY PLAN': [] }] = await query<{ 'QUERY PLAN': object[] }>(
      url,
      `explain (format json) select count(*) from ${log} ${asked} and id >= uuidv7_floor(now())`,
    );
    expect(JSON.stringify(plan)).toMatch(/"Subplans Removed":[1-9]/);
  });

  test('for all that it shows joins the names, and finds the amounts of each message by its id', async () => {
    const scans = await scansOf(`select * from ${log} ${asked} and ${SPAN}`);
    const amounts = scans.filter((scan) => scan['Relation Name']?.startsWith('billing_amount'));
    const others = scans.filter((scan) => !scan['Relation Name']?.startsWith('billing_'));
    expect(relations(others)).toEqual([partition(month.first), 'template', 'template_version', 'tenant', 'venue']);
    expect(foundBy(others.find((scan) => scan['Relation Name'] === partition(month.first)))).toContain(TENANT);
    expect(amounts.length).toBeGreaterThan(0);
    for (const scan of amounts) expect(foundBy(scan)).toContain('message_id = ');
  });

  test('of one’s own tenant reads as little', async () => {
    const scans = await scansOf(`select count(*) from own_${log} where ${SPAN}`);
    expect(relations(scans)).toEqual([partition(month.first), 'view_reader']);
    const [messages] = scans.filter((scan) => scan['Relation Name'] !== 'view_reader');
    expect(foundBy(messages)).toContain('tenant_id = ');
  });
});

test('A month that is made later has its times as a constraint too', async () => {
  const unbound = `
    select relname from pg_inherits join pg_class on pg_class.oid = inhrelid
    where inhparent = 'message'::regclass and not exists (
      select from pg_constraint where conrelid = inhrelid and conname = relname || '_accepted' and convalidated)`;
  expect(await query(url, unbound)).toEqual([]);
  await query(url, 'select ensure_months(9)');
  expect(await query(url, unbound)).toEqual([]);
  const [made] = await query<{ definition: string }>(
    url,
    `select pg_get_constraintdef(oid) as definition from pg_constraint
     where conname = 'message_' || to_char(${THIS_MONTH} + interval '9 months', 'YYYY_MM') || '_accepted'`,
  );
  expect(made?.definition).toContain('uuid_extract_timestamp(id)');
});

test.each([
  ['sms_consent', `venue_id = '${TENANT}' and phone_number = '+491'`, 'consent', 'address ='],
  ['communication_campaign', `tenant_id = '${TENANT}'`, 'campaign', 'tenant_id ='],
  ['venue_phone_numbers', `venue_id = '${TENANT}'`, 'phone_number', 'venue_id ='],
])('%s finds its rows by their keys', async (view, condition, table, key) => {
  // The tables are empty here: an index is taken wherever one can be.
  const scans = await scansOf(`select * from ${view} where ${condition}`, 'set enable_seqscan = off');
  const [own] = scans.filter((scan) => scan['Relation Name'] === table);
  expect(foundBy(own)).toContain(key);
});

test('A month is made while others read and write the ledger, and waits for none of them', async () => {
  await withClient(url, async (other) => {
    await other.query('begin; select from message_event; select from message; select from billing_amount');
    await other.query('lock table message, message_event, billing_amount in row exclusive mode');
    await withClient(url, async (client) => {
      await client.query(`set lock_timeout = '5s'`);
      await client.query('select ensure_months(12)');
    });
    await other.query('rollback');
  });
  const [made] = await query<{ ahead: number }>(url, 'select months_ahead(12) as ahead');
  expect(made).toEqual({ ahead: 12 });
});

test('A month has what its table has: indexes, identity, triggers and room for updates', async () => {
  await query(url, 'select ensure_months(4)');
  const shape = (suffix: string): Promise<object[]> =>
    query(
      url,
      `select replace(pg_get_indexdef(indexrelid), $1, '') as what from pg_index where indrelid = ('message_' || $1)::regclass
       union all select concat(attidentity, ' ', attname) from pg_attribute where attrelid = ('message_event_' || $1)::regclass and attnum > 0
       union all select tgname::text from pg_trigger where tgrelid = ('billing_amount_' || $1)::regclass
       union all select array_to_string(reloptions, ',') from pg_class where oid = ('message_' || $1)::regclass order by 1`,
      [suffix],
    );
  const ofToday = await shape(month.first.slice(0, 7).replace('-', '_'));
  const [later] = await query<{ suffix: string }>(
    url,
    `select to_char(${THIS_MONTH} + interval '4 months', 'YYYY_MM') as suffix`,
  );
  expect(ofToday.length).toBeGreaterThan(20);
  expect(await shape(later?.suffix ?? '')).toEqual(ofToday);
});
