/** People are exported and erased: everywhere, while counts, bills and their own decisions stay. */
import { createHash } from 'node:crypto';
import { CommandBus } from '@nestjs/cqrs';
import { until } from '../../harness/until.js';
import type { AcceptedMessage } from '../../src/dispatch/messages/messages.dto.js';
import { AuditChains } from '../../src/kernel/index.js';
import { ErasePeople } from '../../src/privacy/erase-people.command.js';
import { ErasureStore } from '../../src/privacy/erasure-store.js';
import type { CertificateView, ErasureView, PersonExportView } from '../../src/privacy/privacy.dto.js';
import { decide, suppressionOf } from '../support/consent.js';
import { consume } from '../support/consumers.js';
import { email, farOff, read, send, text, whenEnded } from '../support/messages.js';
import { newMailbox } from '../support/people.js';
import { allReported, receive } from '../support/sandbox.js';
import { newSender, venueWith } from '../support/senders.js';
import { openTestApp, type TestApp, type Tenant } from '../support/test-app.js';
import { usageOf } from '../support/usage.js';
import { EMAIL, leaveTraces, PHONE, searched, type Traces, WORDS } from './marked-person.js';

let app: TestApp;
let owner: Tenant;
let venueId: string;
let number: string;
let traces: Traces;
beforeAll(async () => {
  app = await openTestApp({ privateHosts: ['127.0.0.1'] });
  owner = await app.tenant({ country: 'DE' });
  ({ venueId, number } = await venueWith(app, owner, 'sms'));
  for (const channel of ['mms', 'whatsapp']) await newSender(app, owner, { venueId, channel, address: number });
  traces = await leaveTraces(app, owner, venueId, number);
});
afterAll(() => app.close());

const request = async (address: string): Promise<ErasureView> =>
  (await app.as(owner).post('/api/privacy/erasures').send({ address }).expect(202)).body as ErasureView;

const stateOf = async (id: string): Promise<ErasureView> =>
  (await app.as(owner).get(`/api/privacy/erasures/${id}`).expect(200)).body as ErasureView;

const certificateOf = async (id: string): Promise<CertificateView> =>
  (await app.as(owner).get(`/api/privacy/erasures/${id}/certificate`).expect(200)).body as CertificateView;

/** Works on what is due, without the seconds at which a worker looks, until an erasure has gone through everything. */
const whenErased = (id: string): Promise<ErasureView> =>
  until(async () => {
    await app.database.query(`update erasure set due_at = now() where id = $1 and state = 'running'`, [id]);
    await app.nest.get(CommandBus).execute(new ErasePeople());
    const view = await stateOf(id);
    return view.state !== 'running' && view;
  });

/** When all that was sent, and what is sent by itself of what people write, has been told how it ended. */
const atRest = (): Promise<boolean> =>
  until(async () => {
    const underWay = await app.database.query(
      `select from forward_item
       union all select from message where status in ('scheduled', 'queued', 'sending', 'unknown', 'sent')
       union all select from inbox where applied_at is null`,
    );
    return underWay.length === 0 && (await allReported(app));
  });

const exportOf = async (address: string): Promise<Record<string, Record<string, unknown>[]>> => {
  const asked = await app.as(owner).post('/api/privacy/exports').send({ address }).expect(201);
  const { id } = asked.body as PersonExportView;
  const { body } = await app.as(owner).get(`/api/privacy/exports/${id}/content`).expect(200);
  return body as Record<string, Record<string, unknown>[]>;
};

test('an export has everything about the person, and nobody else’s', async () => {
  const byEmail = await exportOf(EMAIL);
  expect(byEmail).toMatchObject({ kind: 'email', address: EMAIL, tenantId: owner.id });
  const filled = Object.keys(byEmail).filter((section) => Array.isArray(byEmail[section]) && byEmail[section]?.length);
  expect(filled).toEqual([
    'contacts',
    'events',
    'automationRuns',
    'consent',
    'consentLog',
    'optInRequests',
    'users',
    'messageEvents',
    'providerEvents',
    'webhookDeliveries',
    'files',
    'messages',
  ]);
  const [first] = (byEmail['messages'] ?? []).filter(({ id }) => id === traces.emailId);
  expect(first).toMatchObject({ recipient: EMAIL, said: { content: { subject: WORDS } } });
  expect(byEmail['messages']?.every(({ recipient }) => recipient === EMAIL)).toBe(true);
  expect(byEmail['files']).toMatchObject([{ id: traces.fileId }]);
  expect(byEmail['consentLog']).toHaveLength(2);
  const byPhone = await exportOf(PHONE);
  expect(byPhone['receivedTexts']).toContainEqual(
    expect.objectContaining({ body: expect.stringContaining(WORDS) as string }),
  );
  expect(byPhone['receivedMedia']).toHaveLength(1);
  expect(byPhone['suppressions']).toMatchObject([{ channel: 'whatsapp', reason: 'manual' }]);
  expect(await exportOf('nobody@example.com')).toMatchObject({ messages: [], consent: [], receivedTexts: [] });
});

