/** How long the preview of a segment takes, beside the same question as somebody would write it in SQL. */
import type { Measure } from '../bench.js';
import { medianCost, type Run } from '../cpu.js';
import { ratio, type Series } from '../findings.js';

/** As an imported table leaves them: texts. */
const ATTRIBUTES = `jsonb_build_object('name', 'Guest ' || n, 'seat', 'A-' || n % 500, 'joined', (date '2020-01-01' + n % 2000)::text,
  'city', (array['Berlin', 'Hamburg', 'Munich', 'Cologne', 'Vienna'])[1 + n % 5], 'visits', (n % 30)::text)`;

const RULE = {
  and: [
    { '==': [{ var: 'city' }, 'Berlin'] },
    { '>=': [{ var: 'visits' }, 3] },
    { '>': [{ var: 'joined' }, '2021-06-30'] },
  ],
};
const BY_HAND = `
  select count(*) from contact where audience_id = $1 and attributes ->> 'city' = 'Berlin' and (attributes ->> 'visits')::int >= 3
    and (attributes ->> 'joined')::date > '2021-06-30'`;

export const segments: Measure = {
  name: 'segments',
  about: 'the preview of a segment of an audience of a million: its count, beside SQL that was written by hand',
  async run(bench) {
    const people = bench.full ? 1_000_000 : 200_000;
    const callboard = await bench.callboard();
    const process = await callboard.start('api');
    const { key } = await callboard.tenant();
    const { id: audienceId } = await callboard.ask<{ id: string }>(key, 'POST', '/api/audiences', { name: 'Guests' });
    await callboard.query(
      `insert into contact (audience_id, kind, address, attributes, import_id)
       select $1, 'email', 'guest-' || lpad(n::text, 7, '0') || '@example.com', ${ATTRIBUTES}, uuidv7()
       from generate_series(1, $2::int) as n`,
      [audienceId, people],
    );
    await callboard.query('vacuum analyze contact');
    const [ours, byHand]: [Run[], Run[]] = [[], []];
    for (let round = -1; round < (bench.full ? 9 : 5); round += 1) {
      const preview = await bench.run(process, async () => {
        await callboard.ask(key, 'POST', '/api/segments/preview', { audienceId, rule: RULE, show: 0 });
        return people;
      });
      const counted = await bench.run(process, async () => {
        await callboard.query(BY_HAND, [audienceId]);
        return people;
      });
      if (round < 0) continue; // the first is for warming up
      ours.push(preview);
      byHand.push(counted);
    }
    const seriesOf = (of: string, runs: readonly Run[]): Series => ({
      of,
      values: runs.map(({ perSecond }) => (people / perSecond) * 1_000),
      cost: medianCost(runs),
    });
    return [
      ratio(
        { name: `preview of a segment, ${people} in the audience`, unit: 'ms', wanted: { atMost: 2 } },
        seriesOf('contacts of a preview', ours),
        seriesOf('contacts of SQL by hand', byHand),
      ),
    ];
  },
};
