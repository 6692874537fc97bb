/** `lanes`: the queues to the providers, and their circuit breakers. */
import { ADDRESSES, JSON_ANSWER, LISTED, printDone, printList, type Column } from '../answers.js';
import { command, type CliCommand } from '../command-line.js';
import { connect } from '../connection.js';

interface Lane {
  readonly id: string;
  readonly provider: string;
  readonly channel: string;
  readonly sender: string | null;
  readonly ratePerSecond: number;
  readonly resting: boolean;
  readonly restsUntil: string | null;
  readonly reason: string | null;
  readonly code: string | null;
}

const COLUMNS: readonly Column<Lane>[] = [
  { title: 'ID', of: ({ id }) => id },
  { title: 'PROVIDER', of: ({ provider }) => provider },
  { title: 'CHANNEL', of: ({ channel }) => channel },
  { title: 'A SECOND', of: ({ ratePerSecond }) => ratePerSecond },
  { title: 'RESTS UNTIL', of: ({ resting, restsUntil }) => (resting ? restsUntil : null) },
  { title: 'REASON', of: ({ reason }) => reason },
  { title: 'CODE', of: ({ code }) => code },
];

const LIST = command({
  name: 'lanes list',
  summary: 'lists the lanes, with their rates and what keeps them from sending',
  options: {
    resting: { type: 'boolean', meaning: 'only those that send nothing now, because of what their provider answered' },
    ...ADDRESSES,
    ...LISTED,
  },
  examples: ['lanes list', 'lanes list --resting --addresses'],
  async run({ resting, addresses, ...listed }, context) {
    const ask = { api: await connect(context), path: '/api/lanes', query: { resting } };
    const columns = addresses ? [...COLUMNS, { title: 'SENDER', of: ({ sender }: Lane) => sender }] : COLUMNS;
    return printList(context, listed, ask, columns);
  },
});

const WAKE = command({
  name: 'lanes wake',
  summary: 'closes a lane’s circuit breaker, once its reason is mended',
  arguments: { lane: 'id of the lane, as `lanes list` shows it' },
  options: JSON_ANSWER,
  examples: ['lanes wake $LANE'],
  async run({ lane, json }, context) {
    const answer = await (await connect(context)).post(`/api/lanes/${encodeURIComponent(lane)}/wake`);
    return printDone(context, answer, json, `The lane ${lane} tries again at once.`);
  },
});

export const LANES: readonly CliCommand[] = [LIST, WAKE];
