/** `usage`: what tenants have used. */
import { JSON_ANSWER, printOne, printRows, type Column } from '../answers.js';
import { command, type CliCommand } from '../command-line.js';
import { connect, connectFor, TENANT } from '../connection.js';

interface Counts {
  readonly messages: number;
  readonly segments: number;
  readonly delivered: number;
  readonly failed: number;
  readonly stopped: number;
  readonly received: number;
}

interface Line extends Counts {
  readonly channel: string;
  readonly category: string;
  readonly provider: string;
}

interface Usage {
  readonly month: string;
  readonly timezone: string;
  readonly asOf: string;
  readonly total: Counts;
  readonly lines: readonly Line[];
}

interface Unpriced {
  readonly side: string;
  readonly reason: string;
  readonly channel: string;
  readonly provider: string;
  readonly country: string | null;
  readonly amounts: number;
  readonly tenants: number;
  readonly firstDay: string;
  readonly lastDay: string;
}

interface Rebuilt {
  readonly month: string;
  readonly corrected: { readonly usage: number; readonly amounts: number; readonly budgets: number };
}

const COUNTS = [
  { title: 'MESSAGES', of: ({ messages }) => messages },
  { title: 'SEGMENTS', of: ({ segments }) => segments },
  { title: 'DELIVERED', of: ({ delivered }) => delivered },
  { title: 'FAILED', of: ({ failed }) => failed },
  { title: 'STOPPED', of: ({ stopped }) => stopped },
  { title: 'RECEIVED', of: ({ received }) => received },
] as const satisfies readonly Column<Counts>[];

const LINES: readonly Column<Line>[] = [
  { title: 'CHANNEL', of: ({ channel }) => channel },
  { title: 'CATEGORY', of: ({ category }) => category },
  { title: 'PROVIDER', of: ({ provider }) => provider },
  ...COUNTS,
];

const UNPRICED: readonly Column<Unpriced>[] = [
  { title: 'SIDE', of: ({ side }) => side },
  { title: 'REASON', of: ({ reason }) => reason },
  { title: 'CHANNEL', of: ({ channel }) => channel },
  { title: 'PROVIDER', of: ({ provider }) => provider },
  { title: 'COUNTRY', of: ({ country }) => country },
  { title: 'AMOUNTS', of: ({ amounts }) => amounts },
  { title: 'TENANTS', of: ({ tenants }) => tenants },
  { title: 'FIRST', of: ({ firstDay }) => firstDay },
  { title: 'LAST', of: ({ lastDay }) => lastDay },
];

const SHOW = command({
  name: 'usage show',
  summary: 'shows what a tenant used in a month, by channel, category and provider',
  options: {
    month: { type: 'string', meaning: 'such as 2026-11; by default this month' },
    ...TENANT,
    ...JSON_ANSWER,
  },
  examples: ['usage show --tenant riverside', 'usage show --tenant riverside --month 2026-10'],
  async run({ month, tenant, json }, context) {
    const usage = await (await connectFor(context, tenant)).get<Usage>('/api/usage', { month });
    if (json) return printOne(context, usage, json, () => ({}));
    const total = { ...usage.total, channel: 'all', category: '', provider: '' };
    printRows(context, [...usage.lines, total], LINES);
    context.complain(`${usage.month} in ${usage.timezone}, as of ${usage.asOf}.`);
    return 0;
  },
});

const REBUILD = command({
  name: 'usage rebuild',
  summary: 'adds a tenant’s month up again from its facts, and says what was wrong',
  details:
    'Sums are compared with their facts every night; this is for when they differ. Statements that are closed stay as they are.',
  options: {
    month: { type: 'string', required: true, meaning: 'such as 2026-11' },
    ...TENANT,
    ...JSON_ANSWER,
  },
  examples: ['usage rebuild --tenant riverside --month $MONTH'],
  async run({ month, tenant, json }, context) {
    const api = await connectFor(context, tenant);
    const rebuilt = await api.post<Rebuilt>('/api/usage/rebuild', undefined, { month });
    return printOne(context, rebuilt, json, ({ corrected: { usage, amounts, budgets } }) => ({
      month: rebuilt.month,
      'counts corrected': usage,
      'amounts corrected': amounts,
      'budgets corrected': budgets,
    }));
  },
});

const LACKING = command({
  name: 'usage unpriced',
  summary: 'lists what has no known price, of all tenants, and why',
  options: JSON_ANSWER,
  examples: ['usage unpriced'],
  async run({ json }, context) {
    const lines = await (await connect(context)).get<readonly Unpriced[]>('/api/usage/unpriced');
    if (json) return printOne(context, lines, json, () => ({}));
    printRows(context, lines, UNPRICED);
    return 0;
  },
});

export const USAGE: readonly CliCommand[] = [SHOW, REBUILD, LACKING];
