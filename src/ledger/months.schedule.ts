/** Creates the ledger's monthly partitions ahead, and reports when they are missing. */
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Database, HealthChecks, Metrics, Scheduled } from '../kernel/index.js';

/** Cheap if there is nothing to create; a missing month is missing for no longer than this. */
const EVERY_MS = 60_000;
const AHEAD = 3;
/** A month's notice for an operator. */
const FEWEST = 2;

@Injectable()
export class MonthsSchedule implements OnModuleInit {
  constructor(
    private readonly database: Database,
    private readonly health: HealthChecks,
    private readonly metrics: Metrics,
  ) {}

  onModuleInit(): void {
    this.health.add('months', false, async () => {
      const ahead = await this.ahead();
      if (ahead < FEWEST) {
        throw new Error(
          `the ledger has partitions for fewer than ${FEWEST} months ahead (${ahead}): a worker makes them, see its log`,
        );
      }
    });
    this.metrics.gauge(
      {
        name: 'callboard.months_ahead',
        help: 'Months after this one for which the ledger has partitions; -1 when it lacks this one',
      },
      async () => [{ value: await this.ahead() }],
    );
  }

  @Scheduled({ name: 'make-months', everyMs: EVERY_MS })
  async make(): Promise<void> {
    await this.database.query('select ensure_months($1)', [AHEAD]);
  }

  private async ahead(): Promise<number> {
    const [found] = await this.database.query<{ ahead: number }>('select months_ahead($1) as ahead', [AHEAD]);
    return found?.ahead ?? -1;
  }
}
