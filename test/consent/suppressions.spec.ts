/** Addresses that must not be written to. */
import fc from 'fast-check';
import { RecordAddressReports, Suppress, type AddressReport } from '../../src/consent/index.js';
import { SuppressionsSchedule } from '../../src/consent/suppressions/suppressions.schedule.js';
import { suppressedUntil } from '../../src/consent/suppressions/soft-bounces.rules.js';
import { openTestApp, type TestApp, type Tenant } from '../support/test-app.js';
import { logOf, run, stateOf } from './support.js';
import { newMailbox, newNumber } from '../support/people.js';

let app: TestApp;
beforeAll(async () => {
  app = await openTestApp({ role: 'api' });
});
afterAll(() => app.close());

interface Listed {
  readonly items: {
    readonly channel: string;
    readonly address: string;
    readonly reason: string;
    readonly expiresAt: string | null;
  }[];
  readonly nextCursor: string | null;
}

const list = async (tenant: Tenant, query: object | string = {}): Promise<Listed> =>
  (await app.as(tenant).get('/api/suppressions').query(query).expect(200)).body as Listed;

test('The first reason stays', async () => {
  const tenant = await app.tenant();
  const entry = { tenantId: tenant.id, channel: 'email', address: 'gone@example.com' } as const;
  await run(
    app,
    new Suppress([
      { ...entry, reason: 'hard_bounce', evidence: { code: '5.1.1' } },
      { ...entry, reason: 'complaint' },
    ]),
  );
  await run(app, new Suppress([{ ...entry, reason: 'invalid_address' }]));
  expect(await list(tenant)).toEqual({
    items: [
      {
        channel: 'email',
        address: 'gone@example.com',
        reason: 'hard_bounce',
        evidence: { code: '5.1.1' },
        actor: 'provider',
        createdAt: expect.stringMatching(/Z$/) as unknown,
        expiresAt: null,
      },
    ],
    nextCursor: null,
  });
});

test('A list paged by channel and address, each once', async () => {
  const tenant = await app.tenant();
  const emails = Array.from({ length: 25 }, (_, index) => `guest${index}@example.com`);
  const numbers = Array.from({ length: 25 }, newNumber);
  const entries = [
    ...emails.map((address) => ({ channel: 'email', address }) as const),
    ...numbers.map((address) => ({ channel: 'mms', address }) as const),
  ];
  await run(app, new Suppress(entries.map((entry) => ({ ...entry, tenantId: tenant.id, reason: 'invalid_address' }))));
  const seen: string[] = [];
  let cursor: string | null = null;
  do {
    const page: Listed = await list(tenant, { limit: 7, ...(cursor && { cursor }) });
    seen.push(...page.items.map(({ channel, address }) => `${channel} ${address}`));
    cursor = page.nextCursor;
  } while (cursor !== null);
  expect(seen).toHaveLength(50);
  expect(new Set(seen)).toEqual(
    new Set([...emails.map((email) => `email ${email}`), ...numbers.map((number) => `sms ${number}`)]),
  );
});

test('A list of one channel, or of one address however it is spelt', async () => {
  const tenant = await app.tenant();
  const number = newNumber();
  const entry = { tenantId: tenant.id, reason: 'hard_bounce' } as const;
  await run(
    app,
    new Suppress([
      { ...entry, channel: 'sms', address: number },
      { ...entry, channel: 'email', address: 'ana@example.com' },
    ]),
  );
  const found = async (query: object | string): Promise<string[]> =>
    (await list(tenant, query)).items.map(({ address }) => address);
  expect(await found({ channel: 'mms' })).toEqual([number]);
  expect(await found({ address: 'ANA@example.com' })).toEqual(['ana@example.com']);
  expect(await found({ address: number })).toEqual([number]);
  expect(await found(`address=${number}`)).toEqual([number]);
  expect(await found({ channel: 'voice' })).toEqual([]);
});

test('A lifted suppression is gone, for its tenant alone', async () => {
  const [tenant, other] = [await app.tenant(), await app.tenant()];
  const number = newNumber();
  const entry = { channel: 'sms', address: number, reason: 'invalid_address' } as const;
  await run(app, new Suppress([tenant, other].map(({ id }) => ({ ...entry, tenantId: id }))));
  const { body: empty } = await app.as(tenant).delete(`/api/suppressions/sms/${number}`).expect(204);
  expect(empty).toEqual({});
  expect((await list(tenant)).items).toEqual([]);
  expect((await list(other)).items).toHaveLength(1);
  const { body } = await app
    .as(tenant)
    .delete(`/api/suppressions/sms/${encodeURIComponent(number)}`)
    .expect(404);
  expect(body).toMatchObject({ code: 'suppression_not_found' });
});

