/** Who cannot be rendered is counted before launch, at launch, and in the end. */
import type { EstimateView, LaunchedView } from '../../src/campaigns/campaigns.dto.js';
import { openTestApp, type TestApp, type Tenant } from '../support/test-app.js';
import { act, draft, emptyAudience, template, whenAll } from './campaign.support.js';
import { list } from '../support/messages.js';

let app: TestApp;
let tenant: Tenant;
beforeAll(async () => {
  app = await openTestApp();
  tenant = await app.tenant();
});
afterAll(() => app.close());

/** A draft by SMS to people with these attributes, given as JSON or as SQL of their number `n`. */
async function campaign(body: string, attributes: readonly object[] | { sql: string; count: number }): Promise<string> {
  const audienceId = await emptyAudience(app, tenant);
  const from = 'sql' in attributes ? attributes.sql : `$3::jsonb -> n`;
  const count = 'sql' in attributes ? attributes.count : attributes.length;
  const parameters = 'sql' in attributes ? [] : [JSON.stringify(attributes)];
  await app.database.query(
    `insert into contact (audience_id, kind, address, attributes, import_id)
     select $1, 'phone', '+49151' || (10000000 + n), ${from}, uuidv7() from generate_series(0, $2::int - 1) as n`,
    [audienceId, count, ...parameters],
  );
  const templateKey = await template(app, tenant, 'sms', { body });
  return (await draft(app, tenant, { templateKey, audienceId, channel: 'sms' })).id;
}

const estimate = async (id: string): Promise<EstimateView> =>
  (await app.as(tenant).get(`/api/campaigns/${id}/estimate`).expect(200)).body as EstimateView;

test('what a single send takes, a campaign takes', async () => {
  const body = '{{ seats.size }} seats from {{ seats.first }} to {{ seats[-1] }}, {{ name.size }} letters';
  const id = await campaign(body, [{ seats: ['A', 'B'], name: 'Ana' }]);
  expect(await estimate(id)).toMatchObject({ audience: 1, excluded: 0, failing: 0, recipients: 1 });
  expect(await act(app, tenant, id, 'launch')).toMatchObject({ rehearsal: { people: 1, failing: 0, failingBy: {} } });
  await whenAll(app, tenant, id, ['delivered']);
});

test('people whose messages would fail are counted by reason: by the estimate, by the launch, and in the end', async () => {
  const people = [
    { total: 84_000_000, name: 'Ana' },
    { total: '84,00', name: 'Bo' },
    { total: 84_000_000, name: 'x'.repeat(1_700) },
    { total: 84_000_000, name: null },
    { total: 84_000_000 },
    { total: 84_000_000, name: 'Cy', seats: [{}] },
    { total: 84_000_000, name: '', hide: true },
  ];
  const body =
    '{% for seat in seats %}{{ seat.row }}{% endfor %}{% if hide %}{% assign note = total | money: "EUR" %}{{ name }}' +
    '{% else %}{{ total | money: "EUR" }} {{ name }}{% endif %}';
  const id = await campaign(
    body,
    people.map((person) => ({ seats: [], ...person })),
  );
  const failingBy = { render_failed: 4, text_too_long: 1, content_empty: 1 };
  expect(await estimate(id)).toMatchObject({
    audience: 7,
    excluded: 0,
    failing: 6,
    failingBy,
    recipients: 1,
    segments: 1,
  });

  const launched = (await act(app, tenant, id, 'launch')) as LaunchedView;
  expect(launched.rehearsal).toEqual({ people: 7, failing: 6, failingBy });
  const { progress } = await whenAll(app, tenant, id, ['delivered', 'failed']);
  expect(progress).toMatchObject({ audience: 7, messages: 7, byStatus: { delivered: 1, failed: 6 } });
  const { items } = await list(app, tenant, { campaignId: id, status: 'failed' });
  const reasons = items.map(({ reason }) => reason ?? '');
  expect(
    Object.fromEntries(Object.keys(failingBy).map((name) => [name, reasons.filter((of) => of === name).length])),
  ).toEqual(failingBy);
});

test('null is missing to the estimate and at the launch, as it is to the renderer', async () => {
  const id = await campaign('Hi {{ name }}', [{ name: null }, { name: 'Ana' }]);
  expect(await estimate(id)).toMatchObject({ excludedBy: { missing_variables: 1 }, failing: 0, recipients: 1 });
  await act(app, tenant, id, 'launch');
  const { progress } = await whenAll(app, tenant, id, ['delivered']);
  expect(progress).toMatchObject({ audience: 2, excludedBy: { missing_variables: 1 }, messages: 1 });
});

test('what is missing is named, with how many lack it', async () => {
  const people = [{ first_name: 'Ana' }, { seat: { row: 4 } }, {}, { first_name: null, seat: {} }];
  const id = await campaign('{{ first_name }}: row {{ seat.row }}{{ note | default: "" }}', [
    ...people,
    { first_name: 'Bo', seat: { row: 5 } },
  ]);
  expect(await estimate(id)).toMatchObject({
    excludedBy: { missing_variables: 4 },
    missingVariables: { first_name: 3, 'seat.row': 3 },
    recipients: 1,
  });
});

test('a campaign whose template can be rendered for nobody is not launched', async () => {
  const id = await campaign('Pay {{ total | money: "EUR" }}', [{ total: '84,00' }, { total: '12,00' }]);
  const { body } = await app.as(tenant).post(`/api/campaigns/${id}/launch`).send({}).expect(422);
  expect(body).toMatchObject({
    code: 'audience_not_rendered',
    detail: expect.stringContaining('render_failed: 2') as string,
  });
});

test('failing messages of a large audience are scaled up from a sample, the excluded are exact', async () => {
  const sql = `case when n < 1000 then '{}' when n < 6000 then jsonb_build_object('total', 'x') else jsonb_build_object('total', 5000000) end`;
  const id = await campaign('Pay {{ total | money: "EUR" }}', { sql, count: 21_000 });
  const view = await estimate(id);
  expect(view).toMatchObject({ audience: 21_000, excludedBy: { missing_variables: 1_000 }, sampled: true });
  expect(view.failing).toBeGreaterThan(4_000);
  expect(view.failing).toBeLessThan(6_000);
  expect(view.failingBy).toEqual({ render_failed: view.failing });
  expect(view.recipients).toBe(20_000 - view.failing);
  expect(view.segments).toBe(view.recipients);
});
