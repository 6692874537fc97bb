/** `desk`: what is stuck. */
import { JSON_ANSWER, printOne, printRows, type Column } from '../answers.js';
import { command, type CliCommand } from '../command-line.js';
import { connectFor, TENANT } from '../connection.js';

interface Stuck {
  readonly reason: string | null;
  readonly channel: string;
  readonly provider: string;
  readonly messages: number;
  readonly oldest: string;
}

interface SlowLane {
  readonly laneId: string;
  readonly channel: string;
  readonly provider: string;
  readonly resting: boolean;
  readonly reason: string | null;
  readonly waitingSince: string;
}

interface Desk {
  readonly waiting: readonly Stuck[];
  readonly doubts: readonly Stuck[];
  readonly lanes: readonly SlowLane[] | null;
  readonly inbox: { readonly events: number; readonly oldest: string | null } | null;
  readonly events: { readonly deadLettered: number; readonly serviceBus: string } | null;
}

const STUCK: readonly Column<Stuck>[] = [
  { title: 'REASON', of: ({ reason }) => reason },
  { title: 'CHANNEL', of: ({ channel }) => channel },
  { title: 'PROVIDER', of: ({ provider }) => provider },
  { title: 'MESSAGES', of: ({ messages }) => messages },
  { title: 'OLDEST', of: ({ oldest }) => oldest },
];

const LANES: readonly Column<SlowLane>[] = [
  { title: 'LANE', of: ({ laneId }) => laneId },
  { title: 'CHANNEL', of: ({ channel }) => channel },
  { title: 'PROVIDER', of: ({ provider }) => provider },
  { title: 'RESTS', of: ({ resting }) => resting },
  { title: 'REASON', of: ({ reason }) => reason },
  { title: 'WAITING SINCE', of: ({ waitingSince }) => waitingSince },
];

const DESK = command({
  name: 'desk',
  summary: 'shows what is stuck, and why: messages that wait or are in doubt, slow lanes, the inbox',
  options: {
    tenant: { ...TENANT.tenant, meaning: 'id or slug of a tenant; by default all tenants, with the admin key' },
    ...JSON_ANSWER,
  },
  examples: ['desk', 'desk --tenant riverside'],
  async run({ tenant, json }, context) {
    const desk = await (await connectFor(context, tenant)).get<Desk>('/api/desk');
    if (json) return printOne(context, desk, json, () => ({}));
    const { say } = context;
    say('Put off, and tried again by themselves:');
    printRows(context, desk.waiting, STUCK);
    say('\nIn doubt (`doubts list`):');
    printRows(context, desk.doubts, STUCK);
    if (!desk.lanes || !desk.inbox || !desk.events) return 0;
    say('\nLanes that are slow (`lanes wake`):');
    printRows(context, desk.lanes, LANES);
    const { events, oldest } = desk.inbox;
    say(`\nReports that wait (\`inbox list\`): ${events}${oldest === null ? '' : `, since ${oldest}`}`);
    say(`Events that were refused for good in the last day: ${desk.events.deadLettered}`);
    say(`Message bus: ${desk.events.serviceBus}`);
    return 0;
  },
});

export const DESKS: readonly CliCommand[] = [DESK];
