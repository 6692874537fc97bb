/** Calls through Twilio: the contract once more, what is made of an envelope, and what Twilio says and asks of a call. */
import { randomUUID } from 'node:crypto';
import twilio from 'twilio';
import { readTwiml } from '../../src/sandbox/twilio/twiml.js';
import type { Envelope, SpeechContent } from '../../src/providers/provider.port.js';
import type { SpeechRequest, WebhookAccounts, WebhookRequest } from '../../src/providers/provider.webhook.js';
import { TwilioAdapter } from '../../src/providers/twilio/twilio.adapter.js';
import { acknowledges, isMachine, speak, speechUrl, verifySpeech } from '../../src/providers/twilio/twilio.speech.js';
import { parseTwilioWebhook } from '../../src/providers/twilio/twilio.webhook.js';
import { MalformedWebhook, UntrustedWebhook } from '../../src/providers/webhook.errors.js';
import { json, Loopback, type Received, type Script } from './loopback.js';
import { providerContract } from './provider.contract.js';
import { twilioBooks } from './twilio.books.js';

const ACCOUNT_SID = `AC${'0'.repeat(32)}`;
const TOKEN = 'token';
const account = { id: 'account-1', version: 1, credentials: { accountSid: ACCOUNT_SID, authToken: TOKEN } } as const;
const BASE = 'https://desk.example.com/webhook/twilio';
const MID = '019a9b1c-4a3c-7b1e-8f00-000000000001';
const BAD = '+15005550001';

const adapterAt = (baseUrl: string, timeoutMs = 60_000) => new TwilioAdapter({ baseUrl, timeoutMs, webhookUrl: BASE });
const speech: SpeechContent = {
  kind: 'speech',
  text: 'Gate 4 is closed.',
  language: 'en-US',
  repeat: 2,
  pauseSeconds: 1,
};
const call = (to: string, more: Partial<Envelope> = {}): Envelope => ({
  messageId: randomUUID(),
  attempt: 1,
  tenantId: randomUUID(),
  channel: 'voice',
  from: '+14155550100',
  to,
  content: speech,
  ...more,
});
const fieldsOf = ({ body }: Received): URLSearchParams => new URLSearchParams(body);

const healthy: Script = (request) => {
  if (request.method === 'GET') return json(200, { sid: ACCOUNT_SID, status: 'active' });
  const to = fieldsOf(request).get('To');
  return to === BAD
    ? json(400, { code: 21211, message: `The 'To' number ${to} is not a valid phone number.`, status: 400 })
    : json(201, { sid: `CA${randomUUID().replaceAll('-', '')}`, status: 'queued' });
};

providerContract({
  name: 'Twilio, calling,',
  adapterAt,
  account,
  secret: 'authToken',
  envelope: (to) => call(to),
  goodRecipients: ['+14155550111', '+14155550112', '+14155550113'],
  badRecipient: BAD,
  healthy,
  badCredentials: json(401, { code: 20003, message: 'Authenticate', status: 401 }),
  throttled: json(429, { code: 20429, message: 'Too Many Requests', status: 429 }),
  callsFor: (calls) => calls,
  messageIdsIn: (request) => [
    new URL(fieldsOf(request).get('StatusCallback') ?? '').searchParams.get('mid') ?? undefined,
  ],
  books: twilioBooks,
});

