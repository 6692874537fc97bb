/** The text that confirms an order, from a thin event to its end: by the rule, whatever consent, the venue and the provider make of it. */
import { until } from '../../harness/until.js';
import { automate, happen, template, whenOver } from '../support/automations.js';
import { consentOf, decide } from '../support/consent.js';
import { change, newCustomer, newOrder, openHost } from '../support/host.js';
import { read, whenEnded, whenStatus } from '../support/messages.js';
import { newSenderNumber } from '../support/people.js';
import { faults, recordOf } from '../support/sandbox.js';
import { newSender, newVenue } from '../support/senders.js';
import { openTestApp, type TestApp, type Tenant } from '../support/test-app.js';
import type { MessageWithEvents } from '../../src/dispatch/messages/messages.dto.js';

let app: TestApp;
beforeAll(async () => {
  app = await openTestApp();
});
afterAll(() => app.close());
afterEach(() => faults(app, {}));

/** A tenant that confirms orders by SMS alone, with these settings. */
async function tenantWith(
  settings: object,
  { hasNumber = true } = {},
): Promise<{ tenant: Tenant; automationId: string }> {
  const tenant = await app.tenant();
  await openHost(app, tenant);
  await app.as(tenant).patch(`/api/tenants/${tenant.id}/settings`).send(settings).expect(200);
  if (hasNumber) await newSender(app, tenant, { channel: 'sms', address: newSenderNumber() });
  await template(app, tenant, 'order-sms', { channel: 'sms', body: 'Order {{ order.id }}' });
  const { id: automationId } = await automate(app, tenant, {
    trigger: 'order.confirmed',
    steps: [{ send: { templates: ['order-sms'] } }],
  });
  return { tenant, automationId };
}

/** The message about one more order of this person. */
async function confirmation(
  { tenant, automationId }: Awaited<ReturnType<typeof tenantWith>>,
  phone: string,
  data: object = {},
): Promise<MessageWithEvents> {
  const customer = await newCustomer(app, tenant, { phone, email: null });
  const orderId = await newOrder(app, tenant, customer.id);
  await happen(app, tenant, 'SendOrderConfirmationSms', { OrderId: orderId, CustomerId: customer.id, ...data });
  const runs = await whenOver(app, tenant, automationId);
  return read(app, tenant, runs.at(-1)?.log[0]?.messageId ?? '');
}

test('Who has opted in gets it; who has not, where the tenant asks for it, is left alone and recorded', async () => {
  const strict = await tenantWith({ requireOptIn: { sms: true } });
  const phone = '+4915299000001';
  const skipped = await confirmation(strict, phone);
  expect(await whenEnded(app, strict.tenant, skipped.id)).toMatchObject({
    status: 'skipped_no_consent',
    reason: 'opt_in_required',
  });
  expect(await recordOf(app, phone)).toEqual([]);
  const second = await tenantWith({ requireOptIn: { sms: true } });
  await decide(app, second.tenant, [phone], 'sms');
  const sent = await confirmation(second, phone);
  expect(await whenEnded(app, second.tenant, sent.id)).toMatchObject({ status: 'delivered' });
});

test('A venue without a number gets one, and the text is sent from it', async () => {
  const growing = await tenantWith({ autoNumbers: { country: 'US', areaCode: '415' } }, { hasNumber: false });
  const venueId = await newVenue(app, growing.tenant);
  const message = await confirmation(growing, '+16465550123', { VenueId: venueId });
  expect(message.venueId).toBe(venueId);
  const sent = await whenStatus(app, growing.tenant, message.id, 'delivered');
  expect(sent.from).toMatch(/^\+1415/);
});

test('An answer of the provider that says neither yes nor no leaves it in doubt, and it is not sent twice', async () => {
  const tenant = await tenantWith({});
  await faults(app, { calls: [{ provider: 'twilio', nth: { serverError: 1 } }] });
  const message = await confirmation(tenant, '+4915299000002');
  expect(await whenStatus(app, tenant.tenant, message.id, 'unknown')).toMatchObject({
    reason: 'no_answer',
    attempts: 1,
  });
});

test('Who has opted out at the provider is opted out here too', async () => {
  const tenant = await tenantWith({});
  const phone = '+15005550004';
  const message = await confirmation(tenant, phone);
  expect(await whenEnded(app, tenant.tenant, message.id)).toMatchObject({ errorCode: '21610' });
  await until(
    async () => (await consentOf(app, tenant.tenant, tenant.tenant.defaultVenueId, phone)).status === 'opted_out',
  );
});

test('An order that is cancelled while its message waits for the lane is not confirmed', async () => {
  const tenant = await tenantWith({});
  await faults(app, { calls: [{ provider: 'twilio', nth: { tooMany: 1 } }] }); // the lane waits
  const customer = await newCustomer(app, tenant.tenant, { email: null });
  const orderId = await newOrder(app, tenant.tenant, customer.id);
  await happen(app, tenant.tenant, 'order.confirmed', { orderId });
  const runs = await whenOver(app, tenant.tenant, tenant.automationId);
  const id = runs[0]?.log[0]?.messageId ?? '';
  await until(async () => (await read(app, tenant.tenant, id)).events.some(({ kind }) => kind === 'deferred'));
  await change(app, tenant.tenant, 'orders', orderId, { status: 'cancelled' });
  await faults(app, {});
  await app.database.query(`update pending set ready_at = now() where message_id = $1`, [id]);
  await app.database.query(`update lane set rest_until = now() where rest_until > now()`);
  const ended = await whenEnded(app, tenant.tenant, id);
  expect(ended).toMatchObject({ status: 'cancelled', reason: 'order_cancelled' });
  expect(await recordOf(app, customer.phone)).toEqual([]);
});
