/** The chains of the audit log: what a superuser does to them behind the service's back is told, record by record. */
import { randomUUID } from 'node:crypto';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { query } from '../../harness/query.js';
import { migrateDatabase } from '../../src/app.database.js';
import type { Finding } from '../../src/kernel/index.js';
import { callboard, type Said } from '../support/cli.js';
import { databaseOfTwo, sqlState, type DatabaseOfTwo } from '../support/database-roles.js';
import { deployment } from '../support/process.js';

const REFUSED_BY_TRIGGER = 'P0001';
const REFUSED_BY_PRIVILEGE = '42501';

/** What JSON may hold, and PostgreSQL writes otherwise than JavaScript. */
const AWKWARD = {
  bb: 1e21,
  a: [1.5e-7, -2.5e30, 0.1, 12.5, -0, 1e3],
  ä: 'ü "quoted" \\ \n \t \u0001 \u007f \u2028 😀',
  ab: { z: null, é: true, '': {}, zz: [] },
};

let database: DatabaseOfTwo;
let folder: string;
beforeAll(async () => {
  database = await databaseOfTwo();
  await migrateDatabase(database.owner, { service: database.role });
  folder = await mkdtemp(join(tmpdir(), 'audit-'));
});

const audit = (...args: readonly string[]): Promise<Said> => callboard(deployment(database.owner), 'audit', ...args);

const write = (tenantId: string | null, details: object, url = database.service): Promise<unknown> =>
  query(url, `insert into audit_event (actor, tenant_id, action, details) values ('admin', $1, 'venue.update', $2)`, [
    tenantId,
    JSON.stringify(details),
  ]);

/** The id of a tenant with so many records. */
async function chain(records = 5): Promise<string> {
  const tenantId = randomUUID();
  for (let place = 1; place <= records; place += 1) await write(tenantId, { place });
  return tenantId;
}

/** As somebody who may do everything, with what refuses it switched off. */
const tamper = (sql: string): Promise<unknown> =>
  query(
    database.superuser,
    `alter table audit_event disable trigger user; ${sql}; alter table audit_event enable trigger user`,
  );

/** Hashes a whole chain anew, as it is now, to its end. */
const rewrite = (tenantId: string, base = 0): Promise<unknown> =>
  tamper(`do $$
    declare
      link audit_event;
      last bytea := (select base_hash from audit_chain where chain = '${tenantId}');
      place bigint := ${base};
    begin
      for link in select * from audit_event where tenant_id = '${tenantId}' and seq > ${base} order by seq loop
        place := place + 1;
        link.seq := place;
        link.previous_hash := last;
        last := sha256(last || convert_to(audit_content(link), 'UTF8'));
        update audit_event set seq = place, previous_hash = link.previous_hash, hash = last where id = link.id;
      end loop;
      update audit_chain set seq = place, hash = last where chain = '${tenantId}';
    end $$`);

interface Told {
  readonly ok: boolean;
  readonly chains: number;
  readonly records: number;
  readonly findings: readonly Finding[];
}

async function verify(...options: readonly string[]): Promise<Told & { readonly code: number }> {
  const { code, out } = await audit('verify', '--json', ...options);
  return { code, ...(JSON.parse(out) as Told) };
}

/** What is told of one tenant's chain. */
async function toldOf(tenantId: string, ...options: readonly string[]): Promise<object[]> {
  const { code, ok, findings } = await verify(...options);
  expect([code, ok]).toEqual(findings.length > 0 ? [1, false] : [0, true]);
  return findings
    .filter((one) => one.tenantId === tenantId)
    .map(({ fault, seq, throughSeq }) => ({ fault, seq, ...(throughSeq !== undefined && { throughSeq }) }));
}

async function headOf(tenantId: string): Promise<object> {
  const [head] = await query<{ seq: number; hash: string }>(
    database.owner,
    `select seq::int, encode(hash, 'hex') as hash from audit_chain where chain = $1`,
    [tenantId],
  );
  return { tenantId, ...head };
}

async function file(name: string, content: string): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, content);
  return path;
}

test('A chain that nobody touched is what it was, whatever its records hold', async () => {
  const tenantId = await chain();
  await write(tenantId, AWKWARD);
  await write(null, AWKWARD);
  const { code, out, err } = await audit('verify');
  expect({ code, out, err }).toEqual({ code: 0, out: '7 records in 2 chains are what they were.', err: '' });
});

