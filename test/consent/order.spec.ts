/** However late, repeated or shuffled decisions arrive: one state, and a log that proves it. */
import fc from 'fast-check';
import type { ConsentChange } from '../../src/consent/index.js';
import type { ConsentView } from '../../src/consent/consent.dto.js';
import { openTestApp, type TestApp, type Tenant } from '../support/test-app.js';
import { logOf, previousStates, record, stateAfter, stateOf } from './support.js';
import { newNumber } from '../support/people.js';

let app: TestApp;
let tenant: Tenant;
beforeAll(async () => {
  app = await openTestApp({ role: 'api' });
  tenant = await app.tenant();
});
afterAll(() => app.close());

const change = (
  address: string,
  status: 'opted_in' | 'opted_out',
  more: Partial<ConsentChange> = {},
): ConsentChange => ({
  tenantId: tenant.id,
  venueId: tenant.defaultVenueId,
  channel: 'sms',
  address,
  status,
  source: 'test',
  actor: 'admin',
  ...more,
});
const day = (number: number): Date => new Date(Date.UTC(2026, 0, number));
const path = (address: string): string => `/api/consent/${tenant.defaultVenueId}/${address}`;

test('A decision that is older than the state enters the log and overturns nothing', async () => {
  const number = newNumber();
  await app
    .as(tenant)
    .put(path(number))
    .send({ status: 'opted_out', source: 'account_settings', occurredAt: day(20) })
    .expect(200);
  const late = await app
    .as(tenant)
    .put(path(number))
    .send({ status: 'opted_in', source: 'checkout', occurredAt: day(10) })
    .expect(200);
  expect(late.body).toMatchObject({
    status: 'opted_out',
    source: 'account_settings',
    occurredAt: day(20).toISOString(),
  });
  const log = await logOf(app, tenant, number);
  expect(log).toMatchObject([
    { status: 'opted_out', previous_status: 'unknown' },
    { status: 'opted_in', previous_status: 'opted_out' },
  ]);
});

test('At the same instant an opt-out wins, whichever came first', async () => {
  for (const order of [['opted_in', 'opted_out'] as const, ['opted_out', 'opted_in'] as const]) {
    const number = newNumber();
    await record(
      app,
      order.map((status) => change(number, status, { occurredAt: day(5) })),
    );
    expect(await stateOf(app, tenant, number)).toBe('opted_out');
  }
});

test('The state at any instant is answered from the log', async () => {
  const number = newNumber();
  const changes = [
    change(number, 'opted_in', { occurredAt: day(20), source: 'checkout' }),
    change(number, 'opted_in', { occurredAt: day(2) }),
  ];
  await record(app, [...changes, change(number, 'opted_out', { occurredAt: day(10), source: 'keyword' })]);
  const at = async (time: Date): Promise<unknown> => {
    const { body } = await app.as(tenant).get(path(number)).query({ at: time.toISOString() }).expect(200);
    return body;
  };
  expect(await at(day(1))).toMatchObject({ status: 'unknown', source: null, occurredAt: null });
  expect(await at(day(2))).toMatchObject({ status: 'opted_in', source: 'test' });
  expect(await at(new Date(day(10).getTime() - 1))).toMatchObject({ status: 'opted_in' });
  expect(await at(day(10))).toMatchObject({
    status: 'opted_out',
    source: 'keyword',
    occurredAt: day(10).toISOString(),
  });
  expect(await at(day(19))).toMatchObject({ status: 'opted_out' });
  expect(await at(new Date())).toMatchObject({ status: 'opted_in', source: 'checkout' });
  const now = await app.as(tenant).get(path(number)).expect(200);
  expect(now.body).toMatchObject({ status: 'opted_in', source: 'checkout', occurredAt: day(20).toISOString() });
});

