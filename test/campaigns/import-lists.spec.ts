/** Lists as venues have them: columns by any name, consent beside them, tried first, and the ugliest file. */
import { memoryUsage } from 'node:process';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { openTestApp, type TestApp, type Tenant } from '../support/test-app.js';
import { consentOf } from '../support/consent.js';
import { newNumber } from '../support/people.js';
import { counts, CSV, newAudience, NDJSON, type Audience } from './support.js';

let app: TestApp;
let tenant: Tenant;
let audience: Audience;

beforeAll(async () => {
  app = await openTestApp({ role: 'api' });
  tenant = await app.tenant({ country: 'DE', timezone: 'Europe/Berlin' });
});
beforeEach(async () => {
  audience = await newAudience(app, tenant);
});
afterAll(() => app.close());

const consentIn = async (address: string, channel: string): Promise<string> =>
  (await consentOf(app, tenant, tenant.defaultVenueId, address, channel)).status;

test('The columns are answered as they were understood, also when asked later', async () => {
  const list = 'E-Mail;Vorname;Handy;Straße\nana@lists.example;Ana;0171 3930001;Hauptstr. 1\n';
  const { body } = await audience.import(CSV, list);
  const columns = [
    { column: 1, name: 'E-Mail', readAs: 'email', variable: null },
    { column: 2, name: 'Vorname', readAs: 'attribute', variable: 'Vorname' },
    { column: 3, name: 'Handy', readAs: 'phone', variable: null },
    { column: 4, name: 'Straße', readAs: 'attribute', variable: 'Straße' },
  ];
  expect(body).toMatchObject({ ...counts({ inserted: 2 }), columns, consents: null });
  expect(await audience.imports()).toMatchObject([{ columns }]);
  expect((await audience.contacts()).map(({ address }) => address)).toEqual(['ana@lists.example', '+491713930001']);
});

test('A postal address never becomes a recipient beside an email address or a number', async () => {
  const list = 'email,address\nana@lists.example,10115\nbo@lists.example,0171 3930002\n';
  expect((await audience.import(CSV, list)).body).toMatchObject(counts({ inserted: 2 }));
  expect(await audience.contacts()).toMatchObject([
    { address: 'ana@lists.example', attributes: { address: '10115' } },
    { address: 'bo@lists.example', attributes: { address: '0171 3930002' } },
  ]);
});

test('The caller says which columns hold the addresses', async () => {
  const list = 'Kontakt,Buchung,email\nana@lists.example,0171 3930003,office@lists.example\n';
  const { body } = await audience.import(CSV, list, {}, '?email=Kontakt&phone=Buchung');
  expect(body).toMatchObject(counts({ inserted: 2 }));
  expect(await audience.contacts()).toMatchObject([
    { address: 'ana@lists.example', attributes: { email: 'office@lists.example' } },
    { address: '+491713930003' },
  ]);
  const { status, body: problem } = await audience.import(CSV, list, {}, '?email=Mail');
  expect({ status, problem }).toMatchObject({
    status: 422,
    problem: { code: 'import_unreadable', detail: expect.stringContaining('“Mail”') },
  });
});

test('The same Idempotency-Key with another reading of the list is another import', async () => {
  const list = 'Kontakt,email\nana@lists.example,bo@lists.example\n';
  const key = { 'idempotency-key': 'reading' };
  expect((await audience.import(CSV, list, key, '?email=Kontakt')).status).toBe(200);
  expect((await audience.import(CSV, list, key, '?email=Kontakt')).headers['idempotency-replayed']).toBe('true');
  expect(await audience.import(CSV, list, key)).toMatchObject({
    status: 409,
    body: { code: 'idempotency_key_reused' },
  });
});

