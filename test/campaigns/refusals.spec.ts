/** What campaigns refuse: each with a problem that says what to change, and nothing done. */
import { openTestApp, type TestApp, type Tenant } from '../support/test-app.js';
import { act, audience, draft, emptyAudience, look, nextMonth, template, whenState } from './campaign.support.js';

let app: TestApp;
let tenant: Tenant;
let templateKey: string;
let audienceId: string;
beforeAll(async () => {
  app = await openTestApp();
  tenant = await app.tenant({ timezone: 'Europe/Berlin' });
  templateKey = await template(app, tenant, 'email');
  audienceId = await audience(app, tenant, 3);
});
afterAll(() => app.close());

const NOBODY = '0199f3a0-7c1e-7b3a-9d1c-2f4b6a8c0e12';
const create = (input: object): ReturnType<ReturnType<TestApp['as']>['post']> =>
  app
    .as(tenant)
    .post('/api/campaigns')
    .send({ name: 'Spring', channel: 'email', templateKey, audienceId, ...input });

test.each([
  [{ name: '' }, 400, 'invalid_request', 'name'],
  [{ channel: 'fax' }, 400, 'invalid_request', 'channel must be one of'],
  [{ audienceId: 'all' }, 400, 'invalid_request', 'audienceId must be an id'],
  [{ messagesPerMinute: 0 }, 400, 'invalid_request', 'messagesPerMinute must not be less than 1'],
  [{ pauseAtFailurePercent: 101 }, 400, 'invalid_request', 'must not be greater than 100'],
  [{ status: 'SENT' }, 400, 'invalid_request', 'status is not a field of this request'],
  [{ audienceId: NOBODY }, 404, 'audience_not_found', 'audience'],
  [{ venueId: NOBODY }, 404, 'venue_not_found', 'venue'],
  [{ templateKey: 'none' }, 404, 'template_not_found', 'template'],
  [{ channel: 'sms' }, 422, 'template_mismatch', 'use a template for sms'],
  [{ senderId: NOBODY }, 404, 'sender_not_found', 'sender'],
  [{ scheduledAt: 'tomorrow' }, 422, 'bad_schedule', '2026-11-27T18:00 (in Europe/Berlin)'],
  [{ scheduledAt: '2020-01-01T10:00' }, 422, 'bad_schedule', 'in the past'],
  [{ scheduledAt: '2099-01-01T10:00' }, 422, 'bad_schedule', 'more than a year ahead'],
])('a campaign with %j is refused with %i %s', async (input, status, code, words) => {
  const before = await app.as(tenant).get('/api/campaigns?limit=500').expect(200);
  const { body } = await create(input).expect(status);
  expect(body).toMatchObject({ status, code });
  expect(JSON.stringify(body)).toContain(words);
  expect((await app.as(tenant).get('/api/campaigns?limit=500')).body).toEqual(before.body);
});

test('a channel that is switched off, and a marketing template sent as transactional, are refused', async () => {
  const own = await app.tenant({});
  const key = await template(app, own, 'email', { category: 'marketing' });
  const people = await audience(app, own, 1);
  const body = { name: 'x', channel: 'email', templateKey: key, audienceId: people };
  const past = await app
    .as(own)
    .post('/api/campaigns')
    .send({ ...body, category: 'transactional' })
    .expect(422);
  expect(past.body).toMatchObject({ code: 'template_mismatch' });
  await app.admin().patch(`/api/tenants/${own.id}/settings`).send({ emailEnabled: false }).expect(200);
  expect((await app.as(own).post('/api/campaigns').send(body).expect(422)).body).toMatchObject({
    code: 'channel_disabled',
  });
});

