/** How long the inbox keeps what providers have reported, and what a repeat does after that. */
import { PurgeInboxSchedule } from '../../src/webhooks/purge-inbox.schedule.js';
import { openTestApp, type TestApp } from '../support/test-app.js';
import { until } from '../../harness/until.js';
import { consentOf } from '../support/consent.js';
import { read, send, text, whenStatus } from '../support/messages.js';
import { newNumber } from '../support/people.js';
import { venueWith } from '../support/senders.js';
import { inboundForm, postTwilio } from '../support/twilio.js';

const BATCH = 10_000;

/** As a worker does it. */
const purge = ({ config, database }: TestApp, inboxDays = 30): Promise<void> =>
  new PurgeInboxSchedule({ ...config, inboxDays }, database).purge();

describe('The inbox', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await openTestApp({ role: 'api' }); // nobody here applies what waits
  });
  beforeEach(() => app.database.query('truncate inbox'));
  afterAll(() => app.close());

  /** Rows that came so many days ago. */
  async function came(daysAgo: number, name: string, applied = true, count = 1): Promise<void> {
    await app.database.query(
      `insert into inbox (id, provider, dedupe_key, account_ids, event, received_at, applied_at)
       select uuidv7(make_interval(days => -$1::int)), 'twilio', $2 || n, '{}', '{}', now() - make_interval(days => $1::int),
         case when $3::boolean then now() end
       from generate_series(1, $4::int) as n`,
      [daysAgo, name, applied, count],
    );
  }
  const left = async (): Promise<string[]> => {
    const rows = await app.database.query<{ name: string }>(`select dedupe_key as name from inbox order by 1`);
    return rows.map(({ name }) => name);
  };

  test('forgets what is old and applied; what waits, and what is younger, stays', async () => {
    await came(31, 'old');
    await came(31, 'old and waiting ', false);
    await came(29, 'young');
    await came(29, 'young and waiting ', false);
    await purge(app);
    expect(await left()).toEqual(['old and waiting 1', 'young and waiting 1', 'young1']);
  });

  test('keeps for as many days as are configured', async () => {
    await came(6, 'six days ');
    await came(8, 'eight days ');
    await purge(app, 7);
    expect(await left()).toEqual(['six days 1']);
  });

  test('forgets in batches, however many there are, with what waits among them', async () => {
    await came(40, 'first', true, BATCH);
    await came(35, 'waiting', false, 3);
    await came(33, 'last', true, BATCH + 1);
    await purge(app);
    expect(await left()).toEqual(['waiting1', 'waiting2', 'waiting3']);
  });
});

describe('What a provider repeats after the inbox has forgotten it', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await openTestApp();
  });
  afterAll(() => app.close());

  /** All that is in the inbox came a month and more ago, and is forgotten. */
  async function forget(): Promise<void> {
    const waiting = `select from inbox where applied_at is null limit 1`;
    await until(async () => (await app.database.query(waiting)).length === 0);
    await app.database.query(`update inbox set id = uuidv7(interval '-31 days')`);
    await purge(app);
    expect(await app.database.query('select from inbox')).toEqual([]);
  }

  test('does not move a message again', async () => {
    const tenant = await app.tenant();
    const { venueId, number } = await venueWith(app, tenant, 'sms');
    const to = newNumber();
    const id = await send(app, tenant, text({ venueId, to }));
    const before = await whenStatus(app, tenant, id, 'delivered');
    await until(async () => (await app.database.query('select from inbox')).length === 2);
    await forget();
    for (const MessageStatus of ['sent', 'delivered']) {
      const sid = before.providerMessageId ?? '';
      const form = { MessageSid: sid, SmsSid: sid, MessageStatus, SmsStatus: MessageStatus, From: number, To: to };
      expect(await postTwilio(app, form, { path: `/webhook/twilio?mid=${id}` })).toBe(204);
    }
    const waiting = `select from inbox where applied_at is null limit 1`;
    await until(async () => (await app.database.query(waiting)).length === 0);
    expect(await app.database.query('select from inbox')).toHaveLength(2);
    expect(await read(app, tenant, id)).toEqual(before);
  });

  test('does not undo a START that came since', async () => {
    const tenant = await app.tenant();
    const { venueId, number } = await venueWith(app, tenant, 'sms');
    const ana = newNumber();
    const stop = inboundForm(ana, number, 'STOP');
    for (const form of [stop, inboundForm(ana, number, 'START')]) await postTwilio(app, form);
    await forget();
    expect(await postTwilio(app, stop)).toBe(200);
    expect(await consentOf(app, tenant, venueId, ana)).toMatchObject({ status: 'opted_in' });
  });
});