describe('Consent columns', () => {
  const numbers = Array.from({ length: 4 }, () => newNumber());
  const list = [
    'email,phone,name,email_consent,sms_consent,whatsapp_consent,sms_consent_at',
    `ana@consent.example,${numbers[0]},Ana,yes,yes,no,01.03.2026 12:00`,
    `bo@consent.example,,Bo,no,yes,,`,
    `,${numbers[1]},Cy,yes,perhaps,,`,
    `,${numbers[2]},Di,,ja,,2026-03-02`,
    `,12,Ed,,ja,,2026-03-02`,
  ].join('\n');

  test('are attributes unless the caller says that they are consent', async () => {
    expect((await audience.import(CSV, list)).body).toMatchObject({
      ...counts({ inserted: 5, rejected: 1 }),
      consents: null,
    });
    expect((await audience.contacts('?address=bo@consent.example'))[0]?.attributes).toMatchObject({
      email_consent: 'no',
    });
    expect(await consentIn('bo@consent.example', 'email')).toBe('unknown');
  });

  test('become consent in the same import, with its line as evidence', async () => {
    const query = `?consentVenueId=${tenant.defaultVenueId}&consentSource=box%20office&consentAt=2026-02-01T00:00:00Z`;
    const { body } = await audience.import(CSV, list, {}, query);
    expect(body).toMatchObject({
      ...counts({ inserted: 5, rejected: 2 }),
      consents: { recorded: 5, unchanged: 0 },
    });
    expect(await audience.errors(body.id)).toEqual([
      { line: 4, code: 'unclear_consent', field: 'sms_consent' },
      { line: 6, code: 'invalid_address', field: 'phone' },
    ]);
    expect((await audience.contacts('?address=bo@consent.example'))[0]?.attributes).toEqual({ name: 'Bo' });
    expect(await consentIn('ana@consent.example', 'email')).toBe('opted_in');
    expect(await consentIn('bo@consent.example', 'email')).toBe('opted_out');
    expect(await consentIn(numbers[0] ?? '', 'sms')).toBe('opted_in');
    expect(await consentIn(numbers[0] ?? '', 'whatsapp')).toBe('opted_out');
    expect(await consentIn(numbers[1] ?? '', 'sms')).toBe('unknown');
    expect(await consentIn(numbers[2] ?? '', 'sms')).toBe('opted_in');
    const log = await app.database.query(
      `select source, evidence, occurred_at = '2026-03-01T11:00:00Z' as at_noon from consent_event where address = $1 and channel = 'sms'`,
      [numbers[0]],
    );
    expect(log).toEqual([{ source: 'box office', evidence: { importId: body.id, line: 2 }, at_noon: true }]);

    const again = await audience.import(CSV, list, {}, query);
    expect(again.body).toMatchObject({
      ...counts({ unchanged: 5, rejected: 2 }),
      consents: { recorded: 0, unchanged: 5 },
    });
  });

  test('of opt-ins need a time', async () => {
    const query = `?consentVenueId=${tenant.defaultVenueId}`;
    const number = newNumber();
    const { body } = await audience.import(CSV, `phone,sms_consent\n${number},yes\n`, {}, query);
    expect(body).toMatchObject({ ...counts({ inserted: 1, rejected: 1 }), consents: { recorded: 0 } });
    expect(await audience.errors(body.id)).toEqual([{ line: 2, code: 'no_consent_time', field: 'sms_consent' }]);
  });

  test('of JSON count as well', async () => {
    const number = newNumber();
    const query = `?consentVenueId=${tenant.defaultVenueId}&consentAt=2026-02-01T00:00:00Z`;
    const { body } = await audience.import(
      NDJSON,
      `{"phone":"${number}","sms_consent":"yes","name":"Ana"}\n`,
      {},
      query,
    );
    expect(body).toMatchObject({ ...counts({ inserted: 1 }), columns: null, consents: { recorded: 1 } });
    expect(await consentIn(number, 'sms')).toBe('opted_in');
  });

  test('need a key that may write consent, and a venue of the tenant’s', async () => {
    const clerk = audience.of(await app.keyOf(tenant, ['audiences:write']));
    const query = `?consentVenueId=${tenant.defaultVenueId}`;
    expect(await clerk.import(CSV, list, {}, query)).toMatchObject({ status: 403, body: { code: 'missing_scope' } });
    expect((await clerk.import(CSV, list)).status).toBe(200);
    const stranger = await app.tenant();
    expect(await audience.import(CSV, list, {}, `?consentVenueId=${stranger.defaultVenueId}`)).toMatchObject({
      status: 404,
      body: { code: 'venue_not_found' },
    });
  });
});

