/** How long webhooks take, and which are refused, for /metrics; and what they bring, in the traces of messages. */
import { Injectable } from '@nestjs/common';
import {
  instant,
  Metrics,
  ShortCache,
  Tracing,
  type Durations,
  type EventCount,
  type TraceParent,
} from '../kernel/index.js';
import { MalformedWebhook, UncheckedWebhook, UntrustedWebhook, type ProviderName } from '../providers/index.js';
import { PROVIDERS } from '../tenants/index.js';
import { Inbox, type Backlog } from './inbox.js';
import type { WaitingEvent } from './waiting-event.js';

/** `receive`: until it is in the inbox and may be answered; `apply`: from then until its message has changed. */
type Step = 'receive' | 'apply';

/** Providers wait for fifteen seconds at most; an inbox may wait for longer. */
const BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 15, 60];

/** Of the inbox, however many ask. */
const READ_EVERY_MS = 5_000;

const REFUSALS = [
  [UntrustedWebhook, 'untrusted'],
  [MalformedWebhook, 'malformed'],
  [UncheckedWebhook, 'unchecked'],
] as const;

@Injectable()
export class WebhookMetrics {
  private readonly durations: Durations<'provider' | 'step'>;
  private readonly refusals: EventCount<'provider' | 'reason'>;

  constructor(
    metrics: Metrics,
    inbox: Inbox,
    private readonly tracing: Tracing,
  ) {
    this.durations = metrics.histogram({
      name: 'webhook.duration',
      help: 'Seconds that a webhook took: to be received, and its events to be applied',
      labels: { provider: PROVIDERS, step: ['receive', 'apply'] satisfies Step[] },
      buckets: BUCKETS,
    });
    this.refusals = metrics.counter({
      name: 'webhook.rejected.total',
      help: 'Webhooks that were refused: not signed by the provider, not in its form, or not to be checked now',
      labels: { provider: PROVIDERS, reason: REFUSALS.map(([, reason]) => reason) },
    });
    const backlogs = new ShortCache<Backlog>(READ_EVERY_MS, 1);
    const backlog = (): Promise<Backlog> => backlogs.get('all', () => inbox.backlog());
    metrics.gauge(
      { name: 'callboard.waiting_reports', help: 'Events of the inbox that are not applied yet, counted to 10,000' },
      async () => [{ value: (await backlog()).events }],
    );
    metrics.gauge(
      { name: 'callboard.oldest_report_seconds', help: 'Age of the oldest event of the inbox that is not applied yet' },
      async () => {
        const { oldest } = await backlog();
        return [{ value: oldest === null ? 0 : Math.max(0, Date.now() - instant(oldest).getTime()) / 1_000 }];
      },
    );
  }

  /** Measures the receipt of a webhook, and counts it where it is refused. Rejects as `receive` does. */
  async received<Answer>(provider: ProviderName, receive: () => Promise<Answer>): Promise<Answer> {
    const begun = performance.now();
    try {
      const answer = await receive();
      this.durations.observe({ provider, step: 'receive' }, (performance.now() - begun) / 1_000);
      return answer;
    } catch (error) {
      const reason = REFUSALS.find(([Refusal]) => error instanceof Refusal)?.[1];
      if (reason) this.refusals.add({ provider, reason });
      throw error;
    }
  }

  /** An event of a webhook has taken effect, so long after it came. */
  applied(event: WaitingEvent, seconds: number): void {
    this.durations.observe({ provider: event.provider, step: 'apply' }, seconds);
    if (event.trace !== null) this.trace(event, event.trace);
  }

  /** From when it came until now. */
  private trace({ event, provider, channel, ...about }: WaitingEvent, parent: TraceParent): void {
    this.tracing.record({
      name: 'report.apply',
      kind: 'consumer',
      parent,
      links: about.webhook_trace === null ? [] : [about.webhook_trace],
      since: instant(about.received_at),
      attributes: {
        'callboard.provider': provider,
        'callboard.channel': channel,
        'callboard.tenant_id': about.tenant_id,
        'callboard.message_id': about.message_id ?? undefined,
        'callboard.status': event.kind === 'status' ? event.status : event.type,
      },
    });
  }
}
