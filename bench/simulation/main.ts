/**
 * `npm run simulate`: what so many messages a day need, by simulating their peak. Options: --messages <a day> (more than once),
 * --rate <of a lane>, --seed <number>, --json.
 */
import { parseArgs } from 'node:util';
import { planFor, planTable, VOLUMES } from './plan.js';

const { values: options } = parseArgs({
  args: process.argv.slice(2).filter((argument, index) => !(index === 0 && argument === 'simulate')),
  options: {
    messages: { type: 'string', multiple: true },
    rate: { type: 'string', default: '100' },
    seed: { type: 'string', default: '1' },
    json: { type: 'boolean', default: false },
  },
});

function positive(name: string, text: string): number {
  const value = Number(text);
  if (!(value > 0)) throw new Error(`--${name} takes a number above 0`);
  return value;
}

const volumes = options.messages?.map((text) => positive('messages', text)) ?? VOLUMES;
const [laneRate, seed] = [positive('rate', options.rate), positive('seed', options.seed)];
const plans = volumes.map((messagesADay) => planFor({ messagesADay, laneRate, seed }));
process.stdout.write(`${options.json ? JSON.stringify(plans, null, 2) : planTable(plans)}\n`);