test('Decisions in any order, in batches of any size, amount to the same state, and the log shows how', async () => {
  const decision = fc.constantFrom(
    { status: 'opted_in', category: null },
    { status: 'opted_out', category: null },
    { status: 'opted_out', category: 'marketing' },
  );
  const events = fc.array(
    fc.record({ decision, day: fc.integer({ min: 1, max: 4 }), batch: fc.integer({ min: 0, max: 3 }) }),
    { maxLength: 12 },
  );
  await fc.assert(
    fc.asyncProperty(events, async (list) => {
      const number = newNumber();
      for (const batch of [0, 1, 2, 3]) {
        const changes = list
          .filter((event) => event.batch === batch)
          .map((event) =>
            change(number, event.decision.status, {
              category: event.decision.category ?? undefined,
              occurredAt: day(event.day),
            }),
          );
        const outcomes = await record(app, changes);
        expect(outcomes).toHaveLength(changes.length);
      }
      const log = await logOf(app, tenant, number);
      expect(log).toHaveLength(list.length);
      expect(log.map((row) => row.previous_status)).toEqual(previousStates(log));
      const expected = stateAfter(list.map((event) => ({ ...event.decision, at: String(event.day) })));
      expect(await stateOf(app, tenant, number)).toBe(expected);
      const { body } = await app.as(tenant).get(path(number)).query({ at: new Date().toISOString() }).expect(200);
      const now = await app.as(tenant).get(path(number)).expect(200);
      const { status: kept, category, source, occurredAt } = now.body as ConsentView;
      expect(body).toMatchObject({ status: expected, category, source, occurredAt });
      expect(kept).toBe(expected);
    }),
    { numRuns: 40 },
  );
});

test('The outcomes of a batch come in the order given, also where an address repeats', async () => {
  const [ana, ben] = [newNumber(), newNumber()];
  const changes = [
    change(ana, 'opted_in'),
    change(ben, 'opted_out'),
    change(ana, 'opted_out'),
    change(ana, 'opted_in'),
    change(ben, 'opted_out'),
  ];
  expect(await record(app, changes)).toEqual([
    { previous: 'unknown', current: 'opted_in' },
    { previous: 'unknown', current: 'opted_out' },
    { previous: 'opted_in', current: 'opted_out' },
    { previous: 'opted_out', current: 'opted_in' },
    { previous: 'opted_out', current: 'opted_out' },
  ]);
  expect(await record(app, [])).toEqual([]);
});

test('Fifty changes of one address at once leave a state that the log agrees with', async () => {
  const number = newNumber();
  const answers = await Promise.all(
    Array.from({ length: 50 }, (_, index) =>
      app
        .as(tenant)
        .put(path(number))
        .send({ status: index % 2 ? 'opted_in' : 'opted_out', source: `change ${index}` }),
    ),
  );
  expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
  const log = await logOf(app, tenant, number);
  expect(new Set(log.map(({ source }) => source)).size).toBe(50);
  expect(log.map((row) => row.previous_status)).toEqual(previousStates(log));
  expect(await stateOf(app, tenant, number)).toBe(stateAfter(log));
});

test('Batches that hold the same addresses in opposite orders do not block each other for good', async () => {
  const numbers = Array.from({ length: 600 }, newNumber);
  const batches = Array.from({ length: 10 }, (_, index) => {
    const changes = numbers.map((number) => change(number, index % 2 ? 'opted_in' : 'opted_out'));
    return index % 2 ? changes : changes.reverse();
  });
  await Promise.all(batches.map((batch) => record(app, batch)));
  for (const number of numbers.slice(0, 3)) {
    const log = await logOf(app, tenant, number);
    expect(log).toHaveLength(10);
    expect(log.map((row) => row.previous_status)).toEqual(previousStates(log));
  }
});

test('Nobody changes the log', async () => {
  await record(app, [change(newNumber(), 'opted_out')]);
  await expect(app.database.query(`update consent_event set status = 'opted_in'`)).rejects.toThrow(
    'consent_event is append-only',
  );
  const left = await app.database.query(`select 1 from consent_event where status = 'opted_out'`);
  expect(left.length).toBeGreaterThan(0);
});

test('A batch is recorded whole or not at all', async () => {
  const number = newNumber();
  const nowhere = '0199f3a0-7c1e-7b3a-9d1c-2f4b6a8c0e12';
  await expect(
    record(app, [change(number, 'opted_in'), change(number, 'opted_out', { venueId: nowhere })]),
  ).rejects.toThrow('foreign key');
  expect(await logOf(app, tenant, number)).toEqual([]);
});
