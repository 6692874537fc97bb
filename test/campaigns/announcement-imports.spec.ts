/** Who is whom is as it was at the launch, whatever is imported while people are expanded. */
import fc from 'fast-check';
import { AudienceExpansion } from '../../src/campaigns/audience-expansion.js';
import { CampaignChunks } from '../../src/campaigns/campaign-chunks.js';
import { PeopleSchedule } from '../../src/audiences/people.schedule.js';
import type { CampaignView } from '../../src/campaigns/campaigns.dto.js';
import { openTestApp, type TestApp, type Tenant } from '../support/test-app.js';
import { act, emptyAudience, look } from './campaign.support.js';
import { Audience, JSON_TYPE, newAudience } from './support.js';

let app: TestApp;
let tenant: Tenant;
let expansion: AudienceExpansion;
beforeAll(async () => {
  app = await openTestApp({ role: 'api' }); // nothing is expanded but by the test
  tenant = await app.tenant();
  expansion = app.nest.get(AudienceExpansion, { strict: false });
  app.nest.get(CampaignChunks, { strict: false }).size = 2;
  for (const [channel, texts] of Object.entries({
    email: { subject: 'Closed', text: 'Closed' },
    sms: { body: 'Closed' },
  })) {
    const input = { key: channel, channel, category: 'transactional', ...texts };
    await app.as(tenant).post('/api/templates').send(input).expect(201);
  }
});
afterAll(() => app.close());

const ADDRESSES = [
  'a@people.example',
  'b@people.example',
  'c@people.example',
  '+491713950001',
  '+491713950002',
  '+491713950003',
];
const MAILS = ADDRESSES.slice(0, 3);

/** Rows that join, move and separate a few addresses. */
const anyRow = fc.oneof(
  fc.record({ email: fc.constantFrom(...MAILS), phone: fc.constantFrom(...ADDRESSES.slice(3)) }),
  fc.record({ address: fc.constantFrom(...ADDRESSES), customerId: fc.constantFrom('1', '2', '3') }),
  fc.record({ address: fc.constantFrom(...ADDRESSES) }),
);
const anyRows = fc.array(anyRow, { minLength: 1, maxLength: 4 });

async function launched(audienceId: string): Promise<string> {
  const channels = ['email', 'sms'].map((channel) => ({ channel, templateKey: channel }));
  const { body } = await app
    .as(tenant)
    .post('/api/campaigns')
    .send({ name: 'Closed', audienceId, channels })
    .expect(201);
  const { id } = body as CampaignView;
  await act(app, tenant, id, 'launch');
  return id;
}

async function recipientsOf(id: string): Promise<string[]> {
  const rows = await app.database.query<{ to: string }>(`select recipient as to from message where campaign_id = $1`, [
    id,
  ]);
  return rows.map(({ to }) => to);
}

/** Each address with its person. */
async function peopleOf(audience: Audience): Promise<ReadonlyMap<string, string>> {
  const { body } = await app.as(tenant).get(`${audience.path}/contacts`).expect(200);
  const { items } = body as { items: { address: string; person: string }[] };
  return new Map(items.map(({ address, person }) => [address, person]));
}

test('everybody is written to once, as they were at the launch, though addresses change hands between any two chunks', async () => {
  await fc.assert(
    fc.asyncProperty(anyRows, fc.array(fc.option(anyRows), { maxLength: 12 }), async (before, meanwhile) => {
      const audience = await newAudience(app, tenant);
      const add = async (rows: readonly object[]): Promise<void> => {
        expect((await audience.import(JSON_TYPE, JSON.stringify(rows))).status).toBe(200);
      };
      await add(before);
      const atLaunch = await peopleOf(audience);
      const id = await launched(audience.id);
      for (const rows of meanwhile) {
        if (rows) await add(rows);
        await expansion.expandNext(id);
      }
      while (await expansion.expandNext(id));
      const { progress } = await look(app, tenant, id);
      expect(progress).toMatchObject({ frozen: true, audience: new Set(atLaunch.values()).size });
      const written = (await recipientsOf(id)).map((address) => atLaunch.get(address));
      expect(new Set(written)).toEqual(new Set(atLaunch.values()));
      expect(written).toHaveLength(new Set(atLaunch.values()).size);
    }),
    { numRuns: 60 },
  );
});

test('people of an audience from before there were people are read first, and then expanded', async () => {
  const id = await emptyAudience(app, tenant);
  await app.database.query(
    `insert into contact (audience_id, kind, address, attributes, import_id)
     select $1, kind, address, '{"customerId": "7"}', uuidv7() from (values ('email', $2), ('phone', $3)) as old (kind, address)`,
    [id, ADDRESSES[0], ADDRESSES[3]],
  );
  await app.database.query(`update audience set are_people_read = false where id = $1`, [id]);
  const campaign = await launched(id);
  expect(await expansion.expandNext(campaign)).toBe(false);
  expect((await look(app, tenant, campaign)).progress).toMatchObject({ audience: 0, frozen: false });
  await app.nest.get(PeopleSchedule, { strict: false }).read();
  while (await expansion.expandNext(campaign));
  expect((await look(app, tenant, campaign)).progress).toMatchObject({ audience: 1, frozen: true });
  expect(await recipientsOf(campaign)).toEqual([ADDRESSES[0]]);
});
