/** The providers' own books in the sandbox: prices, lists by day, totals, and gaps that a test seeds. */
import { BatchGetMetricDataCommand, SendEmailCommand } from '@aws-sdk/client-sesv2';
import { until } from '../../harness/until.js';
import { plivoClient } from '../providers/plivo-sdk.js';
import {
  OUR_NUMBER,
  openSandboxEnvironment,
  person,
  PLATFORM,
  PLIVO,
  SENDGRID,
  SES,
  type SandboxEnvironment,
} from './sandbox-environment.js';

let environment: SandboxEnvironment;
beforeAll(async () => {
  environment = await openSandboxEnvironment();
});
afterEach(() => environment.reset());
afterAll(() => environment.close());

const DAY = '2026-11-28';
const AT = new Date(`${DAY}T10:00:00Z`);

/** A text through Twilio that was delivered on the day of the books, and its sid. */
async function text(to: string, body = 'Doors open at 19:00'): Promise<string> {
  const { sid } = await environment.twilio().messages.create({ to, from: OUR_NUMBER, body });
  await until(async () => (await environment.messages(`?to=${to}`)).items[0]?.status === 'delivered');
  await change(sid, { sentAt: AT });
  return sid;
}

const change = (id: string, input: object): Promise<{ status: number }> =>
  environment.call('PATCH', `messages/${id}`, input);

const listed = async (pageSize = 50) =>
  (await environment.twilio().messages.page({ dateSent: AT, pageSize })).instances.map(({ sid, price }) => [
    sid,
    price,
  ]);

/** Of the categories that something was counted for. */
async function usage(): Promise<Record<string, readonly string[]>> {
  const { instances } = await environment
    .twilio()
    .usage.records.daily.page({ startDate: AT, endDate: AT, includeSubaccounts: false });
  return Object.fromEntries(
    instances
      .filter(({ count }) => count !== '0')
      .map((record) => [record.category, [record.count, record.usage, String(record.price)]]),
  );
}

describe('Twilio', () => {
  test('knows the price of a text only when it is asked a second time after the end', async () => {
    const sid = await text(person(1), 'x'.repeat(200));
    const fetched = async () => (await environment.twilio().messages(sid).fetch()).price;
    expect([await fetched(), await fetched(), await fetched()]).toEqual([null, '-0.01580', '-0.01580']);
  });

  test('lists a day by the time of sending, page by page, with prices', async () => {
    const [first, second] = [await text(person(1)), await text(person(2))];
    await change(await text(person(3)), { sentAt: new Date('2026-11-27T23:59:59Z') });
    expect(await listed()).toEqual([
      [second, null],
      [first, null],
    ]);
    expect(await listed(1)).toEqual([[second, '-0.00790']]);
    expect(await listed()).toEqual([
      [second, '-0.00790'],
      [first, '-0.00790'],
    ]);
  });

  test('counts a day by category, in exact decimals', async () => {
    await text(person(1));
    await text(person(2), 'x'.repeat(200));
    expect(await usage()).toEqual({
      sms: ['2', '3', '0.02370'],
      'sms-outbound': ['2', '3', '0.02370'],
      totalprice: ['2', '3', '0.02370'],
    });
    const asked = environment.twilio().usage.records.daily;
    const { nextPageUrl } = await asked.page({ startDate: AT, endDate: AT, pageSize: 7 });
    const { instances } = await asked.getPage(nextPageUrl ?? '');
    expect(instances.map(({ category }) => category)).toEqual(['totalprice']);
    await expect(environment.twilio(PLATFORM.accountSid, 'wrong').usage.records.daily.page({})).rejects.toMatchObject({
      code: 20003,
    });
  });

  test('lists the calls of a day', async () => {
    const { sid } = await environment.twilio().calls.create({
      to: person(1),
      from: OUR_NUMBER,
      url: `${environment.receiverUrl}/webhook/twilio/voice`,
    });
    await until(async () => (await environment.messages(`?to=${person(1)}`)).items[0]?.status === 'completed');
    await change(sid, { sentAt: AT });
    const calls = async (startTime: Date) =>
      (await environment.twilio().calls.page({ startTime })).instances.map((call) => [call.sid, call.price]);
    expect(await calls(new Date('2026-11-27'))).toEqual([]);
    expect([await calls(AT), await calls(AT)]).toEqual([[[sid, null]], [[sid, '-0.01400']]]);
    expect(await usage()).toMatchObject({ 'calls-outbound': ['1', '1', '0.01400'] });
  });
});

