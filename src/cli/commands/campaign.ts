/** `campaign`: campaigns, steered and followed. */
import { JSON_ANSWER, LISTED, picked, printList, printOne, type Column } from '../answers.js';
import { command, type CliCommand } from '../command-line.js';
import { connectFor, TENANT } from '../connection.js';
import { follow, type Campaign } from './campaign-follow.js';
import { channelsOf, fatesOf, show } from './campaign-watch.js';

const STATUSES = ['DRAFT', 'SCHEDULED', 'SENDING', 'PAUSED', 'SENT', 'CANCELLED', 'FAILED'] as const;
const FIELDS = [
  'id',
  'name',
  'status',
  'statusReason',
  'waitsFor',
  'category',
  'venueId',
  'audienceId',
  'scheduledAt',
  'createdAt',
  'launchedAt',
  'sentAt',
] as const;
const COLUMNS: readonly Column<Campaign>[] = [
  { title: 'ID', of: ({ id }) => id },
  { title: 'NAME', isText: true, of: ({ name }) => name },
  { title: 'STATUS', of: ({ status }) => status },
  { title: 'MESSAGES', of: ({ progress }) => progress.messages },
  { title: 'REMAINING', of: ({ progress }) => progress.remaining },
  { title: 'CREATED', of: ({ createdAt }) => createdAt },
];

const ONE = { campaign: 'id of the campaign' } as const;
const pathOf = (campaign: string): string => `/api/campaigns/${encodeURIComponent(campaign)}`;

const fieldsOf = (campaign: Campaign): Readonly<Record<string, string | number | null>> => ({
  ...picked(campaign, FIELDS),
  channels: channelsOf(campaign),
  audience: campaign.progress.audience,
  'left out': campaign.progress.excluded,
  messages: campaign.progress.messages,
  ...Object.fromEntries(fatesOf(campaign.progress)),
  remaining: campaign.progress.remaining,
  'a second': campaign.progress.ratePerSecond,
  finishesAt: campaign.progress.finishesAt,
});

const LIST = command({
  name: 'campaign list',
  summary: 'lists a tenant’s campaigns, newest first',
  options: {
    status: { type: 'string', oneOf: STATUSES, meaning: 'only in this status' },
    ...TENANT,
    ...LISTED,
  },
  examples: ['campaign list --tenant riverside', 'campaign list --tenant riverside --status SENDING'],
  async run({ status, tenant, ...listed }, context) {
    const api = await connectFor(context, tenant);
    return printList(context, listed, { api, path: '/api/campaigns', query: { status } }, COLUMNS);
  },
});

const SHOW = command({
  name: 'campaign show',
  summary: 'shows a campaign, and how far it has come',
  arguments: ONE,
  options: { ...TENANT, ...JSON_ANSWER },
  examples: ['campaign show $CAMPAIGN --tenant riverside'],
  async run({ campaign, tenant, json }, context) {
    const answer = await (await connectFor(context, tenant)).get<Campaign>(pathOf(campaign));
    return printOne(context, answer, json, fieldsOf);
  },
});

const steer = (verb: string, summary: string): CliCommand =>
  command({
    name: `campaign ${verb}`,
    summary,
    arguments: ONE,
    options: { ...TENANT, ...JSON_ANSWER },
    examples: [`campaign ${verb} $CAMPAIGN --tenant riverside`],
    async run({ campaign, tenant, json }, context) {
      const answer = await (await connectFor(context, tenant)).post<Campaign>(`${pathOf(campaign)}/${verb}`);
      return printOne(context, answer, json, fieldsOf);
    },
  });

const WATCH = command({
  name: 'campaign watch',
  summary: 'follows a campaign until it is finished: progress, rate, end and failures',
  details:
    'On a terminal by a bar, elsewhere by a line for each quarter. It reconnects while the service restarts. The exit code is 1 if the campaign failed; with --json each change is a line.',
  arguments: ONE,
  options: { ...TENANT, json: { type: 'boolean', meaning: 'each change of the campaign as JSON, a line each' } },
  examples: ['campaign watch $CAMPAIGN --tenant riverside'],
  async run({ campaign, tenant, json }, context) {
    const changes = follow(await connectFor(context, tenant), campaign);
    let last: Campaign | undefined;
    if (json) for await (const change of changes) context.say(JSON.stringify((last = change)));
    else last = await show(context.screen, changes);
    return last?.status === 'FAILED' ? 1 : 0;
  },
});

export const CAMPAIGN: readonly CliCommand[] = [
  LIST,
  SHOW,
  steer('launch', 'sends a campaign now'),
  steer('pause', 'holds a campaign: what waits does not leave'),
  steer('resume', 'lets a paused campaign go on'),
  steer('cancel', 'ends a campaign for good: what waits never leaves'),
  WATCH,
];
