/** Reports over real sends: what was sent, what became of it, and what it cost, as JSON and as CSV. */
import { act, audience, draft, template, whenState } from '../campaigns/campaign.support.js';
import { consume } from '../support/consumers.js';
import { email, send, text, whenEnded, whenStatus } from '../support/messages.js';
import { newVenue, newSender } from '../support/senders.js';
import { openTestApp, type TestApp, type Tenant } from '../support/test-app.js';

const [GONE, NO_NUMBER] = ['+15005550103', '+15005550001'];
const NAME = '=Spring, opening';
const PRICES = 'channel,unit,price,currency';

type Line = Readonly<Record<string, unknown>>;
interface Report {
  readonly since: string;
  readonly until: string;
  readonly by: readonly string[];
  readonly items: readonly Line[];
  readonly total: Line;
  readonly nextCursor: string | null;
}

let app: TestApp;
let tenant: Tenant;
let today: string;
let campaignId: string;
let venueId: string;
beforeAll(async () => {
  app = await openTestApp();
  await put('kind=cost&name=twilio', PRICES, 'sms,segment,0.01,USD');
  await put('kind=cost&name=ses', PRICES, 'email,message,0.0001,USD');
  await put('kind=plan&name=reports', PRICES, 'sms,segment,0.02,EUR', 'email,message,0.0005,EUR');
  tenant = await app.tenant({ timezone: 'UTC' });
  await app.admin().patch(`/api/tenants/${tenant.id}/settings`).send({ plan: 'reports' }).expect(200);
  venueId = await newVenue(app, tenant, 'River stage');
  await newSender(app, tenant, { venueId, channel: 'sms', address: '+12125550142' });
  await newSender(app, tenant, { channel: 'email', address: 'hall@example.com' });
  await happen();
  await consume(app, 'usage', 'reports');
  today = new Date().toISOString().slice(0, 10);
});
afterAll(() => app.close());

async function put(list: string, ...rows: string[]): Promise<void> {
  const body = rows.map((row) => `${row}\n`).join('');
  await app.admin().put(`/api/prices?${list}`).set('content-type', 'text/csv').send(body).expect(200);
}

/** Two texts that arrive, one that does not, one that is refused, an email that nobody agreed to, and a campaign of three. */
async function happen(): Promise<void> {
  for (const input of [text({ venueId }), text({ venueId })]) {
    await whenStatus(app, tenant, await send(app, tenant, input), 'delivered');
  }
  await whenStatus(app, tenant, await send(app, tenant, text({ venueId, to: GONE })), 'undelivered');
  await whenStatus(app, tenant, await send(app, tenant, text({ venueId, to: NO_NUMBER })), 'failed');
  await whenEnded(app, tenant, await send(app, tenant, email({ category: 'marketing' })));
  const templateKey = await template(app, tenant, 'email');
  const audienceId = await audience(app, tenant, 3);
  ({ id: campaignId } = await draft(app, tenant, {
    name: NAME,
    templateKey,
    audienceId,
    venueId: tenant.defaultVenueId,
    category: 'transactional',
  }));
  await act(app, tenant, campaignId, 'launch');
  await whenState(app, tenant, campaignId, 'SENT');
  const messages = await app.as(tenant).get('/api/history').query({ campaignId }).expect(200);
  for (const { id } of (messages.body as { items: { id: string }[] }).items) {
    await whenStatus(app, tenant, id, 'delivered');
  }
}

async function report(name: string, query: object = {}, as = app.as(tenant)): Promise<Report> {
  return (await as.get(`/api/reports/${name}`).query(query).expect(200)).body as Report;
}
const csv = async (name: string, query: object = {}, as = app.as(tenant)): Promise<string[]> => {
  const { text: body, headers } = await as
    .get(`/api/reports/${name}`)
    .query({ ...query, format: 'csv' })
    .expect(200);
  expect(headers['content-type']).toBe('text/csv; charset=utf-8');
  expect(headers['content-disposition']).toBe(`attachment; filename="${name}.csv"`);
  return body.split('\n').filter((line) => line !== '');
};

const SMS = { messages: 3, segments: 3, delivered: 2, failed: 2, stopped: 0, deliveryRate: 0.6667, failureRate: 0.5 };
const EMAIL = { messages: 3, segments: 3, delivered: 3, failed: 0, stopped: 1, deliveryRate: 1, failureRate: 0 };

test('delivery by channel and day says what became of messages, and its total is of all lines', async () => {
  const found = await report('delivery', { by: 'day,channel' });
  expect(found).toMatchObject({ since: `${today.slice(0, 8)}01`, until: today, by: ['day', 'channel'] });
  expect(found.items).toEqual([
    { day: today, channel: 'email', ...EMAIL },
    { day: today, channel: 'sms', ...SMS },
  ]);
  const total = { messages: 6, segments: 6, delivered: 5, failed: 2, stopped: 1 };
  expect(found.total).toEqual({ ...total, deliveryRate: 0.8333, failureRate: 0.2857 });
});

