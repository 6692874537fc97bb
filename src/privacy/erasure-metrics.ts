/** Counts erasures for /metrics. */
import { Injectable } from '@nestjs/common';
import { Metrics, type EventCount } from '../kernel/index.js';
import { ErasureStore } from './erasure-store.js';

const RESULTS = ['erased', 'failed'] as const;

@Injectable()
export class ErasureMetrics {
  private readonly ended: EventCount<'result'>;

  constructor(metrics: Metrics, erasures: ErasureStore) {
    this.ended = metrics.counter({
      name: 'callboard.erasures_total',
      help: 'Erasures that have gone through everything, and batches of erasures that failed and are tried again',
      labels: { result: RESULTS },
    });
    metrics.gauge(
      {
        name: 'callboard.erasure_oldest_seconds',
        help: 'Since when the oldest person waits to be erased; 0 without one',
      },
      async () => [{ labels: {}, value: await erasures.oldestSeconds() }],
    );
  }

  count(result: (typeof RESULTS)[number]): void {
    this.ended.add({ result });
  }
}
