/** How fast an audience becomes messages, by one channel and by several, against one bare INSERT … SELECT of the same ledger rows. */
import { Archive } from '../archive.js';
import { Campaign, importAudience } from '../campaign.js';
import type { Bench, Measure } from '../bench.js';
import type { BenchTenant, Callboard } from '../callboard.js';
import { ratio } from '../findings.js';
import type { BenchChannel } from '../people.js';

/** The ledger alone, with its indexes: no consent, no pending queue, no events, no counters. */
const BARE_TABLE = `create table bare_ledger (like message including all) with (fillfactor = 50)`;
const BARE_INSERT = `
  insert into bare_ledger (id, tenant_id, venue_id, channel, category, lane_id, provider, sender_address, sender_name, recipient,
    template_version_id, data, status, segments, campaign_id, expires_at)
  select uuidv7(), campaign.tenant_id, venue_id, channel, category, lane_id, provider, sender_address, sender_name, contact.address,
    template_version_id, contact.attributes, 'queued', segments, campaign.id, expires_at
  from campaign join contact on contact.audience_id = campaign.audience_id and kind = 'email'
  where campaign.id = $1 order by contact.address`;

export const expansion: Measure = {
  name: 'expansion',
  about: 'people of an audience who become messages, a second',
  async run(bench) {
    const people = bench.full ? 1_000_000 : 100_000;
    const rounds = bench.full ? 5 : 3;
    const callboard = await bench.callboard();
    await callboard.start('all');
    const tenant = await callboard.tenant();
    await new Archive(callboard).optIn(tenant, 'email', people);
    const single = await imported(bench, callboard, tenant, 'email', people);
    const several = await imported(bench, callboard, tenant, 'both', people);
    await callboard.query('vacuum analyze contact, consent');
    await callboard.query(BARE_TABLE);
    const rates: Record<'single' | 'several' | 'bare', number[]> = { single: [], several: [], bare: [] };
    for (let round = -1; round < rounds; round += 1) {
      await callboard.query(`update lane set state = 'stopped'`);
      let id = '';
      const rateBy = (channels: readonly BenchChannel[], audienceId: string): Promise<number> =>
        rateOf(people, async () => {
          const campaign = await Campaign.launched(callboard, tenant, channels, audienceId);
          await campaign.frozen();
          ({ id } = campaign);
        });
      const bySeveral = await rateBy(['email', 'sms'], several);
      await clear(callboard);
      const bySingle = await rateBy(['email'], single);
      await callboard.query('checkpoint');
      const bare = await rateOf(people, () => callboard.query(BARE_INSERT, [id]));
      await clear(callboard);
      if (round < 0) continue; // the first is for warming up
      rates.single.push(bySingle);
      rates.several.push(bySeveral);
      rates.bare.push(bare);
    }
    const bare = { of: 'rows of one INSERT … SELECT into the ledger alone', values: rates.bare };
    return [
      ratio(
        { name: 'audience expansion, of a bare INSERT … SELECT', unit: 'rows/s', wanted: { atLeast: 0.5 } },
        { of: `people frozen, ${people} in the audience`, values: rates.single },
        bare,
      ),
      ratio(
        { name: 'expansion by email and SMS, of the same', unit: 'rows/s' },
        { of: `people of two addresses frozen, ${people} in the audience`, values: rates.several },
        bare,
      ),
    ];
  },
};

/** Imports an audience, and says how fast. */
async function imported(
  bench: Bench,
  callboard: Callboard,
  tenant: BenchTenant,
  reach: 'email' | 'both',
  people: number,
): Promise<string> {
  let id = '';
  const rate = await rateOf(people, async () => {
    id = await importAudience(callboard, tenant, reach, people);
  });
  bench.say(
    `${people} rows imported with ${reach === 'both' ? 'two addresses' : 'one address'}, ${Math.round(rate)}/s`,
  );
  return id;
}

async function rateOf(count: number, work: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await work();
  return (count / (performance.now() - started)) * 1_000;
}

/** Empties the tables, so that all rounds start alike. */
async function clear(callboard: Callboard): Promise<void> {
  await callboard.query(`update campaign set status = 'CANCELLED', ended_at = now()`);
  await callboard.query('truncate bare_ledger, message, pending, message_event, campaign_tally, campaign_exclusion');
  await callboard.query('checkpoint');
}
