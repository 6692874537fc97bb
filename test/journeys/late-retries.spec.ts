/** A message that a provider took and could not deliver, for a cause that passes, is sent again, with limits. */
import { CommandBus } from '@nestjs/cqrs';
import { until } from '../../harness/until.js';
import { RetryLate } from '../../src/dispatch/retries/retry-late.command.js';
import { EventConsumers } from '../../src/ledger/index.js';
import { openTestApp, type TestApp, type Tenant } from '../support/test-app.js';
import { decide, suppressionOf } from '../support/consent.js';
import { read, send, text, whenEnded, whenStatus } from '../support/messages.js';
import { newNumber } from '../support/people.js';
import { faults, timesTaken } from '../support/sandbox.js';

const OFF = '+15005550103';
const OUT_OF_USE = '+15005550105';
const FILTERED = '+15005550107';

let app: TestApp;
let tenant: Tenant;
beforeAll(async () => {
  app = await openTestApp();
  tenant = await app.tenant();
});
afterAll(() => app.close());
afterEach(() => faults(app, {}));

interface Due {
  readonly attempt: number;
  readonly minutes: number;
}

/** When it is to be sent again, if it is, once all that has happened was looked at. */
async function dueOf(id: string): Promise<Due | undefined> {
  await until(async () => {
    await app.nest.get(EventConsumers).run('late-retries');
    const ahead = await app.database.query(
      `select from message_event, event_cursor where name = 'late-retries' and message_id = $1
         and (message_event.tx, message_event.seq) > (event_cursor.tx, event_cursor.seq)`,
      [id],
    );
    return ahead.length === 0;
  });
  const [row] = await app.database.query<Due>(
    `select attempt, round(extract(epoch from due_at - now()) / 60)::int as minutes from late_retry where message_id = $1`,
    [id],
  );
  return row;
}

/** Its hour has come. */
async function comes(id: string): Promise<void> {
  await app.database.query(`update late_retry set due_at = now() where message_id = $1`, [id]);
  await app.nest.get(CommandBus).execute(new RetryLate());
}

const follower = (id: string): Promise<string> =>
  until(async () => (await read(app, tenant, id)).followedBy ?? undefined);

async function undelivered(input: object = {}): Promise<string> {
  const id = await send(app, tenant, text({ to: OFF, ...input }));
  await whenStatus(app, tenant, id, 'undelivered');
  return id;
}

test('a ticket is sent again after a quarter of an hour and after two hours, and then no more', async () => {
  const first = await undelivered({ reference: 'order:A-1' });
  expect(await dueOf(first)).toEqual({ attempt: 1, minutes: 15 });
  await comes(first);
  const second = await follower(first);
  await whenStatus(app, tenant, second, 'undelivered');
  expect(await read(app, tenant, second)).toMatchObject({
    resendOf: first,
    reference: 'order:A-1',
    errorCode: '30003',
  });
  expect(await dueOf(second)).toEqual({ attempt: 2, minutes: 120 });
  await comes(second);
  const third = await follower(second);
  await whenStatus(app, tenant, third, 'undelivered');
  expect((await dueOf(third))?.minutes ?? null).toBeNull();
  await app.nest.get(CommandBus).execute(new RetryLate());
  expect(await read(app, tenant, third)).toMatchObject({ followedBy: null });
  expect(await timesTaken(app, [first, second, third])).toEqual([1, 1, 1]);
});

test.each([
  ['emergency', 1],
  ['transactional', 15],
])('an %s message is sent again after %i minutes', async (category, minutes) => {
  expect(await dueOf(await undelivered({ category }))).toEqual({ attempt: 1, minutes });
});

test('marketing is sent again once', async () => {
  await decide(app, tenant, [OFF], 'sms');
  const first = await undelivered({ category: 'marketing' });
  expect(await dueOf(first)).toEqual({ attempt: 1, minutes: 120 });
  await comes(first);
  const second = await follower(first);
  await whenStatus(app, tenant, second, 'undelivered');
  expect((await dueOf(second))?.minutes ?? null).toBeNull();
});

test.each([
  ['a number that is out of use', { to: OUT_OF_USE }],
  ['a text that the carrier filters', { to: FILTERED }],
  ['a message after which nothing is to follow', { fallback: [] }],
  [
    'a message with a fallback',
    { fallback: [{ channel: 'email', content: { subject: 'a', text: 'b' } }], alternateTo: 'ana@example.com' },
  ],
])('%s is not sent again', async (_, input) => {
  const id = await undelivered(input);
  expect(await dueOf(id)).toBeUndefined();
});

test('a number that is out of use is suppressed', async () => {
  expect(await suppressionOf(app, tenant, OUT_OF_USE)).toMatchObject({ reason: 'invalid_address' });
});

test('who says STOP in the meantime is left alone', async () => {
  const to = newNumber();
  await faults(app, { outcomes: { undelivered: 1 } });
  const id = await undelivered({ to });
  expect(await dueOf(id)).toMatchObject({ attempt: 1 });
  await decide(app, tenant, [to], 'sms', 'opted_out');
  await comes(id);
  const again = await follower(id);
  expect(await whenEnded(app, tenant, again)).toMatchObject({ status: 'blocked_opted_out' });
  expect(await timesTaken(app, [again])).toEqual([0]);
});

test('what was sent again by hand, or has expired, is not sent once more', async () => {
  const [byHand, expired] = [await undelivered(), await undelivered()];
  expect([await dueOf(byHand), await dueOf(expired)]).toMatchObject([{ attempt: 1 }, { attempt: 1 }]);
  await app.as(tenant).post(`/api/messages/${byHand}/resend`).expect(202);
  const { followedBy } = await read(app, tenant, byHand);
  await app.database.query(`update message set expires_at = now() where id = $1`, [expired]);
  await comes(byHand);
  await comes(expired);
  expect(await read(app, tenant, byHand)).toMatchObject({ followedBy });
  expect(await read(app, tenant, expired)).toMatchObject({ followedBy: null });
});

test('eight workers at once send it again once', async () => {
  const id = await undelivered();
  expect(await dueOf(id)).toMatchObject({ attempt: 1 });
  await app.database.query(`update late_retry set due_at = now() where message_id = $1`, [id]);
  const commands = app.nest.get(CommandBus);
  await Promise.all(Array.from({ length: 8 }, () => commands.execute(new RetryLate())));
  const rows = await app.database.query(`select from message where resend_of = $1`, [id]);
  expect(rows).toHaveLength(1);
});
