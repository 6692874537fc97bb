/** One person after another is called until somebody acknowledges. */
import { CommandBus } from '@nestjs/cqrs';
import { until } from '../../harness/until.js';
import type { EscalationView, StartCallBody } from '../../src/voice/calls.dto.js';
import { EventConsumers } from '../../src/ledger/index.js';
import { AdvanceEscalations } from '../../src/voice/advance-escalations.command.js';
import { openTestApp, type TestApp, type Tenant } from '../support/test-app.js';
import { withClockOff } from '../support/clock.js';
import { decide } from '../support/consent.js';
import { read, whenEnded, whenStatus } from '../support/messages.js';
import { newNumber, newSenderNumber } from '../support/people.js';
import { faults, receive, timesTakenBy } from '../support/sandbox.js';
import { newSender } from '../support/senders.js';

const BUSY = '+15005550301';
const NOBODY_HOME = '+15005550302';
const MACHINE = '+15005550304';
const PRESSES_1 = '+15005550305';

let app: TestApp;
let tenant: Tenant;
let number: string;
beforeAll(async () => {
  app = await openTestApp();
  tenant = await app.tenant();
  number = newSenderNumber();
  await newSender(app, tenant, { channel: 'voice', address: number });
  await newSender(app, tenant, { channel: 'sms', address: number });
});
afterAll(() => app.close());
afterEach(() => faults(app, {}));

const acknowledge = { prompt: 'Press 1 to confirm.', confirmation: 'Thank you.' };
const ASKS = { body: 'Gate 4 is closed.', speech: { repeat: 1, acknowledge } };
const ONCE = { attempts: 1 };

async function start(body: StartCallBody): Promise<EscalationView> {
  return (await app.as(tenant).post('/api/calls').send(body).expect(202)).body as EscalationView;
}
const get = async (id: string): Promise<EscalationView> =>
  (await app.as(tenant).get(`/api/calls/${id}`).expect(200)).body as EscalationView;
/** Waits for its end, without waiting for the second at which a worker looks. */
const whenOver = (id: string, owner = tenant): Promise<EscalationView> =>
  until(async () => {
    await advance();
    const view = (await app.as(owner).get(`/api/calls/${id}`).expect(200)).body as EscalationView;
    return view.status !== 'CALLING' && view;
  });
async function advance(): Promise<void> {
  await app.nest.get(EventConsumers).run('escalations');
  await app.nest.get(CommandBus).execute(new AdvanceEscalations());
}
const outcomes = ({ steps }: EscalationView): unknown[] =>
  steps.map(({ attempts }) => attempts.map(({ status, refusal }) => refusal ?? status));

/** The time that the present person is given has passed. */
async function waitIsOver(id: string): Promise<void> {
  await app.database.query(`update escalation_attempt set at = at - interval '2 hours' where escalation_id = $1`, [id]);
  await app.database.query(`update escalation set due_at = now() where id = $1 and status = 'CALLING'`, [id]);
}

test('the third person acknowledges, and the fourth is left alone', async () => {
  const fourth = newNumber();
  const view = await start({
    escalation: [{ to: BUSY }, { to: NOBODY_HOME }, { to: PRESSES_1 }, { to: fourth }],
    content: ASKS,
    retry: ONCE,
    reference: 'incident:17',
  });
  expect(view).toMatchObject({
    status: 'CALLING',
    category: 'emergency',
    untilAcknowledged: true,
    acknowledgement: null,
  });
  const over = await whenOver(view.id);
  const acknowledged = over.steps[2]?.attempts[0]?.messageId;
  expect(over).toMatchObject({
    status: 'ACKNOWLEDGED',
    reference: 'incident:17',
    acknowledgement: { via: 'key', by: PRESSES_1, messageId: acknowledged, at: expect.any(String) as string },
    finishedAt: expect.any(String) as string,
  });
  expect(outcomes(over)).toEqual([['undelivered'], ['undelivered'], ['read'], []]);
  expect(await read(app, tenant, acknowledged ?? '')).toMatchObject({
    channel: 'voice',
    category: 'emergency',
    reference: 'incident:17',
    from: number,
    call: { key: '1' },
  });
  expect(await timesTakenBy(app, fourth)).toBe(0);
});