test('A complaint is also an opt-out from the venue, which outlives the suppression', async () => {
  const tenant = await app.tenant();
  const address = 'cross@example.com';
  const entry = { tenantId: tenant.id, channel: 'email', address } as const;
  await run(app, new Suppress([{ ...entry, reason: 'hard_bounce', venueId: tenant.defaultVenueId }]));
  expect(await stateOf(app, tenant, address, 'email')).toBe('unknown');
  await run(
    app,
    new Suppress([{ ...entry, reason: 'complaint', venueId: tenant.defaultVenueId, evidence: { feedback: 'abuse' } }]),
  );
  await app.as(tenant).delete(`/api/suppressions/email/${address}`).expect(204);
  expect(await stateOf(app, tenant, address, 'email')).toBe('opted_out');
  expect(await logOf(app, tenant, address, 'email')).toMatchObject([
    { source: 'complaint', actor: 'recipient', evidence: { feedback: 'abuse' } },
  ]);
});

test('Suppressing the same thousand addresses from many sides at once', async () => {
  const tenant = await app.tenant();
  const addresses = Array.from({ length: 1_000 }, newNumber);
  const entries = addresses.map(
    (address) => ({ tenantId: tenant.id, channel: 'sms', address, reason: 'invalid_address' }) as const,
  );
  await Promise.all(
    [entries, [...entries].reverse(), entries, [...entries].reverse()].map((batch) => run(app, new Suppress(batch))),
  );
  const [counted] = await app.database.query<{ count: number }>(
    'select count(*)::int from suppression where tenant_id = $1',
    [tenant.id],
  );
  expect(counted?.count).toBe(1_000);
});

const DAY_MS = 86_400_000;
const daysAgo = (days: number): Date => new Date(Date.now() - days * DAY_MS);

const reportOf = (
  tenant: Tenant,
  address: string,
  more: Partial<AddressReport> & Pick<AddressReport, 'kind'>,
): AddressReport => ({
  messageId: crypto.randomUUID(),
  tenantId: tenant.id,
  venueId: tenant.defaultVenueId,
  channel: 'email',
  address,
  sender: 'news@venue.example',
  ...more,
});

const soft = (tenant: Tenant, address: string, days: number, more: Partial<AddressReport> = {}): AddressReport =>
  reportOf(tenant, address, { kind: 'soft_bounce', occurredAt: daysAgo(days), ...more });

test('Soft bounces count once each, in any order, however often and from however many sides they are told', async () => {
  const tenant = await app.tenant();
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.double({ min: 0.01, max: 20, noNaN: true }), { minLength: 1, maxLength: 8 }),
      fc.array(fc.array(fc.nat(7), { maxLength: 4 }), { maxLength: 4 }),
      async (ages, repeated) => {
        const address = newMailbox();
        const reports = ages.map((days) => soft(tenant, address, days));
        const batches = [
          ...reports.map((report) => [report]),
          ...repeated.map((picks) => picks.flatMap((pick) => reports[pick] ?? [])),
        ];
        await Promise.all(batches.map((batch) => run(app, new RecordAddressReports(batch))));
        const until = suppressedUntil(reports.map(({ occurredAt }) => occurredAt?.getTime() ?? 0));
        const expected = until && until.getTime() > Date.now() ? [until.toISOString()] : [];
        expect((await list(tenant, { address })).items.map(({ expiresAt }) => expiresAt)).toEqual(expected);
      },
    ),
    { numRuns: 40 },
  );
});

test('A suppression after soft bounces names the last of them, and a bounce for good takes its place', async () => {
  const tenant = await app.tenant();
  const address = newMailbox();
  const bounces = [3, 2, 1].map((days) =>
    soft(tenant, address, days, { code: 'Transient/MailboxFull', event: `e-${days}` }),
  );
  await run(app, new RecordAddressReports(bounces));
  const last = bounces.at(-1);
  expect((await list(tenant)).items).toEqual([
    {
      channel: 'email',
      address,
      reason: 'soft_bounce',
      evidence: {
        messageId: last?.messageId,
        code: 'Transient/MailboxFull',
        event: 'e-1',
        occurredAt: last?.occurredAt?.toISOString(),
        bounces: 3,
      },
      actor: 'provider',
      createdAt: expect.stringMatching(/Z$/) as unknown,
      expiresAt: new Date((last?.occurredAt?.getTime() ?? 0) + 14 * DAY_MS).toISOString(),
    },
  ]);
  await run(app, new RecordAddressReports([reportOf(tenant, address, { kind: 'hard_bounce' })]));
  await run(app, new RecordAddressReports([soft(tenant, address, 0)]));
  expect((await list(tenant)).items).toMatchObject([{ reason: 'hard_bounce', expiresAt: null }]);
});

