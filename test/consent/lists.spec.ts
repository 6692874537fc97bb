/** Decisions by the list: imported from CSV, tried first, listed and exported. */
import { openTestApp, type TestApp, type Tenant } from '../support/test-app.js';
import { newNumber } from '../support/people.js';
import { logOf, stateOf } from './support.js';

interface Answer {
  readonly status: number;
  readonly body: Record<string, unknown> & { readonly errors: object[] };
}

let app: TestApp;
let tenant: Tenant;
beforeAll(async () => {
  app = await openTestApp({ role: 'api' });
  tenant = await app.tenant({ country: 'DE', timezone: 'Europe/Berlin' });
});
afterAll(() => app.close());

const send = (body: string | Buffer, query = '', path = 'import', type = 'text/csv'): Promise<Answer> =>
  app
    .as(tenant)
    .post(`/api/consent/${tenant.defaultVenueId}/${path}${query}`)
    .set('content-type', type)
    .serialize((text: unknown) => text as string)
    .send(body);

const DEFAULTS = '?source=letters&occurredAt=2026-01-31T10:00:00Z';

test('A list of rows with their own channel, status, source, time and evidence is recorded as it says', async () => {
  const [ana, bo] = [newNumber(), newNumber()];
  const list = [
    'address,channel,status,source,occurred_at,evidence.orderId,name',
    `${ana},whatsapp,opted_in,checkout,2026-02-01T12:00:00+01:00,A-1,Ana`,
    `${bo},,opted_out,letter,2026-02-02,,Bo`,
    'cy@lists.example,email,yes,web,2026-02-03 18:30,,Cy',
  ].join('\n');
  const { status, body } = await send(list);
  expect({ status, body }).toEqual({
    status: 200,
    body: {
      lines: 4,
      imported: 3,
      unchanged: 0,
      rejected: 0,
      errors: [],
      columns: [
        ['address', 'address', null],
        ['channel', 'channel', null],
        ['status', 'status', null],
        ['source', 'source', null],
        ['occurred_at', 'occurredAt', null],
        ['evidence.orderId', 'attribute', 'orderId'],
        ['name', 'ignored', null],
      ].map(([name, readAs, variable], index) => ({ column: index + 1, name, readAs, variable })),
    },
  });
  expect(await logOf(app, tenant, ana, 'whatsapp')).toMatchObject([
    { status: 'opted_in', source: 'checkout', evidence: { orderId: 'A-1' }, at: '2026-02-01 11:00:00.000000' },
  ]);
  // A time without an offset is of the tenant's time zone.
  expect(await logOf(app, tenant, bo)).toMatchObject([
    { status: 'opted_out', source: 'letter', evidence: null, at: '2026-02-01 23:00:00.000000' },
  ]);
  expect(await logOf(app, tenant, 'cy@lists.example', 'email')).toMatchObject([
    { status: 'opted_in', source: 'web', at: '2026-02-03 17:30:00.000000' },
  ]);
});

test('An export of a newsletter service is recorded as it is', async () => {
  const number = newNumber();
  const list = [
    'sep=;',
    'E-Mail-Adresse;Handy;Einwilligung;Datum',
    `Di@Lists.example;="${number}";ja;03.02.2026 09:15`,
    'ed@lists.example;;nein;',
    'fe@lists.example;;;03.02.2026',
  ].join('\r\n');
  const { body } = await send(Buffer.from(`\ufeff${list}`, 'utf16le'), '?source=newsletter');
  expect(body).toMatchObject({ lines: 5, imported: 3, unchanged: 0, rejected: 1 });
  expect(body.errors).toMatchObject([{ line: 5, code: 'no_consent', field: 'status' }]);
  const states = ['di@lists.example', 'ed@lists.example', 'fe@lists.example'].map((email) =>
    stateOf(app, tenant, email, 'email'),
  );
  expect(await Promise.all(states)).toEqual(['opted_in', 'opted_out', 'unknown']);
  expect(await logOf(app, tenant, number)).toMatchObject([{ at: '2026-02-03 08:15:00.000000' }]);
});