test('who is busy is called again, and answers', async () => {
  const to = '+15005550471';
  const { id } = await start({ to, content: { body: 'Gate 4 is closed.' }, retry: { attempts: 3, pauseSeconds: 0 } });
  const over = await whenOver(id);
  expect(over).toMatchObject({ status: 'REACHED', untilAcknowledged: false, acknowledgement: null });
  expect(outcomes(over)).toEqual([['undelivered', 'delivered']]);
});

test('between two calls to one person there is the pause that was asked for', async () => {
  const { id } = await start({ to: BUSY, content: ASKS, retry: { attempts: 2, pauseSeconds: 600 } });
  const due = (): Promise<boolean> =>
    app.database
      .query(`select 1 from escalation where id = $1 and due_at > now() + interval '9 minutes'`, [id])
      .then((rows) => rows.length === 1);
  await until(due);
  expect(outcomes(await get(id))).toEqual([['undelivered']]);
  await app.as(tenant).post(`/api/calls/${id}/cancel`).expect(200);
});

/** One whom nobody answered, and who is to be called again after so many seconds. */
async function unanswered(pauseSeconds: number): Promise<string> {
  const { id } = await start({
    escalation: [{ to: NOBODY_HOME }, { to: newNumber() }],
    content: ASKS,
    retry: { attempts: 2, pauseSeconds },
  });
  await until(async () => outcomes(await get(id))[0]?.toString() === 'undelivered');
  return id;
}

test('a worker whose clock is an hour ahead calls nobody early', async () => {
  const id = await unanswered(60);
  await withClockOff(3_600_000, advance);
  expect(outcomes(await get(id))).toEqual([['undelivered'], []]);
});

test('a worker whose clock is an hour behind calls in time', async () => {
  const id = await unanswered(0);
  const isCalledAgain = async (): Promise<boolean> => {
    await advance();
    return (await get(id)).steps[0]?.attempts.length === 2;
  };
  // The schedule may be making the same move at this moment.
  await withClockOff(-3_600_000, async () => void (await until(isCalledAgain)));
});

test('a machine acknowledges nothing: the next person is called', async () => {
  const { id } = await start({ escalation: [{ to: MACHINE }, { to: PRESSES_1 }], content: ASKS, retry: ONCE });
  const over = await whenOver(id);
  expect(over).toMatchObject({ status: 'ACKNOWLEDGED', acknowledgement: { by: PRESSES_1 } });
  expect(outcomes(over)).toEqual([['undelivered'], ['read']]);
});

test('who listens and presses nothing is followed by the next person', async () => {
  const { id } = await start({ escalation: [{ to: newNumber() }, { to: PRESSES_1 }], content: ASKS });
  const messageId = (await get(id)).steps[0]?.attempts[0]?.messageId ?? '';
  await whenStatus(app, tenant, messageId, 'delivered');
  await app.database.query(`update message set settled_at = settled_at - interval '1 minute' where id = $1`, [
    messageId,
  ]);
  await waitIsOver(id);
  expect(outcomes(await whenOver(id))).toEqual([['delivered'], ['read']]);
});

test('where nobody is left it is exhausted, and can still be acknowledged elsewhere', async () => {
  const { id } = await start({ escalation: [{ to: BUSY }, { to: NOBODY_HOME }], content: ASKS, retry: ONCE });
  expect(await whenOver(id)).toMatchObject({ status: 'EXHAUSTED', acknowledgement: null });
  await app.as(tenant).post(`/api/calls/${id}/cancel`).expect(409);
  const { body } = await app.as(tenant).post(`/api/calls/${id}/acknowledge`).expect(200);
  expect(body).toMatchObject({ status: 'ACKNOWLEDGED', acknowledgement: { via: 'api', by: null, messageId: null } });
  const again = await app.as(tenant).post(`/api/calls/${id}/acknowledge`).expect(409);
  expect(again.body).toMatchObject({ code: 'call_state', detail: expect.stringContaining('ACKNOWLEDGED') as string });
});

