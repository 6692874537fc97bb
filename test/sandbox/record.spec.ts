/** The record of what was accepted: its pages, its filters and its bounds. */
import { MessageRecord, type RecordedMessage } from '../../src/sandbox/message-record.js';
import { OUR_NUMBER, openSandboxEnvironment, person, type SandboxEnvironment } from './sandbox-environment.js';

let next = 0;
const message = (to: string, body = 'Hi'): RecordedMessage => ({
  provider: 'twilio',
  accountId: 'AC1',
  channel: 'sms',
  from: OUR_NUMBER,
  to,
  body,
  status: 'queued',
  providerMessageId: `SM${(next += 1)}`,
  acceptedAt: new Date(),
});
const recordOf = (messages: RecordedMessage[], limit: number, characters?: number): MessageRecord => {
  const record = new MessageRecord(limit, characters);
  for (const each of messages) record.add(each);
  return record;
};

describe('the record', () => {
  test('keeps the newest and forgets the oldest, by every way to find them', () => {
    const all = Array.from({ length: 25 }, (_, n) => message(person(n % 3)));
    const record = recordOf(all, 10);
    const newest = all.slice(-10);
    expect([...record.oldestFirst()].map((entry) => entry.message)).toEqual(newest);
    expect([...record.newestFirst()].map((entry) => entry.message)).toEqual(newest.toReversed());
    for (const to of [0, 1, 2].map(person)) {
      const expected = newest.filter((each) => each.to === to);
      expect([...record.oldestFirst(to)].map((entry) => entry.message)).toEqual(expected);
      expect([...record.newestFirst(to)].map((entry) => entry.message)).toEqual(expected.toReversed());
    }
    expect(all.map((each) => record.find(each.providerMessageId))).toEqual([
      ...all.slice(0, 15).map(() => undefined),
      ...newest,
    ]);
  });

  test('forgets a recipient whose messages are all forgotten', () => {
    const record = recordOf([message('a@example.com'), message(person(1)), message(person(2))], 2);
    expect([...record.oldestFirst('a@example.com')]).toEqual([]);
  });

  test('drops the contents of the oldest first, and keeps the rest of them', () => {
    const all = Array.from({ length: 5 }, () => message(person(1), 'x'.repeat(100)));
    const record = recordOf(all, 10, 250);
    expect([...record.oldestFirst()].map((entry) => entry.message.body?.length)).toEqual([
      undefined,
      undefined,
      undefined,
      100,
      100,
    ]);
  });

  test('starts anew after it was cleared, with positions that were never used', () => {
    const record = recordOf(
      Array.from({ length: 7 }, () => message(person(1))),
      5,
    );
    const last = [...record.newestFirst()][0]?.position ?? 0;
    record.clear();
    expect([...record.oldestFirst(), ...record.oldestFirst(person(1))]).toEqual([]);
    for (let n = 0; n < 6; n += 1) record.add(message(person(1)));
    const positions = [...record.oldestFirst(person(1))].map((entry) => entry.position);
    expect(positions).toEqual([2, 3, 4, 5, 6].map((n) => last + n));
  });
});

describe('GET and DELETE /sandbox/messages', () => {
  let environment: SandboxEnvironment;
  beforeAll(async () => {
    environment = await openSandboxEnvironment();
  });
  afterEach(() => environment.reset());
  afterAll(() => environment.close());
  const text = (to: string) => environment.twilio().messages.create({ to, from: OUR_NUMBER, body: 'Hi' });

  test('lists page by page, oldest first; each send is its own row', async () => {
    for (const to of [1, 1, 2, 1, 3]) await text(person(to));
    const first = await environment.messages('?limit=2');
    expect(first.items.map(({ to }) => to)).toEqual([person(1), person(1)]);
    const second = await environment.messages(`?limit=2&cursor=${first.nextCursor}`);
    expect(second.items.map(({ to }) => to)).toEqual([person(2), person(1)]);
    const third = await environment.messages(`?limit=2&cursor=${second.nextCursor}`);
    expect(third).toMatchObject({ items: [{ to: person(3) }], nextCursor: null });
    const own = await environment.messages(`?limit=2&to=${encodeURIComponent(person(1))}`);
    expect(own.items).toHaveLength(2);
    expect((await environment.messages(`?to=${person(1)}&cursor=${own.nextCursor}`)).items).toHaveLength(1);
    expect((await environment.messages('?provider=ses')).items).toEqual([]);
    expect((await environment.messages('?provider=twilio')).items).toHaveLength(5);
  });

  test('clears', async () => {
    await text(person(1));
    expect((await environment.call('DELETE', 'messages')).status).toBe(204);
    expect(await environment.messages()).toEqual({ items: [], nextCursor: null });
  });

  test.each(['limit=0', 'limit=1001', 'limit=x', 'cursor=x', 'provider=pigeon', 'tp=1'])(
    'refuses ?%s',
    async (query) => {
      expect((await environment.call('GET', `messages?${query}`)).status).toBe(400);
    },
  );
});
