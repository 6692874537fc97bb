/** `months`: the monthly partitions of the ledger. */
import { countOf, JSON_ANSWER, printOne, printRows, type Column } from '../answers.js';
import { command, type CliCommand } from '../command-line.js';
import { connect } from '../connection.js';
import type { CliContext } from '../context.js';

interface Month {
  readonly month: string;
  readonly isComplete: boolean;
  readonly messages: number | null;
  readonly bytes: number;
}

const MEGABYTE = 1_000_000;

const COLUMNS: readonly Column<Month>[] = [
  { title: 'MONTH', of: ({ month }) => month },
  { title: 'COMPLETE', of: ({ isComplete }) => isComplete },
  { title: 'MESSAGES', of: ({ messages }) => (messages === null ? null : Math.round(messages)) },
  { title: 'MB', of: ({ bytes }) => Math.round(bytes / MEGABYTE) },
];

function print(context: CliContext, months: readonly Month[], json: boolean): number {
  if (json) return printOne(context, months, json, () => ({}));
  printRows(context, months, COLUMNS);
  return 0;
}

const LIST = command({
  name: 'months list',
  summary: 'lists the months that the ledger has partitions for, with their estimated size',
  options: JSON_ANSWER,
  examples: ['months list'],
  run: async ({ json }, context) => print(context, await (await connect(context)).get('/api/months'), json),
});

const ENSURE = command({
  name: 'months ensure',
  summary: 'makes the partitions of the coming months now',
  details:
    'A worker does so every minute; this is for when none runs, since a month without a partition takes no messages.',
  options: {
    ahead: { type: 'string', value: 'number', meaning: 'months after this one, up to 12; by default 3' },
    ...JSON_ANSWER,
  },
  examples: ['months ensure', 'months ensure --ahead 6'],
  async run({ ahead, json }, context) {
    const body = { ahead: countOf('ahead', ahead, 3) };
    return print(context, await (await connect(context)).post('/api/months/ensure', body), json);
  },
});

export const MONTHS: readonly CliCommand[] = [LIST, ENSURE];
