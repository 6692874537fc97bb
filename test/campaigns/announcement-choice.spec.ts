/** Whom a campaign over several channels writes to, and by what: the same as a small model says, whatever people have and said. */
import fc from 'fast-check';
import { CampaignChunks } from '../../src/campaigns/campaign-chunks.js';
import type { CampaignView, EstimateView } from '../../src/campaigns/campaigns.dto.js';
import { until } from '../../harness/until.js';
import { openTestApp, type TestApp, type Tenant } from '../support/test-app.js';
import { newMailbox, newNumber, newSenderNumber } from '../support/people.js';
import { newSender } from '../support/senders.js';
import { act, look } from './campaign.support.js';
import { JSON_TYPE, newAudience } from './support.js';

type Carried = 'email' | 'sms' | 'whatsapp';
const CHANNELS: readonly Carried[] = ['email', 'sms', 'whatsapp'];

/** What an address says of one channel. */
const anySaid = fc.record({
  consent: fc.constantFrom(null, null, 'opted_in', 'opted_out'),
  isSuppressed: fc.constantFrom(false, false, true),
});
const anyAddress = fc.record({
  hasName: fc.constantFrom(true, true, false),
  said: fc.record({ email: anySaid, sms: anySaid, whatsapp: anySaid }),
});
const anyPerson = fc
  .record({
    mails: fc.array(anyAddress, { maxLength: 2 }),
    phones: fc.array(anyAddress, { maxLength: 2 }),
    preferred: fc.constantFrom(null, ...CHANNELS),
  })
  .filter(({ mails, phones }) => mails.length + phones.length > 0);
const anyCampaign = fc.record({
  channels: fc.shuffledSubarray([...CHANNELS], { minLength: 2 }),
  category: fc.constantFrom('transactional' as const, 'marketing' as const),
  usePreferredChannel: fc.boolean(),
});

type Address = typeof anyAddress extends fc.Arbitrary<infer Of> ? Of & { readonly address: string } : never;
interface Person {
  readonly mails: readonly Address[];
  readonly phones: readonly Address[];
  readonly preferred: Carried | null;
}
type Plan = typeof anyCampaign extends fc.Arbitrary<infer Of> ? Of : never;

/** What becomes of a person: the message with what follows it, or the exclusion. */
type Fate =
  | { readonly address: string; readonly channel: Carried; readonly fallback: readonly string[] }
  | { readonly address: string; readonly reason: string };

/** The whole rule. */
function fateOf(
  { mails, phones, preferred }: Person,
  { channels, category, usePreferredChannel }: Plan,
): Fate | undefined {
  const first = usePreferredChannel ? channels.filter((channel) => channel === preferred) : [];
  const order = [...first, ...channels.filter((channel) => !first.includes(channel))];
  const options = order.flatMap((channel) =>
    (channel === 'email' ? mails : phones)
      .toSorted((one, other) => (one.address < other.address ? -1 : 1))
      .map((address) => ({ channel, address: address.address, reason: reasonOf(address, channel, category) })),
  );
  const [taken, ...others] = options.filter(({ reason }) => reason === undefined);
  if (!taken) return options[0] && { address: options[0].address, reason: options[0].reason ?? '' };
  const steps = order
    .map((channel) => others.find((option) => option.channel === channel))
    .filter((step) => step !== undefined && step.channel !== taken.channel);
  return {
    address: taken.address,
    channel: taken.channel,
    fallback: steps.map((step) => `${step?.channel} ${step?.address}`),
  };
}

function reasonOf({ said, hasName }: Address, channel: Carried, category: Plan['category']): string | undefined {
  const { consent, isSuppressed } = said[channel];
  if (consent === 'opted_out') return 'opted_out';
  if (isSuppressed) return 'manual';
  if (consent === null && category === 'marketing') return 'no_opt_in';
  return hasName ? undefined : 'missing_variables';
}

let app: TestApp;
let tenant: Tenant;
beforeAll(async () => {
  app = await openTestApp();
  tenant = await app.tenant();
  await newSender(app, tenant, { channel: 'whatsapp', address: newSenderNumber() });
  for (const category of ['transactional', 'marketing']) {
    for (const [channel, texts] of Object.entries({
      email: { subject: 'Closed', text: 'Closed, {{ name }} {{ unsubscribe_url }}' },
      sms: { body: 'Closed, {{ name }}' },
      whatsapp: { contentSid: `HX${'a'.repeat(32)}`, contentVariables: { 1: '{{ name }}' } },
    })) {
      const input = { key: `${category}-${channel}`, channel, category, ...texts };
      await app.as(tenant).post('/api/templates').send(input).expect(201);
    }
  }
  app.nest.get(CampaignChunks).size = 4;
});
afterAll(() => app.close());

