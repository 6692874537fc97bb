/** People in countries that the tenant does not send to are left out of its campaigns, and of their estimates. */
import { CommandBus } from '@nestjs/cqrs';
import fc from 'fast-check';
import { getCountries, getExampleNumber } from 'libphonenumber-js';
import examples from 'libphonenumber-js/mobile/examples';
import { until } from '../../harness/until.js';
import { AdvanceCampaign } from '../../src/campaigns/advance-campaign.command.js';
import type { CampaignPreviewView, CampaignView, EstimateView } from '../../src/campaigns/campaigns.dto.js';
import { inClosedCountry, isAllowed } from '../../src/tenants/index.js';
import { openTestApp, type TestApp, type Tenant } from '../support/test-app.js';
import { newSender } from '../support/senders.js';
import { act, emptyAudience, look, template } from './campaign.support.js';

const GERMAN = '+4915112345001';
const AMERICAN = '+14155550123';
const CANADIAN = '+14165550123';
const FRENCH = '+33612345678';
const JERSEY = '+447797712345';
const SATELLITE = '+870773111632';
const MAILBOX = 'ana@example.com';

let app: TestApp;
let tenant: Tenant;
beforeAll(async () => {
  app = await openTestApp({ role: 'api', allowedCountries: ['DE', 'GB', 'US'] });
  tenant = await app.tenant();
  await newSender(app, tenant, { channel: 'sms', address: '+15557770008' });
});
afterAll(() => app.close());

type Person = readonly [kind: 'email' | 'phone', address: string, person?: string];

async function audienceOf(...people: readonly Person[]): Promise<string> {
  const id = await emptyAudience(app, tenant);
  await app.database.query(
    `insert into contact (audience_id, kind, address, attributes, import_id, person)
     select $1, kind, address, '{"name": "Guest"}', uuidv7(), person from unnest($2::text[], $3::text[], $4::text[]) as given (kind, address, person)`,
    [id, people.map(([kind]) => kind), people.map(([, address]) => address), people.map(([, , person]) => person)],
  );
  return id;
}

async function campaign(input: object): Promise<CampaignView> {
  const { body } = await app
    .as(tenant)
    .post('/api/campaigns')
    .send({ name: 'News', ...input })
    .expect(201);
  return body as CampaignView;
}

const estimateOf = async ({ id }: CampaignView): Promise<EstimateView> =>
  (await app.as(tenant).get(`/api/campaigns/${id}/estimate`).expect(200)).body as EstimateView;

/** Launches it, and waits until everybody is counted. */
async function expanded({ id }: CampaignView): Promise<CampaignView> {
  await act(app, tenant, id, 'launch');
  return until(async () => {
    await app.nest.get(CommandBus).execute(new AdvanceCampaign(id));
    const view = await look(app, tenant, id);
    return view.progress.frozen && view;
  });
}

async function recipients({ id }: CampaignView): Promise<string[]> {
  const rows = await app.database.query<{ recipient: string }>(
    `select recipient from message where campaign_id = $1 order by 1`,
    [id],
  );
  return rows.map(({ recipient }) => recipient);
}

const asPreview = async ({ id }: CampaignView, contact: string): Promise<CampaignPreviewView> =>
  (await app.as(tenant).post(`/api/campaigns/${id}/preview`).send({ contact }).expect(200)).body as CampaignPreviewView;

test('by text people of other countries are left out with their reason, as the estimate has said', async () => {
  const audienceId = await audienceOf(
    ...[GERMAN, AMERICAN, CANADIAN, FRENCH].map((address): Person => ['phone', address]),
    ['email', '+49.ana@example.com'],
  );
  const made = await campaign({ audienceId, channel: 'sms', templateKey: await template(app, tenant, 'sms') });
  expect(await estimateOf(made)).toMatchObject({
    audience: 4,
    excludedBy: { country_not_allowed: 2 },
    recipients: 2,
  });
  expect(await asPreview(made, FRENCH)).toMatchObject({ excludedAs: 'country_not_allowed' });
  expect(await asPreview(made, GERMAN)).toMatchObject({ excludedAs: null });
  const { progress } = await expanded(made);
  expect(progress).toMatchObject({ audience: 4, excludedBy: { country_not_allowed: 2 }, messages: 2 });
  expect(await recipients(made)).toEqual([AMERICAN, GERMAN]);
  const { body } = await app.as(tenant).get(`/api/campaigns/${made.id}/exclusions`).expect(200);
  expect((body as { items: object[] }).items).toEqual(
    [CANADIAN, FRENCH].map((address) => expect.objectContaining({ address, reason: 'country_not_allowed' }) as object),
  );
});

test('email goes to every country, also to a mailbox that looks like a number', async () => {
  const audienceId = await audienceOf(['email', '+33612@example.com']);
  const made = await campaign({ audienceId, channel: 'email', templateKey: await template(app, tenant, 'email') });
  expect(await estimateOf(made)).toMatchObject({ audience: 1, excludedBy: {}, recipients: 1 });
  expect((await expanded(made)).progress).toMatchObject({ excluded: 0, messages: 1 });
});

test('over several channels they are reached by the next, and left out only without one', async () => {
  const audienceId = await audienceOf(
    ['phone', FRENCH, 'customer:1'],
    ['email', MAILBOX, 'customer:1'],
    ['phone', CANADIAN, 'customer:2'],
    ['phone', GERMAN, 'customer:3'],
  );
  const channels = [
    { channel: 'sms', templateKey: await template(app, tenant, 'sms') },
    { channel: 'email', templateKey: await template(app, tenant, 'email') },
  ];
  const made = await campaign({ audienceId, channels });
  expect(await estimateOf(made)).toMatchObject({
    audience: 3,
    excludedBy: { country_not_allowed: 1 },
    byChannel: { sms: 1, email: 1 },
  });
  const { channel, options } = await asPreview(made, FRENCH);
  expect(channel).toBe('email');
  expect(options).toMatchObject([{ excludedAs: null }, { channel: 'sms', excludedAs: 'country_not_allowed' }]);
  expect((await expanded(made)).progress).toMatchObject({ excludedBy: { country_not_allowed: 1 }, messages: 2 });
  expect(await recipients(made)).toEqual([GERMAN, MAILBOX]);
});

test('whoever is left out would be stopped at the gate, and all are whose calling code tells their country', async () => {
  const numbers = [AMERICAN, CANADIAN, FRENCH, JERSEY, SATELLITE, '+18002345678', '+1310'];
  for (const country of getCountries()) numbers.push(getExampleNumber(country, examples)?.number ?? GERMAN);
  const countries = fc.uniqueArray(fc.constantFrom(...getCountries()), { maxLength: 30 });
  const check = async (allowed: readonly string[]): Promise<void> => {
    const rows = await app.database.query<{ address: string; closed: boolean }>(
      `select address, ${inClosedCountry(allowed, 'address')} as closed from unnest($1::text[]) as given (address)`,
      [numbers],
    );
    const refused = rows.filter(({ address }) => !isAllowed(allowed, 'sms', address));
    const closed = rows.filter((row) => row.closed);
    expect(closed.filter((row) => !refused.includes(row))).toEqual([]);
    const left = refused.filter((row) => !row.closed).map(({ address }) => address);
    // Of these the gate looks at the whole number: codes that several countries share, of which some are allowed, and those of none.
    expect(left.filter((address) => /^\+(1\d{10}$|33|49|43|48)/.test(address))).toEqual([]);
  };
  await check([]);
  await check(['GB']);
  await fc.assert(fc.asyncProperty(countries, check), { numRuns: 200 });
  expect(inClosedCountry(null, 'address')).toBe('false');
});
