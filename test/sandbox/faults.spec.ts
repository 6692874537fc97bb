/** Every fault the sandbox can make, seen through the real SDKs. */
import { SendEmailCommand } from '@aws-sdk/client-sesv2';
import twilio from 'twilio';
import { until } from '../../harness/until.js';
import {
  OUR_NUMBER,
  PLATFORM,
  openSandboxEnvironment,
  person,
  sorted,
  type SandboxEnvironment,
} from './sandbox-environment.js';

let environment: SandboxEnvironment;
beforeAll(async () => {
  environment = await openSandboxEnvironment();
});
beforeEach(() => environment.reset());
afterAll(() => environment.close());

const plan = async (faults: object): Promise<void> => {
  const { status, body } = await environment.call('PUT', 'faults', faults);
  expect({ status, body }).toEqual({ status: 200, body: faults });
};
const always = (provider: string, fault: string): object => ({ calls: [{ provider, rates: { [fault]: 1 } }] });
const text = (to = person(1), callback = false) =>
  environment.twilio().messages.create({
    to,
    from: OUR_NUMBER,
    body: 'Hi',
    ...(callback && { statusCallback: `${environment.receiverUrl}/webhook/twilio?mid=m-1` }),
  });
const email = (abortSignal?: AbortSignal) =>
  environment.ses().send(
    new SendEmailCommand({
      FromEmailAddress: 'tickets@riverside.example',
      Destination: { ToAddresses: ['ana@example.com'] },
      Content: { Simple: { Subject: { Data: 'S' }, Body: { Text: { Data: 'T' } } } },
    }),
    { abortSignal },
  );
const recorded = async (): Promise<number> => (await environment.messages()).items.length;
const inTurn = async (count: number, send: () => Promise<unknown>): Promise<string[]> => {
  const results: string[] = [];
  for (let n = 0; n < count; n += 1)
    results.push(
      await send().then(
        () => 'ok',
        () => 'failed',
      ),
    );
  return results;
};

describe('calls to Twilio', () => {
  test.each([
    ['tooMany', { status: 429, code: 20429 }, 0],
    ['serverError', { status: 500, code: 20500 }, 0],
    ['badGateway', { status: 502 }, 0],
    ['resetBefore', { code: 'ECONNRESET' }, 0],
    ['resetAfter', { code: 'ECONNRESET' }, 1],
  ])('%s', async (fault, error, accepted) => {
    await plan(always('twilio', fault));
    await expect(text()).rejects.toMatchObject(error);
    expect(await recorded()).toBe(accepted);
  });

  test('accepted before a reset: the callbacks come', async () => {
    await plan(always('twilio', 'resetAfter'));
    await expect(text(person(2), true)).rejects.toMatchObject({ code: 'ECONNRESET' });
    await until(() => environment.received.length === 2);
    expect(sorted(environment.received.map(({ form }) => form['MessageStatus']))).toEqual(['delivered', 'sent']);
  });
});

describe('calls to SES', () => {
  test.each([
    ['tooMany', { name: 'TooManyRequestsException', $metadata: { httpStatusCode: 429 } }, 0],
    ['serverError', { name: 'InternalServiceErrorException', $metadata: { httpStatusCode: 500 } }, 0],
    ['badGateway', { $metadata: { httpStatusCode: 502 } }, 0],
    ['resetBefore', { code: 'ECONNRESET' }, 0],
    ['resetAfter', { code: 'ECONNRESET' }, 1],
  ])('%s', async (fault, error, accepted) => {
    await plan(always('ses', fault));
    await expect(email()).rejects.toMatchObject(error);
    expect(await recorded()).toBe(accepted);
  });

  test('hangAfter: it is on record, and not answered when later calls are', async () => {
    await plan({ calls: [{ provider: 'ses', nth: { hangAfter: 2 } }] });
    await email();
    const given = new AbortController();
    let isOver = false;
    const hanging = email(given.signal).finally(() => (isOver = true));
    const broken = expect(hanging).rejects.toMatchObject({ name: 'AbortError' });
    await until(async () => (await recorded()) === 2);
    await email();
    expect([isOver, await recorded()]).toEqual([false, 3]);
    given.abort();
    await broken;
  });

  test('a hanging call does not keep the sandbox from closing', async () => {
    const other = await openSandboxEnvironment();
    await other.call('PUT', 'faults', always('twilio', 'hangAfter'));
    const hanging = other.twilio().messages.create({ to: person(3), from: OUR_NUMBER, body: 'Hi' });
    const broken = expect(hanging).rejects.toMatchObject({ code: 'ECONNRESET' });
    await until(async () => (await other.messages()).items.length === 1);
    await other.close();
    await broken;
  });
});

