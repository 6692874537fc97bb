/** Events that came by a queue or a message bus and were refused for good: counted, and kept as nothing but their reason. */
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Database, Metrics } from '../../kernel/index.js';
import type { EventOrigin } from './inbound-event.js';

export type UnattendedOrigin = Exclude<EventOrigin, 'http'>;

/** How far back they are counted. */
export const COUNTED_HOURS = 24;

@Injectable()
export class DeadLetters implements OnModuleInit {
  constructor(
    private readonly database: Database,
    private readonly metrics: Metrics,
  ) {}

  onModuleInit(): void {
    this.metrics.gauge(
      {
        name: 'callboard.event_dead_letters',
        help: `Events of the last ${COUNTED_HOURS} hours that were refused for good, by where they came from`,
        labels: { origin: 'names-in-code' },
      },
      () => this.byOrigin(),
    );
  }

  /** `place` is the same however often one and the same message comes: it counts once. `reason` is a code of ours. */
  async add(origin: UnattendedOrigin, place: string, reason: string): Promise<void> {
    await this.database.query(
      `insert into event_dead_letter (origin, place, reason) values ($1, $2, $3) on conflict do nothing`,
      [origin, place, reason],
    );
  }

  /** Those of the last day. */
  async lately(origin?: UnattendedOrigin): Promise<number> {
    const counts = await this.byOrigin();
    return counts
      .filter(({ labels }) => origin === undefined || labels.origin === origin)
      .reduce((sum, { value }) => sum + value, 0);
  }

  private async byOrigin(): Promise<{ readonly labels: { readonly origin: string }; readonly value: number }[]> {
    const rows = await this.database.query<{ origin: string; count: number }>(
      `select origin, count(*)::int as count from event_dead_letter
       where refused_at > now() - make_interval(hours => $1) group by origin`,
      [COUNTED_HOURS],
    );
    return rows.map(({ origin, count }) => ({ labels: { origin }, value: count }));
  }
}
