/** The reports beside the logs: campaigns with their counts, the numbers of venues, and who may be sent texts. */
import type { CampaignView } from '../../src/campaigns/campaigns.dto.js';
import { CAMPAIGN_STATES } from '../../src/campaigns/campaign.states.js';
import { iso } from '../../src/kernel/index.js';
import { STATUSES } from '../../src/ledger/index.js';
import { openTestApp, type TestApp, type Tenant } from '../support/test-app.js';
import { act, audience, draft, emptyAudience, template, whenAll, whenState } from '../campaigns/campaign.support.js';
import { consentOf, decide } from '../support/consent.js';
import { newNumber, newSenderNumber } from '../support/people.js';
import { orderNumber, whenNumber } from '../support/numbers.js';
import { receive } from '../support/sandbox.js';
import { newSender, newVenue, releaseSender, venueWith } from '../support/senders.js';

type Row = Readonly<Record<string, unknown>>;

let app: TestApp;
beforeAll(async () => {
  app = await openTestApp();
});
afterAll(() => app.close());

/** Rows of a report, with their times as the API writes them. */
async function rowsOf(view: string, tenant: Tenant, order: string): Promise<Row[]> {
  const rows = await app.database.query<{ row: Row }>(
    `select to_jsonb(${view}) as row from ${view} where tenant_id = $1 order by ${order}`,
    [tenant.id],
  );
  return rows.map(({ row }) =>
    Object.fromEntries(
      Object.entries(row).map(([name, value]) => [name, name.endsWith('_at') ? iso(value as string | null) : value]),
    ),
  );
}

describe('communication_campaign', () => {
  const NOTHING = {
    message_count: 0,
    pending_count: 0,
    unknown_count: 0,
    sent_count: 0,
    delivered_count: 0,
    undelivered_count: 0,
    failed_count: 0,
    skipped_count: 0,
  };

  const expected = (tenant: Tenant, view: CampaignView): Row => ({
    id: view.id,
    tenant_id: tenant.id,
    venue_id: view.venueId,
    venue_external_id: null,
    name: view.name,
    description: view.description,
    channel: view.channel,
    channels: view.channels.map(({ channel }) => channel),
    category: view.category,
    status: view.status,
    status_reason: view.statusReason,
    template_key: view.templateKey,
    template_version: view.templateVersion,
    audience_id: view.audienceId,
    created_by: view.createdBy,
    created_at: view.createdAt,
    scheduled_at: view.scheduledAt,
    launched_at: view.launchedAt,
    sent_at: view.sentAt,
    audience_count: view.progress.audience,
    excluded_count: view.progress.excluded,
  });

  test('shows a campaign from its draft to its end, with what became of its messages', async () => {
    const tenant = await app.tenant({ slug: 'reports-campaigns' });
    const [gone, stopped] = ['guest000002@example.com', 'guest000003@example.com'];
    const audienceId = await audience(app, tenant, 5);
    await app.database.query(
      `update contact set address = 'bounce+campaign@simulator.amazonses.com' where audience_id = $1 and address = $2`,
      [audienceId, gone],
    );
    const templateKey = await template(app, tenant, 'email');
    const made = await draft(app, tenant, { templateKey, audienceId, description: 'For the opening' });
    const [drafted] = await rowsOf('communication_campaign', tenant, 'id');
    expect(drafted).toMatchObject({ ...expected(tenant, made), ...NOTHING, status: 'DRAFT', sent_at: null });
    expect(drafted?.['tenant_slug']).toBe('reports-campaigns');

    await decide(app, tenant, [stopped], 'email', 'opted_out');
    await act(app, tenant, made.id, 'launch');
    await whenState(app, tenant, made.id, 'SENT');
    const ended = await whenAll(app, tenant, made.id, ['delivered', 'undelivered']);
    const [sent] = await rowsOf('communication_campaign', tenant, 'id');
    expect(sent).toMatchObject({
      ...expected(tenant, ended),
      ...NOTHING,
      status: 'SENT',
      audience_count: 5,
      excluded_count: 1,
      message_count: 4,
      sent_count: 4,
      delivered_count: 3,
      undelivered_count: 1,
    });
    expect(sent?.['ended_at']).not.toBeNull();
  });

  test('names all channels of one that has several', async () => {
    const tenant = await app.tenant();
    const channels = [
      { channel: 'email', templateKey: await template(app, tenant, 'email') },
      { channel: 'sms', templateKey: await template(app, tenant, 'sms') },
    ];
    await draft(app, tenant, { channel: undefined, channels, audienceId: await emptyAudience(app, tenant) });
    expect(await rowsOf('communication_campaign', tenant, 'id')).toMatchObject([
      { channel: 'email', channels: ['email', 'sms'] },
    ]);
  });

  test('counts each status once: message_count = pending + unknown + sent + failed + skipped', async () => {
    const tenant = await app.tenant();
    const audienceId = await emptyAudience(app, tenant);
    const { id } = await draft(app, tenant, { templateKey: await template(app, tenant, 'email'), audienceId });
    await app.database.query(
      `insert into campaign_tally (campaign_id, status, delta)
       select $1, status, 10 ^ place from unnest($2::text[]) with ordinality as given (status, place)`,
      [id, STATUSES],
    );
    const [row] = await rowsOf('communication_campaign', tenant, 'id');
    const count = (name: string): number => Number(row?.[`${name}_count`]);
    const groups = ['pending', 'unknown', 'sent', 'failed', 'skipped'].map(count);
    expect(groups.reduce((sum, one) => sum + one, 0)).toBe(count('message'));
    expect(groups.every((one) => one > 0)).toBe(true);
    expect(count('message')).toBe(STATUSES.reduce((sum, _, place) => sum + 10 ** (place + 1), 0));
    expect(count('delivered') + count('undelivered')).toBeLessThan(count('sent'));
  });

  test('has the states of a campaign as its status words', async () => {
    const tenant = await app.tenant();
    const audienceId = await emptyAudience(app, tenant);
    const templateKey = await template(app, tenant, 'email');
    for (const state of CAMPAIGN_STATES) {
      const { id } = await draft(app, tenant, { templateKey, audienceId });
      await app.database.query('update campaign set status = $2, ended_at = now() where id = $1', [id, state]);
    }
    const rows = await rowsOf('communication_campaign', tenant, 'id');
    expect(rows.map(({ status }) => status)).toEqual(CAMPAIGN_STATES);
  });
});