test('A dry run shows the columns, the first rows and what would be refused, and writes nothing', async () => {
  const number = newNumber();
  const list = [
    'E-Mail,Handy,First Name,sms_consent',
    `ana@dry.example,${number},Ana,yes`,
    'nobody,,Bo,',
    ...Array.from({ length: 20 }, (_, n) => `guest-${n}@dry.example,,Guest,`),
  ].join('\n');
  const query = `/dry-run?consentVenueId=${tenant.defaultVenueId}&consentAt=2026-02-01T00:00:00Z`;
  const { status, body } = await audience.import(CSV, list, {}, query);
  expect({ status, body }).toMatchObject({
    status: 200,
    body: {
      format: 'csv',
      lines: 23,
      emails: 21,
      phones: 1,
      optedIn: 1,
      optedOut: 0,
      rejected: 1,
      columns: [
        { name: 'E-Mail', readAs: 'email' },
        { name: 'Handy', readAs: 'phone' },
        { name: 'First Name', readAs: 'attribute', variable: '["First Name"]' },
        { name: 'sms_consent', readAs: 'sms_consent' },
      ],
      errors: [{ line: 3, code: 'invalid_address', field: 'email' }],
    },
  });
  const { rows } = body as unknown as { rows: object[] };
  expect(rows).toHaveLength(10);
  expect(rows[0]).toEqual({
    line: 2,
    contacts: [
      { kind: 'email', address: 'ana@dry.example' },
      { kind: 'phone', address: number },
    ],
    attributes: { 'First Name': 'Ana' },
    consents: [{ channel: 'sms', status: 'opted_in', occurredAt: '2026-02-01T00:00:00.000Z' }],
  });
  expect(await audience.imports()).toEqual([]);
  expect(await audience.counted()).toEqual({ email: 0, phone: 0 });
  expect(await consentIn(number, 'sms')).toBe('unknown');
});

test('100,000 rows of the ugliest file arrive whole, in bounded memory', async () => {
  const PEOPLE = 100_000;
  const row = (n: number): string =>
    [
      `Gast${n}@Ugly.example `,
      `="0171 4${String(n).padStart(6, '0')}"`,
      `"Straße ""${n}""\n10115 Berlin"`,
      n % 2 ? 'ja' : 'nein',
      '01.02.2026 10:00',
      '\u200b',
    ].join('\t');
  const header = 'sep=\t\n"E-Mail\n(privat)"\tHandy\tAnschrift\tsms_consent\tsms_consent_at\t\n';
  const query = `?email=E-Mail%20(privat)&consentVenueId=${tenant.defaultVenueId}`;
  const upload = audience.upload(CSV, {}, query);
  const encode = (text: string): Buffer => Buffer.from(text.replaceAll('\n', '\r\n'), 'utf16le');
  await upload.write(encode(`\ufeff${header}`)).drained();
  setFlagsFromString('--expose_gc');
  const collect = runInNewContext('gc') as () => void;
  const kept = (): number => {
    collect();
    return memoryUsage().heapUsed;
  };
  const before = kept();
  let most = 0;
  for (let n = 0; n < PEOPLE; n += 1_000) {
    const part = Array.from({ length: 1_000 }, (_, index) => `${row(n + index)}\n`).join('');
    await upload.write(encode(part)).drained();
    if (n % 10_000 === 0) most = Math.max(most, kept() - before);
  }
  const answer = await upload.end().answer;
  expect(answer).toMatchObject({
    status: 200,
    body: { ...counts({ inserted: 2 * PEOPLE }), lines: 2 + 2 * PEOPLE, consents: { recorded: PEOPLE, unchanged: 0 } },
  });
  expect(await audience.counts()).toEqual({ email: PEOPLE, phone: PEOPLE });
  expect((await audience.contacts('?address=gast77777@ugly.example'))[0]?.attributes).toEqual({
    Anschrift: 'Straße "77777"\n10115 Berlin',
  });
  expect([await consentIn('+491714077777', 'sms'), await consentIn('+491714077778', 'sms')]).toEqual([
    'opted_in',
    'opted_out',
  ]);
  // A few batches of 2,000 rows, where all rows at once would take more than 100 MB.
  expect(most).toBeLessThan(50_000_000);
});
