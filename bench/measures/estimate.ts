/** How long the estimate of a large campaign takes, with what it would be charged. */
import { Archive } from '../archive.js';
import type { Measure } from '../bench.js';
import { ADMIN_KEY } from '../callboard.config.js';
import { importAudience } from '../campaign.js';
import type { Callboard } from '../callboard.js';
import { medianCost, type Run } from '../cpu.js';
import { figure } from '../findings.js';
import { TEMPLATE_KEY, type BenchChannel } from '../people.js';

const AREAS = 200;

export const estimate: Measure = {
  name: 'estimate',
  about: 'the estimate of a campaign to many, by SMS and by email, with the price of an area in two hundred',
  async run(bench) {
    const people = bench.full ? 1_000_000 : 100_000;
    const callboard = await bench.callboard();
    const process = await callboard.start('all');
    const tenant = await callboard.tenant();
    await putPrices(callboard);
    const drafts: { readonly channel: BenchChannel; readonly id: string; readonly runs: Run[] }[] = [];
    for (const channel of ['sms', 'email'] as const) {
      await new Archive(callboard).optIn(tenant, channel, people);
      const audienceId = await importAudience(callboard, tenant, channel, people);
      const { id } = await callboard.ask<{ id: string }>(tenant.key, 'POST', '/api/campaigns', {
        name: 'Spring season',
        channel,
        templateKey: TEMPLATE_KEY[channel],
        venueId: tenant.venueId,
        audienceId,
      });
      drafts.push({ channel, id, runs: [] });
    }
    await callboard.query('vacuum analyze contact, consent');
    for (let round = -1; round < (bench.full ? 5 : 3); round += 1) {
      for (const { id, runs } of drafts) {
        const run = await bench.run(process, async () => {
          await callboard.ask(tenant.key, 'GET', `/api/campaigns/${id}/estimate`);
          return people;
        });
        if (round >= 0) runs.push(run); // the first is for warming up
      }
    }
    return drafts.map(({ channel, runs }) =>
      figure(
        { name: `estimate by ${channel}, ${people} in the audience`, unit: 'ms' },
        {
          of: `contacts of an estimate by ${channel}`,
          values: runs.map(({ perSecond }) => (people / perSecond) * 1_000),
          cost: medianCost(runs),
        },
      ),
    );
  },
};

/** Prices by area codes, so that these decide. */
async function putPrices(callboard: Callboard): Promise<void> {
  const areas = Array.from({ length: AREAS }, (_, place) => ({
    channel: 'sms',
    prefix: `+1${415 + place}`,
    unit: 'segment',
    price: `0.0${100 + place}`,
    currency: 'USD',
  }));
  await callboard.ask(ADMIN_KEY, 'PUT', '/api/prices?kind=plan&name=standard', [
    ...areas,
    { channel: 'sms', unit: 'segment', price: '0.08', currency: 'USD' },
    { channel: 'email', unit: 'message', price: '0.001', currency: 'USD' },
  ]);
}
