/** A tenant with something of each kind, for tests of what others see of it. */
import { randomUUID } from 'node:crypto';
import { until } from '../../harness/until.js';
import { PumpingAlarms, SenderPauses } from '../../src/consent/index.js';
import { Notices } from '../../src/notices/index.js';
import { receive } from './sandbox.js';
import type { TestApp, Tenant } from './test-app.js';

/** What a path parameter of a tenant's resources stands for, by the path up to it. */
export type Owned = Readonly<Record<string, string>>;

/** Makes them, with a number that no other tenant of the test has. */
export async function resourcesOf(app: TestApp, tenant: Tenant, number = '+15557770001'): Promise<Owned> {
  const post = async (path: string, input: object): Promise<{ id: string }> => {
    // In a transaction, as the tenants' role: what is kept for all is read beside it.
    const response = await app.as(tenant).post(path).set('idempotency-key', randomUUID()).send(input);
    if (response.status >= 300) throw new Error(`${path}: ${response.status} ${response.text}`);
    return response.body as { id: string };
  };
  // Before it has anything to bill, whose month would be its first.
  await app.database.query(`update tenant set created_at = '2026-01-10' where id = $1`, [tenant.id]);
  await app.admin(tenant.id).post('/api/statements/2026-01/close').expect(200);
  const venue = await post('/api/venues', { name: 'River stage' });
  await post('/api/senders', { venueId: venue.id, channel: 'voice', address: number });
  const sender = await post('/api/senders', { venueId: venue.id, channel: 'sms', address: number });
  await post('/api/templates', { key: 'order', channel: 'sms', category: 'transactional', body: 'Hello' });
  await app.as(tenant).put('/api/templates/order/data-sets/long-name').send({ data: {} }).expect(204);
  await post('/api/template-parts', { key: 'foot', kind: 'partial', text: 'Bye' });
  const account = await post('/api/provider-accounts', {
    provider: 'twilio',
    name: 'own',
    credentials: { accountSid: `AC${'b'.repeat(32)}`, authToken: 'a-token-of-theirs' },
  });
  const message = await post('/api/messages', {
    channel: 'email',
    to: 'ana@example.com',
    content: { subject: 's', text: 't' },
  });
  const audience = await post('/api/audiences', { name: 'People' });
  await app
    .as(tenant)
    .post(`/api/audiences/${audience.id}/contacts`)
    .send({ contacts: [{ address: '+15551230001' }] })
    .expect(200);
  const imports = await app.as(tenant).get(`/api/audiences/${audience.id}/imports`).expect(200);
  const [imported] = (imports.body as { items: { id: string }[] }).items;
  const campaign = await post('/api/campaigns', {
    name: 'News',
    channel: 'sms',
    templateKey: 'order',
    audienceId: audience.id,
    venueId: venue.id,
  });
  const segment = await post('/api/segments', {
    audienceId: audience.id,
    name: 'Berliners',
    rule: { missing: 'city' },
  });
  const call = await post('/api/calls', {
    to: '+4915123456789',
    venueId: venue.id,
    content: { body: 'Gate 4 is closed.' },
  });
  const optIn = await post('/api/opt-in-requests', {
    venueId: venue.id,
    channel: 'sms',
    address: '+15551230003',
    source: 'form',
  });
  const erasure = await post('/api/privacy/erasures', { address: 'erased@example.com' });
  const personExport = await post('/api/privacy/exports', { address: 'asked@example.com' });
  await receive(app, { from: '+15551230002', to: number, body: 'Hello' });
  const conversations = await app.as(tenant).get('/api/conversations').expect(200);
  const [conversation] = (conversations.body as { items: { id: string }[] }).items;
  const said = await app.as(tenant).get(`/api/conversations/${conversation?.id}/messages`).expect(200);
  const [heard] = (said.body as { items: { id: string }[] }).items;
  const autoReply = await post('/api/auto-replies', { venueId: venue.id, channel: 'sms', text: 'We answer soon.' });
  const rented = await post('/api/numbers', { venueId: venue.id, search: { country: 'US' } });
  const automation = await post('/api/automations', {
    key: 'welcome',
    name: 'Welcome',
    definition: { trigger: 'guest.came', steps: [{ send: { templates: ['order'] } }] },
  });
  await post('/api/events', { type: 'guest.came', id: 'evt-1', data: { customerId: 'customer-1' } });
  const run = await until(async () => {
    const { body } = await app.as(tenant).get('/api/automation-runs').expect(200);
    return (body as { items: { id: string }[] }).items[0];
  });
  const notice = await app.nest.get(Notices).write({
    kind: 'gate.closed',
    subject: `gate ${number}`,
    tenantId: tenant.id,
    payload: {},
    letters: { en: { subject: 'Gate 4', blocks: [] } },
    targets: { emails: [], url: null, language: 'en' },
    toOperator: false,
  });
  const alarm = await app.nest.get(PumpingAlarms, { strict: false }).begin({
    tenantId: tenant.id,
    prefix: '+9477123',
    country: 'LK',
    reason: 'adjacent_numbers',
    blocks: true,
    numbers: 42,
    messages: 51,
    usual: 0,
    priceMicros: null,
    priceCurrency: null,
    holdMinutes: 60,
  });
  const range = await post('/api/allowed-ranges', { prefix: '+37167' });
  const pause = await app.nest
    .get(SenderPauses, { strict: false })

    .begin({
      tenantId: tenant.id,
      channel: 'email',
      address: 'news@venue.example',
      reason: 'bounces',
      sent: 2_000,
      bounces: 200,
      complaints: 0,
    });
  const schedule = await post('/api/report-schedules', {
    report: 'delivery',
    period: 'yesterday',
    every: 'day',
    hour: 8,
    to: ['ana@example.com'],
  });
  const file = await app.as(tenant).post('/api/files?name=a.txt').type('text/plain').send('Row 7').expect(201);
  const endpoint = await post('/api/webhook-endpoints', { url: 'https://hooks.example.org/callboard' });
  const delivery = await post(`/api/webhook-endpoints/${endpoint.id}/test`, {});
  const domain = await post('/api/link-domains', { host: `links-${number.slice(1)}.example.com` });
  const user = await post('/api/users', { email: 'ana@example.com', role: 'viewer' });
  const session = await app
    .as(tenant)
    .post('/auth/key') // an agent of its own, as it keeps the cookie
    .send({ key: tenant.key })
    .expect(201);
  const keys = await app.admin().get(`/api/tenants/${tenant.id}/api-keys`).expect(200);
  const [key] = (keys.body as { items: { id: string }[] }).items;
  return {
    '/api/tenants/': tenant.id,
    '/api/tenants/{id}/api-keys/': key?.id ?? '',
    '/api/users/': user.id,
    '/api/sessions/': (session.body as { id: string }).id,
    '/api/venues/': venue.id,
    '/api/senders/': sender.id,
    '/api/templates/': 'order',
    '/api/templates/{key}/data-sets/': 'long-name',
    '/api/template-parts/': 'foot',
    '/api/provider-accounts/': account.id,
    '/api/alerts/': randomUUID(), // only the platform's admin has to do with alerts and lanes
    '/api/lanes/': randomUUID(),
    '/api/files/': (file.body as { id: string }).id,
    '/api/messages/': message.id,
    '/api/calls/': call.id,
    '/api/conversations/': conversation?.id ?? '',
    '/api/auto-replies/': autoReply.id,
    '/api/conversations/{id}/messages/': heard?.id ?? '',
    '/api/numbers/': rented.id,
    '/api/notices/': notice ?? '',
    '/api/sender-pauses/': pause?.id ?? '',
    '/api/pumping-alarms/': alarm?.id ?? '',
    '/api/allowed-ranges/': range.id,
    '/api/report-schedules/': schedule.id,
    '/api/webhook-endpoints/': endpoint.id,
    '/api/webhook-endpoints/{id}/deliveries/': delivery.id,
    '/api/link-domains/': domain.id,
    '/api/automations/': automation.id,
    '/api/automation-runs/': run.id,
    '/api/audiences/': audience.id,
    '/api/audiences/{id}/contacts/': '+15551230001',
    '/api/audiences/{id}/imports/': imported?.id ?? '',
    '/api/campaigns/': campaign.id,
    '/api/segments/': segment.id,
    '/api/consent/': venue.id,
    '/api/consent/{venueId}/': '+15551230001',
    '/api/opt-in-requests/': optIn.id,
    '/api/privacy/erasures/': erasure.id,
    '/api/privacy/exports/': personExport.id,
    '/api/number-opt-outs/': '+15005550006',
    '/api/number-opt-outs/{number}/': '+15551230001',
    '/api/statements/': '2026-01',
    '/api/dead-addresses/': 'sms',
    '/api/dead-addresses/{channel}/': '+15551230001',
    '/api/suppressions/': 'sms',
    '/api/suppressions/{channel}/': '+15551230001',
  };
}
