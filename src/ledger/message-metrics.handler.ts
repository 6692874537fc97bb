/** Counts message changes for /metrics, as seen by this process since it started. */
import { EventsHandler } from '@nestjs/cqrs';
import { DomainEventHandler, Metrics, type EventCount } from '../kernel/index.js';
import { ERROR_LABELS, errorLabel } from '../providers/index.js';
import { CHANNELS, PROVIDERS, type Channel } from '../tenants/index.js';
import { STATUSES, type MessageStatus } from './message.status.js';
import {
  MessagesAccepted,
  MessagesDeferred,
  MessagesDelivered,
  MessagesDoubted,
  MessagesFailed,
  MessagesSent,
  MessagesSkipped,
  type Moved,
  type MessagesMoved,
} from './messages-moved.events.js';

/** Reached the person. */
const REACHED: readonly MessageStatus[] = ['delivered', 'read'];

/** The counters of one channel. */
interface ChannelCounts {
  readonly sent: EventCount<'provider'>;
  readonly reached: EventCount<'provider'>;
  /** Of calls alone. */
  readonly acknowledged: EventCount<'provider'> | undefined;
  readonly failed: EventCount<'provider' | 'code'>;
  readonly undelivered: EventCount<'provider' | 'code'>;
}

@EventsHandler(
  MessagesAccepted,
  MessagesSent,
  MessagesDelivered,
  MessagesFailed,
  MessagesSkipped,
  MessagesDoubted,
  MessagesDeferred,
)
export class MessageMetrics extends DomainEventHandler<MessagesAccepted | MessagesMoved> {
  private readonly moves: EventCount<'channel' | 'provider' | 'status'>;
  private readonly counts: ReadonlyMap<Channel, ChannelCounts>;

  constructor(metrics: Metrics) {
    super();
    this.moves = metrics.counter({
      name: 'callboard.message_moves_total',
      help: 'Messages by the status they came to; `accepted` and `deferred` beside those of the API',
      labels: { channel: CHANNELS, provider: PROVIDERS, status: [...STATUSES, 'accepted', 'deferred'] },
    });
    this.counts = new Map(CHANNELS.map((channel) => [channel, countsOf(metrics, channel)]));
  }

  protected on(event: MessagesAccepted | MessagesMoved): void {
    if (event instanceof MessagesAccepted) {
      for (const { channel, provider, messages } of event.groups) {
        this.moves.add({ channel, provider, status: 'accepted' }, messages);
      }
      return;
    }
    const isDeferred = event instanceof MessagesDeferred;
    for (const [first, messages] of alike(event.messages)) {
      this.moves.add({ ...labelsOf(first), status: isDeferred ? 'deferred' : first.status }, messages);
      this.count(first, messages);
    }
  }

  private count(moved: Moved, messages: number): void {
    const counts = this.counts.get(moved.channel);
    if (!counts) return;
    const { provider, status, previous } = moved;
    const code = errorLabel(moved.error_code);
    if (moved.first_sent) counts.sent.add({ provider }, messages);
    if (REACHED.includes(status) && !REACHED.includes(previous)) counts.reached.add({ provider }, messages);
    if (status === 'read') counts.acknowledged?.add({ provider }, messages);
    if (status === 'failed') counts.failed.add({ provider, code }, messages);
    if (status === 'undelivered') counts.undelivered.add({ provider, code }, messages);
  }
}

function countsOf(metrics: Metrics, channel: Channel): ChannelCounts {
  const isCall = channel === 'voice';
  const noun = isCall ? 'Calls' : `Messages by ${channel}`;
  const named = (name: string, what: string): { name: string; help: string } => ({
    name: `${channel}.${name}.total`,
    help: `${noun} ${what}`,
  });
  const byProvider = { labels: { provider: PROVIDERS } };
  const byCode = { labels: { provider: PROVIDERS, code: ERROR_LABELS } };
  return {
    sent: metrics.counter({ ...named('sent', 'that a provider took'), ...byProvider }),
    reached: metrics.counter({
      ...(isCall ? named('answered', 'that a person answered') : named('delivered', 'that reached the person')),
      ...byProvider,
    }),
    acknowledged: isCall
      ? metrics.counter({ ...named('acknowledged', 'whose person pressed the key'), ...byProvider })
      : undefined,
    failed: metrics.counter({ ...named('failed', 'that a provider refused, or that were given up'), ...byCode }),
    undelivered: metrics.counter({ ...named('undelivered', 'that were taken and reached nobody'), ...byCode }),
  };
}

const labelsOf = ({ channel, provider }: Moved): { channel: Channel; provider: string } => ({ channel, provider });

/** One of each kind, with how many there are: a batch has a hundred messages and few kinds. */
const alike = (messages: readonly Moved[]): (readonly [Moved, number])[] =>
  [...Map.groupBy(messages, kindOf).values()].flatMap((same) =>
    same.slice(0, 1).map((one) => [one, same.length] as const),
  );

const kindOf = ({ channel, provider, status, previous, first_sent: isFirst, error_code: code }: Moved): string =>
  `${channel} ${provider} ${status} ${previous} ${isFirst} ${code}`;
