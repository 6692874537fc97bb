/** The real Twilio SDK against the sandbox: templates for WhatsApp, and what Meta decides on them. */
import { openSandboxEnvironment, person, type SandboxEnvironment } from './sandbox-environment.js';
import { until } from '../../harness/until.js';

let environment: SandboxEnvironment;
beforeAll(async () => {
  environment = await openSandboxEnvironment();
});
afterEach(() => environment.reset());
afterAll(() => environment.close());

const sid = (end: string): string => `HX${end.padStart(32, '0')}`;
const twilioHere = () => {
  const client = environment.twilio();
  client.content.baseUrl = client.api.baseUrl;
  return client;
};
const decide = (content: string, body: object): Promise<Response> =>
  fetch(`${environment.url}/sandbox/twilio/contents/${content}`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });

test('every template is approved until something else is decided', async () => {
  const fetched = () => twilioHere().content.v1.contents(sid('a1')).approvalFetch().fetch();
  expect((await fetched()).whatsapp).toMatchObject({ status: 'approved', category: 'UTILITY' });
  expect((await decide(sid('a1'), { status: 'rejected', reason: 'TAG_CONTENT_MISMATCH' })).status).toBe(204);
  expect((await fetched()).whatsapp).toMatchObject({ status: 'rejected', rejection_reason: 'TAG_CONTENT_MISMATCH' });
});

test('one that is missing, or whose id is none, is not found', async () => {
  await decide(sid('a2'), { status: 'missing' });
  for (const content of [sid('a2'), 'HX1']) {
    await expect(twilioHere().content.v1.contents(content).approvalFetch().fetch()).rejects.toMatchObject({
      status: 404,
      code: 20404,
    });
  }
});

test('an unknown status is a clear error', async () => {
  expect((await decide(sid('a3'), { status: 'tired' })).status).toBe(400);
});

test.each([
  ['rejected', 63040],
  ['paused', 63041],
  ['disabled', 63042],
])('a message by a template that is %s fails with %i', async (status, errorCode) => {
  await decide(sid('a4'), { status });
  const sent = await twilioHere().messages.create({
    from: 'whatsapp:+14155238886',
    to: `whatsapp:${person(300)}`,
    contentSid: sid('a4'),
  });
  const ended = await until(async () => {
    const now = await twilioHere().messages(sent.sid).fetch();
    return now.status === 'failed' && now;
  });
  expect(ended.errorCode).toBe(errorCode);
});