test('nothing of an erased person is found in any row of any table, and counts stay', async () => {
  expect((await searched(app)).length).toBeGreaterThan(20);
  const asked = await app.as(owner).post('/api/privacy/exports').send({ address: EMAIL }).expect(201);
  const [one, other] = [await request(EMAIL), await request(PHONE)];
  expect(one).toMatchObject({
    kind: 'email',
    state: 'running',
    erasedAt: null,
    requestedBy: expect.stringMatching(/^key:/) as string,
  });
  // What waits is stopped first: the rest changes no count.
  await until(async () => (await read(app, owner, traces.laterId)).status === 'cancelled');
  await atRest();
  await consume(app, 'usage');
  const before = await usageOf(app, owner);
  await whenErased(one.id);
  await whenErased(other.id);
  expect(await searched(app)).toEqual([]);
  await consume(app, 'usage');
  expect(await usageOf(app, owner)).toEqual({ ...before, asOf: expect.any(String) as string });
  expect(await read(app, owner, traces.textId)).toMatchObject({
    to: '+49 (erased) DE',
    status: 'delivered',
    reference: null,
  });
  const content = await app.as(owner).get(`/api/messages/${traces.textId}/content`).expect(200);
  expect(content.body).toMatchObject({ content: null, unavailable: 'erased' });
  const { body } = await app.as(owner).get(`/api/audiences/${traces.audienceId}`).expect(200);
  expect(body).toMatchObject({ counts: { email: 1, phone: 0 } });
  await app
    .as(owner)
    .get(`/api/privacy/exports/${(asked.body as PersonExportView).id}`)
    .expect(404);

  const certificate = await certificateOf(one.id);
  const { contentHash, ...certified } = certificate;
  expect(contentHash).toBe(createHash('sha256').update(JSON.stringify(certified)).digest('hex'));
  // What names both is erased by whichever comes first.
  const both = [certificate, await certificateOf(other.id)].flatMap(({ tables }) => tables.map(({ table }) => table));
  expect(both).toEqual(
    expect.arrayContaining(['message', 'contact', 'consent_event', 'inbound_event', 'file', 'idempotency_key']),
  );
  expect(certificate).toMatchObject({ erasureId: one.id, tenantId: owner.id, isFinal: false });
});

test('the person’s decisions stay in force when the address comes again, and the tenant may lift only its own refusal', async () => {
  const write = async (venue: string, more: object = {}): Promise<object> => {
    const message = text({ venueId: venue, to: PHONE, category: 'transactional', ...more });
    return whenEnded(app, owner, await send(app, owner, message));
  };
  await decide(app, owner, [PHONE], 'sms', 'opted_in', venueId);
  await app
    .as(owner)
    .post(`/api/audiences/${traces.audienceId}/contacts`)
    .type('application/x-ndjson')
    .send(JSON.stringify({ phone: PHONE }))
    .expect(200);
  expect(await write(venueId)).toMatchObject({ status: 'suppressed', reason: 'erased' });
  expect(await suppressionOf(app, owner, PHONE)).toBeUndefined();
  await app
    .as(owner)
    .delete(`/api/suppressions/sms/${encodeURIComponent(PHONE)}`)
    .expect(204);
  await app
    .as(owner)
    .delete(`/api/suppressions/sms/${encodeURIComponent(PHONE)}`)
    .expect(404);
  // The person had said STOP to the default venue, and has said nothing to it since.
  const silent = await newSender(app, owner, { channel: 'sms', address: '+12125557777' });
  expect(silent).toBeDefined();
  expect(await write(owner.defaultVenueId)).toMatchObject({ status: 'blocked_opted_out', reason: 'opted_out' });
  // A decision that is newer than the one that was kept counts.
  await receive(app, { from: PHONE, to: number, body: 'START' });
  await until(async () => ((await write(venueId)) as { status: string }).status === 'delivered');
});

