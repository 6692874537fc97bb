/** The real Twilio SDK against the sandbox: calls, how they go, and what they ask of our service. */
import twilio from 'twilio';
import { until } from '../../harness/until.js';
import {
  openSandboxEnvironment,
  OUR_NUMBER,
  person,
  PLATFORM,
  type Received,
  type SandboxEnvironment,
} from './sandbox-environment.js';

let environment: SandboxEnvironment;
beforeAll(async () => {
  environment = await openSandboxEnvironment();
});
afterEach(() => environment.reset());
afterAll(() => environment.close());

const call = (to: string, more: object = {}) =>
  environment.twilio().calls.create({
    from: OUR_NUMBER,
    to,
    url: `${environment.receiverUrl}/speech`,
    statusCallback: `${environment.receiverUrl}/voice?mid=0192-ours#rc=5&rp=all`,
    statusCallbackEvent: ['initiated', 'ringing', 'answered', 'completed'],
    ...more,
  });
/** By their numbers: several are posted at once. */
const progressOf = (sid: string): Received[] =>
  environment.received
    .filter(({ path, form }) => path.startsWith('/voice') && form['CallSid'] === sid)
    .sort((one, other) => Number(one.form['SequenceNumber']) - Number(other.form['SequenceNumber']));

test.each<[string, string[], object]>([
  [person(200), ['initiated', 'ringing', 'in-progress', 'completed'], { AnsweredBy: 'human', CallDuration: '14' }],
  ['+15005550301', ['initiated', 'ringing', 'busy'], {}],
  ['+15005550302', ['initiated', 'ringing', 'no-answer'], {}],
  ['+15005550303', ['initiated', 'ringing', 'failed'], { SipResponseCode: '404' }],
  ['+15005550304', ['initiated', 'ringing', 'in-progress', 'completed'], { AnsweredBy: 'machine_start' }],
])('a call to %s goes through %j, in numbered and signed callbacks', async (to, words, last) => {
  const { sid, status } = await call(to);
  expect(status).toBe('queued');
  const callbacks = await until(() => progressOf(sid).length === words.length && progressOf(sid));
  expect(callbacks.map(({ form }) => form['CallStatus'])).toEqual(words);
  expect(callbacks.map(({ form }) => form['SequenceNumber'])).toEqual(words.map((_, index) => String(index)));
  expect(callbacks.at(-1)?.form).toMatchObject(last);
  for (const { url, headers, form } of callbacks) {
    expect(twilio.validateRequest(PLATFORM.authToken, String(headers['x-twilio-signature']), url, form)).toBe(true);
  }
  expect((await environment.twilio().calls(sid).fetch()).status).toBe(words.at(-1));
});

test('who answers fetches what the call says, signed, and is on record', async () => {
  const { sid } = await call(person(201));
  const asked = await until(() => environment.received.find(({ path }) => path === '/speech'));
  expect(asked.form).toMatchObject({ CallSid: sid, CallStatus: 'in-progress', AnsweredBy: 'human' });
  expect(
    twilio.validateRequest(PLATFORM.authToken, String(asked.headers['x-twilio-signature']), asked.url, asked.form),
  ).toBe(true);
  const { items } = await environment.messages(`?to=${encodeURIComponent(person(201))}`);
  expect(items).toMatchObject([{ channel: 'voice', from: OUR_NUMBER, messageId: '0192-ours', providerMessageId: sid }]);
});

test('who is busy at first answers the next time', async () => {
  const ends: (string | undefined)[] = [];
  for (let time = 0; time < 2; time += 1) {
    const { sid } = await call('+15005550407');
    const last = await until(() =>
      progressOf(sid).find(({ form }) => ['busy', 'completed'].includes(form['CallStatus'] ?? '')),
    );
    ends.push(last.form['CallStatus']);
  }
  expect(ends).toEqual(['busy', 'completed']);
});

test('calls are listed by who was called, newest first', async () => {
  const first = await call(person(202));
  const second = await call(person(202));
  await call(person(203));
  const page = await environment.twilio().calls.page({ to: person(202), from: OUR_NUMBER });
  expect(page.instances.map(({ sid }) => sid)).toEqual([second.sid, first.sid]);
});

test.each<[string, object, number]>([
  ['+15005550001', {}, 21211],
  [person(204), { from: 'Riverside' }, 21212],
  [person(204), { url: 'http://169.254.169.254/' }, 21205],
])('a call to %s with %j is refused with %d', async (to, more, code) => {
  await expect(call(to, more)).rejects.toMatchObject({ code });
});
