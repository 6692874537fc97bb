/** The answer to an accepted message tells who speaks, and for which venue, so that a wrong one shows at once. */
import { audience, draft, template } from '../campaigns/campaign.support.js';
import { email, read, send, text, whenEnded } from '../support/messages.js';
import { newSender, venueWith } from '../support/senders.js';
import { openTestApp, type TestApp, type Tenant } from '../support/test-app.js';

interface Accepted {
  readonly id: string;
  readonly from: string;
}

let app: TestApp;
let tenant: Tenant;
let hall: Awaited<ReturnType<typeof venueWith>>;
beforeAll(async () => {
  app = await openTestApp();
  tenant = await app.tenant();
  hall = await venueWith(app, tenant, 'sms');
});
afterAll(() => app.close());

test('one message: from its venue’s sender, else from the platform’s', async () => {
  const { venueId, number } = hall;
  const { body } = await app.as(tenant).post('/api/messages').send(text({ venueId })).expect(202);
  expect(body).toEqual({ id: expect.any(String) as string, status: 'queued', from: number, venueId });
  const message = await whenEnded(app, tenant, (body as Accepted).id);
  expect(message).toMatchObject({ from: number, venueId });
  const shared = await app.as(tenant).post('/api/messages').send(text()).expect(202);
  expect(shared.body).toMatchObject({ from: app.config.platform.twilio?.from, venueId: tenant.defaultVenueId });
});

test('a batch: each item has its own, and a refused one has none', async () => {
  const senderId = await newSender(app, tenant, { venueId: hall.venueId, channel: 'email', address: 'b@hall.example' });
  const messages = [text({ venueId: hall.venueId }), text({ to: '12' }), email({ venueId: hall.venueId, senderId })];
  const { body } = await app.as(tenant).post('/api/messages/batch').send({ messages }).expect(202);
  const { items } = body as { items: (Accepted & { error?: object })[] };
  expect(items).toMatchObject([
    { from: hall.number, venueId: hall.venueId },
    { error: { code: 'invalid_address' } },
    { from: 'b@hall.example', venueId: hall.venueId },
  ]);
  expect(Object.keys(items[1] ?? {})).toEqual(['error']);
  for (const { id, from } of items.filter(({ error }) => !error)) {
    expect(await read(app, tenant, id)).toMatchObject({ from });
  }
});

test('a message that is sent again, and the test of a campaign', async () => {
  const { venueId, number } = hall;
  const sendAt = new Date(Date.now() + 3_600_000).toISOString();
  const id = await send(app, tenant, text({ venueId, sendAt }));
  await app.as(tenant).post(`/api/messages/${id}/cancel`).expect(200);
  const again = await app.as(tenant).post(`/api/messages/${id}/resend`).expect(202);
  expect(again.body).toMatchObject({ from: number, venueId });
  const plan = { templateKey: await template(app, tenant, 'email'), audienceId: await audience(app, tenant, 1) };
  const campaign = await draft(app, tenant, { channel: 'email', ...plan });
  const to = ['ana@example.com'];
  const tested = await app.as(tenant).post(`/api/campaigns/${campaign.id}/test`).send({ to }).expect(202);
  const venue = { from: app.config.platform.ses?.from, venueId: tenant.defaultVenueId };
  expect(tested.body).toMatchObject({ items: [venue] });
});
