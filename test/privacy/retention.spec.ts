/** Personal data are erased when they are old, as the tenant says: counts stay, and what is not at rest yet waits its turn. */
import { CommandBus } from '@nestjs/cqrs';
import { EraseOldData } from '../../src/privacy/retention/erase-old-data.command.js';
import type { RetentionView } from '../../src/privacy/retention/retention.dto.js';
import type { Retention } from '../../src/tenants/index.js';
import { consume } from '../support/consumers.js';
import { email, farOff, read, send, text, whenEnded } from '../support/messages.js';
import { newMailbox, newNumber } from '../support/people.js';
import { receive } from '../support/sandbox.js';
import { venueWith } from '../support/senders.js';
import { openTestApp, type TestApp, type Tenant } from '../support/test-app.js';
import { usageOf } from '../support/usage.js';

const SAID = 'Doors open at seven';

let app: TestApp;
beforeAll(async () => {
  app = await openTestApp();
});
afterAll(() => app.close());

const settings = (owner: Tenant, retention: Retention | null) =>
  app.as(owner).patch(`/api/tenants/${owner.id}/settings`).send({ retention });

/** As if the days were over: no route takes so few. */
async function whenOld(owner: Tenant, retention: Retention): Promise<void> {
  await app.database.query(`update tenant set retention = $2 where id = $1`, [owner.id, JSON.stringify(retention)]);
  await consume(app, 'usage'); // before it is counted a message may not change
  await app.nest.get(CommandBus).execute(new EraseOldData());
}

const kept = async (owner: Tenant): Promise<RetentionView> =>
  (await app.as(owner).get('/api/privacy/retention').expect(200)).body as RetentionView;

const contentOf = async (owner: Tenant, id: string): Promise<unknown> =>
  (await app.as(owner).get(`/api/messages/${id}/content`).expect(200)).body;

async function tenantWithText() {
  const owner = await app.tenant({ country: 'DE' });
  const { venueId, number } = await venueWith(app, owner, 'sms');
  const person = newNumber();
  const reference = 'order-7';
  const id = await send(app, owner, text({ to: person, venueId, content: { body: SAID }, reference }));
  await whenEnded(app, owner, id);
  return { owner, venueId, number, person, id, reference };
}

test('days are set with the tenant’s settings, shown, and recorded', async () => {
  const owner = await app.tenant();
  expect(await kept(owner)).toMatchObject({ content: { days: null, by: 'platform', erased: 0, lookedAt: null } });
  await settings(owner, { contentDays: 30, recipientDays: 400 }).expect(200);
  expect(await kept(owner)).toMatchObject({
    content: { days: 30, by: 'tenant' },
    recipients: { days: 400, by: 'tenant' },
    received: { days: null, by: 'platform' },
  });
  const { body } = await app.as(owner).get('/api/audit').expect(200);
  expect(JSON.stringify(body)).toContain('"contentDays":30');
  await settings(owner, null).expect(200);
  expect(await kept(owner)).toMatchObject({ content: { days: null, by: 'platform' } });
  for (const wrong of [{ contentDays: 6 }, { recipientDays: 89 }, { receivedDays: 4_000 }, { contentDays: 'all' }]) {
    const refused = await settings(owner, wrong as Retention).expect(400);
    expect(refused.body).toMatchObject({ code: 'invalid_request' });
  }
});

test('old content goes, and nothing else of a message', async () => {
  const { owner, person, id, reference } = await tenantWithText();
  const other = await tenantWithText();
  await consume(app, 'usage');
  const before = await usageOf(app, owner);
  await whenOld(owner, { contentDays: 0 });
  expect(await contentOf(owner, id)).toMatchObject({ to: person, content: null, unavailable: 'erased' });
  expect(await read(app, owner, id)).toMatchObject({ status: 'delivered', to: person, reference });
  expect(await kept(owner)).toMatchObject({ content: { erased: 1, waiting: 0 }, recipients: { erased: 0 } });
  expect(await contentOf(other.owner, other.id)).toMatchObject({ unavailable: null });
  const after = await usageOf(app, owner);
  expect({ ...after, asOf: null }).toEqual({ ...before, asOf: null });
});

