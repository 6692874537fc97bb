/** Importing the decisions of many people. */
import { openTestApp, type TestApp, type Tenant } from '../support/test-app.js';
import { logOf, stateOf } from './support.js';
import { newNumber } from '../support/people.js';

let app: TestApp;
let tenant: Tenant;
beforeAll(async () => {
  app = await openTestApp({ role: 'api' });
  tenant = await app.tenant({ country: 'DE' });
});
afterAll(() => app.close());

const importing = (contacts: readonly unknown[], more: object = {}): object => ({
  venueId: tenant.defaultVenueId,
  channel: 'sms',
  source: 'import',
  contacts,
  ...more,
});
const send = (body: object): ReturnType<ReturnType<TestApp['as']>['post']> =>
  app.as(tenant).post('/api/consent/import').send(body);

test('A thousand contacts in one request', async () => {
  const contacts = Array.from({ length: 1_000 }, (_, index) => ({
    address: newNumber(),
    status: index % 4 ? 'opted_in' : 'opted_out',
    evidence: { row: index },
    occurredAt: '2025-06-01T12:00:00Z',
  }));
  const { body } = await send(importing(contacts)).expect(200);
  expect(body).toEqual({ imported: 1_000, unchanged: 0, errors: [] });
  const counts = await app.database.query(
    `select status, count(*)::int from consent where venue_id = $1 group by status order by status`,
    [tenant.defaultVenueId],
  );
  expect(counts).toEqual([
    { status: 'opted_in', count: 750 },
    { status: 'opted_out', count: 250 },
  ]);
  const [fifth] = await logOf(app, tenant, contacts[5]?.address ?? '');
  expect(fifth).toMatchObject({
    source: 'import',
    evidence: { row: 5 },
    at: '2025-06-01 12:00:00.000000',
    previous_status: 'unknown',
  });

  const again = await send(importing(contacts)).expect(200);
  expect(again.body).toEqual({ imported: 0, unchanged: 1_000, errors: [] });
});

test('Bad rows are answered one by one, and the rest is imported', async () => {
  const [ana, ben] = [newNumber(), newNumber()];
  const future = new Date(Date.now() + 3_600_000).toISOString();
  const contacts = [
    { address: ana, status: 'opted_in' },
    { address: 'not a number', status: 'opted_in' },
    { address: newNumber(), status: 'maybe' },
    { address: newNumber(), status: 'opted_in', occurredAt: future },
    { address: newNumber(), status: 'opted_in', note: 'unknown field' },
    'ana',
    null,
    { address: ben.replace('+49', '0'), status: 'opted_out' },
  ];
  const { body, text } = await send(importing(contacts)).expect(200);
  expect(body).toMatchObject({
    imported: 2,
    unchanged: 0,
    errors: [
      { index: 1, code: 'invalid_address' },
      { index: 2, code: 'invalid_request', detail: 'status must be one of opted_in, opted_out' },
      { index: 3, code: 'invalid_request', detail: 'occurredAt must not be in the future' },
      { index: 4, code: 'invalid_request' },
      { index: 5, code: 'invalid_request' },
      { index: 6, code: 'invalid_request' },
    ],
  });
  expect(text).not.toContain('not a number');
  expect(await stateOf(app, tenant, ana)).toBe('opted_in');
  expect(await stateOf(app, tenant, ben)).toBe('opted_out');
});

test('A list older than somebody’s STOP does not bring them back', async () => {
  const number = newNumber();
  await app
    .as(tenant)
    .put(`/api/consent/${tenant.defaultVenueId}/${number}`)
    .send({ status: 'opted_out', source: 'account_settings' })
    .expect(200);
  const { body } = await send(
    importing([{ address: number, status: 'opted_in', occurredAt: '2024-01-01T00:00:00Z' }]),
  ).expect(200);
  expect(body).toEqual({ imported: 0, unchanged: 1, errors: [] });
  expect(await stateOf(app, tenant, number)).toBe('opted_out');
  expect(await logOf(app, tenant, number)).toHaveLength(2);
});

test('Two rows for one person count one after the other', async () => {
  const email = 'twice@example.com';
  const rows = [
    { address: email, status: 'opted_in', occurredAt: '2026-02-02T00:00:00Z' },
    { address: ' Twice@Example.com', status: 'opted_out', occurredAt: '2026-01-01T00:00:00Z' },
  ];
  const { body } = await send(importing(rows, { channel: 'email' })).expect(200);
  expect(body).toEqual({ imported: 1, unchanged: 1, errors: [] });
  expect(await stateOf(app, tenant, email, 'email')).toBe('opted_in');
});

test('The same request with the same Idempotency-Key is recorded once', async () => {
  const number = newNumber();
  const body = importing([{ address: number, status: 'opted_in' }]);
  for (let time = 0; time < 2; time += 1) {
    const answer = await send(body).set('idempotency-key', 'import-1').expect(200);
    expect(answer.body).toEqual({ imported: 1, unchanged: 0, errors: [] });
  }
  expect(await logOf(app, tenant, number)).toHaveLength(1);
});

test.each<[string, object, RegExp]>([
  [
    '1,001 contacts',
    { contacts: Array.from({ length: 1_001 }, () => ({ address: '+4915100000000', status: 'opted_in' })) },
    /at most 1,000/,
  ],
  ['no contacts', { contacts: [] }, /at least 1/],
  ['contacts that are no list', { contacts: { address: 'ana@example.com' } }, /contacts must be a list/],
  ['no channel', { channel: undefined }, /^channel is missing$/],
  ['no venue', { venueId: undefined }, /^venueId is missing$/],
  ['no source', { source: '' }, /source must be/],
])('%s are refused as a whole', async (_, more, sentence) => {
  const number = newNumber();
  const { body } = await send(importing([{ address: number, status: 'opted_in' }], more)).expect(400);
  expect(body).toMatchObject({ code: 'invalid_request', detail: expect.stringMatching(sentence) as unknown });
  expect(await stateOf(app, tenant, number)).toBe('unknown');
});