describe('A call on the wire', () => {
  let provider: Loopback;
  beforeEach(async () => {
    provider = await Loopback.open();
    provider.script = healthy;
  });
  afterEach(() => provider.close());

  test('asks Twilio to fetch what it says from an address that we signed, and to tell machines apart', async () => {
    const envelope = call('+14155550111');
    await adapterAt(provider.origin).send(account, [envelope]);
    const [request] = provider.received;
    expect(request?.path).toBe(`/2010-04-01/Accounts/${ACCOUNT_SID}/Calls.json`);
    const form = fieldsOf(request as Received);
    expect(Object.fromEntries(form)).toMatchObject({
      To: '+14155550111',
      From: '+14155550100',
      Url: speechUrl(`${BASE}/voice`, envelope.messageId, TOKEN),
      Method: 'POST',
      Timeout: '30',
      MachineDetection: 'Enable',
      StatusCallback: `${BASE}/voice?mid=${envelope.messageId}#rc=5&rp=all`,
    });
    expect(form.getAll('StatusCallbackEvent')).toEqual(['initiated', 'ringing', 'answered', 'completed']);
    expect(request?.body).not.toContain('Gate');
  });

  test.each<[string, Partial<Envelope>]>([
    ['a text on voice', { content: { kind: 'text', body: 'x' } }],
    ['speech on SMS', { channel: 'sms' }],
  ])('does not carry %s', async (_, more) => {
    const outcomes = await adapterAt(provider.origin).send(account, [call('+14155550111', more)]);
    expect(outcomes).toMatchObject([{ kind: 'refused', reason: 'content', code: 'unsupported-content' }]);
    expect(provider.received).toEqual([]);
  });

  test('is reported as its callback would be', async () => {
    provider.script = () =>
      json(200, { sid: 'CA1', status: 'completed', to: '+14155550111', answered_by: 'human', duration: '14' });
    const reported = adapterAt(provider.origin).report(account, { providerMessageId: 'CA1', messageId: MID });
    await expect(reported).resolves.toEqual({
      kind: 'status',
      dedupeKey: 'CA1:completed',
      providerMessageId: 'CA1',
      messageId: MID,
      status: 'delivered',
      call: { answeredBy: 'human', durationSeconds: 14 },
    });
    expect(provider.received[0]?.path).toContain('/Calls/CA1.json');
  });

  test.each([
    ['-0.01400', 'USD', { micros: 14_000, currency: 'USD' }, ':14000USD'],
    ['-0.0075000', 'EUR', { micros: 7_500, currency: 'EUR' }, ':7500EUR'],
    ['0', 'USD', { micros: 0, currency: 'USD' }, ':0USD'],
  ])('is told the price %s %s of, as another event', async (price, unit, told, key) => {
    const ended = { sid: 'CA1', status: 'completed', to: '+14155550111', answered_by: 'human', duration: '14' };
    provider.script = () => json(200, { ...ended, price, price_unit: unit });
    const reported = await adapterAt(provider.origin).report(account, { providerMessageId: 'CA1', messageId: MID });
    expect(reported).toMatchObject({ dedupeKey: `CA1:completed${key}`, call: { durationSeconds: 14 }, price: told });
    provider.script = () => json(200, { ...ended, price: null, price_unit: unit });
    const unpriced = await adapterAt(provider.origin).report(account, { providerMessageId: 'CA1', messageId: MID });
    expect(unpriced).toMatchObject({ dedupeKey: 'CA1:completed', call: { answeredBy: 'human', durationSeconds: 14 } });
    expect(unpriced).not.toHaveProperty('price');
  });

  test('is found in Twilio’s list of calls, page by page, if it was made since', async () => {
    const since = new Date('2026-11-29T10:00:00Z');
    const entry = (sid: string, minutes: number, more: object = {}): object => ({
      sid,
      status: 'completed',
      direction: 'outbound-api',
      date_created: new Date(since.getTime() + minutes * 60_000).toUTCString(),
      ...more,
    });
    const pages = [
      { calls: [entry('CA3', 3), entry('CA2', 2, { direction: 'inbound' })], next_page_uri: '/2010-04-01/next' },
      { calls: [entry('CA1', 1, { status: 'ringing' }), entry('CA0', -1)], next_page_uri: null },
    ];
    provider.script = ({ path }) => json(200, pages[path.endsWith('next') ? 1 : 0]);
    const asked = { channel: 'voice', from: '+14155550100', to: '+14155550111' } as const;
    const traces = await adapterAt(provider.origin).traces(account, asked, { since, until: new Date() });
    expect(traces).toMatchObject([
      { providerMessageId: 'CA3', status: 'delivered' },
      { providerMessageId: 'CA1', status: 'sent' },
    ]);
  });
});

function signed(fields: Record<string, string>, url: string, token: string = TOKEN): WebhookRequest {
  return {
    url,
    rawBody: Buffer.from(new URLSearchParams(fields).toString()),
    headers: { 'x-twilio-signature': twilio.getExpectedTwilioSignature(token, url, fields) },
  };
}