test('old recipients go with all that names them, and their country stays', async () => {
  const { owner, id } = await tenantWithText();
  const mail = await send(app, owner, email({ to: newMailbox(), content: { subject: SAID, text: SAID } }));
  await whenEnded(app, owner, mail);
  await whenOld(owner, { recipientDays: 0 });
  expect(await read(app, owner, id)).toMatchObject({ status: 'delivered', to: '+49 (erased) DE', reference: null });
  expect(await read(app, owner, mail)).toMatchObject({ status: 'delivered', to: 'erased' });
  expect(await contentOf(owner, id)).toMatchObject({ content: null, unavailable: 'erased' });
  await whenOld(owner, { recipientDays: 0 });
  expect(await kept(owner)).toMatchObject({ recipients: { erased: 2 } });
});

test('what is scheduled for later is left, and erased once it is over', async () => {
  const { owner, venueId, person, id } = await tenantWithText();
  const later = await send(app, owner, text({ to: person, venueId, content: { body: SAID }, sendAt: farOff() }));
  await whenOld(owner, { contentDays: 0 });
  expect(await kept(owner)).toMatchObject({ content: { erased: 1, waiting: 1 } });
  expect(await contentOf(owner, id)).toMatchObject({ unavailable: 'erased' });
  expect(await contentOf(owner, later)).toMatchObject({ content: { body: SAID } });
  await app.as(owner).post(`/api/messages/${later}/cancel`).expect(200);
  await whenOld(owner, { contentDays: 0 });
  expect(await contentOf(owner, later)).toMatchObject({ unavailable: 'erased' });
  expect(await kept(owner)).toMatchObject({ content: { erased: 2, waiting: 0 } });
});

test('what people wrote goes when it is old, with its conversation', async () => {
  const { owner, number, person } = await tenantWithText();
  await receive(app, { from: person, to: number, body: 'Is there parking?' });
  const conversations = async (): Promise<unknown[]> =>
    ((await app.as(owner).get('/api/conversations').expect(200)).body as { items: unknown[] }).items;
  expect(await conversations()).toHaveLength(1);
  await whenOld(owner, { receivedDays: 0 });
  expect(await conversations()).toEqual([]);
  expect(await kept(owner)).toMatchObject({ received: { erased: 1 } });
  const left = await app.database.query(`select from received_message where tenant_id = $1 and person = $2`, [
    owner.id,
    person,
  ]);
  expect(left).toEqual([]);
});

test('a message that was erased is not sent again', async () => {
  const owner = await app.tenant();
  const invalid = '+15005550001'; // Twilio's test number that no text can be sent to
  const id = await send(app, owner, text({ to: invalid, content: { body: SAID } }));
  await whenEnded(app, owner, id);
  await whenOld(owner, { contentDays: 0 });
  const { body } = await app.as(owner).post(`/api/messages/${id}/resend`).expect(409);
  expect(body).toMatchObject({ code: 'content_erased' });
});

test('whom an old campaign left out is forgotten, however many they are, and of a young one they stay', async () => {
  const [owner, other] = [await app.tenant(), await app.tenant()];
  const leftOut = 2_500;
  const campaign = async ({ id, defaultVenueId }: Tenant, ended: string): Promise<string> => {
    const [row] = await app.database.query<{ id: string }>(
      `with made as (
         insert into campaign (tenant_id, name, channel, venue_id, template_key, audience_id, created_by, status, ended_at)
         values ($1, 'Spring', 'email', $2, 'spring', gen_random_uuid(), 'admin', 'COMPLETED', now() - $3::interval) returning id
       ), excluded as (
         insert into campaign_exclusion (campaign_id, address, reason)
         select id, 'guest' || n || '@example.com', 'opted_out' from made, generate_series(1, $4::int) as n
       ) select id from made`,
      [id, defaultVenueId, ended, leftOut],
    );
    return row?.id ?? '';
  };
  const campaigns = [
    await campaign(owner, '91 days'),
    await campaign(owner, '89 days'),
    await campaign(other, '91 days'),
  ];
  await whenOld(owner, { recipientDays: 90 });
  const left = await app.database.query<{ rows: number }>(
    `select (select count(*)::int from campaign_exclusion where campaign_id = asked) as rows
     from unnest($1::uuid[]) with ordinality as asked (asked, place) order by place`,
    [campaigns],
  );
  expect(left.map(({ rows }) => rows)).toEqual([0, leftOut, leftOut]);
});

test('it is read with its scope alone', async () => {
  const owner = await app.tenant();
  await app
    .as(await app.keyOf(owner, ['messages:read']))
    .get('/api/privacy/retention')
    .expect(403);
});
