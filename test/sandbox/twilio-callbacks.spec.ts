/** Twilio's webhooks: what a message's life looks like from our side, and people who write to us. */
import twilio from 'twilio';
import { until } from '../../harness/until.js';
import {
  OUR_NUMBER,
  PLATFORM,
  TENANT,
  openSandboxEnvironment,
  person,
  sorted,
  type Received,
  type SandboxEnvironment,
} from './sandbox-environment.js';

let environment: SandboxEnvironment;
beforeAll(async () => {
  environment = await openSandboxEnvironment();
});
afterEach(() => environment.reset());
afterAll(() => environment.close());

const callback = (fragment = ''): string => `${environment.receiverUrl}/webhook/twilio?mid=m-1${fragment}`;
/** Nothing promises an order, so none is looked for. */
const statuses = (): (string | undefined)[] => sorted(environment.received.map(({ form }) => form['MessageStatus']));
const withStatus = (status: string): Received | undefined =>
  environment.received.find(({ form }) => form['MessageStatus'] === status);
const send = (more: object = {}) =>
  environment
    .twilio()
    .messages.create({ to: person(1), from: OUR_NUMBER, body: 'Hi', statusCallback: callback(), ...more });
const isSigned = ({ headers, url, form }: Received, token: string): boolean =>
  twilio.validateRequest(token, String(headers['x-twilio-signature']), url, form);
const ended = (count: number): Promise<unknown> => until(() => environment.received.length >= count);

describe('status callbacks', () => {
  test('report sent and delivered, signed by the account', async () => {
    const { sid } = await send();
    await ended(2);
    expect(statuses()).toEqual(['delivered', 'sent']);
    for (const request of environment.received) {
      expect(request.path).toBe('/webhook/twilio?mid=m-1');
      expect(request.headers['content-type']).toMatch(/^application\/x-www-form-urlencoded/);
      expect(request.form).toMatchObject({
        MessageSid: sid,
        SmsSid: sid,
        AccountSid: PLATFORM.accountSid,
        To: person(1),
        From: OUR_NUMBER,
      });
      expect(isSigned(request, PLATFORM.authToken)).toBe(true);
      expect(isSigned(request, 'another-token')).toBe(false);
    }
    expect(withStatus('delivered')?.form['RawDlrDoneDate']).toMatch(/^\d{10}$/);
    await expect(environment.twilio().messages(sid).fetch()).resolves.toMatchObject({ status: 'delivered' });
  });

  test("of a tenant's own account are signed with its own token", async () => {
    const { accountSid, authToken, number: from } = TENANT;
    const text = { to: person(1), from, body: 'Hi', statusCallback: callback() };
    await environment.twilio(accountSid, authToken).messages.create(text);
    await ended(2);
    expect(environment.received.every((request) => isSigned(request, authToken))).toBe(true);
  });

  test.each([
    ['+15005550103', ['sent', 'undelivered'], '30003'],
    ['+15005550107', ['sent', 'undelivered'], '30007'],
    ['+15005550101', ['failed'], '30001'],
  ])('the magic recipient %s ends with its error', async (to, expected, code) => {
    const { sid } = await send({ to });
    await ended(expected.length);
    expect(statuses()).toEqual(expected);
    expect(withStatus(String(expected.at(-1)))?.form['ErrorCode']).toBe(code);
    await expect(environment.twilio().messages(sid).fetch()).resolves.toMatchObject({ errorCode: Number(code) });
  });

  test.each([
    ['not again when our answer is 500 and nothing was asked for', '', 500, 2],
    ['up to `rc` times when `rp` covers the answer', '#rc=2&rp=all', 500, 6],
    ['not again when `rp` names another kind of failure', '#rc=2&rp=4xx', 500, 2],
    ['for 4xx when so asked', '#rc=1&rp=4xx,ct', 404, 4],
  ])('are posted %s', async (_, fragment, status, expected) => {
    environment.respond = () => status;
    await send({ statusCallback: callback(fragment) });
    await ended(expected);
    // A later message's callbacks come after any further retry would have.
    await environment.call('PUT', 'faults', { callbacks: { delayMs: { min: 500, max: 500 } } });
    environment.respond = () => 204;
    await send({ to: person(2) });
    await until(() => environment.received.filter(({ form }) => form['To'] === person(2)).length === 2);
    const first = environment.received.filter(({ form }) => form['To'] === person(1));
    expect(first).toHaveLength(expected);
    const tokens = new Set(first.map(({ headers }) => headers['i-twilio-idempotency-token']));
    expect(tokens.size).toBe(2);
  });
});

