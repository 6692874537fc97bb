/** The real Plivo SDK against the sandbox: sending, asking, lists, refusals, and callbacks that can be verified. */
import { randomUUID } from 'node:crypto';
import { until } from '../../harness/until.js';
import { plivoClient, plivoSdk, type PlivoSdkClient } from '../providers/plivo-sdk.js';
import {
  openSandboxEnvironment,
  person,
  PLIVO,
  type Received,
  type SandboxEnvironment,
} from './sandbox-environment.js';

let environment: SandboxEnvironment;
beforeAll(async () => {
  environment = await openSandboxEnvironment();
});
afterEach(() => environment.reset());
afterAll(() => environment.close());

const OURS = '+14155559999';
const client = (authToken = PLIVO.authToken): PlivoSdkClient =>
  plivoClient(`${environment.url}/sandbox/plivo`, { authId: PLIVO.authId, authToken });
const callbackUrl = (mid = '0192-ours'): string => `${environment.receiverUrl}/webhook/plivo/${PLIVO.id}?mid=${mid}`;
const send = async (to: string, more: object = {}): Promise<string> => {
  const { messageUuid } = await client().messages.create(OURS, to, 'See you', {
    url: callbackUrl(),
    method: 'POST',
    type: 'sms',
    ...more,
  });
  return messageUuid?.[0] ?? '';
};
const taken = async (to: string) => (await environment.messages(`?provider=plivo&to=${encodeURIComponent(to)}`)).items;
const callbacksOf = (to: string): Received[] =>
  environment.received.filter(({ form }) => form['To'] === to.replace('+', ''));

test('a text is answered as Plivo does and put on record with our message id', async () => {
  const uuid = await send(person(100));
  expect(await taken(person(100))).toMatchObject([
    {
      provider: 'plivo',
      accountId: PLIVO.authId,
      channel: 'sms',
      from: OURS,
      to: person(100),
      body: 'See you',
      messageId: '0192-ours',
      providerMessageId: uuid,
      segments: 1,
    },
  ]);
});

test('a text lives on in callbacks, signed in both versions, and can be asked about', async () => {
  const uuid = await send(person(101));
  const callbacks = await until(() => callbacksOf(person(101)).length === 2 && callbacksOf(person(101)));
  expect(callbacks.map(({ form }) => [form['Status'], form['Sequence']])).toEqual([
    ['sent', '1'],
    ['delivered', '2'],
  ]);
  for (const { url, headers, form } of callbacks) {
    expect(url).toBe(callbackUrl());
    const header = (name: string): string => String(headers[`x-plivo-signature-${name}`]);
    const { authToken } = PLIVO;
    expect(plivoSdk.validateV3Signature('POST', url, header('v3-nonce'), authToken, header('v3'), { ...form })).toBe(
      true,
    );
    expect(plivoSdk.validateSignature(url, header('v2-nonce'), header('v2'), authToken)).toBe(true);
    expect(plivoSdk.validateV3Signature('POST', url, header('v3-nonce'), 'another', header('v3'), { ...form })).toBe(
      false,
    );
  }
  expect(await client().messages.get(uuid)).toMatchObject({ messageState: 'delivered', errorCode: '000' });
});

test.each([
  [person(1_050), 'undelivered', '50'],
  [person(1_200), 'failed', '200'],
])('a text to %s ends as %s with the code %s', async (_, status, code) => {
  const to = `+15005551${code.padStart(3, '0')}`;
  await send(to);
  const last = await until(() => callbacksOf(to).find(({ form }) => form['ErrorCode'] !== undefined));
  expect(last.form).toMatchObject({ Status: status, ErrorCode: code });
});

test('who has said STOP to a number is sent to and reported as blocked, until START', async () => {
  const [me, sender] = [person(103), '+14155550142'];
  const receive = (body: string) =>
    environment.call('POST', 'inbound', { provider: 'plivo', from: me, to: sender, body });
  const lastOf = async (): Promise<string | undefined> => {
    environment.received.length = 0;
    await client().messages.create(sender, me, 'Hello', { url: callbackUrl(), method: 'POST' });
    const end = await until(() =>
      callbacksOf(me).find(({ form }) => ['delivered', 'failed'].includes(form['Status'] ?? '')),
    );
    return end.form['ErrorCode'];
  };
  await receive('Stop');
  expect(await lastOf()).toBe('200');
  await receive('GO');
  expect(await lastOf()).toBeUndefined();
});

test('a list has an account’s texts, newest first, twenty at a time', async () => {
  const began = new Date(Date.now() - 2_000).toISOString().slice(0, 19).replace('T', ' ');
  const uuids: string[] = [];
  for (let n = 0; n < 25; n += 1) uuids.unshift(await send(person(110 + n)));
  const list = async (offset: number, more: object = {}): Promise<unknown[]> =>
    (await client().messages.list({ message_time__gte: began, limit: 20, offset, ...more })).map(
      ({ messageUuid }) => messageUuid,
    );
  expect(await list(0)).toEqual(uuids.slice(0, 20));
  expect(await list(20)).toEqual(uuids.slice(20));
  expect(await list(0, { message_time__lte: '2020-01-01 00:00:00' })).toEqual([]);
});

test.each<[string, string, object]>([
  ['dst', '+15005550001', {}],
  ['src and dst', OURS, {}],
  ['url', person(140), { url: 'http://169.254.169.254/' }],
])('a text with a wrong %s is refused', async (words, to, more) => {
  await expect(send(to, more)).rejects.toMatchObject({ status: 400 });
  expect(words).toMatch(/\w/);
  expect(await taken(to)).toEqual([]);
});

test('credentials that no account has are refused, and a message that is none is not found', async () => {
  await expect(client('another').messages.get(randomUUID())).rejects.toMatchObject({ status: 401 });
  await expect(client().messages.get(randomUUID())).rejects.toMatchObject({ status: 404 });
});
