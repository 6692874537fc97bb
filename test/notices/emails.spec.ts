/** Notices by email, over the real SDK to the sandbox: outside of every tenant's ledger. */
import { until } from '../../harness/until.js';
import type { Letters } from '../../src/notices/index.js';
import { newMailbox } from '../support/people.js';
import { faults, recordOf, timesTakenBy } from '../support/sandbox.js';
import { openTestApp, type Tenant, type TestApp } from '../support/test-app.js';
import { hurry, whenAll, whenPutOff, write } from './notices.support.js';

const OPERATOR = 'operations@example.com';

let app: TestApp;
let tenant: Tenant;
beforeAll(async () => {
  app = await openTestApp({ notices: { secrets: [], emails: [OPERATOR], from: 'notices@example.com' } });
  tenant = await app.tenant();
});
afterEach(() => faults(app, {}));
afterAll(() => app.close());

const LETTERS: Letters = {
  en: { subject: 'Gate 4 is closed', blocks: ['It opens at <19:00>.'] },
  de: { subject: 'Tor 4 ist geschlossen', blocks: ['Es öffnet um 19 Uhr.'] },
};

test('a notice by email is text and HTML from the platform’s address, in the language asked for', async () => {
  const [english, german] = [newMailbox(), newMailbox()];
  const ids = [
    await write(app, tenant, { emails: [english] }, { letters: LETTERS }),
    await write(app, tenant, { emails: [german], language: 'de' }, { letters: LETTERS }),
  ];
  for (const id of ids) await whenAll(app, id, 'delivered');
  expect(await recordOf(app, english)).toMatchObject([
    {
      from: 'notices@example.com',
      subject: 'Gate 4 is closed',
      text: 'It opens at <19:00>.\n',
      html: expect.stringContaining('<p>It opens at &lt;19:00&gt;.</p>'),
      headers: { 'Auto-Submitted': 'auto-generated' },
    },
  ]);
  expect(await recordOf(app, german)).toMatchObject([
    { subject: 'Tor 4 ist geschlossen', html: expect.stringContaining('<html lang="de">') },
  ]);
});

test('the operator gets it too where it is meant to, in English', async () => {
  const to = newMailbox();
  const id = await write(app, tenant, { emails: [to], language: 'de' }, { letters: LETTERS, toOperator: true });
  await whenAll(app, id, 'delivered');
  expect((await recordOf(app, OPERATOR)).map(({ subject }) => subject)).toEqual(['Gate 4 is closed']);
  expect((await recordOf(app, to)).map(({ subject }) => subject)).toEqual(['Tor 4 ist geschlossen']);
});

test('it is no message of the tenant: neither its switches, its opt-outs nor its budgets concern it', async () => {
  const other = await app.tenant();
  const to = newMailbox();
  await app.as(other).patch(`/api/tenants/${other.id}/settings`).send({ emailEnabled: false }).expect(200);
  await app
    .as(other)
    .put('/api/budgets')
    .send({ period: 'month', measure: 'messages', limit: 1, hard: true, exempt: [] })
    .expect(200);
  await app.as(other).post('/api/suppressions').send({ channel: 'email', address: to, reason: 'manual' }).expect(200);
  for (const id of [await write(app, other, { emails: [to] }), await write(app, other, { emails: [to] })])
    await whenAll(app, id, 'delivered');
  expect(await timesTakenBy(app, to)).toBe(2);
  const { body } = await app.as(other).get('/api/history').expect(200);
  expect(body).toEqual({ items: [], nextCursor: null });
  const messages = await app.database.query(`select from message where tenant_id = $1`, [other.id]);
  expect(messages).toEqual([]);
});

test('an address that the provider refuses ends its delivery, and only that', async () => {
  const to = newMailbox();
  const id = await write(app, tenant, { emails: ['ana@under_score.example.com', to] });
  const { deliveries } = await until(async () => {
    const { body } = await app.admin().get('/api/notices').expect(200);
    const [notice] = (body as { items: { id: string; deliveries: { state: string; error: string | null }[] }[] }).items;
    return notice?.id === id && notice.deliveries.every(({ state }) => state !== 'waiting') && notice;
  });
  expect(deliveries.map(({ state }) => state).toSorted()).toEqual(['delivered', 'refused']);
  expect(deliveries.find(({ state }) => state === 'refused')?.error).toBe('recipient: BadRequestException');
  expect(await timesTakenBy(app, to)).toBe(1);
});

test('a call without an answer is made again: a notice twice is better than none', async () => {
  await faults(app, { calls: [{ provider: '*', nth: { resetAfter: 1 } }] });
  const to = newMailbox();
  const id = await write(app, tenant, { emails: [to] });
  expect((await whenPutOff(app, id)).deliveries).toMatchObject([{ error: expect.stringMatching(/^unknown: /) }]);
  await faults(app, {});
  await hurry(app, id);
  expect((await whenAll(app, id, 'delivered')).deliveries).toMatchObject([{ attempts: 2 }]);
  expect(await timesTakenBy(app, to)).toBe(2);
});

test('a provider that is busy is asked again, and nothing was sent', async () => {
  await faults(app, { calls: [{ provider: '*', nth: { tooMany: 1 } }] });
  const to = newMailbox();
  const id = await write(app, tenant, { emails: [to] });
  expect((await whenPutOff(app, id)).deliveries).toMatchObject([
    { error: 'rate: TooManyRequestsException', state: 'waiting' },
  ]);
  expect(await timesTakenBy(app, to)).toBe(0);
});