describe('WhatsApp', () => {
  const whatsapp = { to: `whatsapp:${person(11)}`, from: `whatsapp:${OUR_NUMBER}` };

  test('free text outside the 24-hour window fails with 63016; a template passes and is read', async () => {
    await send(whatsapp);
    await ended(1);
    expect(environment.received[0]?.form).toMatchObject({
      MessageStatus: 'failed',
      ErrorCode: '63016',
      To: whatsapp.to,
    });
    environment.received.length = 0;
    await send({ ...whatsapp, body: undefined, contentSid: `HX${'2'.repeat(32)}` });
    await ended(3);
    expect(statuses()).toEqual(['delivered', 'read', 'sent']);
    expect(withStatus('read')?.form).toMatchObject({
      EventType: 'READ',
      ChannelPrefix: 'whatsapp',
      ChannelToAddress: person(11),
    });
  });

  test('an inbound message opens the window to that person only', async () => {
    const from = `whatsapp:${person(12)}`;
    const inbound = { provider: 'twilio', from, to: OUR_NUMBER, body: 'Where is my seat?' };
    expect((await environment.call('POST', 'inbound', inbound)).status).toBe(200);
    expect(environment.received[0]?.form).toMatchObject({ From: from, To: whatsapp.from, WaId: person(12).slice(1) });
    environment.received.length = 0;
    await send({ ...whatsapp, to: from });
    await ended(3);
    expect(statuses()).toEqual(['delivered', 'read', 'sent']);
  });
});

describe('people who write to us', () => {
  const write = (body: string, more: object = {}) =>
    environment.call('POST', 'inbound', { provider: 'twilio', from: person(21), to: OUR_NUMBER, body, ...more });

  test('reach our webhook, signed, and our answer is reported', async () => {
    environment.respond = () => 202;
    const { status, body } = await write('Hello');
    expect({ status, body }).toEqual({
      status: 200,
      body: { status: 202, providerMessageId: expect.stringMatching(/^SM[0-9a-f]{32}$/) },
    });
    const [request] = environment.received;
    expect(request?.path).toBe('/webhook/twilio');
    expect(request?.form).toMatchObject({
      AccountSid: PLATFORM.accountSid,
      From: person(21),
      To: OUR_NUMBER,
      Body: 'Hello',
      SmsStatus: 'received',
      MessageSid: (body as { providerMessageId: string }).providerMessageId,
      NumMedia: '0',
      NumSegments: '1',
    });
    expect(request && isSigned(request, PLATFORM.authToken)).toBe(true);
  });

  test('reach the account that has the number they write to', async () => {
    await write('Hello', { to: TENANT.number });
    const [request] = environment.received;
    expect(request?.form['AccountSid']).toBe(TENANT.accountSid);
    expect(request && isSigned(request, TENANT.authToken)).toBe(true);
  });

  test('STOP closes that number to them, START opens it again', async () => {
    const to = person(22);
    const text = (from = OUR_NUMBER) => environment.twilio().messages.create({ to, from, body: 'Hi' });
    const refused = expect.objectContaining({ status: 400, code: 21610 });
    await write(' stop ', { from: to });
    await expect(text()).rejects.toEqual(refused);
    await expect(text('+14155550195')).resolves.toMatchObject({ status: 'queued' });
    await write('please START', { from: to });
    await expect(text()).rejects.toEqual(refused);
    await write('Start', { from: to });
    await expect(text()).resolves.toMatchObject({ status: 'queued' });
  });

  test('cannot write through a provider that receives nothing, or from no number', async () => {
    expect(await write('Hello', { provider: 'pigeon' })).toMatchObject({
      status: 400,
      body: { detail: expect.stringContaining('provider must be twilio') as string },
    });
    expect((await write('Hello', { from: 'someone' })).status).toBe(400);
    expect(environment.received).toEqual([]);
  });
});
