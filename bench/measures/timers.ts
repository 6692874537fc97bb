/** How fast runs of automations that are due are taken, against a bare UPDATE of the same rows, and how late they are. */
import { until } from '../../harness/until.js';
import type { Measure } from '../bench.js';
import type { BenchTenant, Callboard } from '../callboard.js';
import { figure, ratio } from '../findings.js';
import { quantile } from '../statistics.js';

/** As the service takes them. */
const BATCH = 2_000;
const A_SECOND = 500;
const FOR_SECONDS = 20;

/** They have waited, and end. What each was due at stays in its data. */
const WAITING = `
  insert into automation_run (tenant_id, automation_id, version, venue_id, trigger_id, data, person, stop_on, place, waiting_since, due_at)
  select $1, $2, 1, $3, uuidv7(), jsonb_build_object('due', extract(epoch from due)), '', '{}', 0, due - interval '1 hour', due
  from generate_series(0, $4::int - 1) as number, lateral (select $5::timestamptz + number * $6::interval as due) as at`;
const BARE_TABLE = `create table bare_run (like automation_run including all) with (fillfactor = 100)`;
const BARE_UPDATE = `
  with due as materialized (
    select id from bare_run where due_at <= now() order by due_at limit ${BATCH} for no key update skip locked
  )
  update bare_run set status = 'done', due_at = null, finished_at = clock_timestamp() where id = any (array(select id from due))`;

export const timers: Measure = {
  name: 'timers',
  about: 'runs of automations that are due, a second, and how late each is while many more wait',
  async run(bench) {
    const [due, waiting] = bench.full ? [200_000, 1_000_000] : [50_000, 200_000];
    const callboard = await bench.callboard();
    await callboard.start('all');
    const tenant = await callboard.tenant();
    const automationId = await automation(callboard, tenant);
    const put = (count: number, from: Date, apart: string): Promise<object[]> =>
      callboard.query(WAITING, [tenant.id, automationId, tenant.venueId, count, from, apart]);
    const isDone = async (): Promise<boolean> => {
      const left = await callboard.query(
        `select from automation_run where due_at < now() + interval '2 minutes' order by due_at limit 1`,
      );
      return left.length === 0;
    };

    await callboard.query(BARE_TABLE);
    const rates: Record<'ours' | 'bare', number[]> = { ours: [], bare: [] };
    for (let round = -1; round < 3; round += 1) {
      await put(due, new Date(), '0');
      await callboard.query('insert into bare_run select * from automation_run');
      await until(isDone, { everyMs: 100 });
      const ours = due / (await secondsOf(callboard));
      await callboard.query(`truncate automation_run`);
      await callboard.query(
        `update bare_run set status = 'waiting', due_at = now() - interval '1 second', finished_at = null`,
      );
      await callboard.query('vacuum analyze bare_run');
      const bare = await bareRate(callboard, due);
      await callboard.query('truncate bare_run');
      if (round < 0) continue; // the first is for warming up
      rates.ours.push(ours);
      rates.bare.push(bare);
    }

    await put(waiting, new Date(Date.now() + 3_600_000), '1 millisecond');
    await put(A_SECOND * FOR_SECONDS, new Date(Date.now() + 2_000), `${1_000 / A_SECOND} milliseconds`);
    await until(isDone, { everyMs: 250 });
    const lateness = await callboard.query<{ ms: number }>(
      `select greatest(0, extract(epoch from finished_at) - (data ->> 'due')::float8)::float8 * 1000 as ms
       from automation_run where status <> 'waiting'`,
    );
    return [
      ratio(
        { name: 'due runs taken, of a bare UPDATE', unit: '/s', wanted: { atLeast: 0.5 } },
        { of: `runs that end, ${due} due at once`, values: rates.ours },
        { of: `rows of UPDATEs of ${BATCH}`, values: rates.bare },
      ),
      figure(
        { name: `lateness p99 while ${waiting} wait`, unit: 'ms', wanted: { atMost: 2_000 } },
        {
          of: `p99 of ${A_SECOND} a second`,
          values: [
            quantile(
              lateness.map(({ ms }) => ms),
              0.99,
            ),
          ],
        },
      ),
    ];
  },
};

async function automation(callboard: Callboard, { key }: BenchTenant): Promise<string> {
  const definition = { trigger: 'bench', steps: [{ wait: 'PT1H' }] };
  const { id } = await callboard.ask<{ id: string }>(key, 'POST', '/api/automations', {
    key: 'bench',
    name: 'Bench',
    definition,
  });
  return id;
}

/** From the first to the last: when the schedule that takes them looks next is up to a second later, and none of their cost. */
async function secondsOf(callboard: Callboard): Promise<number> {
  const [took] = await callboard.query<{ seconds: number }>(
    `select extract(epoch from max(finished_at) - min(finished_at))::float8 as seconds from automation_run`,
  );
  if (!took) throw new Error('There are runs');
  return took.seconds;
}

async function bareRate(callboard: Callboard, count: number): Promise<number> {
  const started = performance.now();
  for (let done = 0; done < count; done += BATCH) await callboard.query(BARE_UPDATE);
  return count / ((performance.now() - started) / 1_000);
}
