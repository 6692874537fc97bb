/** A tenant may have messages refused that forget their venue: they would have another sender, and another venue's consent. */
import { emptyAudience, draft, template } from '../campaigns/campaign.support.js';
import { read, send, text } from '../support/messages.js';
import { newNumber } from '../support/people.js';
import { venueWith } from '../support/senders.js';
import { openTestApp, type TestApp, type Tenant } from '../support/test-app.js';

const REQUIRED = {
  status: 400,
  code: 'venue_required',
  detail: 'This tenant requires a venue: send venueId, the id or externalId of one in GET /api/venues',
  errors: [{ path: 'venueId' }],
};

let app: TestApp;
let tenant: Tenant;
beforeAll(async () => {
  app = await openTestApp({ role: 'api' });
});
beforeEach(async () => {
  tenant = await app.tenant();
});
afterAll(() => app.close());

const setRequired = async (requireVenueId: boolean): Promise<void> => {
  const { body } = await app
    .as(tenant)
    .patch(`/api/tenants/${tenant.id}/settings`)
    .send({ requireVenueId })
    .expect(200);
  expect(body).toMatchObject({ settings: { requireVenueId } });
};

test('by default a message without a venue is the default venue’s', async () => {
  const { body } = await app.as(tenant).get(`/api/tenants/${tenant.id}`).expect(200);
  expect(body).toMatchObject({ settings: { requireVenueId: false } });
  const id = await send(app, tenant, text());
  expect(await read(app, tenant, id)).toMatchObject({ venueId: tenant.defaultVenueId });
});

test('where it is required, a message and an item of a batch without one are refused, and sent with one', async () => {
  const { venueId, number } = await venueWith(app, tenant, 'sms');
  await setRequired(true);
  const single = await app.as(tenant).post('/api/messages').send(text()).expect(400);
  expect(single.body).toMatchObject(REQUIRED);
  const messages = [text(), text({ venueId }), text({ venueId: tenant.defaultVenueId })];
  const { body } = await app.as(tenant).post('/api/messages/batch').send({ messages }).expect(202);
  const { items } = body as { items: { id: string; error?: object }[] };
  expect(items).toMatchObject([{ error: REQUIRED }, { status: 'queued' }, { status: 'queued' }]);
  expect(await read(app, tenant, items[1]?.id ?? '')).toMatchObject({ venueId, from: number });
  await setRequired(false);
  await send(app, tenant, text());
});

test('where it is required, a campaign must name its venue, and its test sends are that venue’s', async () => {
  const { venueId, number } = await venueWith(app, tenant, 'sms');
  const plan = { templateKey: await template(app, tenant, 'sms'), audienceId: await emptyAudience(app, tenant) };
  await setRequired(true);
  const create = (more: object) =>
    app
      .as(tenant)
      .post('/api/campaigns')
      .send({ name: 'News', channel: 'sms', ...plan, ...more });
  expect((await create({}).expect(400)).body).toMatchObject(REQUIRED);
  await app.database.query(
    `insert into contact (audience_id, kind, address, attributes, import_id) values ($1, 'phone', $2, '{"name":"Ana"}', uuidv7())`,
    [plan.audienceId, newNumber()],
  );
  const { id } = await draft(app, tenant, { channel: 'sms', venueId, ...plan });
  const tested = await app
    .as(tenant)
    .post(`/api/campaigns/${id}/test`)
    .send({ to: [newNumber()] })
    .expect(202);
  const { items } = tested.body as { items: { id: string }[] };
  expect(await read(app, tenant, items[0]?.id ?? '')).toMatchObject({ venueId, from: number });
});
