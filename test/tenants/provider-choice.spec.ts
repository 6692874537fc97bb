/** Which provider and which sender speak where a message names neither: by the tenant's choice, and by category. */
import type { SenderView } from '../../src/tenants/senders/senders.dto.js';
import { until } from '../../harness/until.js';
import { openTestApp, type TestApp, type Tenant } from '../support/test-app.js';
import { act, audience, draft, template, whenSettled } from '../campaigns/campaign.support.js';
import { consentOf, decide } from '../support/consent.js';
import { email, read, send, whenStatus } from '../support/messages.js';
import { newMailbox } from '../support/people.js';
import { recordOf } from '../support/sandbox.js';
import { newVenue } from '../support/senders.js';

let app: TestApp;
let tenant: Tenant;
beforeAll(async () => {
  app = await openTestApp();
});
beforeEach(async () => {
  tenant = await app.tenant();
});
afterAll(() => app.close());

const nameOf = (address: string): string => address.split('@')[0] ?? '';
const choose = async (settings: object): Promise<object> => {
  const { body } = await app.as(tenant).patch(`/api/tenants/${tenant.id}/settings`).send(settings).expect(200);
  return (body as { settings: object }).settings;
};
/** A sender of the tenant's own domain. */
async function sender(name: string, more: object = {}): Promise<SenderView> {
  const input = { venueId: tenant.defaultVenueId, channel: 'email', address: `${name}@${tenant.id}.example`, ...more };
  return (await app.as(tenant).post('/api/senders').send(input).expect(201)).body as SenderView;
}
const patch = async (id: string, changes: object): Promise<SenderView> =>
  (await app.as(tenant).patch(`/api/senders/${id}`).send(changes).expect(200)).body as SenderView;
const sendersNow = async (): Promise<Record<string, readonly string[]>> => {
  const { body } = await app.as(tenant).get('/api/senders').expect(200);
  const { items } = body as { items: SenderView[] };
  return Object.fromEntries(items.map(({ address, defaultFor }) => [nameOf(address), defaultFor]));
};
/** Who speaks for a message of this category now. */
async function speaker(category: 'transactional' | 'marketing', more: object = {}): Promise<string> {
  const to = newMailbox();
  const { from, provider } = await read(app, tenant, await send(app, tenant, email({ to, category, ...more })));
  return `${nameOf(from ?? '')} ${provider}`;
}

describe('The tenant’s choice of providers', () => {
  test('is that of new senders that name none, and changes no other', async () => {
    const before = await sender('tickets');
    expect(await choose({ defaultProviders: { email: 'sendgrid' } })).toMatchObject({
      defaultProviders: { email: 'sendgrid' },
      marketingProviders: { email: null },
    });
    expect(await sender('box')).toMatchObject({ provider: 'sendgrid' });
    expect(await sender('stage', { provider: 'resend' })).toMatchObject({ provider: 'resend' });
    const { body } = await app.as(tenant).get(`/api/senders/${before.id}`).expect(200);
    expect(body).toMatchObject({ provider: 'ses' });
  });

  test('is kept by what says nothing of it, and removed by null', async () => {
    await choose({ defaultProviders: { email: 'sendgrid' } });
    expect(await choose({ marketingProviders: { email: 'resend' }, smsEnabled: true })).toMatchObject({
      defaultProviders: { email: 'sendgrid' },
      marketingProviders: { email: 'resend' },
    });
    expect(await choose({ defaultProviders: { email: null } })).toMatchObject({
      defaultProviders: { email: null },
      marketingProviders: { email: 'resend' },
    });
    expect(await sender('box')).toMatchObject({ provider: 'ses' });
    expect(await sender('news', { defaultFor: ['marketing'] })).toMatchObject({ provider: 'resend' });
  });

  test('decides by category which of the platform’s addresses speaks for a venue without a sender', async () => {
    await choose({ marketingProviders: { email: 'sendgrid' } });
    expect(await speaker('transactional')).toMatch(/ ses$/);
    expect(await speaker('marketing')).toMatch(/ sendgrid$/);
    await choose({ defaultProviders: { email: 'resend' } });
    expect(await speaker('transactional')).toMatch(/ resend$/);
    expect(await speaker('marketing')).toMatch(/ sendgrid$/);
  });

  test.each([
    [{ defaultProviders: { email: 'pigeon' } }, 'defaultProviders.email', 'must be one of ses, sendgrid, resend'],
    [{ defaultProviders: { email: 'twilio' } }, 'defaultProviders.email', 'must be one of ses, sendgrid, resend'],
    [{ marketingProviders: { fax: 'ses' } }, 'marketingProviders.fax', ''],
    [{ marketingProviders: 'ses' }, 'marketingProviders', 'must be an object'],
  ])('is refused as %j', async (settings, path, message) => {
    const { body } = await app.as(tenant).patch(`/api/tenants/${tenant.id}/settings`).send(settings).expect(400);
    expect(body).toMatchObject({ errors: [{ path, message: expect.stringContaining(message) as string }] });
  });

  test('of a provider without an account is refused by its field', async () => {
    const bare = await openTestApp({ sandbox: false, platform: {} });
    const other = await bare.tenant();
    const { status, body } = await bare
      .as(other)
      .patch(`/api/tenants/${other.id}/settings`)
      .send({ marketingProviders: { email: 'sendgrid' } });
    await bare.close();
    expect(status).toBe(422);
    expect(body).toMatchObject({ code: 'provider_not_configured', errors: [{ path: 'marketingProviders.email' }] });
  });
});

