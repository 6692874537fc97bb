/** Calls: what they say, who answers, and what the person presses. */
import { openTestApp, type TestApp, type Tenant } from '../support/test-app.js';
import { until } from '../../harness/until.js';
import type { MessageWithEvents } from '../../src/dispatch/messages/messages.dto.js';
import { decide } from '../support/consent.js';
import { read, send, whenEnded, whenStatus } from '../support/messages.js';
import { newNumber, newSenderNumber } from '../support/people.js';
import { allReported, faults, recordOf } from '../support/sandbox.js';
import { newSender } from '../support/senders.js';

let app: TestApp;
let tenant: Tenant;
let number: string;
beforeAll(async () => {
  app = await openTestApp();
  tenant = await app.tenant();
  number = newSenderNumber();
  await newSender(app, tenant, { channel: 'voice', address: number });
});
afterAll(() => app.close());
afterEach(() => faults(app, {}));

const acknowledge = { prompt: 'Press 1 to confirm.', confirmation: 'Thank you.' };
const call = (to: string, more: object = {}): Promise<string> =>
  send(app, tenant, { channel: 'voice', to, content: { body: 'Gate 4 is closed.' }, ...more });
/** What was said in the last call to this person. */
const heardBy = async (to: string): Promise<string[]> => ((await recordOf(app, to)).at(-1)?.body ?? '').split('\n');

test('a call says its text twice, and is followed to its end by its callbacks', async () => {
  const to = newNumber();
  const id = await call(to);
  const view: MessageWithEvents = await whenStatus(app, tenant, id, 'delivered');
  expect(view).toMatchObject({
    provider: 'twilio',
    from: number,
    segments: 1,
    call: {
      answeredBy: 'human',
      durationSeconds: 14,
      key: null,
      acknowledgedAt: null,
      endedAt: expect.any(String) as string,
    },
  });
  expect(view.events.map(({ kind, source }) => [kind, source])).toEqual([
    ['queued', 'api'],
    ['sent', 'dispatch'],
    ['delivered', 'webhook'],
  ]);
  expect(await recordOf(app, to)).toMatchObject([{ channel: 'voice', from: number, messageId: id }]);
  await until(async () => (await heardBy(to)).length === 2);
  expect(await heardBy(to)).toEqual(['Gate 4 is closed.', 'Gate 4 is closed.']);
});

test.each([
  ['+15005550301', 'undelivered', 'busy', null],
  ['+15005550302', 'undelivered', 'no-answer', null],
  ['+15005550303', 'failed', 'sip-404', null],
  ['+15005550304', 'undelivered', 'machine_start', 'machine_start'],
])('a call to %s ends as %s, for %s', async (to, status, errorCode, answeredBy) => {
  const id = await call(to);
  const view = await whenEnded(app, tenant, id);
  expect(view).toMatchObject({ status, errorCode, reason: 'provider_report', call: { answeredBy } });
  expect(view.errorMessage).toMatch(/\w/);
});

test('who presses 1 has read it, and is thanked', async () => {
  const to = '+15005550305';
  const id = await call(to, { content: { body: 'Gate 4 is closed.', speech: { repeat: 1, acknowledge } } });
  const view = await whenStatus(app, tenant, id, 'read');
  expect(view.call).toMatchObject({ key: '1', acknowledgedAt: expect.any(String) as string });
  await until(async () => (await heardBy(to)).length === 3);
  expect(await heardBy(to)).toEqual(['Gate 4 is closed.', 'Press 1 to confirm.', 'Thank you.']);
});

test('who presses another key hears it again', async () => {
  const to = '+15005550306';
  const id = await call(to, { content: { body: 'Gate 4 is closed.', speech: { repeat: 1, acknowledge } } });
  await whenStatus(app, tenant, id, 'read');
  await until(async () => (await heardBy(to)).length === 5);
  expect((await heardBy(to)).filter((said) => said === 'Gate 4 is closed.')).toHaveLength(2);
});