test('After a suppression is lifted, what led to it counts no more, though it is told again', async () => {
  const tenant = await app.tenant();
  const [address, gone] = [newMailbox(), newMailbox()];
  const reports = [
    ...[3, 2, 1].map((days) => soft(tenant, address, days)),
    reportOf(tenant, gone, { kind: 'hard_bounce' }),
  ];
  await run(app, new RecordAddressReports(reports));
  for (const lifted of [address, gone]) await app.as(tenant).delete(`/api/suppressions/email/${lifted}`).expect(204);
  await run(app, new RecordAddressReports([...reports, soft(tenant, address, 0)]));
  expect((await list(tenant)).items).toEqual([]);
  await run(app, new RecordAddressReports([reportOf(tenant, gone, { kind: 'hard_bounce' })]));
  expect((await list(tenant)).items).toMatchObject([{ address: gone }]);
});

test('A suppression that has ended is on no list, and a later one takes its place', async () => {
  const tenant = await app.tenant();
  const address = newMailbox();
  await run(app, new RecordAddressReports([3, 2, 1].map((days) => soft(tenant, address, days))));
  await app.database.query(`update suppression set expires_at = now() where tenant_id = $1`, [tenant.id]);
  expect((await list(tenant)).items).toEqual([]);
  await app.as(tenant).delete(`/api/suppressions/email/${address}`).expect(404);
  const body = { channel: 'email', address, reason: 'manual' };
  expect((await app.as(tenant).post('/api/suppressions').send(body).expect(200)).body).toMatchObject({
    reason: 'manual',
  });
  await app.database.query(
    `insert into suppression (tenant_id, channel, address, reason, expires_at) values ($1, 'email', $2, 'soft_bounce', now())`,
    [tenant.id, newMailbox()],
  );
  await app.nest.get(SuppressionsSchedule).purge();
  const kept = await app.database.query('select reason from suppression where tenant_id = $1', [tenant.id]);
  expect(kept).toEqual([{ reason: 'manual' }]);
});

interface Answer {
  readonly body: Record<string, unknown>;
}

const sendList = (tenant: Tenant, csv: string, query = '', path = ''): Promise<Answer> =>
  app.as(tenant).post(`/api/suppressions/import/csv${path}${query}`).set('content-type', 'text/csv').send(csv);
const reasonsOf = async (tenant: Tenant): Promise<object> =>
  Object.fromEntries((await list(tenant)).items.map(({ address, reason }) => [address, reason]));

test('The lists of other providers are taken as they are exported', async () => {
  const tenant = await app.tenant({ country: 'DE' });
  const [gone, busy] = [newNumber(), newNumber()];
  const ses =
    'Email address,Suppression reason,Last update\nana@lists.example,BOUNCE,2026-10-01\nbo@lists.example,COMPLAINT,\n';
  expect((await sendList(tenant, ses)).body).toMatchObject({ lines: 3, imported: 2, unchanged: 0, rejected: 0 });
  const sendgrid = 'email,reason,created\ncy@lists.example,"550 5.1.1 No such user, sorry",1796000000\n';
  expect((await sendList(tenant, sendgrid)).body).toMatchObject({ imported: 1, rejected: 0 });
  const numbers = `phone;evidence.ticket\n${gone};S-1\n${busy};\n`;
  expect((await sendList(tenant, numbers, '?reason=invalid_address&channel=whatsapp')).body).toMatchObject({
    imported: 2,
  });
  expect(await reasonsOf(tenant)).toEqual({
    'ana@lists.example': 'hard_bounce',
    'bo@lists.example': 'complaint',
    'cy@lists.example': 'hard_bounce',
    [gone]: 'invalid_address',
    [busy]: 'invalid_address',
  });
  expect((await list(tenant, { address: gone, channel: 'whatsapp' })).items).toMatchObject([
    { channel: 'whatsapp', evidence: { ticket: 'S-1' }, actor: expect.stringMatching(/^key:/) as string },
  ]);
  expect((await sendList(tenant, ses)).body).toMatchObject({ imported: 0, unchanged: 2 });
});