test('a text is acknowledged by a reply to it, by nobody else and by no other words', async () => {
  const [to, stranger] = [newNumber(), newNumber()];
  const { id } = await start({
    escalation: [{ to, channel: 'sms', waitSeconds: 3_600 }, { to: PRESSES_1 }],
    content: ASKS,
    smsContent: { body: 'Gate 4 is closed. Reply 1 to confirm.' },
  });
  const messageId = (await get(id)).steps[0]?.attempts[0]?.messageId ?? '';
  expect(await whenStatus(app, tenant, messageId, 'delivered')).toMatchObject({ channel: 'sms' });
  await receive(app, { from: stranger, to: number, body: '1' });
  await receive(app, { from: to, to: number, body: 'Who is this?' });
  expect(await get(id)).toMatchObject({ status: 'CALLING' });
  await receive(app, { from: to, to: number, body: ' 1.' });
  expect(await get(id)).toMatchObject({ status: 'ACKNOWLEDGED', acknowledgement: { via: 'reply', by: to, messageId } });
});

test('a late acknowledgement by somebody who was called before counts', async () => {
  const to = newNumber();
  const { id } = await start({
    escalation: [{ to, channel: 'sms' }, { to: BUSY }],
    content: ASKS,
    retry: ONCE,
  });
  await whenStatus(app, tenant, (await get(id)).steps[0]?.attempts[0]?.messageId ?? '', 'delivered');
  await waitIsOver(id);
  expect(await whenOver(id)).toMatchObject({ status: 'EXHAUSTED' });
  await receive(app, { from: to, to: number, body: 'OK' });
  expect(await get(id)).toMatchObject({ status: 'ACKNOWLEDGED', acknowledgement: { via: 'reply', by: to } });
});

test('who has opted out is passed over', async () => {
  const to = newNumber();
  await decide(app, tenant, [to], 'voice', 'opted_out');
  const { id } = await start({ escalation: [{ to }, { to: PRESSES_1 }], content: ASKS });
  expect(outcomes(await whenOver(id))).toEqual([['blocked_opted_out'], ['read']]);
  expect(await timesTakenBy(app, to)).toBe(0);
});

test('one that is cancelled calls nobody else, and takes back what has not begun', async () => {
  const next = newNumber();
  await faults(app, { calls: [{ provider: 'twilio', rates: { tooMany: 1 } }] });
  const { id, steps } = await start({ escalation: [{ to: newNumber() }, { to: next }], content: ASKS });
  const messageId = steps[0]?.attempts[0]?.messageId ?? '';
  await until(async () => (await read(app, tenant, messageId)).events.some(({ kind }) => kind === 'deferred'));
  const { body } = await app.as(tenant).post(`/api/calls/${id}/cancel`).expect(200);
  expect(body).toMatchObject({ status: 'CANCELLED' });
  await faults(app, {});
  expect(await whenEnded(app, tenant, messageId)).toMatchObject({ status: 'cancelled' });
  await waitIsOver(id);
  await app.nest.get(CommandBus).execute(new AdvanceEscalations());
  expect(outcomes(await get(id))[1]).toEqual([]);
  expect(await timesTakenBy(app, next)).toBe(0);
});

test('many workers at once make each call once', async () => {
  const { id } = await start({ escalation: [{ to: newNumber() }, { to: newNumber() }], content: ASKS });
  await waitIsOver(id);
  const commands = app.nest.get(CommandBus);
  await Promise.all(Array.from({ length: 8 }, () => commands.execute(new AdvanceEscalations())));
  await until(async () => outcomes(await get(id)).every((attempts) => (attempts as unknown[]).length === 1));
  await app.as(tenant).post(`/api/calls/${id}/cancel`).expect(200);
});