test('marketing by text must name its venue and how to leave where the tenant wants that, in campaigns and single messages', async () => {
  const own = await app.tenant({});
  const silent = await template(app, own, 'sms', { category: 'marketing', body: 'Doors open at 7, {{ name }}' });
  const good = await template(app, own, 'sms', { category: 'marketing', body: '{{ name }} at 7. Reply STOP' });
  const people = await audience(app, own, 1);
  const ofCampaign = (key: string): object => ({ name: 'x', channel: 'sms', templateKey: key, audienceId: people });
  await app.as(own).post('/api/campaigns').send(ofCampaign(silent)).expect(201);
  await app.admin().patch(`/api/tenants/${own.id}/settings`).send({ requireIdentification: true }).expect(200);
  const refused = await app.as(own).post('/api/campaigns').send(ofCampaign(silent)).expect(422);
  expect(refused.body).toMatchObject({ code: 'identification_missing', errors: [{ path: 'templateKey' }] });
  await app.as(own).post('/api/campaigns').send(ofCampaign(good)).expect(201);

  const message = (more: object): object => ({ channel: 'sms', to: '+4915110000001', category: 'marketing', ...more });
  const { body: venue } = await app.as(own).get(`/api/venues/${own.defaultVenueId}`).expect(200);
  const { name } = venue as { name: string };
  const templated = (key: string, guest: string): object =>
    message({ template: { key, data: { name: guest } }, category: undefined });
  const { body } = await app
    .as(own)
    .post('/api/messages/batch')
    .send({
      messages: [
        message({ content: { body: 'Doors open at 7' } }),
        message({ content: { body: `${name}: doors open at 7. Reply STOP` } }),
        message({ content: { body: 'Your ticket' }, category: 'transactional' }),
        templated(good, 'Ana'),
        templated(good, name),
      ],
    })
    .expect(202);
  const { items } = body as { items: { error?: { code: string; detail: string } }[] };
  expect(items.map(({ error }) => error?.code)).toEqual([
    'identification_missing',
    undefined,
    undefined,
    'identification_missing',
    undefined,
  ]);
  expect(items[0]?.error?.detail).toContain('STOP');
  expect(items[3]?.error?.detail).not.toContain('STOP');
});

test('an MMS campaign needs a template for MMS: one for SMS has no picture', async () => {
  const key = await template(app, tenant, 'sms');
  const { body } = await create({ channel: 'mms', templateKey: key }).expect(422);
  expect(body).toMatchObject({
    code: 'template_mismatch',
    detail: 'The template is for sms: use a template for mms, or another channel',
  });
});

test('an empty audience cannot be launched, nor one of which nobody has what the template needs', async () => {
  const none = await draft(app, tenant, { templateKey, audienceId: await emptyAudience(app, tenant) });
  const empty = await app.as(tenant).post(`/api/campaigns/${none.id}/launch`).expect(422);
  expect(empty.body).toMatchObject({
    code: 'audience_empty',
    detail: expect.stringContaining('import some first') as string,
  });
  const poor = await draft(app, tenant, { templateKey, audienceId: await audience(app, tenant, 3, `'{}'::jsonb`) });
  const lacking = await app.as(tenant).post(`/api/campaigns/${poor.id}/launch`).expect(422);
  expect(lacking.body).toMatchObject({
    code: 'audience_lacks_variables',
    detail: expect.stringContaining('`name`') as string,
  });
  expect(await look(app, tenant, poor.id)).toMatchObject({ status: 'DRAFT', launchedAt: null });
});

test('launching twice, at once or later, launches once; what its state does not allow is refused by its name', async () => {
  const { id } = await draft(app, tenant, { templateKey, audienceId });
  const launch = (): Promise<{ status: number; body: unknown }> =>
    app
      .as(tenant)
      .post(`/api/campaigns/${id}/launch`)
      .then(({ status, body }) => ({ status, body: body as unknown }));
  const answers = await Promise.all([launch(), launch(), launch()]);
  expect(answers.map(({ status }) => String(status)).sort()).toEqual(['200', '409', '409']);
  await whenState(app, tenant, id, 'SENT');
  for (const action of ['launch', 'pause', 'resume', 'cancel']) {
    const { body } = await app.as(tenant).post(`/api/campaigns/${id}/${action}`).expect(409);
    expect(body).toMatchObject({
      code: 'campaign_state',
      detail: expect.stringMatching(/^The campaign is SENT: only one that is .* can be \w+$/) as string,
    });
  }
  await app.as(tenant).post(`/api/campaigns/${id}/schedule`).send({ scheduledAt: nextMonth() }).expect(409);
  await app.as(tenant).patch(`/api/campaigns/${id}`).send({ name: 'Other' }).expect(409);
  await app.as(tenant).delete(`/api/campaigns/${id}`).expect(409);
  expect((await look(app, tenant, id)).progress.messages).toBe(3);
});