describe('venue_phone_numbers', () => {
  test('shows a rented number from its assignment to its release, and no order', async () => {
    const tenant = await app.tenant({ slug: 'reports-numbers' });
    const { body } = await app.as(tenant).post('/api/venues').send({ name: 'Hall', externalId: 'hall-9' }).expect(201);
    const { id: venueId } = body as { id: string };
    const rows = (): Promise<Row[]> => rowsOf('venue_phone_numbers', tenant, 'created_at, id');
    const order = await orderNumber(app, tenant, { venueId, search: { country: 'US' }, channels: ['sms', 'mms'] });
    const active = await whenNumber(app, tenant, order.id, 'active');
    const row = {
      id: order.id,
      tenant_id: tenant.id,
      tenant_slug: 'reports-numbers',
      venue_id: venueId,
      venue_external_id: 'hall-9',
      phone_number: active.address,
      channels: ['sms', 'mms'],
      status: 'active',
      provider: 'twilio',
      provider_id: active.providerId,
      is_rented: true,
      created_at: active.createdAt,
      assigned_at: active.assignedAt,
      released_at: null,
    };
    expect(await rows()).toEqual([row]);

    const { body: listed } = await app.as(tenant).get('/api/senders').query({ venueId }).expect(200);
    for (const { id } of (listed as { items: { id: string }[] }).items)
      await app.as(tenant).patch(`/api/senders/${id}`).send({ status: 'inactive' }).expect(200);
    expect(await rows()).toEqual([{ ...row, status: 'inactive' }]);

    const { body: given } = await app.as(tenant).post(`/api/numbers/${order.id}/release`).send({}).expect(200);
    const { status, releasedAt } = given as { status: string; releasedAt: string };
    expect(status).toBe('quarantined');
    expect(await rows()).toEqual([{ ...row, status: 'released', released_at: releasedAt }]);
  });

  test('shows a number of a pool as active, which is no sender by itself', async () => {
    const tenant = await app.tenant();
    const { id } = await orderNumber(app, tenant, { search: { country: 'US' }, channels: ['sms'] });
    await whenNumber(app, tenant, id, 'active');
    const pool = `MG${'a'.repeat(32)}`;
    await app.database.query(`update phone_number set pool = $2 where id = $1`, [id, pool]);
    await app.database.query(`update sender set address = $2 where tenant_id = $1`, [tenant.id, pool]);
    expect(await rowsOf('venue_phone_numbers', tenant, 'id')).toMatchObject([{ id, status: 'active' }]);
  });

  test('shows a number that was added by hand once for its venue, with all its channels', async () => {
    const tenant = await app.tenant();
    const [venueId, address] = [await newVenue(app, tenant), newSenderNumber()];
    const sms = await newSender(app, tenant, { venueId, channel: 'sms', address });
    const whatsapp = await newSender(app, tenant, { venueId, channel: 'whatsapp', address });
    await newSender(app, tenant, { venueId, channel: 'email', address: 'tickets@riverside.example' });
    const rows = (): Promise<Row[]> => rowsOf('venue_phone_numbers', tenant, 'id');
    const row = {
      id: sms,
      venue_id: venueId,
      phone_number: address,
      channels: ['sms', 'whatsapp'],
      provider: 'twilio',
      provider_id: null,
      is_rented: false,
      released_at: null,
    };
    expect(await rows()).toMatchObject([{ ...row, status: 'active', assigned_at: expect.any(String) as string }]);
    await releaseSender(app, tenant, sms);
    expect(await rows()).toMatchObject([{ ...row, status: 'active' }]);
    await app.as(tenant).patch(`/api/senders/${whatsapp}`).send({ status: 'inactive' }).expect(200);
    expect(await rows()).toMatchObject([{ ...row, status: 'inactive' }]);
    await releaseSender(app, tenant, whatsapp);
    const [released] = await rows();
    expect(released).toMatchObject({ ...row, status: 'released', released_at: expect.any(String) as string });
  });

  test('shows neither an order without a number nor a Messaging Service', async () => {
    const tenant = await app.tenant();
    await newSender(app, tenant, { channel: 'sms', address: `MG${'b'.repeat(32)}` });
    const { id } = await orderNumber(app, tenant, { address: '+15005550000' });
    await whenNumber(app, tenant, id, 'failed');
    expect(await rowsOf('venue_phone_numbers', tenant, 'id')).toEqual([]);
  });
});

