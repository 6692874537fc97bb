/** What a service costs that has nothing to do: each process of a deployment pays it, and every message beside one. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Measure } from '../bench.js';
import { figure } from '../findings.js';

const ROUNDS = 3;
const SECONDS = 10;
/** What a start leaves to do: code that is compiled, plans that are made. */
const SETTLING_MS = 5_000;

export const idle: Measure = {
  name: 'idle',
  about: 'processor time of a service that has nothing to do, with its database, for each second',
  async run(bench) {
    const callboard = await bench.callboard();
    const service = await callboard.start('all');
    await callboard.accept(await callboard.tenant(), 'sms', 1);
    await delay(SETTLING_MS);
    const values: number[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      const { cost } = await bench.run(service, async () => {
        await delay(SECONDS * 1_000);
        return SECONDS;
      });
      const [own, database] = [cost.service, cost.database ?? 0].map((micros) => micros / 1_000) as [number, number];
      bench.say(`service ${own.toFixed(1)} ms, database ${database.toFixed(1)} ms`);
      values.push(own + database);
    }
    return [
      figure({ name: 'idle, a second', unit: 'ms', wanted: { atMost: 100 } }, { of: 'service and database', values }),
    ];
  },
};