test('figures are broken down by campaign, template and venue under their names, and filtered by them', async () => {
  const { items } = await report('delivery', { by: 'campaign,template,venue', channel: 'email' });
  const stopped = items.find(({ campaignId: id }) => id === null);
  const campaign = items.find(({ campaignId: id }) => id === campaignId);
  expect(items).toHaveLength(2);
  expect(stopped).toMatchObject({ campaignName: null, templateKey: null, venueId: tenant.defaultVenueId, stopped: 1 });
  expect(campaign).toMatchObject({
    campaignName: NAME,
    templateKey: expect.stringMatching(/^template-/),
    delivered: 3,
  });
  const only = [{ campaignId }, { templateKey: campaign?.['templateKey'] }, { type: 'BULK' }];
  for (const filter of only)
    expect((await report('delivery', filter)).total).toMatchObject({ messages: 3, stopped: 0 });
  const river = await report('delivery', { by: 'venue,country', venueId });
  expect(river.items).toEqual([
    expect.objectContaining({ venueId, venueName: 'River stage', country: 'DE', delivered: 2 }),
    expect.objectContaining({ country: 'US', failed: 2 }),
  ]);
});

test('failures are counted by our reason and the provider’s code, with what was stopped', async () => {
  const { items, total } = await report('failures', { by: 'channel,kind,code' });
  expect(items).toEqual([
    { channel: 'email', kind: 'skipped_no_consent', code: null, messages: 1 },
    { channel: 'sms', kind: 'failed', code: '21211', messages: 1 },
    { channel: 'sms', kind: 'undelivered', code: '30003', messages: 1 },
  ]);
  expect(total).toEqual({ messages: 3 });
  expect((await report('failures', { kind: 'undelivered' })).total).toEqual({ messages: 1 });
  expect((await report('failures', { by: 'campaign' })).items).toEqual([
    { campaignId: null, campaignName: null, messages: 3 },
  ]);
});

test('latency has the percentiles of what was taken and delivered', async () => {
  const { items } = await report('latency', { by: 'channel' });
  expect(items).toMatchObject([
    { channel: 'email', toProvider: { messages: 3 }, toDelivery: { messages: 3 } },
    { channel: 'sms', toProvider: { messages: 3 }, toDelivery: { messages: 2 } },
  ]);
  for (const { toProvider } of items as { toProvider: Record<string, number> }[]) {
    const { p50Ms = 0, p90Ms = 0, p95Ms = 0, p99Ms = 0 } = toProvider;
    expect([p50Ms, p90Ms, p95Ms, p99Ms]).toEqual([p50Ms, p90Ms, p95Ms, p99Ms].toSorted((one, other) => one - other));
    expect(p50Ms).toBeGreaterThan(0);
  }
});

test('engagement is of what was delivered', async () => {
  const { total } = await report('engagement', { channel: 'email' });
  expect(total).toEqual({
    delivered: 3,
    opened: 0,
    clicked: 0,
    answered: 0,
    openRate: 0,
    clickRate: 0,
    clickToOpenRate: null,
    answerRate: 0,
    read: 0,
    unsubscribed: 0,
    unsubscribeRate: 0,
    machineOpened: 0,
    machineClicked: 0,
  });
});

test('a tenant sees what it is charged, and the operator also what it costs, for each delivered message', async () => {
  const charges = [{ currency: 'EUR', micros: 60_000, perDeliveredMicros: 30_000 }];
  const [, sms] = (await report('cost', { by: 'channel' })).items;
  expect(sms).toEqual({ channel: 'sms', messages: 3, delivered: 2, received: 0, charges, withoutCharge: 0 });
  const operator = await report('cost', { by: 'channel' }, app.admin(tenant.id));
  expect(operator.items[1]).toEqual({
    ...sms,
    costs: [{ currency: 'USD', micros: 30_000, perDeliveredMicros: 15_000 }],
    withoutCost: 0,
  });
  expect(operator.total).toMatchObject({
    charges: [{ currency: 'EUR', micros: 61_500, perDeliveredMicros: 12_300 }],
    costs: [{ currency: 'USD', micros: 30_300 }],
  });
  const nothing = await report('cost', { channel: 'whatsapp' });
  expect(nothing).toMatchObject({ items: [], total: { charges: [], delivered: 0 } });
});