test('a person may be erased again: an open erasure is answered again, and a later one takes what has come since', async () => {
  const mailbox = newMailbox();
  await send(app, owner, email({ to: mailbox, sendAt: farOff() }));
  const [first, second] = [await request(mailbox), await request(` ${mailbox.toUpperCase()}`)];
  expect(second.id).toBe(first.id);
  await whenErased(first.id);
  const { tables } = await certificateOf(first.id);
  const again = await request(mailbox);
  expect(again.id).toBe(first.id);
  await app.nest.get(CommandBus).execute(new ErasePeople());
  expect((await certificateOf(first.id)).tables).toEqual(tables);
  // Its watch over, nothing is left that could name the person.
  await app.database.query(`update erasure set watched_until = now(), due_at = now() where id = $1`, [first.id]);
  await until(async () => {
    await app.nest.get(CommandBus).execute(new ErasePeople());
    return (await stateOf(first.id)).state === 'done';
  });
  expect(await certificateOf(first.id)).toMatchObject({ isFinal: true });
  expect(await app.database.query(`select address, due_at from erasure where id = $1`, [first.id])).toEqual([
    { address: null, due_at: null },
  ]);
  expect((await request(mailbox)).id).not.toBe(first.id);
});

test('an erasure that is cut off anywhere goes on where it was', async () => {
  const mailbox = newMailbox();
  const body = (
    await app
      .as(owner)
      .post('/api/messages')
      .send(email({ to: mailbox }))
      .expect(202)
  ).body as AcceptedMessage;
  await whenEnded(app, owner, body.id);
  const { id } = await request(mailbox);
  const erasures = app.nest.get(ErasureStore);
  const move: ErasureStore['move'] = (...given) => ErasureStore.prototype.move.apply(erasures, given);
  let calls = 0;
  erasures.move = async (...given) => {
    calls += 1;
    if (calls % 2 === 0) throw new Error('the process ends here');
    return move(...given);
  };
  await whenErased(id);
  erasures.move = move;
  expect(calls).toBeGreaterThan(10);
  expect((await certificateOf(id)).tables).toContainEqual(expect.objectContaining({ table: 'message', rows: 1 }));
  expect(await searched(app, [mailbox])).toEqual([]);
});

test('what a provider reports late of an erased person is erased while the erasure watches', async () => {
  const mailbox = newMailbox();
  const { id } = await request(mailbox);
  await whenErased(id);
  await app.database.query(
    `insert into inbox (provider, dedupe_key, account_ids, event, applied_at)
     values ('ses', $1, '{}', jsonb_build_object('kind', 'status', 'about', jsonb_build_array($1::text)), now())`,
    [mailbox],
  );
  expect(await searched(app, [mailbox])).toHaveLength(1);
  await until(async () => {
    await app.database.query(`update erasure set due_at = now() where id = $1 and state = 'watching'`, [id]);
    await app.nest.get(CommandBus).execute(new ErasePeople());
    return (await searched(app, [mailbox])).length === 0;
  });
});

test('erasures and exports ask for their scopes, and another tenant finds none', async () => {
  const { id } = await request(newMailbox());
  const reader = await app.keyOf(owner, ['privacy:read']);
  await app.as(reader).post('/api/privacy/erasures').send({ address: newMailbox() }).expect(403);
  await app.as(reader).get('/api/privacy/erasures').expect(200);
  const stranger = await app.tenant();
  const refused = await app.as(stranger).get(`/api/privacy/erasures/${id}`).expect(404);
  expect(refused.body).toMatchObject({ code: 'erasure_not_found' });
  await app.as(owner).post('/api/privacy/erasures').send({ address: 'nobody' }).expect(400);
  const records = await app.as(owner).get('/api/audit').query({ action: 'erasure.request', objectId: id });
  expect(records.body).toMatchObject({ items: [{ objectId: id, details: {} }] });
  // None of these erasures has changed what the audit log holds.
  expect((await app.nest.get(AuditChains).verify()).findings).toEqual([]);
});