describe('A sender for one category', () => {
  test('speaks for it in place of the default, which speaks for the rest', async () => {
    await sender('tickets');
    expect(await speaker('marketing')).toBe('tickets ses');
    const news = await sender('news', { provider: 'sendgrid', defaultFor: ['marketing'] });
    expect(news).toMatchObject({ default: false, defaultFor: ['marketing'] });
    expect(await speaker('marketing')).toBe('news sendgrid');
    expect(await speaker('transactional')).toBe('tickets ses');
    const venueId = await newVenue(app, tenant);
    expect(await speaker('marketing', { venueId })).toBe('no-reply ses');
  });

  test('sends the campaigns of it', async () => {
    await sender('tickets');
    await sender('news', { provider: 'sendgrid', defaultFor: ['marketing'] });
    const templateKey = await template(app, tenant, 'email', { category: 'marketing' });
    const audienceId = await audience(app, tenant, 5);
    const people = ['000001', '000002', '000003', '000004', '000005'].map((n) => `guest${n}@example.com`);
    await decide(app, tenant, people, 'email');
    const { id } = await draft(app, tenant, { templateKey, audienceId });
    await act(app, tenant, id, 'launch');
    const ours = async () => (await recordOf(app)).filter(({ from }) => from === `news@${tenant.id}.example`);
    await whenSettled(app, tenant, id, async () => (await ours()).map(({ to }) => to));
    expect((await ours()).map(({ provider }) => provider)).toEqual(Array<string>(5).fill('sendgrid'));
  });

  test('takes it from the one that had it, and gives it back', async () => {
    const tickets = await sender('tickets');
    await sender('news', { defaultFor: ['transactional', 'marketing'] });
    const other = await sender('letters', { defaultFor: ['marketing'] });
    expect(await sendersNow()).toEqual({
      tickets: [],
      news: ['transactional'],
      letters: ['marketing'],
    });
    expect(await speaker('marketing')).toBe('letters ses');
    await patch(other.id, { defaultFor: [] });
    expect(await speaker('marketing')).toBe('tickets ses');
    await patch(tickets.id, { defaultFor: ['transactional'] });
    expect(await speaker('transactional')).toBe('tickets ses');
  });

  test('that is silenced leaves it to its fallback, else to the default', async () => {
    await sender('tickets');
    const news = await sender('news', { defaultFor: ['marketing'] });
    await patch(news.id, { status: 'inactive' });
    expect(await speaker('marketing')).toBe('tickets ses');
    const spare = await sender('spare', { provider: 'resend' });
    await patch(news.id, { fallbackSenderId: spare.id });
    expect(await speaker('marketing')).toBe('spare resend');
    expect(await speaker('transactional')).toBe('tickets ses');
    await patch(news.id, { status: 'released' });
    expect(await speaker('marketing')).toBe('spare resend');
    expect(await sendersNow()).toEqual({
      tickets: [],
      news: [],
      spare: ['marketing'],
    });
    await patch(spare.id, { status: 'released' });
    expect(await speaker('marketing')).toBe('tickets ses');
  });

  test('is refused for a category that is none', async () => {
    const input = { venueId: tenant.defaultVenueId, channel: 'email', address: 'x@riverside.example' };
    const { body } = await app
      .as(tenant)
      .post('/api/senders')
      .send({ ...input, defaultFor: ['spam'] })
      .expect(400);
    expect(body).toMatchObject({ errors: [{ path: expect.stringContaining('defaultFor') as string }] });
  });
});

test('who unsubscribes from an address of the platform is written to no more by that venue alone', async () => {
  await choose({ defaultProviders: { email: 'sendgrid' } });
  const [hall, club] = [await newVenue(app, tenant, 'Hall'), await newVenue(app, tenant, 'Club')];
  const to = `unsubscribed+${hall}@sandbox.sendgrid.test`;
  await send(app, tenant, email({ venueId: hall, to }));
  await until(async () => (await consentOf(app, tenant, hall, to, 'email')).status === 'opted_out');
  expect(await consentOf(app, tenant, club, to, 'email')).toMatchObject({ status: 'unknown', numberOptOut: null });
  await whenStatus(app, tenant, await send(app, tenant, email({ venueId: hall, to })), 'blocked_opted_out');
});