test('pages follow each other without a gap, and one of another breakdown is refused', async () => {
  const all = (await report('delivery', { by: 'channel,type,country' })).items;
  const paged: Line[] = [];
  for (let cursor: string | null | undefined; cursor !== null;) {
    const page: Report = await report('delivery', { by: 'channel,type,country', limit: 1, ...(cursor && { cursor }) });
    expect(page.items).toHaveLength(1);
    paged.push(...page.items);
    cursor = page.nextCursor;
  }
  expect(all.length).toBeGreaterThan(3);
  expect(paged).toEqual(all);
  const { nextCursor } = await report('delivery', { by: 'channel', limit: 1 });
  const query = { by: 'day', cursor: nextCursor };
  const refused = await app.as(tenant).get('/api/reports/delivery').query(query).expect(400);
  expect(refused.body).toMatchObject({ code: 'invalid_cursor' });
});

test('CSV has all lines under the names of their columns, and no formula', async () => {
  expect(await csv('delivery', { by: 'day,channel', limit: 1 })).toEqual([
    'day,channel,messages,segments,delivered,failed,stopped,delivery_rate,failure_rate',
    `${today},email,3,3,3,0,1,1,0`,
    `${today},sms,3,3,2,2,0,0.6667,0.5`,
  ]);
  expect(await csv('engagement', { by: 'campaign', campaignId })).toEqual([
    'campaign_id,campaign_name,delivered,opened,clicked,answered,open_rate,click_rate,click_to_open_rate,answer_rate,read,unsubscribed,unsubscribe_rate,machine_opened,machine_clicked',
    `${campaignId},"'${NAME}",3,0,0,0,0,0,,0,0,0,0,0,0`,
  ]);
  expect(await csv('failures', { by: 'kind,code' })).toEqual([
    'kind,code,messages',
    'failed,21211,1',
    'skipped_no_consent,,1',
    'undelivered,30003,1',
  ]);
  expect((await csv('latency', { by: 'channel' }))[0]).toBe(
    'channel,to_provider_messages,to_provider_p50_ms,to_provider_p90_ms,to_provider_p95_ms,to_provider_p99_ms,' +
      'to_delivery_messages,to_delivery_p50_ms,to_delivery_p90_ms,to_delivery_p95_ms,to_delivery_p99_ms',
  );
});

test('the CSV of costs has a row for each currency, and columns of costs for the operator alone', async () => {
  expect(await csv('cost', { by: 'channel', channel: 'sms' })).toEqual([
    'channel,messages,delivered,received,currency,charge_micros,charge_per_delivered_micros,without_charge',
    'sms,3,2,0,EUR,60000,30000,0',
  ]);
  expect(await csv('cost', { by: 'channel', channel: 'sms' }, app.admin(tenant.id))).toEqual([
    'channel,messages,delivered,received,currency,charge_micros,charge_per_delivered_micros,without_charge,cost_micros,cost_per_delivered_micros,without_cost',
    'sms,3,2,0,EUR,60000,30000,0,,,0',
    'sms,3,2,0,USD,,,0,30000,15000,0',
  ]);
});

test('a period has whole days of the tenant, the last included', async () => {
  expect((await report('delivery', { since: today, until: today })).total).toMatchObject({ messages: 6 });
  expect(await report('delivery', { until: '2026-02-28' })).toMatchObject({ since: '2026-02-01', items: [] });
  expect((await report('delivery', { since: '9999-12-31', until: '9999-12-31' })).total).toMatchObject({ messages: 0 });
});

test.each([
  [{ since: '2026-02-31' }, 'since', 'a day of the calendar'],
  [{ since: 'yesterday' }, 'since', 'a day such as 2026-11-29'],
  [{ since: '2026-03-02', until: '2026-03-01' }, 'until', 'must not be before since, which is 2026-03-02'],
  [{ by: 'day,weather' }, 'by', 'one of day, month'],
  [{ format: 'pdf' }, 'format', 'one of json, csv'],
])('a report that makes no sense is refused with what to change: %j', async (query, path, message) => {
  const { body } = await app.as(tenant).get('/api/reports/delivery').query(query).expect(400);
  expect((body as { errors: object[] }).errors).toEqual([
    expect.objectContaining({ path, message: expect.stringContaining(message) }),
  ]);
});

test('a report needs the scope of usage, and shows another tenant nothing', async () => {
  const other = await app.tenant({ timezone: 'UTC' });
  for (const name of ['delivery', 'engagement', 'cost', 'failures', 'latency']) {
    expect((await report(name, {}, app.as(other))).items).toEqual([]);
    const weak = await app.keyOf(tenant, ['messages:read']);
    await app.as(weak).get(`/api/reports/${name}`).expect(403);
  }
  const theirs = await report('delivery', { by: 'campaign', campaignId }, app.as(other));
  expect(theirs.items).toEqual([]);
});
