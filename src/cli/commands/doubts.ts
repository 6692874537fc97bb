/** `doubts`: messages of which nobody knows whether they were sent. */
import { PROVIDERS } from '../../providers/index.js';
import { CATEGORIES, CHANNELS } from '../../tenants/index.js';
import { countOf, JSON_ANSWER, LISTED, printDone, printList, printOne, type Column } from '../answers.js';
import { command, type CliCommand } from '../command-line.js';
import { connectFor, TENANT } from '../connection.js';

interface Doubt {
  readonly tenantId: string;
  readonly since: string;
  readonly nextLookAt: string | null;
  readonly message: {
    readonly id: string;
    readonly channel: string;
    readonly provider: string;
    readonly reason: string | null;
    readonly errorCode: string | null;
  };
}

interface Done {
  readonly messages: number;
  readonly more: boolean;
}

const COLUMNS: readonly Column<Doubt>[] = [
  { title: 'MESSAGE', of: ({ message }) => message.id },
  { title: 'TENANT', of: ({ tenantId }) => tenantId },
  { title: 'CHANNEL', of: ({ message }) => message.channel },
  { title: 'PROVIDER', of: ({ message }) => message.provider },
  { title: 'REASON', of: ({ message }) => message.reason },
  { title: 'CODE', of: ({ message }) => message.errorCode },
  { title: 'SINCE', of: ({ since }) => since },
  { title: 'NEXT LOOK', of: ({ nextLookAt }) => nextLookAt ?? 'yours' },
];

/** With the admin key, of all tenants where none is named. */
const ANY_TENANT = {
  tenant: { ...TENANT.tenant, meaning: 'id or slug of a tenant; by default all tenants, with the admin key' },
} as const;

const DECISION = {
  decision: {
    type: 'string',
    required: true,
    oneOf: ['sent', 'requeue', 'fail'],
    meaning: 'sent: the provider has it; requeue: it has not, send it now; fail: it has not, and it is not to be sent',
  },
} as const;

const LIST = command({
  name: 'doubts list',
  summary: 'lists the messages in doubt, oldest first, and when their provider is asked next',
  options: { ...ANY_TENANT, ...LISTED },
  examples: ['doubts list', 'doubts list --tenant riverside --all'],
  async run({ tenant, ...listed }, context) {
    const api = await connectFor(context, tenant);
    return printList(context, listed, { api, path: '/api/desk/doubts' }, COLUMNS);
  },
});

const SETTLE = command({
  name: 'doubts settle',
  summary: 'decides about a message in doubt',
  details:
    'Look it up at the provider first, by its recipient and time: a message that is sent again may arrive twice.',
  arguments: { message: 'id of the message' },
  options: { ...DECISION, ...TENANT, ...JSON_ANSWER },
  examples: ['doubts settle $DOUBT --decision sent --tenant riverside'],
  async run({ message, decision, tenant, json }, context) {
    const api = await connectFor(context, tenant);
    const settled = await api.post<{ readonly id: string; readonly status: string }>(
      `/api/messages/${encodeURIComponent(message)}/settle`,
      { decision },
    );
    return printOne(context, settled, json, ({ id, status }) => ({ id, status }));
  },
});

const SETTLE_MANY = command({
  name: 'doubts settle-many',
  summary: 'decides about all messages in doubt that fit, such as those of an outage',
  details: 'Up to 1,000 at a time, the oldest first: it says whether there are more.',
  options: {
    ...DECISION,
    provider: { type: 'string', oneOf: PROVIDERS, meaning: 'only of this provider' },
    channel: { type: 'string', oneOf: CHANNELS, meaning: 'only of this channel' },
    category: { type: 'string', oneOf: CATEGORIES, meaning: 'only of this category' },
    reason: { type: 'string', meaning: 'only with this reason, such as no_answer' },
    code: { type: 'string', meaning: 'only with this code of the provider, such as http-502' },
    campaign: { type: 'string', value: 'id', meaning: 'only of this campaign' },
    venue: { type: 'string', value: 'id', meaning: 'only of this venue' },
    since: { type: 'string', value: 'instant', meaning: 'only accepted then or later, such as 2026-11-26T18:00:00Z' },
    until: { type: 'string', value: 'instant', meaning: 'only accepted before' },
    limit: { type: 'string', value: 'number', meaning: 'how many at the most; by default 1000' },
    ...ANY_TENANT,
    ...JSON_ANSWER,
  },
  examples: ['doubts settle-many --decision requeue --provider ses --code http-502 --since 2026-11-26T18:00:00Z'],
  async run({ tenant, json, code, campaign, venue, limit, ...filter }, context) {
    const body = {
      ...filter,
      errorCode: code,
      campaignId: campaign,
      venueId: venue,
      limit: countOf('limit', limit, 1_000),
    };
    const done = await (await connectFor(context, tenant)).post<Done>('/api/desk/doubts/settle', body);
    const more = done.more ? ' There are more: run it again.' : '';
    return printDone(context, done, json, `Settled: ${done.messages.toLocaleString('en')}.${more}`);
  },
});

export const DOUBTS: readonly CliCommand[] = [LIST, SETTLE, SETTLE_MANY];