test('Records are linked in their order, whatever is inserted as their place', async () => {
  const tenantId = await chain(1);
  await query(
    database.service,
    `insert into audit_event (actor, tenant_id, action, details, seq, at, previous_hash, hash)
     values ('admin', $1, 'venue.update', '{}', 7, '2020-01-01', 'a', 'b')`,
    [tenantId],
  );
  const [record] = await query(
    database.service,
    `select seq::int, at > now() - interval '1 hour' as "isNow" from audit_event where tenant_id = $1 order by seq desc limit 1`,
    [tenantId],
  );
  expect(record).toEqual({ seq: 2, isNow: true });
  expect(await toldOf(tenantId)).toEqual([]);
});

test('Records that are written at once are one chain', async () => {
  const tenantId = randomUUID();
  await Promise.all(
    Array.from({ length: 8 }, async (_, writer) => {
      for (let place = 0; place < 5; place += 1) await write(place % 2 === 0 ? tenantId : null, { writer, place });
    }),
  );
  expect(await headOf(tenantId)).toMatchObject({ seq: 24 });
  expect(await toldOf(tenantId)).toEqual([]);
});

test('Old months are retired by the owner, and the rest of the chain is what it was', async () => {
  const tenantId = await chain();
  await tamper(`update audit_event set at = at - interval '2 years' where tenant_id = '${tenantId}' and seq <= 3`);
  await rewrite(tenantId);
  const { code, out } = await audit('retire', `${new Date().getUTCFullYear() - 1}-01`);
  expect([code, out]).toEqual([0, expect.stringMatching(/^3 records from before \d{4}-01 are retired\.$/)]);
  const rows = await query<{ seq: number; action: string }>(
    database.owner,
    'select seq::int, action, details from audit_event where tenant_id = $1 order by seq',
    [tenantId],
  );
  expect(rows.map(({ seq, action }) => [seq, action])).toEqual([
    [4, 'venue.update'],
    [5, 'venue.update'],
    [6, 'audit.retire'],
  ]);
  expect(rows.at(-1)).toMatchObject({ details: { through: 3, records: 3 } });
  expect(await toldOf(tenantId)).toEqual([]);
  const thisMonth = new Date().toISOString().slice(0, 7);
  expect(await audit('retire', thisMonth)).toMatchObject({ code: 1, out: '' });
  expect((await audit('retire', 'May')).code).toBe(2);
  const asService = await callboard(deployment(database.service), 'audit', 'retire', '2020-01');
  expect(asService).toMatchObject({ code: 1, err: expect.stringContaining('Only the owner') as string });
});

test.each([
  `update audit_event set actor = 'nobody'`,
  'delete from audit_event',
  'truncate audit_event',
  'update audit_chain set seq = 0',
  'delete from audit_chain',
  `select retire_audit('2020-01-01')`,
])('The service may not: %s', async (sql) => {
  expect(await sqlState(database.service, sql)).toBe(REFUSED_BY_PRIVILEGE);
});

test.each([`update audit_event set actor = 'nobody'`, 'delete from audit_event', 'truncate audit_event'])(
  'A trigger refuses even the owner: %s',
  async (sql) => {
    await chain(1);
    expect(await sqlState(database.owner, sql)).toBe(REFUSED_BY_TRIGGER);
  },
);

const OF = (seq: string): string => `tenant_id = 'TENANT' and seq ${seq}`;