describe('the plan', () => {
  test('strikes one provider, or each that has no entry of its own, and nothing once it is cleared', async () => {
    await plan(always('twilio', 'tooMany'));
    await email();
    await plan({ calls: [{ provider: '*', rates: { tooMany: 1 } }, { provider: 'twilio' }] });
    await text();
    await expect(email()).rejects.toMatchObject({ name: 'TooManyRequestsException' });
    await plan({});
    await email();
  });

  test('can strike every n-th send', async () => {
    await plan({ calls: [{ provider: 'twilio', nth: { tooMany: 3, serverError: 4 } }] });
    expect(await inTurn(8, text)).toEqual(['ok', 'ok', 'failed', 'failed', 'ok', 'failed', 'ok', 'failed']);
  });

  test('draws the same with the same seed, and its shares hold', async () => {
    const seeded = { seed: 11, calls: [{ provider: 'twilio', rates: { tooMany: 0.25, serverError: 0.25 } }] };
    await plan(seeded);
    const first = await inTurn(40, text);
    await plan(seeded);
    expect(await inTurn(40, text)).toEqual(first);
    await plan({ ...seeded, seed: 12 });
    expect(await inTurn(40, text)).not.toEqual(first);
    const failures = first.filter((result) => result === 'failed').length;
    expect(failures).toBeGreaterThan(10);
    expect(failures).toBeLessThan(30);
  });

  test('can make calls slow', async () => {
    await plan({ calls: [{ provider: 'twilio', latencyMs: { min: 200, max: 250 } }] });
    const start = performance.now();
    await text();
    expect(performance.now() - start).toBeGreaterThanOrEqual(199);
  });

  test('decides outcomes by share, but not those of magic recipients', async () => {
    await plan({ outcomes: { undelivered: 1 } });
    await text(person(4), true);
    const errors = (): (string | undefined)[] => sorted(environment.received.map(({ form }) => form['ErrorCode']));
    await until(() => environment.received.length === 2);
    expect(errors()).toEqual(['30003', undefined]);
    await plan({ outcomes: { failed: 1 } });
    await text(person(4), true);
    await until(() => environment.received.length === 3);
    expect(errors()).toEqual(['30003', '30008', undefined]);
    await text('+15005550105', true);
    await until(() => environment.received.length === 5);
    expect(errors()).toEqual(['30003', '30005', '30008', undefined, undefined]);
  });

  test.each([
    [{ calls: [{ provider: 'pigeon' }] }, 'provider must be one of twilio, plivo, ses, sendgrid, resend or *'],
    [{ calls: [{ provider: 'ses', rates: { tooMany: 2 } }] }, 'tooMany must be a share from 0 to 1'],
    [{ calls: [{ provider: 'ses', rates: { tooMany: 0.7, serverError: 0.7 } }] }, 'rates must add up to 1 at most'],
    [{ calls: [{ provider: 'ses', rates: { tooMuch: 1 } }] }, 'calls[0].rates.tooMuch is not a field of this request'],
    [{ calls: [{ provider: 'ses', nth: { tooMany: 0 } }] }, 'tooMany must not be less than 1'],
    [{ calls: [{ provider: 'ses', latencyMs: { min: 5, max: 1 } }] }, 'max must not be less than min'],
    [{ calls: [{ provider: 'ses' }, { provider: 'ses' }] }, 'calls must hold one entry per provider'],
    [{ callbacks: { duplicate: 1, copies: null } }, 'copies must be an integer number'],
    [{ callbacks: { shuffle: 'yes' } }, 'shuffle must be a boolean value'],
    [{ callbacks: { snsSignatureVersion: '3' } }, 'snsSignatureVersion must be "1" or "2"'],
    [{ callbacks: { copies: true } }, 'callbacks.copies must be an integer number'],
    [{ outcomes: 5 }, 'outcomes must be an object'],
    [{ outcomes: [] }, 'outcomes must be an object'],
    [{ callbacks: { delayMs: [] } }, 'callbacks.delayMs must be an object'],
    [{ calls: [[]] }, 'each of calls must be an object'],
    [{ calls: 5 }, 'calls must be a list'],
    [[], 'The request body must be a JSON object'],
  ])('is refused when it says %j', async (faults, message) => {
    const { status, body } = await environment.call('PUT', 'faults', faults);
    expect(status).toBe(400);
    expect(JSON.stringify(body)).toContain(JSON.stringify(message).slice(1, -1));
    expect((await environment.call('GET', 'faults')).body).toEqual({});
  });
});

describe('callbacks', () => {
  const statuses = (): (string | undefined)[] => environment.received.map(({ form }) => form['MessageStatus']);

  test('can be lost: the provider still knows', async () => {
    await plan({ callbacks: { drop: 1 } });
    const { sid } = await text(person(5), true);
    await until(async () => (await environment.twilio().messages(sid).fetch()).status === 'delivered');
    expect(environment.received).toEqual([]);
  });

  test('can be repeated', async () => {
    await plan({ callbacks: { duplicate: 1, copies: 3 } });
    await text(person(5), true);
    await until(() => environment.received.length === 6);
    expect(sorted(statuses())).toEqual(['delivered', 'delivered', 'delivered', 'sent', 'sent', 'sent']);
  });

  test('can come in the wrong order', async () => {
    await plan({ seed: 3, callbacks: { shuffle: true, delayMs: { min: 40, max: 60 } } });
    await Promise.all(Array.from({ length: 20 }, (_, n) => text(person(100 + n), true)));
    await until(() => environment.received.length === 40);
    const firsts = new Map<string | undefined, string | undefined>();
    for (const { form } of environment.received.toReversed()) firsts.set(form['MessageSid'], form['MessageStatus']);
    const wrong = [...firsts.values()].filter((status) => status === 'delivered').length;
    expect(wrong).toBeGreaterThan(2);
    expect(wrong).toBeLessThan(18);
  });

  test('can be signed wrongly', async () => {
    await plan({ callbacks: { badSignature: 1 } });
    await text(person(5), true);
    await until(() => environment.received.length === 2);
    for (const { headers, url, form } of environment.received) {
      expect(twilio.validateRequest(PLATFORM.authToken, String(headers['x-twilio-signature']), url, form)).toBe(false);
    }
  });

  test('come after the delay that is asked for', async () => {
    await plan({ callbacks: { delayMs: { min: 150, max: 160 } } });
    const start = performance.now();
    await text(person(5), true);
    await until(() => environment.received.length === 1);
    expect(performance.now() - start).toBeGreaterThanOrEqual(149);
  });
});