test.each([
  ['says neither yes nor no', 'perhaps', '', 'unclear_consent', 'status'],
  ['says yes and not since when', 'yes', '', 'no_consent_time', 'occurredAt'],
  ['has a time that is none', 'yes', 'soon', 'unclear_time', 'occurredAt'],
  ['has a day that is none', 'yes', '2026-02-30', 'unclear_time', 'occurredAt'],
  ['has a date that can be read two ways', 'yes', '05/01/2026', 'ambiguous_time', 'occurredAt'],
  ['is of tomorrow', 'no', new Date(Date.now() + 86_400_000).toISOString(), 'time_in_future', 'occurredAt'],
])('A row that %s is told by line, and no other is lost', async (_, word, time, code, field) => {
  const [wrong, right] = [newNumber(), newNumber()];
  const list = `phone,status,date\n${wrong},${word},${time}\n${right},no,2026-01-31\n`;
  const { body } = await send(list, '?source=letters');
  expect(body).toMatchObject({ imported: 1, rejected: 1, errors: [{ line: 2, code, field }] });
  expect([await stateOf(app, tenant, wrong), await stateOf(app, tenant, right)]).toEqual(['unknown', 'opted_out']);
});

test('A list may leave all but the addresses to the request', async () => {
  const [ana, bo] = [newNumber(), newNumber()];
  const { body } = await send(
    `Contact\n${ana}\n12\n${bo}\n`,
    `${DEFAULTS}&status=opted_out&channel=voice&phone=Contact`,
  );
  expect(body).toMatchObject({ imported: 2, errors: [{ line: 3, code: 'invalid_address', field: 'phone' }] });
  expect([await stateOf(app, tenant, ana, 'voice'), await stateOf(app, tenant, ana)]).toEqual(['opted_out', 'unknown']);
});

test.each([
  ['no status', 'phone,name\n', DEFAULTS, /No column is named status/],
  ['no source', 'phone,status\n', '', /No column is named source/],
  ['no address', 'name,status\n', DEFAULTS, /one of them email, phone, address, to/],
])('A list with %s is refused before anything is written', async (_, list, query, sentence) => {
  const { status, body } = await send(list, query);
  expect({ status, code: body['code'], detail: body['detail'] }).toEqual({
    status: 422,
    code: 'import_unreadable',
    detail: expect.stringMatching(sentence),
  });
});

test('A list that is sent again records nothing twice, and overturns no newer decision', async () => {
  const [ana, bo] = [newNumber(), newNumber()];
  const list = `phone,status,date\n${ana},yes,31/1/2026\n${bo},yes,31/1/2026\n`;
  expect((await send(list, '?source=box')).body).toMatchObject({ imported: 2, unchanged: 0 });
  await app
    .as(tenant)
    .put(`/api/consent/${tenant.defaultVenueId}/${ana}`)
    .send({ status: 'opted_out', source: 'account', occurredAt: '2026-02-15T00:00:00Z' })
    .expect(200);
  expect((await send(list, '?source=box')).body).toMatchObject({ imported: 0, unchanged: 2 });
  expect([await stateOf(app, tenant, ana), await stateOf(app, tenant, bo)]).toEqual(['opted_out', 'opted_in']);
  expect([(await logOf(app, tenant, ana)).length, (await logOf(app, tenant, bo)).length]).toEqual([2, 1]);
});

test('A dry run says what would be recorded and refused, and writes nothing', async () => {
  const [ana, bo] = [newNumber(), newNumber()];
  const list = `phone,status,date\n${ana},yes,1/2/2026\n${bo},no,\n12,no,\n`;
  const { body } = await send(list, '?source=box&dateOrder=day-first', 'import/dry-run');
  expect(body).toMatchObject({
    lines: 4,
    optedIn: 1,
    optedOut: 1,
    rejected: 1,
    errors: [{ line: 4, code: 'invalid_address', field: 'phone' }],
    decisions: [
      {
        line: 2,
        channel: 'sms',
        address: ana,
        status: 'opted_in',
        source: 'box',
        occurredAt: '2026-01-31T23:00:00.000Z',
      },
      { line: 3, channel: 'sms', address: bo, status: 'opted_out', source: 'box', occurredAt: null },
    ],
  });
  expect([await stateOf(app, tenant, ana), await stateOf(app, tenant, bo)]).toEqual(['unknown', 'unknown']);
});

