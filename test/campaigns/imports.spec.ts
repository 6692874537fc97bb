/** Importing contacts, over HTTP. */
import { openTestApp, type TestApp, type Tenant } from '../support/test-app.js';
import { counts, CSV, JSON_TYPE, NDJSON, newAudience, type Audience } from './support.js';

let app: TestApp;
let tenant: Tenant;
let audience: Audience;

beforeAll(async () => {
  app = await openTestApp({ role: 'api' });
  tenant = await app.tenant({ country: 'DE' });
});
beforeEach(async () => {
  audience = await newAudience(app, tenant);
});
afterAll(() => app.close());

const PEOPLE = [
  {
    kind: 'email',
    address: 'ana@example.com',
    attributes: { name: 'Ana', event: { name: 'Summer Night', seats: '2' } },
  },
  { kind: 'email', address: 'bo@example.com', attributes: { name: 'Bo' } },
  { kind: 'phone', address: '+491713920001', attributes: { name: 'Ana', event: { name: 'Summer Night', seats: '2' } } },
];

test.each([
  [
    'CSV',
    CSV,
    'email,phone,name,event.name,event.seats\nAna@Example.com,0171 3920001,Ana,Summer Night,2\nbo@example.com,,Bo,,\n',
  ],
  [
    'NDJSON',
    NDJSON,
    '{"email":"Ana@Example.com","phone":"0171 3920001","attributes":{"name":"Ana","event":{"name":"Summer Night","seats":"2"}}}\n{"to":"bo@example.com","name":"Bo"}\n',
  ],
  [
    'JSON',
    JSON_TYPE,
    '{"contacts":[{"email":"Ana@Example.com","phone":"0171 3920001","attributes":{"name":"Ana","event":{"name":"Summer Night","seats":"2"}}},{"address":"bo@example.com","name":"Bo"}]}',
  ],
])('%s becomes contacts', async (_, type, body) => {
  const answer = await audience.import(type, body);
  expect(answer).toMatchObject({ status: 200, body: { ...counts({ inserted: 3 }), status: 'finished' } });
  expect(await audience.contacts()).toEqual(PEOPLE);
  expect(await audience.counts()).toEqual({ email: 2, phone: 1 });
});

describe('A row that is wrong', () => {
  test('stops no other, and is reported by its line', async () => {
    const body = [
      'email,phone,name',
      'ana@example.com,0171 3920001,Ana',
      'not an address,0171 3920002,Bo',
      ',,Cy',
      'di@example.com,Di',
      'ed@example.com,12,"Ed',
      'fe@example.com,12,Fe',
    ].join('\n');
    const { body: result } = await audience.import(CSV, body);
    expect(result).toMatchObject({ ...counts({ inserted: 4, rejected: 5 }), status: 'finished', lines: 7 });
    expect(await audience.errors(result.id)).toEqual([
      { line: 3, code: 'invalid_address', field: 'email' },
      { line: 4, code: 'no_address', field: null },
      { line: 5, code: 'column_count', field: null },
      { line: 6, code: 'unclosed_quote', field: null },
      { line: 7, code: 'invalid_address', field: 'phone' },
    ]);
    expect((await audience.contacts()).map(({ address }) => address)).toEqual([
      'ana@example.com',
      'fe@example.com',
      '+491713920001',
      '+491713920002',
    ]);
  });

  test('has the plus back that a spreadsheet took, unless the number could be another person’s', async () => {
    const body = [
      'phone',
      '491713920001',
      '491713920002.0',
      "'+491713920003",
      '1713920004',
      '15712345678',
      '4.91714E+11',
      '"4,91714E+11"',
    ].join('\n');
    const { body: result } = await audience.import(CSV, body);
    expect((await audience.contacts()).map(({ address }) => address)).toEqual([
      '+491713920001',
      '+491713920002',
      '+491713920003',
      '+491713920004',
    ]);
    expect(await audience.errors(result.id)).toEqual([
      { line: 6, code: 'ambiguous_address', field: 'phone' },
      { line: 7, code: 'rounded_number', field: 'phone' },
      { line: 8, code: 'rounded_number', field: 'phone' },
    ]);
  });

  test('is reported in a sentence that does not repeat it', async () => {
    const { body: result } = await audience.import(NDJSON, '{"email":"secret address"}');
    const { body, text } = await app.as(tenant).get(`${audience.path}/imports/${result.id}/errors`).expect(200);
    expect(body).toMatchObject({ items: [{ message: expect.stringMatching(/^This is no address/) as unknown }] });
    expect(text).not.toContain('secret');
  });

  test('is counted however many there are, and the first thousand are kept', async () => {
    const { body: result } = await audience.import(CSV, `email\n${'nobody\n'.repeat(2_500)}`);
    expect(result).toMatchObject(counts({ rejected: 2_500 }));
    const path = `${audience.path}/imports/${result.id}/errors`;
    const seen: number[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const { body } = await app.as(tenant).get(`${path}?limit=400&cursor=${cursor}`.replace(/&cursor=$/, ''));
      const page = body as { items: { line: number }[]; nextCursor: string | null };
      seen.push(...page.items.map(({ line }) => line));
      cursor = page.nextCursor;
    }
    expect(seen).toEqual(Array.from({ length: 1_000 }, (_, index) => index + 2));
  });
});

