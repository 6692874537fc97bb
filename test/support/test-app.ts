/** A whole Callboard in the test's own process: its own database, a free port, real HTTP. */
import { randomBytes } from 'node:crypto';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import supertest, { type Agent } from 'supertest';
import { withSandbox, type AppConfig } from '../../src/app.config.js';
import { Database, KeyRing } from '../../src/kernel/index.js';
import { startApp } from '../../harness/app.js';
import { freePort } from '../../harness/ports.js';
import { cloneDatabase, testQueueUrl } from './databases.js';
import { Disclosures } from './disclosures.js';

export interface Tenant {
  readonly id: string;
  readonly key: string;
  readonly defaultVenueId: string;
}

export interface TestApp {
  readonly config: AppConfig;
  readonly nest: NestFastifyApplication;
  readonly database: Database;
  readonly url: string;
  /** A request with no key. */
  readonly http: Agent;
  /** A request with the admin key, for a tenant if one is given. */
  admin(tenantId?: string): Agent;
  /** A request with a tenant's key. */
  as(tenant: Tenant): Agent;
  /** A new tenant with a key of all scopes. */
  tenant(input?: object): Promise<Tenant>;
  /** The tenant with another key, of these scopes. */
  keyOf(tenant: Tenant, scopes: readonly string[]): Promise<Tenant>;
  close(): Promise<void>;
}

const ADMIN_KEY = 'cb_admin_for_tests_only';
/** Processes of one deployment have the same. */
const ENCRYPTION_KEYS = KeyRing.generate();

/** A configuration on a free port and, unless one is given, on a clone of the migrated template database. */
export async function testConfig(overrides: Partial<AppConfig> = {}): Promise<AppConfig> {
  const databaseUrl = overrides.databaseUrl ?? (await cloneDatabase());
  const port = await freePort();
  return withSandbox({
    port,
    host: '127.0.0.1',
    role: 'all',
    home: '.callboard',
    logLevel: 'silent',
    mode: 'live',
    databaseUrl,
    databaseDirectUrl: databaseUrl,
    databasePoolSize: 10,
    databaseReplicaLagSeconds: 5,
    inboxDays: 30,
    eventDays: 90,
    linkDays: 365,
    statementGraceDays: 3,
    privateHosts: [],
    trustedProxies: [],
    limits: { requests: 256, batches: 4, connections: 10_000, arrivalSeconds: 30 },
    // Looked at, and never reached but where that is tried.
    rates: { send: 10_000_000, read: 10_000_000, write: 10_000_000, address: 10_000_000 },
    embedded: false,
    adminKey: ADMIN_KEY,
    encryptionKeys: ENCRYPTION_KEYS,
    publicUrl: `http://127.0.0.1:${port}`,
    publicUrlGiven: false,
    sandbox: true,
    sandboxAsked: false,
    defaultProviders: {},
    marketingProviders: {},
    allowedCountries: null,
    retention: { contentDays: 0, recipientDays: 0, receivedDays: 0 },
    platform: {},
    notices: { secrets: [], emails: [] },
    alerts: { limits: {} },
    // Nobody is paused but where that is tried.
    senderHealth: { bounceRate: 1, complaintRate: 1, leastMessages: 1_000, days: 7, resumption: 'by-hand' },
    // Test people have adjacent numbers.
    pumpingGuard: { mode: 'off', least: 30 },
    secretsEverySeconds: 300,
    sessions: { idleMinutes: 30, hours: 12 },
    underNpm: false,
    warnings: [],
    queueUrl: testQueueUrl(),
    ...overrides,
  });
}

/** Opens a test app. Close it in `afterAll`. */
export async function openTestApp(overrides: Partial<AppConfig> = {}): Promise<TestApp> {
  const told = new Disclosures();
  const config = await testConfig({ logLevel: 'trace', logTo: told.log, ...overrides });
  const nest = await startApp(config);
  const url = `http://127.0.0.1:${config.port}`;
  const agent = (): Agent => told.listen(supertest.agent(url));
  const http = agent();
  const admin = (tenantId?: string): Agent =>
    agent().set({ authorization: `Bearer ${ADMIN_KEY}`, ...(tenantId && { 'x-tenant-id': tenantId }) });
  const database = nest.get(Database);
  return {
    config,
    nest,
    url,
    http,
    admin,
    database,
    as: ({ key }) => agent().set('authorization', `Bearer ${key}`),
    tenant: (input = {}) => createTenant(admin(), input),
    keyOf: async (tenant, scopes) => ({ ...tenant, key: await issueKey(admin(), tenant.id, scopes) }),
    close: async () => {
      try {
        await told.search(nest);
      } finally {
        await nest.close();
      }
    },
  };
}

async function createTenant(admin: Agent, input: object): Promise<Tenant> {
  const slug = `t-${randomBytes(6).toString('hex')}`;
  const created = await admin
    .post('/api/tenants')
    .send({ name: 'Riverside Festivals', slug, ...input })
    .expect(201);
  const { id, defaultVenueId } = created.body as Tenant;
  return { id, defaultVenueId, key: await issueKey(admin, id, ['*']) };
}

async function issueKey(admin: Agent, tenantId: string, scopes: readonly string[]): Promise<string> {
  const { body } = await admin.post(`/api/tenants/${tenantId}/api-keys`).send({ name: 'tests', scopes }).expect(201);
  return (body as { key: string }).key;
}