describe('Twilio’s progress of a call', () => {
  const read = (fields: Record<string, string>, url = `${BASE}/voice?mid=${MID}`) =>
    parseTwilioWebhook(signed({ AccountSid: ACCOUNT_SID, CallSid: 'CA1', To: '+14155550111', ...fields }, url));
  const at = { Timestamp: 'Sun, 29 Nov 2026 10:00:00 +0000' };
  const base = { kind: 'status', providerMessageId: 'CA1', messageId: MID };

  test.each<[string, Record<string, string>, object]>([
    [
      'completed',
      { AnsweredBy: 'human', CallDuration: '14', ...at },
      {
        status: 'delivered',
        occurredAt: new Date('2026-11-29T10:00:00Z'),
        call: { answeredBy: 'human', durationSeconds: 14 },
      },
    ],
    ['completed', { AnsweredBy: 'unknown' }, { status: 'delivered', call: { answeredBy: 'unknown' } }],
    ['completed', { CallDuration: 'soon' }, { status: 'delivered', call: {} }],
    [
      'completed',
      { AnsweredBy: 'machine_end_beep', CallDuration: '3' },
      {
        status: 'undelivered',
        code: 'machine_end_beep',
        message: 'A machine answered.',
        call: { answeredBy: 'machine_end_beep', durationSeconds: 3 },
      },
    ],
    ['busy', {}, { status: 'undelivered', code: 'busy', message: 'The line was busy.', call: { durationSeconds: 0 } }],
    [
      'no-answer',
      {},
      { status: 'undelivered', code: 'no-answer', message: 'Nobody answered.', call: { durationSeconds: 0 } },
    ],
    [
      'failed',
      { SipResponseCode: '404' },
      { status: 'failed', code: 'sip-404', message: 'The call could not be connected.', call: { durationSeconds: 0 } },
    ],
    [
      'failed',
      {},
      { status: 'failed', code: 'failed', message: 'The call could not be connected.', call: { durationSeconds: 0 } },
    ],
    [
      'canceled',
      {},
      {
        status: 'failed',
        code: 'canceled',
        message: 'The call was canceled before it was answered.',
        call: { durationSeconds: 0 },
      },
    ],
  ])('reads %s with %j', (word, fields, expected) => {
    expect(read({ CallStatus: word, ...fields })).toEqual([{ ...base, dedupeKey: `CA1:${word}`, ...expected }]);
  });

  test.each(['queued', 'initiated', 'ringing', 'in-progress'])('keeps %s, which says nothing of the end', (word) => {
    expect(read({ CallStatus: word })).toEqual([{ kind: 'ignored', dedupeKey: `CA1:${word}`, type: word }]);
  });

  test('is looked up without our id, and malformed without a status', () => {
    expect(read({ CallStatus: 'busy' }, `${BASE}/voice`)).toMatchObject([
      { dedupeKey: 'CA1:busy:looked-up', lookup: { providerMessageId: 'CA1', to: '+14155550111' } },
    ]);
    expect(() => read({})).toThrow(MalformedWebhook);
  });
});

