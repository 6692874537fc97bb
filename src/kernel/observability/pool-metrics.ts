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
    const pool = await this.database.pool();
    this.metrics.gauge(
      {
        name: 'callboard.database_connections',
        help: 'Connections of the pool of this process, and statements that wait for one',
        labels: { state: ['used', 'idle', 'waiting'] },
      },
      () =>
        Promise.resolve([
          { labels: { state: 'used' }, value: pool.totalCount - pool.idleCount },
          { labels: { state: 'idle' }, value: pool.idleCount },
          { labels: { state: 'waiting' }, value: pool.waitingCount },
        ]),
    );
  }
}