test('an audience that a campaign is for cannot be deleted until the campaign has ended', async () => {
  const people = await audience(app, tenant, 2);
  const { id } = await draft(app, tenant, { templateKey, audienceId: people, scheduledAt: nextMonth() });
  const { body } = await app.as(tenant).delete(`/api/audiences/${people}`).expect(409);
  expect(body).toMatchObject({ code: 'audience_in_use' });
  await act(app, tenant, id, 'cancel');
  await app.as(tenant).delete(`/api/audiences/${people}`).expect(204);
  expect((await look(app, tenant, id)).audienceId).toBe(people);
  const late = await draft(app, tenant, { templateKey, audienceId });
  await app.database.query(`update campaign set audience_id = $2 where id = $1`, [late.id, people]);
  expect((await app.as(tenant).post(`/api/campaigns/${late.id}/launch`).expect(404)).body).toMatchObject({
    code: 'audience_not_found',
  });
});

test('a draft can be changed and thrown away', async () => {
  const { id } = await draft(app, tenant, { templateKey, audienceId });
  const { body } = await app
    .as(tenant)
    .patch(`/api/campaigns/${id}`)
    .send({ name: 'Autumn', messagesPerMinute: 60 })
    .expect(200);
  expect(body).toMatchObject({ name: 'Autumn', messagesPerMinute: 60, templateKey, status: 'DRAFT' });
  expect(
    (await app.as(tenant).patch(`/api/campaigns/${id}`).send({ audienceId: NOBODY }).expect(404)).body,
  ).toMatchObject({
    code: 'audience_not_found',
  });
  await app.as(tenant).delete(`/api/campaigns/${id}`).expect(204);
  await app.as(tenant).get(`/api/campaigns/${id}`).expect(404);
});

test('the same Idempotency-Key launches once and answers the first answer again', async () => {
  const { id } = await draft(app, tenant, { templateKey, audienceId });
  const launch = (): ReturnType<ReturnType<TestApp['as']>['post']> =>
    app.as(tenant).post(`/api/campaigns/${id}/launch`).set('idempotency-key', `launch-${id}`);
  const first = await launch().expect(200);
  expect((await launch().expect(200)).body).toEqual(first.body);
});

test('nobody else’s campaign can be seen or touched', async () => {
  const { id } = await draft(app, tenant, { templateKey, audienceId });
  const stranger = app.as(await app.tenant());
  const path = `/api/campaigns/${id}`;
  const actions = ['launch', 'pause', 'resume', 'cancel'].map((action) => stranger.post(`${path}/${action}`));
  const reads = ['', '/estimate', '/exclusions', '/progress'].map((part) => stranger.get(`${path}${part}`));
  const writes = [
    stranger.patch(path).send({ name: 'Mine' }),
    stranger.delete(path),
    stranger.post(`${path}/schedule`).send({ scheduledAt: nextMonth() }),
    stranger.post(`${path}/test`).send({ to: ['me@example.com'] }),
  ];
  for (const request of [...actions, ...reads, ...writes]) {
    expect((await request.expect(404)).body).toMatchObject({ code: 'campaign_not_found' });
  }
  await stranger.post('/api/campaigns').send({ name: 'x', channel: 'email', templateKey, audienceId }).expect(404);
});

test('a key needs a scope for each', async () => {
  const issued = await app
    .admin()
    .post(`/api/tenants/${tenant.id}/api-keys`)
    .send({ name: 'reader', scopes: ['campaigns:read'] })
    .expect(201);
  const reader = app.as({ ...tenant, key: (issued.body as { key: string }).key });
  const { id } = await draft(app, tenant, { templateKey, audienceId });
  await reader.get(`/api/campaigns/${id}`).expect(200);
  expect((await reader.post(`/api/campaigns/${id}/launch`).expect(403)).body).toMatchObject({ code: 'missing_scope' });
  await act(app, tenant, id, 'launch');
});