test('a machine is told, and asked for nothing', async () => {
  const to = '+15005550304';
  await whenEnded(app, tenant, await call(to, { content: { body: 'Call us.', speech: { repeat: 1, acknowledge } } }));
  await until(async () => (await heardBy(to))[0] === 'Call us.');
  expect(await heardBy(to)).toEqual(['Call us.']);
});

test('a key means nothing where none was asked for', async () => {
  const id = await call('+15005550305');
  await whenStatus(app, tenant, id, 'delivered');
  await until(() => allReported(app));
  expect(await read(app, tenant, id)).toMatchObject({ status: 'delivered', call: { key: null } });
});

test('a template says how the call speaks', async () => {
  const template = {
    key: 'gate-closed',
    channel: 'voice',
    category: 'transactional',
    body: '{{ name }}, gate {{ gate }} is closed: <b> & "quotes" \u0007.',
    speech: { language: 'en-GB', voice: 'Polly.Amy', repeat: 1, pauseSeconds: 0, acknowledge },
  };
  const { body } = await app.as(tenant).post('/api/templates').send(template).expect(201);
  expect(body).toMatchObject({ speech: template.speech, requiredVariables: ['name', 'gate'] });
  const to = newNumber();
  const id = await send(app, tenant, {
    channel: 'voice',
    to,
    template: { key: 'gate-closed', data: { name: 'Ana', gate: 4 } },
  });
  await whenStatus(app, tenant, id, 'delivered');
  await until(async () => (await heardBy(to)).length === 2);
  expect(await heardBy(to)).toEqual(['Ana, gate 4 is closed: <b> & "quotes"  .', 'Press 1 to confirm.']);
  const content = await app.as(tenant).get(`/api/messages/${id}/content`).expect(200);
  expect(content.body).toMatchObject({
    content: {
      body: expect.stringContaining('Ana, gate 4') as string,
      speech: { language: 'en-GB', voice: 'Polly.Amy' },
    },
  });
});

test.each<[object, string]>([
  [{ content: { subject: 'Gate' } }, 'content.subject means nothing on voice'],
  [{ content: { body: '' } }, 'content.body'],
  [{ content: { body: 'x', speech: { repeat: 9 } } }, 'content.speech.repeat'],
  [{ content: { body: 'x', speech: { language: 'english please' } } }, 'content.speech.language'],
  [{ content: { body: 'x', speech: { acknowledge: {} } } }, 'content.speech.acknowledge.prompt'],
])('a call with %j is refused', async (more, message) => {
  const { body } = await app
    .as(tenant)
    .post('/api/messages')
    .send({ channel: 'voice', to: newNumber(), ...more });
  expect(body).toMatchObject({ status: expect.any(Number) as number });
  expect(JSON.stringify(body)).toContain(message);
});

test('who has opted out of calls is not called', async () => {
  const to = newNumber();
  await decide(app, tenant, [to], 'voice', 'opted_out');
  expect(await whenEnded(app, tenant, await call(to))).toMatchObject({ status: 'blocked_opted_out' });
  expect(await recordOf(app, to)).toEqual([]);
});

test('a sender for calls is refused at a provider that does not call', async () => {
  const input = { venueId: tenant.defaultVenueId, channel: 'voice', address: newSenderNumber(), provider: 'plivo' };
  const { body } = await app.as(tenant).post('/api/senders').send(input).expect(400);
  expect(body).toMatchObject({
    errors: [{ path: 'provider', message: expect.stringContaining('use twilio') as string }],
  });
});

test('what a call says is told to nobody but Twilio, at an address of ours', async () => {
  const to = newNumber();
  const id = await call(to);
  await whenStatus(app, tenant, id, 'delivered');
  for (const path of [
    `/webhook/twilio/voice/speech?mid=${id}`,
    `/webhook/twilio/voice/speech?mid=${id}&sig=${'0'.repeat(32)}`,
  ]) {
    const { body } = await app.http.post(path).type('form').send({ AccountSid: 'AC1', CallSid: 'CA1' }).expect(403);
    expect(body).toMatchObject({ code: 'webhook_untrusted' });
    expect(JSON.stringify(body)).not.toContain('Gate 4');
  }
});
