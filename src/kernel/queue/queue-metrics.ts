/** BullMQ's own counts, for /metrics: hints of how the queue is, and never of messages, which wait in the ledger. */
import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { DiscoveryService } from '@nestjs/core';
import { Queue } from 'bullmq';
import { CostlyReading } from '../costly-reading.js';
import { Metrics, type Sample } from '../observability/metrics.js';

const STATES = ['waiting', 'active', 'failed'] as const;
/** Where Redis is away its client waits for it, and the other metrics would wait too. */
const TIMEOUT_MS = 2_000;

@Injectable()
export class QueueMetrics implements OnApplicationBootstrap {
  constructor(
    private readonly discovery: DiscoveryService,
    private readonly metrics: Metrics,
  ) {}

  onApplicationBootstrap(): void {
    const queues = this.queues();
    const counts = new CostlyReading(() => inTime(Promise.all(queues.map(samplesOf))));
    this.metrics.gauge(
      {
        name: 'callboard.queue_jobs',
        help: 'Jobs of BullMQ by their state: a hint, and not what waits to be sent',
        labels: { queue: 'names-in-code', state: STATES },
      },
      async () => (await counts.get()).flat(),
    );
  }

  private queues(): Queue[] {
    const instances = new Set(this.discovery.getProviders().map(({ instance }): unknown => instance));
    return [...instances].filter(isQueue);
  }
}

const isQueue = (instance: unknown): instance is Queue => instance instanceof Queue;

async function samplesOf(queue: Queue): Promise<Sample<'queue' | 'state'>[]> {
  const counts = await queue.getJobCounts(...STATES);
  return STATES.map((state) => ({ labels: { queue: queue.name, state }, value: counts[state] ?? 0 }));
}

async function inTime<T>(reading: Promise<T>): Promise<T> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error(`no answer within ${TIMEOUT_MS} ms`)), TIMEOUT_MS);
  try {
    return await Promise.race([reading, late]);
  } finally {
    clearTimeout(timer);
  }
}
