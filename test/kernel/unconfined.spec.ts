/** Who leaves the scope of a tenant's request, and why: what sees the rows of all tenants is named here. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { MikroORM } from '@mikro-orm/postgresql';
import { databaseParts } from '../../src/app.database.js';
import { ormOptions } from '../../src/kernel/postgres/database.module.js';
import { Database, JointReads, JointWrites, streamOf, unconfined } from '../../src/kernel/index.js';
import { ShortCache } from '../../src/kernel/short-cache.js';
import { confinedTo, confineTo, inOwnScope } from '../../src/kernel/postgres/tenant-scope.js';
import { Pooler } from '../support/pooler.js';
import { openTestApp, type Tenant, type TestApp } from '../support/test-app.js';

const SRC = join(import.meta.dirname, '../../src');

const UNCONFINED: Readonly<Record<string, string>> = {
  'kernel/short-cache.ts': 'what is kept is for later callers too, who may be others',
  'kernel/postgres/joint-reads.ts': 'one statement reads for several tenants',
  'kernel/postgres/joint-writes.ts': 'one statement writes for several tenants',
  'kernel/http/request-counts.ts': 'who asked how often is counted for all, by whichever request comes',
  'kernel/postgres/database.ts': 'what follows a commit is for everybody',
  'consent/dead-addresses/dead-addresses.ts': 'the list is the platform’s: a tenant lifts an address from it',
  'links/link-domain-store.ts': 'a name belongs to one tenant, whoever proved it first',
  'privacy/read-export.query.ts':
    'what is known of a person is in tables of the platform too, of which a statement takes the tenant’s rows',
  'templates/approvals/content-approvals.ts': 'what an account says of a template is for all who send through it',
  'tenants/senders/senders.command.ts': 'an address belongs to one tenant, whoever has it',
};
const JOINT: Readonly<Record<string, string>> = {
  'ledger/ledger.ts': 'messages',
  'links/link-store.ts': 'short links that people follow, without a tenant',
  'kernel/queue/schedules.ts': 'what is due, without a tenant',
  'ledger/event-consumers.ts': 'how far consumers have come, without a tenant',
  'webhooks/inbox.ts': 'events of providers, without a tenant',
  'automations/events/inbound-events.ts': 'events of the host',
};

const filesWith = (pattern: RegExp): string[] =>
  readdirSync(SRC, { recursive: true, encoding: 'utf8' })
    .filter(
      (name) =>
        name.endsWith('.ts') && !name.endsWith('.spec.ts') && pattern.test(readFileSync(join(SRC, name), 'utf8')),
    )
    .toSorted();

let app: TestApp;
let database: Database;
let own: Tenant;
let other: Tenant;
beforeAll(async () => {
  app = await openTestApp();
  ({ database } = app);
  own = await app.tenant();
  other = await app.tenant();
});
afterAll(() => app.close());

const as = <T>(tenant: Tenant, work: () => Promise<T>): Promise<T> =>
  inOwnScope(() => {
    confineTo(tenant.id);
    return work();
  });

/** A statement whose filter was forgotten. */
const seen = async (): Promise<string[]> =>
  (await database.query<{ id: string }>('select id from tenant order by id')).map(({ id }) => id);

test('Nothing else leaves a tenant’s scope', () => {
  expect(filesWith(/\bunconfined\((?!work: )/)).toEqual(Object.keys(UNCONFINED).toSorted());
  expect(filesWith(/new Joint(Reads|Writes)\b/)).toEqual(Object.keys(JOINT).toSorted());
});

test('A forgotten filter shows the tenant’s own rows, however the statement is run', async () => {
  const both = [own.id, other.id].toSorted();
  expect(await seen()).toEqual(both);
  const ways: Record<string, () => Promise<unknown>> = {
    query: seen,
    apart: async () => (await database.apart<{ id: string }>('select id from tenant')).map(({ id }) => id),
    prepared: async () => (await database.prepared<{ id: string }>('select id from tenant', [])).map(({ id }) => id),
    transaction: () => database.transaction(seen),
    entities: async () =>
      (await database.em().getConnection().execute<{ id: string }[]>('select id from tenant')).map(({ id }) => id),
  };
  for (const [way, run] of Object.entries(ways)) {
    expect([way, await as(own, run)]).toEqual([way, [own.id]]);
    expect([way, await as(other, run)]).toEqual([way, [other.id]]);
  }
});

test('Many tenants at once, each on whichever connection is free, see their own', async () => {
  const asked = Array.from({ length: 200 }, (_, n) => (n % 2 === 0 ? own : other));
  const found = await Promise.all(asked.map((tenant) => as(tenant, seen)));
  expect(found).toEqual(asked.map(({ id }) => [id]));
  const { tenants } = await database.pools();
  expect(tenants.totalCount).toBeLessThanOrEqual(app.config.databasePoolSize);
});

test('A transaction that fails leaves the next one on its connection its own tenant', async () => {
  const failing = as(own, () => database.transaction(() => database.query('select 1 / 0')));
  await expect(failing).rejects.toThrow('division by zero');
  expect(await Promise.all([as(other, seen), as(own, seen)])).toEqual([[other.id], [own.id]]);
});

test('What is kept or merged for several tenants sees all of them, apart from a transaction of one', async () => {
  const cache = new ShortCache<string[]>(60_000);
  const reads = new JointReads<string[]>(
    10,
    async (keys) => new Map(await Promise.all(keys.map(async (key) => [key, await seen()] as const))),
  );
  let written: unknown;
  const writes = new JointWrites<number>(10, async () => void (written = await seen()));
  await as(own, () =>
    database.transaction(async () => {
      expect(await cache.get('tenants', seen)).toHaveLength(2);
      expect(await reads.get('tenants')).toHaveLength(2);
      await writes.add([1]);
      expect(await unconfined(() => Promise.resolve(database.inTransaction))).toBe(false);
      expect(database.inTransaction).toBe(true);
      await database.afterCommit(() => expect(confinedTo()).toBeUndefined());
      expect(await seen()).toEqual([own.id]);
    }),
  );
  expect(written).toHaveLength(2);
});

test('A stream reads in the scope of whoever made it, not of what pulls it', async () => {
  async function* rows(): AsyncGenerator<string[]> {
    for (let page = 0; page < 3; page += 1) {
      yield await seen();
    }
  }
  const stream = await as(own, () => Promise.resolve(streamOf(rows())));
  expect(await stream.toArray()).toEqual(Array.from({ length: 3 }, () => [own.id]));
});

test('Where a pooler drops the role from a connection, nothing is read on it', async () => {
  const pooler = await Pooler.before(app.config.databaseUrl, 'ignores options');
  const orm = await MikroORM.init(ormOptions(pooler.url, 2, databaseParts));
  try {
    const through = new Database(orm);
    expect(await through.query('select id from tenant')).toHaveLength(2);
    await expect(as(own, () => through.query('select id from tenant'))).rejects.toThrow('lead the URL directly');
  } finally {
    await orm.close(true);
    await pooler.close();
  }
});

test('Nobody is confined to what is no tenant’s id, nor outside of a scope', () => {
  expect(() => inOwnScope(() => confineTo(`x'; reset role; --`))).toThrow('no tenant');
  expect(() => confineTo(own.id)).toThrow('no scope');
});