describe('sms_consent', () => {
  test('shows the state of each person at each venue, and when they last decided either way', async () => {
    const tenant = await app.tenant({ slug: 'reports-consent' });
    const { venueId, number } = await venueWith(app, tenant, 'sms');
    const [stays, leaves, returns] = [newNumber(), newNumber(), newNumber()];
    await decide(app, tenant, [stays, leaves, returns], 'sms', 'opted_in', venueId);
    await decide(app, tenant, ['ana@example.com'], 'email', 'opted_in', venueId);
    for (const from of [leaves, returns]) await receive(app, { from, to: number, body: 'STOP' });
    await receive(app, { from: returns, to: number, body: 'START' });
    const views = await Promise.all([stays, leaves, returns].map((one) => consentOf(app, tenant, venueId, one)));
    expect(views.map(({ status }) => status)).toEqual(['opted_in', 'opted_out', 'opted_in']);
    expect(await rowsOf('sms_consent', tenant, 'phone_number')).toEqual(
      views.map((view) => ({
        tenant_id: tenant.id,
        tenant_slug: 'reports-consent',
        venue_id: venueId,
        venue_external_id: null,
        phone_number: view.address,
        status: view.status,
        source: view.source,
        opted_in_at: view.lastOptInAt,
        opted_out_at: view.lastOptOutAt,
        updated_at: view.updatedAt,
      })),
    );
    expect(views[1]?.lastOptInAt).not.toBeNull();
    expect(views[0]?.lastOptOutAt).toBeNull();
  });
});
