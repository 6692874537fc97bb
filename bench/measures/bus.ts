/** How fast events are accepted over the message bus, against a receiver with one INSERT, and one that keeps nothing. */
import type { BareReceiver } from '../bare-receiver.process.js';
import type { Measure } from '../bench.js';
import type { Broker } from '../broker.process.js';
import type { Run } from '../cpu.js';
import { ratio, seriesOf } from '../findings.js';
import { Remote } from '../remote.js';

/** As the service takes them. */
const AT_ONCE = 200;
/** As of the bare route. */
const POOL_SIZE = 20;

export const busEvents: Measure = {
  name: 'events-bus',
  about: 'events over Azure Service Bus a second, each new, completed once it has committed',
  async run(bench) {
    const [count, rounds] = bench.full ? [30_000, 9] : [8_000, 4];
    const broker = Remote.start<Broker>('broker.process.js');
    const storing = Remote.start<BareReceiver>('bare-receiver.process.js');
    const forgetting = Remote.start<BareReceiver>('bare-receiver.process.js');
    bench.finally(async () => {
      await storing.end();
      await forgetting.end();
      await broker.end();
    });
    const callboard = await bench.callboard();
    await callboard.start('api');
    const ours = await callboard.start('worker', { serviceBus: await broker.call('open', 'ours') });
    await storing.call('receive', {
      settings: await broker.call('open', 'storing'),
      most: AT_ONCE,
      store: { databaseUrl: callboard.databaseUrl, poolSize: POOL_SIZE },
    });
    await forgetting.call('receive', { settings: await broker.call('open', 'forgetting'), most: AT_ONCE });
    const { id: tenantId } = await callboard.tenant();
    const receivers = { storing, forgetting, ours };
    const runs: Record<keyof typeof receivers, Run[]> = { storing: [], forgetting: [], ours: [] };
    for (let round = -1; round < rounds; round += 1) {
      for (const to of ['storing', 'forgetting', 'ours'] as const) {
        const run = await bench.run(receivers[to], () => broker.call('publish', { to, tenantId, count }));
        if (round >= 0) runs[to].push(run); // the first is for warming up
      }
      await callboard.query('checkpoint');
    }
    const accepted = seriesOf(`events accepted, ${AT_ONCE} messages at once`, runs.ours);
    return [
      ratio(
        { name: 'events by the bus, of a bare receiver', unit: '/s', wanted: { atLeast: 0.5 } },
        accepted,
        seriesOf('messages stored with one INSERT, then completed', runs.storing),
      ),
      ratio(
        { name: 'events by the bus, of one that keeps nothing', unit: '/s' },
        accepted,
        seriesOf('messages completed by the SDK alone', runs.forgetting),
      ),
    ];
  },
};
