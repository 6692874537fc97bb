/** What no report tells: the end of a message whose reports are lost, and the price of a call. The provider is asked, after an hour and after a day. */
import { CommandBus } from '@nestjs/cqrs';
import { consume } from '../support/consumers.js';
import { PollStatuses } from '../../src/webhooks/poll-statuses.command.js';
import { openTestApp, type TestApp, type Tenant } from '../support/test-app.js';
import { until } from '../../harness/until.js';
import { suppressionOf } from '../support/consent.js';
import { read, send, text, whenEnded, whenStatus } from '../support/messages.js';
import { newMailbox, newNumber, newSenderNumber } from '../support/people.js';
import { faults, recordOf } from '../support/sandbox.js';
import { newSender, newVenue, venueWith } from '../support/senders.js';

let app: TestApp;
let tenant: Tenant;
let venueId: string;
beforeAll(async () => {
  app = await openTestApp();
  tenant = await app.tenant();
  ({ venueId } = await venueWith(app, tenant, 'sms'));
});
afterAll(() => app.close());
afterEach(() => faults(app, {}));

/** A text that its provider has brought to its end without telling us. */
async function silent(to = newNumber(), end = 'delivered'): Promise<string> {
  await faults(app, { callbacks: { drop: 1 } });
  const id = await send(app, tenant, text({ venueId, to }));
  await whenStatus(app, tenant, id, 'sent');
  await until(async () => (await recordOf(app, to)).at(-1)?.status === end);
  await faults(app, {});
  return id;
}

/** All that has happened so far happened so long ago; then the clock strikes. */
async function after(interval: string): Promise<void> {
  await app.database.query(`update message_event set at = at - $1::interval`, [interval]);
  await consume(app, 'missing-reports-1-hour', 'missing-reports-1-day');
  await app.nest.get(CommandBus).execute(new PollStatuses());
}

test('one that arrived is known to have arrived an hour later, and not before', async () => {
  const id = await silent();
  await after('50 minutes');
  expect(await read(app, tenant, id)).toMatchObject({ status: 'sent' });
  await after('11 minutes');
  const { events } = await whenStatus(app, tenant, id, 'delivered');
  expect(events.map(({ kind, source }) => [kind, source])).toEqual([
    ['queued', 'api'],
    ['sent', 'dispatch'],
    ['delivered', 'webhook'],
  ]);
});

test('email through Resend is asked for too, and that through Amazon SES cannot be', async () => {
  const boxOffice = await newVenue(app, tenant, 'Box office');
  const mailbox = { channel: 'email', address: 'box@silent.example', provider: 'resend' };
  await newSender(app, tenant, { venueId: boxOffice, ...mailbox });
  await faults(app, { callbacks: { drop: 1 } });
  const content = { subject: 'Doors', text: 'at 19:00' };
  const [resend, ses] = [newMailbox(), newMailbox()];
  const ids = [
    await send(app, tenant, { channel: 'email', venueId: boxOffice, to: resend, content }),
    await send(app, tenant, { channel: 'email', to: ses, content }),
  ];
  for (const to of [resend, ses]) await until(async () => (await recordOf(app, to))[0]?.status === 'delivered');
  for (const id of ids) await whenStatus(app, tenant, id, 'sent');
  await after('61 minutes');
  await whenStatus(app, tenant, ids[0] ?? '', 'delivered');
  expect(await read(app, tenant, ids[1] ?? '')).toMatchObject({ status: 'sent' });
});

test('one whose number is dead ends undelivered, and the number is suppressed', async () => {
  const dead = '+15005550105'; // the sandbox's magic number for Twilio's error 30005
  const id = await silent(dead, 'undelivered');
  await after('61 minutes');
  expect(await whenStatus(app, tenant, id, 'undelivered')).toMatchObject({ errorCode: '30005' });
  expect(await suppressionOf(app, tenant, dead)).toMatchObject({ reason: 'invalid_address' });
});

test('one that its provider does not report is polled again a day later, and no more', async () => {
  const id = await silent();
  const { providerMessageId } = await read(app, tenant, id);
  await app.database.query(`update message set provider_message_id = $2 where id = $1`, [id, `SM${'0'.repeat(32)}`]);
  await after('61 minutes');
  expect(await read(app, tenant, id)).toMatchObject({ status: 'sent' });
  await app.database.query(`update message set provider_message_id = $2 where id = $1`, [id, providerMessageId]);
  await after('1 hour');
  expect(await read(app, tenant, id)).toMatchObject({ status: 'sent' });
  await after('1 day');
  await whenStatus(app, tenant, id, 'delivered');
});

test('a status that was polled has the events of one that was reported', async () => {
  const id = await silent();
  await after('61 minutes');
  await whenStatus(app, tenant, id, 'delivered');
  const facts = await app.database.query<{ kind: string }>(
    `select kind from message_event where message_id = $1 order by seq`,
    [id],
  );
  expect(facts.map(({ kind }) => kind)).toEqual(['queued', 'sent', 'delivered']);
});

/** How often the price of a call is still going to be asked for; undefined where it is not. */
async function looksAt(id: string): Promise<number | undefined> {
  const [poll] = await app.database.query<{ looks: number }>(`select looks from status_poll where message_id = $1`, [
    id,
  ]);
  return poll?.looks;
}

/** The polls that are put off until later are due now. */
async function pollAgain(): Promise<void> {
  await app.database.query(`update status_poll set due_at = now()`);
  await app.nest.get(CommandBus).execute(new PollStatuses());
}

test('the price of a call is asked for until Twilio knows it, and is kept beside the call', async () => {
  await newSender(app, tenant, { channel: 'voice', address: newSenderNumber() });
  const content = { body: 'Gate 4 is closed.' };
  const answered = await send(app, tenant, { channel: 'voice', to: newNumber(), content });
  const busy = await send(app, tenant, { channel: 'voice', to: '+15005550301', content });
  const { call } = await whenStatus(app, tenant, answered, 'delivered');
  await whenEnded(app, tenant, busy);
  expect(call).toMatchObject({ durationSeconds: 14, price: null });
  await after('61 minutes');
  // The reading of the day's records may have been the first look.
  expect([1, undefined]).toContain(await looksAt(answered));
  expect(await looksAt(busy)).toBeUndefined();
  await pollAgain();
  await until(async () => (await read(app, tenant, answered)).call?.price?.micros === 14_000);
  const view = await read(app, tenant, answered);
  expect(view).toMatchObject({ status: 'delivered', call: { ...call, price: { micros: 14_000, currency: 'USD' } } });
  expect(view.events.map(({ kind }) => kind)).toEqual(['queued', 'sent', 'delivered']);
  expect(await looksAt(answered)).toBeUndefined();
  await after('1 day');
  expect(await looksAt(answered)).toBeUndefined();
});

test('a price that Twilio does not tell is asked for three times after an hour, and again after a day', async () => {
  const content = { body: 'Gate 5 is closed.' };
  const id = await send(app, tenant, { channel: 'voice', to: newNumber(), content });
  const { providerMessageId } = await whenStatus(app, tenant, id, 'delivered');
  await app.database.query(`update message set provider_message_id = $2 where id = $1`, [id, `CA${'0'.repeat(32)}`]);
  await after('61 minutes');
  for (const looks of [2, 3, undefined]) {
    await pollAgain();
    expect(await looksAt(id)).toBe(looks);
  }
  await app.database.query(`update message set provider_message_id = $2 where id = $1`, [id, providerMessageId]);
  await after('1 day');
  await pollAgain();
  await until(async () => (await read(app, tenant, id)).call?.price?.micros === 14_000);
});