test('a sender that is gone in the night keeps nobody else from being called', async () => {
  const other = await app.tenant();
  const [sms] = await Promise.all([
    newSender(app, other, { channel: 'sms', address: newSenderNumber() }),
    newSender(app, other, { channel: 'voice', address: newSenderNumber() }),
  ]);
  const body = {
    escalation: [{ to: BUSY }, { to: newNumber(), channel: 'sms' }, { to: PRESSES_1 }],
    content: ASKS,
    retry: { attempts: 2, pauseSeconds: 600 },
  };
  const { id } = (await app.as(other).post('/api/calls').send(body).expect(202)).body as EscalationView;
  await app.as(other).patch(`/api/senders/${sms}`).send({ status: 'released' }).expect(200);
  await app.database.query(`update escalation set retry = '{"attempts":1,"pauseSeconds":0}' where id = $1`, [id]);
  const over = await whenOver(id, other);
  expect(outcomes(over)).toEqual([['undelivered'], ['no_sender'], ['read']]);
});

test('calls are listed, newest first, by status and reference', async () => {
  const ids: string[] = [];
  for (const reference of ['incident:20', 'incident:21'])
    ids.push((await start({ to: PRESSES_1, content: ASKS, reference })).id);
  for (const id of ids) await whenOver(id);
  const page = async (query: object): Promise<readonly string[]> => {
    const { body } = await app.as(tenant).get('/api/calls').query(query).expect(200);
    return (body as { items: EscalationView[] }).items.map(({ id }) => id);
  };
  expect(await page({ reference: 'incident:20' })).toEqual([ids[0]]);
  expect((await page({ status: 'ACKNOWLEDGED' })).slice(0, 2)).toEqual([ids[1], ids[0]]);
  expect(await page({ status: 'CANCELLED', reference: 'incident:20' })).toEqual([]);
  const { body } = await app.as(tenant).get('/api/calls').query({ limit: 1 }).expect(200);
  const { nextCursor: cursor } = body as { nextCursor: string };
  expect(await page({ limit: 1, cursor })).toEqual([ids[0]]);
  await app
    .as(await app.tenant())
    .get(`/api/calls/${ids[0] ?? ''}`)
    .expect(404);
});

test.each<[string, object, number, string, string]>([
  ['nobody', { content: ASKS }, 400, 'callee_required', 'to'],
  ['one and many', { to: BUSY, escalation: [{ to: BUSY }], content: ASKS }, 400, 'callee_required', 'to'],
  ['nothing to say', { to: BUSY }, 400, 'content_required', 'content'],
  ['a number that is none', { to: 'Ana', content: ASKS }, 400, 'invalid_address', 'to'],
  [
    'a third number that is none',
    { escalation: [{ to: BUSY }, { to: BUSY }, { to: '12' }], content: ASKS },
    400,
    'invalid_address',
    'escalation[2].to',
  ],
  [
    'a text without words',
    { escalation: [{ to: BUSY, channel: 'sms' }], voiceTemplate: { key: 'none' } },
    400,
    'content_required',
    'smsTemplate',
  ],
  [
    'a template of nowhere',
    { to: BUSY, voiceTemplate: { key: 'none' } },
    404,
    'template_not_found',
    'voiceTemplate.key',
  ],
  [
    'a text that is too long',
    {
      escalation: [{ to: BUSY }, { to: BUSY, channel: 'sms' }],
      content: ASKS,
      smsContent: { body: 'x'.repeat(1_700) },
    },
    422,
    'message_too_long',
    'smsContent.body',
  ],
  ['marketing', { to: BUSY, content: ASKS, category: 'marketing' }, 400, 'invalid_request', 'category'],
  [
    'a channel of no alerts',
    { escalation: [{ to: BUSY, channel: 'email' }], content: ASKS },
    400,
    'invalid_request',
    'escalation[0].channel',
  ],
])('a call of %s is refused, and nobody is called', async (_, body, status, code, path) => {
  const before = await timesTakenBy(app, BUSY);
  const answer = await app.as(tenant).post('/api/calls').send(body);
  const problem = answer.body as { code: string; errors: { path: string }[] };
  expect({ status: answer.status, code: problem.code, path: problem.errors[0]?.path }).toEqual({ status, code, path });
  expect(await timesTakenBy(app, BUSY)).toBe(before);
});
