/** The connections to the database, for /metrics: those of this process alone. */
import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { Database } from '../postgres/database.js';
import { Metrics } from './metrics.js';

@Injectable()
export class PoolMetrics implements OnApplicationBootstrap {
  constructor(
    private readonly database: Database,
    private readonly metrics: Metrics,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    const pools = Object.entries(await this.database.pools());
    this.metrics.gauge(
      {
        name: 'callboard.database_connections',
        help: 'Connections of the pools of this process, and statements that wait for one',
        labels: { pool: ['service', 'tenants'], state: ['used', 'idle', 'waiting'] },
      },
      () =>
        Promise.resolve(
          pools.flatMap(([pool, { totalCount, idleCount, waitingCount }]) => [
            { labels: { pool, state: 'used' }, value: totalCount - idleCount },
            { labels: { pool, state: 'idle' }, value: idleCount },
            { labels: { pool, state: 'waiting' }, value: waitingCount },
          ]),
        ),
    );
  }
}