test.each<{ what: string; sql: string; findings: object[] }>([
  {
    what: 'altered',
    sql: `update audit_event set details = '{"place": 33}' where ${OF('= 3')}`,
    findings: [{ fault: 'altered', seq: 3 }],
  },
  {
    what: 'given to another actor',
    sql: `update audit_event set actor = 'key:other' where ${OF('= 5')}`,
    findings: [{ fault: 'altered', seq: 5 }],
  },
  {
    what: 'altered and hashed anew',
    sql: `update audit_event as event set hash = sha256(previous_hash || convert_to(audit_content(event), 'UTF8')), actor = 'x' where false;
      update audit_event set actor = 'x' where ${OF('= 3')};
      update audit_event as event set hash = sha256(previous_hash || convert_to(audit_content(event), 'UTF8')) where ${OF('= 3')}`,
    findings: [{ fault: 'relinked', seq: 4 }],
  },
  {
    what: 'deleted',
    sql: `delete from audit_event where ${OF('in (2, 3)')}`,
    findings: [{ fault: 'deleted', seq: 2, throughSeq: 3 }],
  },
  {
    what: 'deleted at the beginning',
    sql: `delete from audit_event where ${OF('= 1')}`,
    findings: [{ fault: 'deleted', seq: 1, throughSeq: 1 }],
  },
  {
    what: 'deleted at the beginning, as if they were retired',
    sql: `update audit_chain set base_seq = 2, base_hash = (select hash from audit_event where ${OF('= 2')}) where chain = 'TENANT';
      delete from audit_event where ${OF('<= 2')}`,
    findings: [{ fault: 'not_retired', seq: 1, throughSeq: 2 }],
  },
  {
    what: 'reordered',
    sql: `update audit_event set seq = 99 where ${OF('= 2')}; update audit_event set seq = 2 where ${OF('= 4')};
      update audit_event set seq = 4 where ${OF('= 99')}`,
    findings: [
      { fault: 'altered', seq: 2 },
      { fault: 'relinked', seq: 2 },
      { fault: 'relinked', seq: 3 },
      { fault: 'altered', seq: 4 },
      { fault: 'relinked', seq: 4 },
      { fault: 'relinked', seq: 5 },
    ],
  },
  {
    what: 'cut off at the end',
    sql: `delete from audit_event where ${OF('>= 4')}`,
    findings: [{ fault: 'cut', seq: 4, throughSeq: 5 }],
  },
  {
    what: 'all deleted',
    sql: `delete from audit_event where ${OF('>= 1')}`,
    findings: [{ fault: 'cut', seq: 1, throughSeq: 5 }],
  },
  {
    what: 'added past the chain',
    sql: `insert into audit_event (actor, tenant_id, action, details) values ('admin', 'TENANT', 'venue.update', '{}')`,
    findings: [{ fault: 'unchained', seq: null }],
  },
  {
    what: 'of a chain that was deleted',
    sql: `delete from audit_chain where chain = 'TENANT'`,
    findings: [{ fault: 'unchained', seq: 1, throughSeq: 5 }],
  },
])('Records that were $what are told', async ({ sql, findings }) => {
  const tenantId = await chain();
  await tamper(sql.replaceAll('TENANT', tenantId));
  expect(await toldOf(tenantId)).toEqual(findings);
});

test('A chain that was written anew as a whole is told by an anchor', async () => {
  const [shortened, altered, untouched] = [await chain(), await chain(), await chain()];
  const heads = [await headOf(shortened), await headOf(altered), await headOf(untouched)];
  const anchor = await file('anchor.json', JSON.stringify({ heads }));
  await tamper(`delete from audit_event where tenant_id = '${shortened}' and seq >= 4`);
  await tamper(`update audit_event set actor = 'key:other' where tenant_id = '${altered}' and seq = 2`);
  for (const tenantId of [shortened, altered]) {
    await rewrite(tenantId);
    expect(await toldOf(tenantId)).toEqual([]);
    await write(tenantId, { since: true });
  }
  await write(untouched, { since: true });
  expect(await toldOf(shortened, '--anchor', anchor)).toEqual([{ fault: 'cut', seq: 5, throughSeq: 5 }]);
  expect(await toldOf(altered, '--anchor', anchor)).toEqual([{ fault: 'altered', seq: 5 }]);
  expect(await toldOf(untouched, '--anchor', anchor)).toEqual([]);
});

test('Records from before there were chains are part of the first hash', async () => {
  const tenantId = randomUUID();
  const earlier = `insert into audit_event (actor, tenant_id, action, details) select 'admin', '${tenantId}', 'venue.update', '{"place": 0}'
    from generate_series(1, 3)`;
  // As the migration does.
  await tamper(`${earlier}; insert into audit_chain (chain, hash, genesis, base_hash)
    select '${tenantId}', digest, digest, digest from (
      select sha256(convert_to(string_agg(audit_content(event), E'\\n' order by id), 'UTF8')) as digest
      from audit_event as event where tenant_id = '${tenantId}') as all_of_them`);
  await write(tenantId, { place: 1 });
  expect(await toldOf(tenantId)).toEqual([]);
  await tamper(
    `update audit_event set actor = 'nobody' where id = (select id from audit_event where tenant_id = '${tenantId}' order by id limit 1)`,
  );
  expect(await toldOf(tenantId)).toEqual([{ fault: 'unchained', seq: null }]);
});

test('A log that is not what it was is not retired', async () => {
  const tenantId = await chain(1);
  await tamper(`delete from audit_event where tenant_id = '${tenantId}'`);
  expect(await audit('retire', '2020-01')).toMatchObject({
    code: 1,
    err: expect.stringContaining('nothing is retired') as string,
  });
});

test('What is no export or anchor is refused in a sentence', async () => {
  const none = await file('none.jsonl', '{"seq": 1}\n');
  expect(await audit('verify', '--file', none)).toEqual({
    code: 1,
    out: '',
    err: `${none}: Line 1 is no record of the audit log.`,
  });
  expect(await audit('verify', '--anchor', none)).toMatchObject({ code: 1, out: '' });
  expect(await audit('verify', '--file', join(folder, 'nowhere'))).toMatchObject({
    code: 1,
    err: expect.stringContaining('ENOENT') as string,
  });
  expect((await audit('verify', '--part')).code).toBe(2);
});
