/** Counts consent changes for /metrics, as seen by this process since it started. */
import { EventsHandler } from '@nestjs/cqrs';
import { DomainEventHandler, Metrics, type EventCount } from '../kernel/index.js';
import { CHANNELS, consentChannel, type Channel } from '../tenants/index.js';
import { ConsentChanged } from './consent-changed.event.js';
import { DECISIONS, type Decision } from './consent.entity.js';

@EventsHandler(ConsentChanged)
export class ConsentMetrics extends DomainEventHandler<ConsentChanged> {
  private readonly changes: EventCount<'channel' | 'status'>;
  private readonly decisions: ReadonlyMap<Channel, Readonly<Record<Decision, EventCount<never>>>>;

  constructor(metrics: Metrics) {
    super();
    this.changes = metrics.counter({
      name: 'callboard.consent_changes_total',
      help: 'People whose consent changed, by channel and what it is now',
      labels: { channel: CHANNELS, status: DECISIONS },
    });
    const count = (name: string, channel: Channel, what: string): EventCount<never> =>
      metrics.counter({ name: `${channel}.${name}.total`, help: `People who ${what} ${channel}` });
    this.decisions = new Map(
      [...new Set(CHANNELS.map(consentChannel))].map((channel) => [
        channel,
        { opted_in: count('opt_in', channel, 'opted in to'), opted_out: count('opt_out', channel, 'opted out of') },
      ]),
    );
  }

  protected on({ groups }: ConsentChanged): void {
    for (const { channel, status, people } of groups) {
      this.changes.add({ channel, status }, people);
      this.decisions.get(channel)?.[status].add({}, people);
    }
  }
}