describe('What a call says', () => {
  const asked: SpeechRequest = {
    messageId: MID,
    providerMessageId: 'CA1',
    accountIds: ['account-1'],
    toMachine: false,
    url: speechUrl(`${BASE}/voice`, MID, TOKEN),
  };
  const acknowledge = { prompt: 'Press 1.', confirmation: 'Thank you.' };
  const document = (content: SpeechContent | undefined, more: Partial<SpeechRequest> = {}): string =>
    speak(content, { ...asked, ...more }).body ?? '';

  test('is said as often as it is to be, with silence between, and then the call ends', () => {
    expect(speak(speech, asked)).toEqual({
      status: 200,
      type: 'text/xml',
      body:
        '<?xml version="1.0" encoding="UTF-8"?><Response>' +
        '<Say language="en-US">Gate 4 is closed.</Say><Pause length="1"/>'.repeat(2) +
        '<Hangup/></Response>',
    });
    expect(document({ ...speech, repeat: 1, pauseSeconds: 0, voice: 'Polly.Amy' })).toContain(
      '<Response><Say language="en-US" voice="Polly.Amy">Gate 4 is closed.</Say><Hangup/></Response>',
    );
  });

  test('asks a person for a key after each time, at the address that was asked', () => {
    const { said, gather } = readTwiml(document({ ...speech, acknowledge }));
    expect(said).toEqual(['Gate 4 is closed.', 'Press 1.', 'Gate 4 is closed.', 'Press 1.']);
    expect(gather).toBe(asked.url);
    expect(document({ ...speech, acknowledge }).match(/<Gather/g)).toHaveLength(2);
  });

  test('ends with thanks for a 1, begins again for any other key, and asks a machine for none', () => {
    expect(readTwiml(document({ ...speech, acknowledge }, { key: '1' }))).toEqual({ said: ['Thank you.'] });
    expect(readTwiml(document({ ...speech, acknowledge: { prompt: 'Press 1.' } }, { key: '1' }))).toEqual({ said: [] });
    expect(readTwiml(document({ ...speech, acknowledge }, { key: '7' })).said).toHaveLength(4);
    expect(readTwiml(document({ ...speech, acknowledge }, { toMachine: true }))).toEqual({
      said: ['Gate 4 is closed.', 'Gate 4 is closed.'],
    });
    expect(acknowledges(speech, { ...asked, key: '1' })).toBe(false);
  });

  test('is nothing, where there is nothing to say', () => {
    expect(document(undefined)).toBe('<?xml version="1.0" encoding="UTF-8"?><Response><Hangup/></Response>');
  });

  test('cannot leave its element, and what XML does not have is a blank', () => {
    const text = '</Say><Dial>+1900</Dial> & "x" \u0000\u0008\ud800 \u{1f514}';
    const body = document({ ...speech, text, repeat: 1 });
    expect(body).not.toContain('<Dial>');
    expect(readTwiml(body).said).toEqual(['</Say><Dial>+1900</Dial> & "x"   \ufffd \u{1f514}']);
  });

  test.each([
    ['human', false],
    ['unknown', false],
    [null, false],
    ['machine_start', true],
    ['machine_end_silence', true],
    ['fax', true],
  ])('takes %s for a machine: %s', (answeredBy, machine) => {
    expect(isMachine(answeredBy)).toBe(machine);
  });
});

describe('An address that says what a call says', () => {
  const url = speechUrl(`${BASE}/voice`, MID, TOKEN);
  const fields = { AccountSid: ACCOUNT_SID, CallSid: 'CA1', AnsweredBy: 'human' };
  const accounts = (
    some: readonly { id: string; version: number; credentials: Record<string, string> }[] = [account],
  ) => ({ findByExternalId: () => Promise.resolve(some) }) as unknown as WebhookAccounts;

  test('is answered to Twilio, with the key that was pressed', async () => {
    await expect(verifySpeech(signed(fields, url), accounts())).resolves.toEqual({
      messageId: MID,
      providerMessageId: 'CA1',
      accountIds: ['account-1'],
      toMachine: false,
      url,
    });
    const pressed = { ...fields, AnsweredBy: 'machine_start', Digits: '1' };
    await expect(verifySpeech(signed(pressed, url), accounts())).resolves.toMatchObject({ key: '1', toMachine: true });
  });

  test('is answered to nobody else, and for no other call', async () => {
    const others = url.replace(MID, MID.replace('1', '2'));
    const bad: WebhookRequest[] = [
      signed(fields, url, 'another'),
      { ...signed(fields, url), headers: {} },
      { ...signed(fields, url), rawBody: Buffer.from(new URLSearchParams({ ...fields, Digits: '1' }).toString()) },
      signed(fields, others),
      signed(fields, `${BASE}/voice/speech?mid=${MID}`),
      signed(fields, speechUrl(`${BASE}/voice`, MID, 'another')),
    ];
    for (const each of bad) await expect(verifySpeech(each, accounts())).rejects.toThrow(UntrustedWebhook);
  });

  test('counts for the account that signed it, of several with the same id', async () => {
    const twin = { ...account, id: 'account-2', credentials: { ...account.credentials, authToken: 'of the twin' } };
    await expect(verifySpeech(signed(fields, url), accounts([twin, account]))).resolves.toMatchObject({
      accountIds: ['account-1'],
    });
  });

  test('is malformed without a call, or a message', async () => {
    const withoutCall = { AccountSid: ACCOUNT_SID };
    await expect(verifySpeech(signed(withoutCall, url), accounts())).rejects.toThrow(new MalformedWebhook('CallSid'));
    const nobody = `${BASE}/voice/speech?mid=welcome&sig=1`;
    await expect(verifySpeech(signed(fields, nobody), accounts())).rejects.toThrow(new MalformedWebhook('mid'));
  });
});