test('A wrong row of a list is told by line, and no other is lost', async () => {
  const tenant = await app.tenant();
  const csv = [
    'address,channel,reason,expires_at',
    'ana@lists.example,,unsubscribed,',
    'bo@lists.example,fax,manual,',
    'cy@lists.example,,,',
    '12,,manual,',
    'di@lists.example,,soft_bounce,05/01/2027',
    'ed@lists.example,sms,manual,',
    'fe@lists.example,,manual,',
  ].join('\n');
  const { body } = await sendList(tenant, csv);
  expect(body).toMatchObject({ lines: 8, imported: 1, rejected: 6 });
  expect(body['errors']).toMatchObject([
    { line: 2, code: 'unclear_reason', field: 'reason' },
    { line: 3, code: 'unclear_channel', field: 'channel' },
    { line: 4, code: 'no_reason', field: 'reason' },
    { line: 5, code: 'invalid_address', field: 'address' },
    { line: 6, code: 'ambiguous_time', field: 'expiresAt' },
    { line: 7, code: 'no_address', field: null },
  ]);
  expect(JSON.stringify(body)).not.toContain('lists.example');
  expect(await reasonsOf(tenant)).toEqual({ 'fe@lists.example': 'manual' });
  const nameless = await sendList(tenant, 'address\nana@lists.example\n');
  expect(nameless.body).toMatchObject({ status: 422, code: 'import_unreadable' });
});

test('A dry run says what a list would suppress, and writes nothing', async () => {
  const tenant = await app.tenant();
  const csv = 'email,reason,until\nana@lists.example,soft bounce,2027-01-31T10:00:00Z\nbo@lists.example,bored,\n';
  const { body } = await sendList(tenant, csv, '', '/dry-run');
  expect(body).toMatchObject({
    lines: 3,
    addresses: 1,
    rejected: 1,
    errors: [{ line: 3, code: 'unclear_reason' }],
    suppressions: [
      {
        line: 2,
        channel: 'email',
        address: 'ana@lists.example',
        reason: 'soft_bounce',
        expiresAt: '2027-01-31T10:00:00.000Z',
      },
    ],
  });
  expect((await list(tenant)).items).toEqual([]);
});

test('What is exported is imported by another tenant as it is', async () => {
  const [tenant, other] = [await app.tenant(), await app.tenant()];
  const until = new Date(Date.now() + DAY_MS).toISOString();
  const rows = Array.from({ length: 4_100 }, (_, n) =>
    n % 2 === 0
      ? `guest-${n}@lists.example,email,${['hard_bounce', 'complaint', 'manual'][n % 3]},`
      : `+4917139${String(n).padStart(6, '0')},sms,${n % 3 === 0 ? `soft_bounce,${until}` : 'invalid_address,'}`,
  );
  const exported = async (of: Tenant, query = ''): Promise<string[]> => {
    const { text, headers } = await app.as(of).get(`/api/suppressions/export${query}`).expect(200);
    expect(headers['content-type']).toBe('text/csv; charset=utf-8');
    return text.trimEnd().split('\n');
  };
  const header = 'address,channel,reason,expires_at';
  expect((await sendList(tenant, [header, ...rows].join('\n'))).body).toMatchObject({ imported: 4_100, rejected: 0 });
  const lines = await exported(tenant);
  expect(lines[0]).toBe(`${header},actor,created_at`);
  const said = (of: readonly string[]): string[] => of.map((line) => line.split(',').slice(0, 4).join(','));
  expect(said(lines).toSorted()).toEqual([header, ...rows].toSorted());
  expect((await exported(tenant, '?channel=mms')).length).toBe(2_051);
  expect((await sendList(other, lines.join('\n'))).body).toMatchObject({ imported: 4_100, rejected: 0 });
  expect(said(await exported(other))).toEqual(said(lines));
  expect((await exported(await app.tenant())).length).toBe(1);
  const reader = await app.keyOf(tenant, ['consent:read']);
  await app.as(reader).get('/api/suppressions/export').expect(200);
  await app.as(reader).post('/api/suppressions/import/csv').set('content-type', 'text/csv').send('phone\n').expect(403);
});

test.each([
  ['get', '/api/suppressions?channel=fax', 'invalid_request'],
  ['get', '/api/suppressions?address=ana', 'invalid_address'],
  ['get', '/api/suppressions?cursor=x', 'invalid_cursor'],
  ['get', `/api/suppressions?cursor=${Buffer.from('["sms","\\u0000"]').toString('base64url')}`, 'invalid_cursor'],
  ['get', '/api/suppressions?limit=501', 'invalid_request'],
  ['delete', '/api/suppressions/fax/ana@example.com', 'invalid_request'],
  ['delete', '/api/suppressions/sms/ana@example.com', 'invalid_address'],
] as const)('%s %s is refused as %s', async (method, url, code) => {
  const tenant = await app.tenant();
  const { body } = await app.as(tenant)[method](url).expect(400);
  expect(body).toMatchObject({ code });
});