describe('A gap in the books', () => {
  test('is a message that the provider has lost: nothing there tells of it', async () => {
    const sid = await text(person(1));
    expect(await change(sid, { isLost: true })).toMatchObject({ status: 204 });
    expect(await listed()).toEqual([]);
    expect(await usage()).toEqual({});
    await expect(environment.twilio().messages(sid).fetch()).rejects.toMatchObject({ code: 20404 });
    expect((await environment.messages()).items).toMatchObject([{ providerMessageId: sid, isLost: true }]);
  });

  test('is a message that this service never sent', async () => {
    const input = { provider: 'twilio', accountId: PLATFORM.accountSid, channel: 'sms', from: OUR_NUMBER, sentAt: AT };
    const { status, body } = await environment.call('POST', 'messages', { ...input, to: person(9), price: '0.5' });
    expect(status).toBe(201);
    const { providerMessageId } = body as { providerMessageId: string };
    await listed();
    expect(await listed()).toEqual([[providerMessageId, '-0.50000']]);
  });

  test('is another price, another status or more segments than were reported', async () => {
    const sid = await text(person(1));
    await change(sid, { price: '0.000001', status: 'undelivered', segments: 3 });
    await environment.twilio().messages(sid).fetch();
    expect(await environment.twilio().messages(sid).fetch()).toMatchObject({
      price: '-0.000001',
      status: 'undelivered',
      numSegments: '3',
    });
    expect(environment.received).toEqual([]);
  });

  test('cannot be put where there is no message, or into no provider', async () => {
    expect(await change('SM0', { isLost: true })).toMatchObject({ status: 404 });
    const refused = await environment.call('POST', 'messages', { provider: 'pigeon', price: '-1' });
    expect(refused.status).toBe(400);
  });
});

test('Plivo lists a day by the time of sending, with what was charged', async () => {
  const client = plivoClient(`${environment.url}/sandbox/plivo`, PLIVO);
  const { messageUuid } = await client.messages.create('+14155559999', person(1), 'See you', {});
  const [uuid = ''] = messageUuid ?? [];
  await change(uuid, { sentAt: AT, price: '0.0123' });
  const asked = async (day: string): Promise<unknown> => {
    const query = new URLSearchParams({ message_time__gte: `${day} 00:00:00`, message_time__lte: `${day} 23:59:59` });
    const authorization = `Basic ${Buffer.from(`${PLIVO.authId}:${PLIVO.authToken}`).toString('base64')}`;
    const path = `sandbox/plivo/v1/Account/${PLIVO.authId}/Message/?${query.toString()}`;
    return (await fetch(`${environment.url}/${path}`, { headers: { authorization } })).json();
  };
  expect(await asked(DAY)).toMatchObject({ objects: [{ message_uuid: uuid, units: 1, total_amount: '0.0123' }] });
  expect(await asked('2026-11-29')).toMatchObject({ objects: [] });
});

describe('Amazon SES', () => {
  const metrics = (Metric: 'SEND' | 'DELIVERY' | 'PERMANENT_BOUNCE', Namespace = 'VDM') =>
    new BatchGetMetricDataCommand({
      Queries: [{ Id: 'one', Namespace: Namespace as 'VDM', Metric, StartDate: AT, EndDate: AT }],
    });

  test('counts by day, but for what went to its own simulator', async () => {
    const send = async (to: string): Promise<void> => {
      const Content = { Simple: { Subject: { Data: 'Doors' }, Body: { Text: { Data: '19:00' } } } };
      const command = new SendEmailCommand({
        FromEmailAddress: 'tickets@riverside.example',
        Destination: { ToAddresses: [to] },
        Content,
      });
      const { MessageId = '' } = await environment.ses().send(command);
      await until(async () => (await environment.messages(`?to=${to}`)).items[0]?.status === 'delivered');
      await change(MessageId, { sentAt: AT });
    };
    for (const to of ['ana@example.com', 'ben@example.com', 'success@simulator.amazonses.com']) await send(to);
    const { Results } = await environment.ses().send(metrics('SEND'));
    expect(Results).toEqual([{ Id: 'one', Timestamps: [new Date(DAY)], Values: [2] }]);
    expect((await environment.ses().send(metrics('PERMANENT_BOUNCE'))).Results).toEqual([
      { Id: 'one', Timestamps: [], Values: [] },
    ]);
  });

  test('knows no other namespace, and nobody with another secret', async () => {
    await expect(environment.ses().send(metrics('SEND', 'OURS'))).rejects.toThrow('not supported');
    await expect(environment.ses({ ...SES, secretAccessKey: 'wrong' }).send(metrics('SEND'))).rejects.toMatchObject({
      name: 'SignatureDoesNotMatch',
    });
  });
});

test('SendGrid counts by day, zeros too, for who has a key', async () => {
  const asked = async (query: string, apiKey = SENDGRID.apiKey): Promise<{ status: number; body: unknown }> => {
    const headers = { authorization: `Bearer ${apiKey}` };
    const answer = await fetch(`${environment.url}/sandbox/sendgrid/v3/stats?${query}`, { headers });
    return { status: answer.status, body: await answer.json() };
  };
  const email = { provider: 'sendgrid', accountId: SENDGRID.id, channel: 'email', from: 'a@example.com', sentAt: AT };
  for (const to of ['ana@example.com', 'ben@example.com']) await environment.call('POST', 'messages', { ...email, to });
  const range = `start_date=${DAY}&end_date=2026-11-29&aggregated_by=day`;
  expect(await asked(range)).toMatchObject({
    status: 200,
    body: [
      { date: DAY, stats: [{ metrics: { requests: 2, delivered: 2, bounces: 0 } }] },
      { date: '2026-11-29', stats: [{ metrics: { requests: 0 } }] },
    ],
  });
  expect(await asked('end_date=2026-11-29')).toMatchObject({
    status: 400,
    body: { errors: [{ field: 'start_date' }] },
  });
  expect(await asked(range, 'SG.other')).toMatchObject({ status: 401 });
});
