/** `messages`: one message with its timeline, and the messages that fit. */
import { CHANNELS } from '../../tenants/index.js';
import { ADDRESSES, JSON_ANSWER, LISTED, picked, printList, printOne, printRows, type Column } from '../answers.js';
import { command, type CliCommand } from '../command-line.js';
import { connectFor, TENANT } from '../connection.js';

interface Message {
  readonly id: string;
  readonly status: string;
  readonly reason: string | null;
  readonly explanation: string | null;
  readonly channel: string;
  readonly category: string;
  readonly to: string;
  readonly from: string | null;
  readonly provider: string;
  readonly providerMessageId: string | null;
  readonly errorCode: string | null;
  readonly errorMessage: string | null;
  readonly segments: number;
  readonly attempts: number;
  readonly templateKey: string | null;
  readonly templateVersion: number | null;
  readonly venueId: string;
  readonly campaignId: string | null;
  readonly reference: string | null;
  readonly correlationId: string | null;
  readonly resendOf: string | null;
  readonly fallbackOf: string | null;
  readonly followedBy: string | null;
  readonly createdAt: string;
  readonly sendAt: string | null;
  readonly sentAt: string | null;
  readonly settledAt: string | null;
}

interface TimelineEvent {
  readonly kind: string;
  readonly at: string;
  readonly occurredAt: string | null;
  readonly reason: string | null;
  readonly code: string | null;
  readonly source: string;
}

const COLUMNS: readonly Column<Message>[] = [
  { title: 'ID', of: ({ id }) => id },
  { title: 'STATUS', of: ({ status }) => status },
  { title: 'REASON', of: ({ reason }) => reason },
  { title: 'CHANNEL', of: ({ channel }) => channel },
  { title: 'PROVIDER', of: ({ provider }) => provider },
  { title: 'CODE', of: ({ errorCode }) => errorCode },
  { title: 'CREATED', of: ({ createdAt }) => createdAt },
];

const TIMELINE: readonly Column<TimelineEvent>[] = [
  { title: 'AT', of: ({ at }) => at },
  { title: 'KIND', of: ({ kind }) => kind },
  { title: 'SOURCE', of: ({ source }) => source },
  { title: 'REASON', of: ({ reason }) => reason },
  { title: 'CODE', of: ({ code }) => code },
  { title: 'OCCURRED', of: ({ occurredAt }) => occurredAt },
];

const FIELDS = [
  'id',
  'status',
  'reason',
  'explanation',
  'channel',
  'category',
  'provider',
  'providerMessageId',
  'errorCode',
  'segments',
  'attempts',
  'templateKey',
  'templateVersion',
  'venueId',
  'campaignId',
  'reference',
  'correlationId',
  'resendOf',
  'fallbackOf',
  'followedBy',
  'createdAt',
  'sendAt',
  'sentAt',
  'settledAt',
] as const;
/** A provider’s own words may name the recipient. */
const ADDRESS_FIELDS = ['to', 'from', 'errorMessage'] as const;

const LIST = command({
  name: 'messages list',
  summary: 'lists a tenant’s messages that fit, newest first',
  options: {
    to: { type: 'string', value: 'address', meaning: 'only to this person' },
    status: { type: 'string', meaning: 'only in this status, such as unknown or failed' },
    channel: { type: 'string', oneOf: CHANNELS, meaning: 'only of this channel' },
    campaign: { type: 'string', value: 'id', meaning: 'only of this campaign' },
    venue: { type: 'string', value: 'id', meaning: 'only of this venue, by its id or externalId' },
    order: { type: 'string', value: 'id', meaning: 'only about this order' },
    reference: { type: 'string', meaning: 'only with this reference' },
    correlation: { type: 'string', value: 'id', meaning: 'only with this correlation id' },
    since: { type: 'string', value: 'instant', meaning: 'only accepted then or later, such as 2026-11-26T18:00:00Z' },
    until: { type: 'string', value: 'instant', meaning: 'only accepted before' },
    ...ADDRESSES,
    ...TENANT,
    ...LISTED,
  },
  examples: [
    'messages list --tenant riverside --status failed --since 2026-11-26T18:00:00Z',
    'messages list --tenant riverside --to ana@example.com',
  ],
  async run({ addresses, tenant, limit, all, json, campaign, venue, order, correlation, ...filter }, context) {
    const api = await connectFor(context, tenant);
    const query = { ...filter, campaignId: campaign, venueId: venue, orderId: order, correlationId: correlation };
    const columns = addresses ? [...COLUMNS, { title: 'TO', of: ({ to }: Message) => to }] : COLUMNS;
    return printList(context, { limit, all, json }, { api, path: '/api/messages', query }, columns);
  },
});

const SHOW = command({
  name: 'messages show',
  summary: 'shows a message with its whole timeline',
  arguments: { message: 'id of the message' },
  options: { ...ADDRESSES, ...TENANT, ...JSON_ANSWER },
  examples: ['messages show $MESSAGE --tenant riverside', 'messages show $MESSAGE --tenant riverside --json'],
  async run({ message: id, addresses, tenant, json }, context) {
    const api = await connectFor(context, tenant);
    const message = await api.get<Message & { readonly events: readonly TimelineEvent[] }>(
      `/api/messages/${encodeURIComponent(id)}`,
    );
    const code = printOne(context, message, json, (shown) =>
      picked(shown, addresses ? [...FIELDS, ...ADDRESS_FIELDS] : FIELDS),
    );
    if (json) return code;
    context.say('');
    printRows(context, message.events, TIMELINE);
    return code;
  },
});

export const MESSAGES: readonly CliCommand[] = [LIST, SHOW];
