/** What people write is forwarded to the staff of the venue, by email. */
import { CommandBus } from '@nestjs/cqrs';
import { SendForwards } from '../../src/conversations/forwards/send-forwards.command.js';
import { until } from '../../harness/until.js';
import { picture } from '../files/files.js';
import { newAmericanNumber, newMailbox, newNumber } from '../support/people.js';
import { receive, timesTakenBy } from '../support/sandbox.js';
import { newSender, venueWith } from '../support/senders.js';
import { openTestApp, type TestApp, type Tenant } from '../support/test-app.js';

let app: TestApp;
let tenant: Tenant;
let venueId: string;
let number: string;
beforeAll(async () => {
  app = await openTestApp();
});
beforeEach(async () => {
  tenant = await app.tenant();
  ({ venueId, number } = await venueWith(app, tenant, 'sms'));
  await newSender(app, tenant, { venueId, channel: 'mms', address: number });
});
afterAll(() => app.close());

const forwardTo = (emails: readonly string[] | null, language = 'en'): Promise<unknown> =>
  app
    .as(tenant)
    .patch(`/api/venues/${venueId}`)
    .send({ forwardTo: emails && { emails, language } })
    .expect(200);

const got = (mailbox: string, count: number): Promise<unknown> =>
  until(async () => (await timesTakenBy(app, mailbox)) === count);

interface Letter {
  readonly subject: string;
  readonly text: string;
  readonly mail: { readonly attachments: readonly object[] } | null;
}

/** What was sent to a mailbox, oldest first. */
async function letters(mailbox: string): Promise<Letter[]> {
  const { body } = await app.as(tenant).get('/api/messages').query({ to: mailbox }).expect(200);
  const { items } = body as { items: { id: string; messageType: string; category: string }[] };
  for (const { messageType, category } of items)
    expect([messageType, category]).toEqual(['forwarded_message', 'transactional']);
  const contents = items.map(async ({ id }) => {
    const said = (await app.as(tenant).get(`/api/messages/${id}/content`).expect(200)).body as {
      content: Letter;
      mail: Letter['mail'];
    };
    return { ...said.content, mail: said.mail };
  });
  return (await Promise.all(contents)).toReversed();
}

test('Staff get what a person wrote with its picture, each once, and what comes within a minute together', async () => {
  const [desk, chief] = [newMailbox(), newMailbox()];
  await forwardTo([desk, chief, desk.toUpperCase()]);
  const [ana, ben] = [newAmericanNumber(), newNumber()];
  const photo = { mediaType: 'image/png', content: picture().toString('base64') };
  await receive(app, { from: ana, to: number, body: 'Is this your bag?', media: [photo] });
  await Promise.all([got(desk, 1), got(chief, 1)]);
  const [first] = await letters(desk);
  expect(first?.text).toContain(`${ana}, MMS, `);
  expect(first?.text).toContain('Is this your bag?');
  expect(first?.mail?.attachments).toMatchObject([{ name: 'picture.png', mediaType: 'image/png' }]);

  await receive(app, { from: ben, to: number, body: 'One' });
  await receive(app, { from: ben, to: number, body: 'STOP' });
  await receive(app, { from: ben, to: number, body: 'Two' });
  await Promise.all([1, 2, 3].map(() => app.nest.get(CommandBus).execute(new SendForwards())));
  expect(await timesTakenBy(app, desk)).toBe(1);
  await app.database.query(`update forward set due_at = now() where venue_id = $1`, [venueId]);
  await got(desk, 2);
  const [, second] = await letters(desk);
  expect(second?.subject).toMatch(/^2 new messages to /);
  expect(second?.text).toMatch(/One[^]*Two/);
  expect(second?.text).not.toContain('STOP');
});

test('An address that may not be written to keeps the others from nothing, and its language is the venue’s', async () => {
  const [gone, desk] = [newMailbox(), newMailbox()];
  await app.as(tenant).post('/api/suppressions').send({ channel: 'email', address: gone, reason: 'manual' });
  await forwardTo([gone, desk], 'de');
  await receive(app, { from: newNumber(), to: number, body: 'Hallo' });
  await got(desk, 1);
  expect((await letters(desk))[0]?.subject).toMatch(/^Neue Nachricht an /);
  expect(await timesTakenBy(app, gone)).toBe(0);
});

test('A worker that dies over it forwards nothing twice, and a venue that forwards no more nothing at all', async () => {
  const desk = newMailbox();
  await forwardTo([desk]);
  await app.database.query(
    `insert into forward (venue_id, due_at) values ($1, now() + interval '1 hour') on conflict (venue_id) do update set due_at = excluded.due_at`,
    [venueId],
  );
  await receive(app, { from: newNumber(), to: number, body: 'Hello' });
  const dying = app.database.transaction(async () => {
    await app.database.query(`update forward set due_at = now() where venue_id = $1`, [venueId]);
    await app.nest.get(CommandBus).execute(new SendForwards());
    throw new Error('killed');
  });
  await expect(dying).rejects.toThrow('killed');
  expect(await timesTakenBy(app, desk)).toBe(0);
  await app.database.query(`update forward set due_at = now() where venue_id = $1`, [venueId]);
  await got(desk, 1);

  await receive(app, { from: newNumber(), to: number, body: 'Hello again' });
  await forwardTo(null);
  await app.database.query(`update forward set due_at = now() where venue_id = $1`, [venueId]);
  await until(
    async () => (await app.database.query(`select from forward_item where venue_id = $1`, [venueId])).length === 0,
  );
  expect(await timesTakenBy(app, desk)).toBe(1);
});

test('What cannot be forwarded now waits, and holds up no other venue', async () => {
  const [desk, others] = [newMailbox(), newMailbox()];
  await forwardTo([desk]);
  await app.as(tenant).patch(`/api/tenants/${tenant.id}/settings`).send({ requireVenueId: true }).expect(200);
  await app.database.query(`update venue set forward_to = '{ "emails": ["nobody"], "language": "en" }' where id = $1`, [
    venueId,
  ]);
  const first = { venueId, number };
  await receive(app, { from: newNumber(), to: first.number, body: 'Hello' });
  await until(
    async () => (await app.database.query(`select from forward where venue_id = $1`, [venueId])).length === 1,
  );
  ({ venueId, number } = await venueWith(app, tenant, 'sms'));
  await forwardTo([others]);
  await receive(app, { from: newNumber(), to: number, body: 'Hello' });
  await got(others, 1);
  ({ venueId } = first);
  await forwardTo([desk]);
  await app.database.query(`update forward set due_at = now() where venue_id = $1`, [venueId]);
  await got(desk, 1);
});