describe('The same address', () => {
  test('in one file counts once, by its later row', async () => {
    const body = 'email,name\nana@example.com,Ana\nbo@example.com,Bo\n ANA@example.com,Anna\nbo@example.com,\n';
    const answer = await audience.import(CSV, body);
    expect(answer.body).toMatchObject(counts({ inserted: 2, repeated: 2 }));
    expect(await audience.contacts()).toEqual([
      { kind: 'email', address: 'ana@example.com', attributes: { name: 'Anna' } },
      { kind: 'email', address: 'bo@example.com', attributes: { name: 'Bo' } },
    ]);
  });

  test('far apart in one file counts once too, by its later row', async () => {
    const rows = Array.from(
      { length: 9_000 },
      (_, index) => `p${index % 3_000}@example.com,${Math.max(5_999, index)}\n`,
    );
    const answer = await audience.import(CSV, `email,row\n${rows.join('')}`);
    expect(answer.body).toMatchObject(counts({ inserted: 3_000, repeated: 6_000 }));
    expect(await audience.contacts('?address=p17@example.com')).toMatchObject([{ attributes: { row: '6017' } }]);
    expect(await audience.counts()).toEqual({ email: 3_000, phone: 0 });
  });

  test('in the next file is unchanged, or changed, or says nothing', async () => {
    await audience.import(CSV, 'email,name\na@example.com,A\nb@example.com,B\nc@example.com,C\n');
    const answer = await audience.import(
      NDJSON,
      [
        '{"to":"a@example.com","name":"A"}\n',
        '{"to":"b@example.com","name":"Bo"}\n',
        '{"to":"c@example.com"}\n',
        '{"to":"d@example.com"}\n',
      ].join(''),
    );
    expect(answer.body).toMatchObject(counts({ inserted: 1, updated: 1, unchanged: 2 }));
    expect((await audience.contacts()).map(({ attributes }) => attributes)).toEqual([
      { name: 'A' },
      { name: 'Bo' },
      { name: 'C' },
      {},
    ]);
  });

  test('belongs to each audience by itself', async () => {
    const other = await newAudience(app, tenant);
    await audience.import(CSV, 'email,name\na@example.com,A\n');
    expect((await other.import(CSV, 'email,name\na@example.com,B\n')).body).toMatchObject(counts({ inserted: 1 }));
    expect(await audience.contacts()).toMatchObject([{ attributes: { name: 'A' } }]);
  });
});

describe('A body', () => {
  test.each([
    ['of nothing', CSV, '', 422, 'import_unreadable'],
    ['without an address column', CSV, 'name\nAna\n', 422, 'import_unreadable'],
    ['in UTF-32', CSV, Buffer.from([0xff, 0xfe, 0, 0, 101, 0, 0, 0]), 422, 'import_unreadable'],
    ['that is no list', JSON_TYPE, '{"email":"a@example.com"}', 400, 'malformed_json'],
    ['of another type', 'text/plain', 'email\na@example.com\n', 415, 'unsupported_media_type'],
    ['in an encoding that nobody knows', `${CSV}; charset=klingon`, 'email\n', 415, 'unsupported_media_type'],
  ])('%s is refused before anything is written', async (_, type, body, status, code) => {
    expect(await audience.import(type, body)).toMatchObject({ status, body: { code } });
    expect(await audience.imports()).toEqual([]);
  });

  test('with an Idempotency-Key that is none is refused', async () => {
    const answer = await audience.import(CSV, 'email\na@example.com\n', { 'idempotency-key': 'a b' });
    expect(answer).toMatchObject({ status: 400, body: { code: 'invalid_idempotency_key' } });
  });

  test('of nothing but names is an import of nobody', async () => {
    const { body } = await audience.import(`${CSV}; charset=UTF-8`, 'email,name\n');
    expect(body).toMatchObject({ ...counts({}), status: 'finished' });
    expect(await audience.imports()).toEqual([body]);
  });

  test('that is refused early is answered, however much of it is still to come', async () => {
    const upload = audience.upload().write('name\n');
    for (let part = 0; part < 40; part += 1) upload.write('x'.repeat(500_000));
    expect(await upload.end().answer).toMatchObject({ status: 422, body: { code: 'import_unreadable' } });
  });

  test('of 20 MB is taken, here alone', async () => {
    const rows = Array.from({ length: 20 }, (_, index) => `a${index}@example.com,${'x'.repeat(1_000_000)}\n`);
    const body = `email,name\n${rows.join('')}z@example.com,Z\n`;
    expect((await audience.import(CSV, body)).body).toMatchObject(counts({ inserted: 1, rejected: 20 }));
    await app
      .as(tenant)
      .post('/api/audiences')
      .send({ name: 'x'.repeat(1_000_001) })
      .expect(413);
  });
});