test('What is exported is imported at another venue as it is, and listed in pages', async () => {
  const other = await app.tenant({ country: 'DE' });
  const rows = Array.from({ length: 4_500 }, (_, n) =>
    n % 3 === 0
      ? `guest-${n}@lists.example,email,opted_out,${n % 2 ? 'marketing' : ''},"=letter, ""by post""",2026-03-01T00:00:00Z`
      : `+4917139${String(n).padStart(6, '0')},${n % 3 === 1 ? 'sms' : 'whatsapp'},opted_in,,box,2026-03-0${(n % 9) + 1}T00:00:00Z`,
  );
  const post = (of: Tenant, list: string): Promise<Answer> =>
    app
      .as(of)
      .post(`/api/consent/${of.defaultVenueId}/import`)
      .set('content-type', 'text/csv')
      .serialize((text: unknown) => text as string)
      .send(list);
  const exported = async (of: Tenant, query = ''): Promise<string[]> => {
    const { text, headers } = await app.as(of).get(`/api/consent/${of.defaultVenueId}/export${query}`).expect(200);
    expect(headers['content-type']).toBe('text/csv; charset=utf-8');
    return text.trimEnd().split('\n');
  };
  expect(
    (await post(other, `address,channel,status,category,source,occurred_at\n${rows.join('\n')}`)).body,
  ).toMatchObject({
    imported: 4_500,
    rejected: 0,
  });
  const [header, ...lines] = await exported(other);
  expect(header).toBe('address,channel,status,category,source,occurred_at,updated_at');
  expect(lines.filter((line) => line.includes(',opted_out,marketing,'))).toHaveLength(750);
  expect(lines).toHaveLength(4_500);
  expect((await exported(other, '?channel=sms')).slice(1)).toHaveLength(1_500);
  expect((await exported(other, '?status=opted_out')).slice(1)).toHaveLength(1_500);

  const third = await app.tenant({ country: 'FR' });
  expect((await post(third, [header, ...lines].join('\n'))).body).toMatchObject({ imported: 4_500, rejected: 0 });
  const withoutUpdate = (list: readonly string[]): string[] => list.map((line) => line.replace(/,[^,]*$/, ''));
  expect(withoutUpdate(await exported(third))).toEqual(withoutUpdate([header ?? '', ...lines]));

  const { body: page } = await app
    .as(third)
    .get(`/api/consent/${third.defaultVenueId}?limit=100&channel=email`)
    .expect(200);
  const { items, nextCursor } = page as { items: { address: string; source: string }[]; nextCursor: string };
  expect(items).toHaveLength(100);
  expect(items[0]).toMatchObject({ channel: 'email', status: 'opted_out', source: expect.stringContaining('letter') });
  const next = await app
    .as(third)
    .get(`/api/consent/${third.defaultVenueId}?limit=100&channel=email&cursor=${nextCursor}`)
    .expect(200);
  expect((next.body as { items: { address: string }[] }).items[0]?.address).not.toBe(items[0]?.address);
});

test('A key that may not write consent imports none, and nobody reads another tenant’s', async () => {
  const reader = await app.keyOf(tenant, ['consent:read']);
  const path = `/api/consent/${tenant.defaultVenueId}`;
  await app.as(reader).post(`${path}/import`).set('content-type', 'text/csv').send('phone\n').expect(403);
  await app.as(reader).get(`${path}/export`).expect(200);
  const stranger = await app.tenant();
  await app.as(stranger).get(`${path}/export`).expect(404);
  await app.as(stranger).get(path).expect(404);
});
