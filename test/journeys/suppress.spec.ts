/** A tenant suppresses addresses by its own decision: one, or a list; nothing goes there until that is lifted. */
import { until } from '../../harness/until.js';
import type { SuppressionView } from '../../src/consent/suppressions/suppressions.dto.js';
import { decide, suppressionOf } from '../support/consent.js';
import { email, read, send, whenEnded } from '../support/messages.js';
import { newMailbox, newNumber } from '../support/people.js';
import { openTestApp, type TestApp, type Tenant } from '../support/test-app.js';

let app: TestApp;
let tenant: Tenant;
beforeAll(async () => {
  app = await openTestApp();
});
beforeEach(async () => {
  tenant = await app.tenant({ country: 'DE' });
});
afterAll(() => app.close());

const add = (input: object, as = app.as(tenant)) => as.post('/api/suppressions').send({ channel: 'email', ...input });

const audit = async (): Promise<object[]> => {
  const { body } = await app.as(tenant).get('/api/audit').expect(200);
  return (body as { items: { action: string }[] }).items.filter(({ action }) => action.startsWith('suppression.'));
};

test('an address that is suppressed gets nothing, though it opted in, until that is lifted', async () => {
  const to = newMailbox();
  await decide(app, tenant, [to], 'email');
  const evidence = { ticket: 'S-1042' };
  const { body } = await add({ address: to.toUpperCase(), reason: 'manual', evidence }).expect(200);
  expect(body).toEqual({
    channel: 'email',
    address: to,
    reason: 'manual',
    evidence,
    actor: expect.stringMatching(/^key:/) as string,
    createdAt: expect.stringMatching(/Z$/) as string,
    expiresAt: null,
  });
  expect(await suppressionOf(app, tenant, to)).toEqual(body);
  const message = await whenEnded(app, tenant, await send(app, tenant, email({ to })));
  expect(message).toMatchObject({
    status: 'suppressed',
    reason: 'manual',
    explanation: 'The tenant decided that this address is not to be written to: it is suppressed.',
  });
  await app.as(tenant).delete(`/api/suppressions/email/${to}`).expect(204);
  const next = await whenEnded(app, tenant, await send(app, tenant, email({ to })));
  expect(next.status).toBe('delivered');
});

test('no fallback follows where the tenant decided so, as one follows where the address does not exist', async () => {
  const fallback = [{ channel: 'sms', content: { body: 'Doors' } }];
  const ids: string[] = [];
  for (const reason of ['manual', 'invalid_address']) {
    const to = newMailbox();
    await add({ address: to, reason }).expect(200);
    ids.push(await send(app, tenant, email({ to, alternateTo: newNumber(), fallback })));
    await whenEnded(app, tenant, ids.at(-1) ?? '');
  }
  const [decided = '', gone = ''] = ids;
  await until(async () => (await read(app, tenant, gone)).followedBy !== null);
  expect(await read(app, tenant, decided)).toMatchObject({ status: 'suppressed', followedBy: null });
});

test('a repeat changes nothing and answers what is in force; what was done is on record, without the address', async () => {
  const address = newNumber();
  const first = await add({ channel: 'mms', address, reason: 'invalid_address' }).expect(200);
  expect(first.body).toMatchObject({ channel: 'sms', address, evidence: null });
  const repeat = { channel: 'sms', address, reason: 'manual', evidence: { ticket: 'S-1' } };
  expect((await add(repeat).expect(200)).body).toEqual(first.body);
  expect((await add(repeat, app.admin(tenant.id)).expect(200)).body).toEqual(first.body);
  await app.as(tenant).delete(`/api/suppressions/sms/${address}`).expect(204);
  await app.as(tenant).delete(`/api/suppressions/sms/${address}`).expect(404);
  expect((await add(repeat, app.admin(tenant.id)).expect(200)).body).toMatchObject({
    reason: 'manual',
    actor: 'admin',
  });
  const records = await audit();
  expect(records).toMatchObject([
    { action: 'suppression.add', actor: 'admin', tenantId: tenant.id, details: { channel: 'sms', reason: 'manual' } },
    { action: 'suppression.lift', details: { channel: 'sms', reason: 'invalid_address' } },
    { action: 'suppression.add', details: { channel: 'sms', reason: 'invalid_address' } },
  ]);
  expect(JSON.stringify(records)).not.toContain(address);
});

test('of requests at once for one address, all get the same answer, and one is on record', async () => {
  const address = newMailbox();
  const answers = await Promise.all(
    ['manual', 'complaint', 'manual', 'hard_bounce'].map((reason) => add({ address, reason }).expect(200)),
  );
  expect(new Set(answers.map(({ body }) => JSON.stringify(body))).size).toBe(1);
  expect(await audit()).toHaveLength(1);
});

test('a list is imported: the new, the known and the invalid are told apart', async () => {
  const [known, gone, spam] = [newNumber(), newNumber(), newNumber()];
  await add({ channel: 'sms', address: known, reason: 'manual' }).expect(200);
  const contacts = [
    { address: known, reason: 'hard_bounce' },
    { address: gone, reason: 'invalid_address', evidence: { list: '2026-11' } },
    { address: '12', reason: 'manual' },
    { address: spam, reason: 'complaint' },
    { address: spam, reason: 'manual' },
    { address: gone, reason: 'bored' },
    'nobody',
  ];
  const { body } = await app.as(tenant).post('/api/suppressions/import').send({ channel: 'sms', contacts }).expect(200);
  expect(body).toMatchObject({
    imported: 2,
    unchanged: 2,
    errors: [
      { index: 2, code: 'invalid_address' },
      { index: 5, code: 'invalid_request' },
      { index: 6, code: 'invalid_request' },
    ],
  });
  const listed = await app.as(tenant).get('/api/suppressions').expect(200);
  const reasons = (listed.body as { items: SuppressionView[] }).items.map(({ address, reason }) => [address, reason]);
  expect(Object.fromEntries(reasons)).toEqual({ [known]: 'manual', [gone]: 'invalid_address', [spam]: 'complaint' });
  expect((await audit())[0]).toMatchObject({ action: 'suppression.import', details: { channel: 'sms', addresses: 2 } });
  const again = await app.as(tenant).post('/api/suppressions/import').send({ channel: 'sms', contacts }).expect(200);
  expect(again.body).toMatchObject({ imported: 0, unchanged: 4 });
  expect(await audit()).toHaveLength(2);
});

test.each([
  ['', { address: 'ana@example.com', reason: 'bored' }, 'invalid_request'],
  ['', { address: 'ana@example.com' }, 'invalid_request'],
  ['', { address: 'nobody-here', reason: 'manual' }, 'invalid_address'],
  ['', { address: 'ana@example.com', reason: 'manual', evidence: { long: 'x'.repeat(5_000) } }, 'invalid_request'],
  ['', { address: 'ana@example.com', reason: 'manual', channel: 'fax' }, 'invalid_request'],
  ['/import', { contacts: [] }, 'invalid_request'],
  [
    '/import',
    { contacts: Array.from({ length: 1_001 }, () => ({ address: 'ana@example.com', reason: 'manual' })) },
    'invalid_request',
  ],
])('what cannot be suppressed is refused with what to change: %s %j', async (path, input, code) => {
  const { body } = await app
    .as(tenant)
    .post(`/api/suppressions${path}`)
    .send({ channel: 'email', ...input })
    .expect(400);
  expect(body).toMatchObject({ code });
  expect(JSON.stringify(body)).not.toContain('nobody-here');
});
