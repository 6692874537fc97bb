/** Looks for new versions of price lists, and tells what still lacks a price. */
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { HealthChecks, Metrics, Scheduled } from '../../kernel/index.js';
import { RerateUnpriced } from './rerate-unpriced.command.js';
import { ReratingWalks } from './rerating-walks.js';

/** A walk of millions of messages takes some minutes. */
const LATE_SECONDS = 3_600;

@Injectable()
export class ReratingsSchedule implements OnModuleInit {
  constructor(
    private readonly commands: CommandBus,
    private readonly walks: ReratingWalks,
    private readonly health: HealthChecks,
    private readonly metrics: Metrics,
  ) {}

  onModuleInit(): void {
    this.health.add('prices', false, async () => {
      const { walks, seconds } = await this.walks.backlog();
      if (seconds > LATE_SECONDS) throw new Error(`${walks} versions of price lists wait to price what had no price`);
    });
    this.metrics.gauge(
      {
        name: 'callboard.unpriced_amounts',
        help: 'Amounts of which no cost, or no charge, is known',
        labels: { side: ['cost', 'charge'] },
      },
      async () => {
        const { cost, charge } = await this.walks.lacking();
        return [
          { labels: { side: 'cost' }, value: cost },
          { labels: { side: 'charge' }, value: charge },
        ];
      },
    );
  }

  @Scheduled({ name: 'rerate', everyMs: 5_000 })
  rerate(): Promise<void> {
    return this.commands.execute(new RerateUnpriced());
  }
}