test('everybody’s fate is as the rule says, by the estimate and by the launch, in chunks of any place', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(anyPerson, { minLength: 1, maxLength: 15 }), anyCampaign, async (people, plan) => {
      const known = people.map(({ mails, phones, preferred }) => ({
        mails: mails.map((address) => ({ ...address, address: newMailbox() })),
        phones: phones.map((address) => ({ ...address, address: newNumber() })),
        preferred,
      }));
      const fates = known.map((person) => fateOf(person, plan)).filter((fate) => fate !== undefined);
      if (!fates.some((fate) => 'channel' in fate)) return; // a launch to nobody is refused
      const id = await launchable(known, plan);
      const { body } = await app.as(tenant).get(`/api/campaigns/${id}/estimate`).expect(200);
      const { audience, excludedBy, byChannel } = body as EstimateView;
      expect({ audience, excludedBy, byChannel }).toEqual(countsOf(fates));

      await app.database.query(`update lane set state = 'stopped'`);
      await act(app, tenant, id, 'launch');
      const { progress } = await until(async () => {
        const view = await look(app, tenant, id);
        return view.progress.frozen && view;
      });
      expect({ audience: progress.audience, excludedBy: progress.excludedBy, byChannel: progress.byChannel }).toEqual(
        countsOf(fates),
      );
      expect(sorted(await happened(id))).toEqual(sorted(fates));
      await act(app, tenant, id, 'cancel');
    }),
    { numRuns: 25 },
  );
});

const sorted = (fates: readonly Fate[]): Fate[] =>
  fates.toSorted((one, other) => (one.address < other.address ? -1 : 1));

function countsOf(fates: readonly Fate[]): Pick<EstimateView, 'audience' | 'excludedBy' | 'byChannel'> {
  const tally = (names: readonly string[]): Record<string, number> =>
    Object.fromEntries([...Map.groupBy(names, (name) => name)].map(([name, alike]) => [name, alike.length]));
  return {
    audience: fates.length,
    excludedBy: tally(fates.flatMap((fate) => ('reason' in fate ? [fate.reason] : []))),
    byChannel: tally(fates.flatMap((fate) => ('channel' in fate ? [fate.channel] : []))),
  };
}

async function launchable(
  people: readonly Person[],
  { channels, category, usePreferredChannel }: Plan,
): Promise<string> {
  const audience = await newAudience(app, tenant);
  const rows = people.flatMap(({ mails, phones, preferred }, number) =>
    [...mails, ...phones].map(({ address, hasName }) => ({
      address,
      customerId: `c${number}`,
      ...(hasName && { name: 'Ana' }),
      ...(preferred && { preferredChannel: preferred }),
    })),
  );
  await audience.import(JSON_TYPE, JSON.stringify(rows));
  await record(people.flatMap(({ mails, phones }) => [...mails, ...phones]));
  const input = {
    name: 'Closed',
    audienceId: audience.id,
    usePreferredChannel,
    channels: channels.map((channel) => ({ channel, templateKey: `${category}-${channel}` })),
  };
  return ((await app.as(tenant).post('/api/campaigns').send(input).expect(201)).body as CampaignView).id;
}

/** Made by SQL: there are thousands. */
async function record(addresses: readonly Address[]): Promise<void> {
  const said = addresses.flatMap(({ address, said: of }) =>
    CHANNELS.map((channel) => ({ address, channel, ...of[channel] })),
  );
  const from = `from jsonb_to_recordset($1::jsonb) as said (address text, channel text, consent text, "isSuppressed" boolean)`;
  await app.database.query(
    `insert into consent (venue_id, channel, address, tenant_id, status, source, occurred_at)
     select $2, channel, address, $3, consent, 'test', now() ${from} where consent is not null`,
    [JSON.stringify(said), tenant.defaultVenueId, tenant.id],
  );
  await app.database.query(
    `insert into suppression (tenant_id, channel, address, reason) select $2, channel, address, 'manual' ${from} where "isSuppressed"`,
    [JSON.stringify(said), tenant.id],
  );
}

async function happened(id: string): Promise<Fate[]> {
  return [
    ...(await app.database.query<Fate>(
      `select recipient as address, channel, array(
         select step ->> 'channel' || ' ' || (step ->> 'to') from jsonb_array_elements(coalesce(fallback, '[]')) as step) as fallback
       from message where campaign_id = $1`,
      [id],
    )),
    ...(await app.database.query<Fate>(`select address, reason from campaign_exclusion where campaign_id = $1`, [id])),
  ];
}
