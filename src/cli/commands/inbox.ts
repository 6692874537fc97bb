/** `inbox`: what providers reported. */
import { PROVIDERS } from '../../providers/index.js';
import { countOf, JSON_ANSWER, LISTED, printDone, printList, type Column } from '../answers.js';
import { command, type CliCommand } from '../command-line.js';
import { connect } from '../connection.js';

interface InboxEvent {
  readonly id: string;
  readonly provider: string;
  readonly kind: string;
  readonly what: string;
  readonly code: string | null;
  readonly messageId: string | null;
  readonly receivedAt: string;
  readonly lookAgainAt: string | null;
}

interface Replayed {
  readonly events: number;
  readonly more: boolean;
}

const COLUMNS: readonly Column<InboxEvent>[] = [
  { title: 'RECEIVED', of: ({ receivedAt }) => receivedAt },
  { title: 'PROVIDER', of: ({ provider }) => provider },
  { title: 'KIND', of: ({ kind }) => kind },
  { title: 'WHAT', of: ({ what }) => what },
  { title: 'CODE', of: ({ code }) => code },
  { title: 'MESSAGE', of: ({ messageId }) => messageId },
  { title: 'LOOKED FOR AGAIN', of: ({ lookAgainAt }) => lookAgainAt },
];

const LIST = command({
  name: 'inbox list',
  summary: 'lists reports of providers that are not applied yet, oldest first',
  details:
    'A report is applied within seconds. An old one cannot be applied: the log of the workers says why. One whose message was not found is looked for once more, a minute after it came.',
  options: { provider: { type: 'string', oneOf: PROVIDERS, meaning: 'only of this provider' }, ...LISTED },
  examples: ['inbox list', 'inbox list --provider twilio --all'],
  async run({ provider, ...listed }, context) {
    const ask = { api: await connect(context), path: '/api/inbox', query: { provider } };
    return printList(context, listed, ask, COLUMNS);
  },
});

const REPLAY = command({
  name: 'inbox replay',
  summary: 'applies reports of providers once more, after a fault of ours',
  details:
    'Delivery reports only, not what people wrote back; up to 10,000 at a time, the oldest first. Harmless: a report never moves a message down.',
  options: {
    since: {
      type: 'string',
      value: 'instant',
      required: true,
      meaning: 'received then or later, such as 2026-11-26T18:00:00Z',
    },
    until: { type: 'string', value: 'instant', meaning: 'received before' },
    provider: { type: 'string', oneOf: PROVIDERS, meaning: 'only of this provider' },
    message: { type: 'string', value: 'id', meaning: 'only of this message' },
    limit: { type: 'string', value: 'number', meaning: 'how many at the most; by default 10000' },
    ...JSON_ANSWER,
  },
  examples: [
    'inbox replay --since 2026-11-26T18:00:00Z --provider twilio',
    'inbox replay --since $SINCE --message $MESSAGE',
  ],
  async run({ message, limit, json, ...filter }, context) {
    const body = { ...filter, messageId: message, limit: countOf('limit', limit, 10_000) };
    const replayed = await (await connect(context)).post<Replayed>('/api/inbox/replay', body);
    const more = replayed.more ? ' There are more: run it again with a later --since.' : '';
    return printDone(context, replayed, json, `Applied once more: ${replayed.events.toLocaleString('en')}.${more}`);
  },
});

export const INBOX: readonly CliCommand[] = [LIST, REPLAY];
