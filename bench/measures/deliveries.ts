/** How fast tenants' endpoints are told what happened: one, and many at once. */
import { until } from '../../harness/until.js';
import type { Measure } from '../bench.js';
import type { BenchTenant, Callboard } from '../callboard.js';
import { seriesOf, figure, type Finding } from '../findings.js';
import { ours, setUp, USUAL_PATH } from '../throughput-environment.js';

/** As many as a tenant may have. */
const MANY = 20;
const TYPE = 'message.sent';

/** What the consumer of the ledger's events writes, of the last of so many messages. */
const WRITTEN = `
  insert into webhook_delivery (endpoint_id, type, subject_id, fact, seq, happened_at)
  select endpoint.id, $2, message_id, lpad(to_hex(seq), 32, '0')::uuid, seq, at
  from unnest($1::uuid[]) as endpoint (id),
    (select message_id, seq, at from message_event where kind = 'sent' order by seq desc limit $3) as event`;

export const deliveries: Measure = {
  name: 'deliveries',
  about: `events that endpoints of tenants are told a second, by one process: one endpoint, and ${MANY}`,
  onlyFull: true,
  async run(bench) {
    const environment = await setUp(bench, USUAL_PATH.email, bench.full ? 20_000 : 5_000);
    const { callboard, process, tenant } = environment;
    await ours(environment);
    await until(async () => (await untaken(callboard)).length === 0); // else its events would be told too
    const ids: string[] = [];
    for (let each = 0; each < MANY; each += 1)
      ids.push(await endpoint(callboard, tenant, `${bench.providerUrl}/events`));
    const events = bench.full ? 20_000 : 5_000;

    const findings: Finding[] = [];
    for (const told of [ids.slice(0, 1), ids]) {
      const runs = [];
      for (let round = -1; round < 3; round += 1) {
        const run = await bench.run(process, async () => {
          await callboard.query(WRITTEN, [told, TYPE, events / told.length]);
          await until(async () => (await left(callboard)).length === 0, { everyMs: 50 });
          return events;
        });
        await callboard.query('truncate webhook_delivery');
        if (round >= 0) runs.push(run); // the first is for warming up
      }
      const name = told.length === 1 ? 'events told to one endpoint' : `events told to ${MANY} endpoints`;
      findings.push(figure({ name, unit: '/s' }, seriesOf('read, signed, posted and recorded', runs)));
    }
    return findings;
  },
};

const untaken = (callboard: Callboard): Promise<object[]> =>
  callboard.query(
    `select from message_event as event join event_cursor as cursor on cursor.name = 'webhook-endpoints'
     where (event.tx, event.seq) > (cursor.tx, cursor.seq) limit 1`,
  );

const left = (callboard: Callboard): Promise<object[]> =>
  callboard.query('select from webhook_delivery where due_at is not null limit 1');

async function endpoint(callboard: Callboard, { key }: BenchTenant, url: string): Promise<string> {
  const body = { url, events: [TYPE] };
  const { id } = await callboard.ask<{ id: string }>(key, 'POST', '/api/webhook-endpoints', body);
  return id;
}
